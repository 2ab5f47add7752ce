"""What it takes to start: a short command, and `serve` until its doors are open.

    python benchmarks/starting.py [--runs 7] [--tree FOLDER,FOLDER]

On an empty site in a temporary folder; the reference is a Python that imports three of the libraries and does nothing. All take
turns, so that a busy machine slows them alike, after one run that is not counted. `--tree`: checkouts, to compare one with another.
Told are medians: processor time (of `serve`: of all its processes, when it is ready), and time by the clock.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

from common import ROOT, cpu, end, free_port, tree, wait_for

REFERENCE = ("-c", "import sqlalchemy, flask, pydantic")


def told(words, environ, folder=ROOT):
    """Run a Python program; seconds of processor and of the clock."""
    begin = time.monotonic()
    process = subprocess.Popen([sys.executable, *words], cwd=folder, env=environ, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)}: exit {process.returncode}")
    return {"CPU": used.ru_utime + used.ru_stime, "clock": time.monotonic() - begin}


def served(data, environ, folder):
    """Start `serve`, and end it when it is ready."""
    port = free_port()
    begin = time.monotonic()
    command = [sys.executable, "-m", "listserv", "--data", data, "serve"]
    process = subprocess.Popen(command, cwd=folder, env=environ | {"LISTSERV_SMTP_LISTEN": f"127.0.0.1:{port}"}, stderr=subprocess.PIPE, text=True)
    try:
        wait_for(port, 120)
        open_at = time.monotonic() - begin
        while "listserv ready" not in (line := process.stderr.readline()):
            if not line:
                raise SystemExit("serve ended before it was ready")
        return {"CPU": cpu(tree(process.pid)), "first door": open_at, "clock": time.monotonic() - begin}
    finally:
        end(process)
        process.stderr.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--tree", default=str(ROOT), help="checkouts, with commas")
    options = parser.parse_args()
    figures = {}
    with tempfile.TemporaryDirectory(prefix="starting-") as data:
        # As an installed program has them: its modules compiled.
        plain = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        settings = {"LISTSERV_WEB_LISTEN": f"127.0.0.1:{free_port()}", "LISTSERV_LMTP_LISTEN": f"127.0.0.1:{free_port()}"}
        trees = [(folder, plain | settings) for folder in options.tree.split(",")]
        told(("-m", "listserv", "--data", data, "init", "--domain", "lists.example.org", "--url", "https://lists.example.org"), trees[0][1])
        for number in range(options.runs + 1):
            taken = [("reference", told(REFERENCE, plain))]
            for folder, environ in trees:
                where = f", {folder}" if len(trees) > 1 else ""
                taken += [(f"list ls{where}", told(("-m", "listserv", "--data", data, "list", "ls"), environ, folder)), (f"serve{where}", served(data, environ, folder))]
            for what, each in taken if number else ():
                for name, value in each.items():
                    figures.setdefault((what, name), []).append(value)
    for (what, name), values in figures.items():
        print(f"{what}: {name} {statistics.median(values):.2f} s ({min(values):.2f}–{max(values):.2f})")


if __name__ == "__main__":
    main()
