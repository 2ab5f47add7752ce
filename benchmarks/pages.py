"""Pages of the archive over HTTP: a list, its threads and its messages, beside a static file of the same server.

    python benchmarks/pages.py [--messages 1000,10000] [--clients 1,4] [--seconds 3] [--runs 3]

`listserv serve --only web` on a public list of made-up traffic (benchmarks/traffic.py), brought in by `listserv import`. Each
kind of page is asked for over kept connections, two hundred pages of a kind in turn. Reference, in each run: a small static
file, which costs the server and its HTTP but no archive.
"""

import argparse
import http.client
import json
import random
import tempfile
import threading
import time
from pathlib import Path
from urllib.request import urlopen

import traffic
from common import cpu, free_port, listserv, new_site, serving, spread, tree

from listserv.mail.parse import message_hash

STATIC = "static file"


def some(things):
    """Two hundred of them, always the same."""
    return random.Random(1).sample(things, min(200, len(things)))


def paths(data):
    """Kinds of pages and some of each."""
    out = listserv(data, "export", "bench", "--format", "json", capture_output=True, text=True).stdout
    told = [json.loads(line) for line in out.splitlines()]
    threads = sorted({one["thread"] for one in told})
    return {
        STATIC: ["/static/icon.svg"],
        "list": ["/bench/"],
        "list, any page": [f"/bench/?page={number}" for number in some(range(1, -(-len(threads) // 25) + 1))],
        "thread": [f"/bench/thread/{number}" for number in some(threads)],
        "message": [f"/bench/message/{message_hash(one['message_id'].strip('<>'))}" for one in some(told)],
    }


def drive(port, wanted, clients, seconds):
    """(median ms, 99th percentile ms, requests a second, mean bytes) of these pages."""
    taken, sizes, end = [], [], time.monotonic() + seconds

    def ask(number):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.monotonic() < end:
            path = wanted[number % len(wanted)]
            number += 1
            begin = time.perf_counter()
            connection.request("GET", path)
            answer = connection.getresponse()
            sizes.append(len(answer.read()))
            taken.append((time.perf_counter() - begin) * 1000)
            if answer.status != 200:
                raise SystemExit(f"{path}: {answer.status}")
        connection.close()

    threads = [threading.Thread(target=ask, args=(number * 7,)) for number in range(clients)]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken.sort()
    return taken[len(taken) // 2], taken[len(taken) * 99 // 100], len(taken) / (time.monotonic() - begin), sum(sizes) / len(sizes)


def measure(port, pid, kinds, options):
    """One line for each kind of page and number of clients."""
    for wanted in kinds.values():  # what is loaded once is loaded
        for path in wanted[:50]:
            urlopen(f"http://127.0.0.1:{port}{path}", timeout=60).read()
    for clients in map(int, options.clients.split(",")):
        found, best = {kind: [] for kind in kinds}, 0
        for _ in range(options.runs):
            for kind, wanted in kinds.items():
                used = cpu(tree(pid))
                median, late, rate, size = drive(port, wanted, clients, options.seconds)
                best = rate if kind == STATIC else best
                found[kind].append((median, late, rate, rate / best, (cpu(tree(pid)) - used) * 1000 / (rate * options.seconds), size))
        for kind, runs in found.items():
            figures = zip(("median ms", "p99 ms", "requests/s", "ratio to static", "CPU ms"), zip(*runs, strict=True), strict=False)
            print(f"  {clients} clients, {kind} ({runs[0][5]:,.0f} bytes):", "  ".join(f"{name} {spread(values)}" for name, values in figures), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--messages", default="1000,10000")
    parser.add_argument("--clients", default="1,4")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    for count in map(int, options.messages.split(",")):
        with tempfile.TemporaryDirectory(prefix="pages-") as data:
            port = free_port()
            new_site(data, web=f"127.0.0.1:{port}")
            traffic.write(Path(data) / "traffic.mbox", count)
            listserv(data, "import", "bench", str(Path(data) / "traffic.mbox"), capture_output=True)
            with serving(data, "--only", "web") as process:
                print(f"{count} messages:")
                measure(port, process.pid, paths(data), options)


if __name__ == "__main__":
    main()
