"""What a site at rest costs: processes, memory (PSS), and CPU.

    python benchmarks/idle.py [--seconds 10] [--used]

`listserv serve` with all doors on an empty site in a temporary folder. With `--used`, after one post to ten members,
one page and one sign-in letter, when everything that is loaded late has been loaded.
"""

import argparse
import contextlib
import tempfile
import time
import urllib.error
import urllib.request

from common import Sink, cpu, free_port, memory, serving, tree
from fanout import inject, prepare


def use(site, web, sink):
    """One of everything."""
    inject(site, 1)
    sink.wait_until(10)
    for page in ("/", "/sign-in", "/bench/"):
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(f"http://127.0.0.1:{web}{page}", timeout=10).read()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--used", action="store_true")
    options = parser.parse_args()
    web = free_port()
    with tempfile.TemporaryDirectory(prefix="idle-") as data, Sink() as sink:
        site = prepare(data, 10, sink.port)
        environ = {"LISTSERV_WEB_LISTEN": f"127.0.0.1:{web}", "LISTSERV_LMTP_LISTEN": f"127.0.0.1:{free_port()}"}
        with serving(data, environ=environ) as process:
            if options.used:
                use(site, web, sink)
            time.sleep(3)
            pids = tree(process.pid)
            before = cpu(pids)
            time.sleep(options.seconds)
            used = (cpu(pids) - before) / options.seconds
            figures = {pid: memory(pid) for pid in pids}
    for pid, (rss, pss) in figures.items():
        print(f"pid {pid}: RSS {rss:.1f} MiB, PSS {pss:.1f} MiB")
    print(
        f"{len(pids)} processes, RSS {sum(rss for rss, _ in figures.values()):.0f} MiB, PSS {sum(pss for _, pss in figures.values()):.0f} MiB, CPU {used:.2%} of a core"
    )


if __name__ == "__main__":
    main()
