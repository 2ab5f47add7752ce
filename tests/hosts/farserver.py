"""A PostgreSQL server for other hosts: `python farserver.py ADDRESS NETWORK`, until the standard input ends. It prints its folder."""

import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests import postgres


def main(address, network):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder, server = Path(tempfile.mkdtemp(prefix="listserv-pg-", dir=postgres.roomy())), None
    try:
        (folder / "hba").write_text(f"local all all trust\nhost all all {network} trust\n")
        os.chmod(folder / "hba", 0o644)
        postgres.SETTINGS.update(listen_addresses=address, hba_file=str(folder / "hba"))
        server = postgres.run_in(folder)
        print(folder, flush=True)
        sys.stdin.read()
    finally:
        if server:
            server.send_signal(signal.SIGQUIT)
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
