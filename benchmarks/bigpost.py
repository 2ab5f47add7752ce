"""One post to a hundred thousand: how long it takes, what it costs, and how everybody else fares meanwhile.

    python benchmarks/bigpost.py [--members 100000] [--database sqlite|postgresql|URL] [--workers N]

Told are: the time from the 250 to the last copy, copies a second beside `smtp-source -d -s 4` into smtp-sink, by how
much the worker grows, how long a list of ten waits for its ten copies when it is posted to behind the big post, and
meanwhile the page of a thread and the 250 for mails to a third list (p50, p99, at five a second each).
"""

import argparse
import http.client
import os
import smtplib
import statistics
import sys
import tempfile
import threading
import time
from types import SimpleNamespace

from common import Sink, cpu, free_port, listserv, memory, message, named, reference, serving, tree
from fanout import database_of, inject, new_list, prepare

SMALL, THIRD = "small@lists.example.org", "third@lists.example.org"
# The first post of all is to the small list.
THREAD = "/third/thread/2"


class Asking:
    """Does something again and again in a thread of its own, and keeps how long each time took."""

    def __init__(self, act, pause=0.2):
        self.act, self.pause, self.times, self.over = act, pause, [], threading.Event()
        self.thread = threading.Thread(target=self._run)

    def __enter__(self):
        self.thread.start()
        return self

    def _run(self):
        while not self.over.wait(self.pause):
            begin = time.monotonic()
            self.act()
            self.times.append((time.monotonic() - begin) * 1000)

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def shown(self):
        ordered = sorted(self.times) or [0.0]
        return f"p50 {statistics.median(ordered):.1f} ms, p99 {ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]:.1f} ms, worst {ordered[-1]:.1f} ms of {len(ordered)}"


def page(port, path):
    """One look at a page over a fresh connection."""

    def look():
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", path, headers={"Host": "lists.example.org"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status == 200, answer.status

    return look


def mail(port):
    """One mail over a fresh connection."""
    count = iter(range(30_000, 10_000_000))

    def send():
        with smtplib.SMTP("127.0.0.1", port) as door:
            door.sendmail("member0@third.example", [THIRD], message(next(count), "member0@third.example", THIRD))

    return send


class Growth:
    """The most that a process takes beyond what it took in the beginning (MiB)."""

    def __init__(self, pid):
        self.pid, self.before, self.most, self.over = pid, memory(pid)[1], 0.0, threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.over.wait(0.1):
            self.most = max(self.most, memory(self.pid)[1] - self.before)


def run(options, database):
    with tempfile.TemporaryDirectory(prefix="bigpost-") as data, Sink() as sink:
        best = reference()
        port, web = prepare(data, options.members, sink.port, database), free_port()
        new_list(data, "small", 10, "small.example")
        new_list(data, "third", 1, "third.example")
        listserv(data, "list", "set", "third", "archive=public", capture_output=True)
        environ = {"LISTSERV_WORKER_PROCESSES": str(options.workers), "LISTSERV_WEB_LISTEN": f"127.0.0.1:{web}", "LISTSERV_LMTP_LISTEN": ""}
        with serving(data, environ=environ) as process:
            measure(options, SimpleNamespace(port=port, web=web, sink=sink, best=best, pid=process.pid))


def measure(options, site):
    sink = site.sink
    # What is loaded once is loaded.
    inject(site.port, 1, 1, SMALL, "member0@small.example")
    inject(site.port, 3, 2, THIRD, "member0@third.example")
    wait(lambda: sink.figures["domains"].get("third.example", [0, 0, 0])[2] >= 3)
    for _ in range(5):
        page(site.web, THREAD)()
    time.sleep(1)
    parts = named(sorted(tree(site.pid)), "smtp", "web")
    used = {name: cpu([pid]) for name, pid in parts.items()}
    growth, done = Growth(parts["worker 1"]), sink.figures["recipients"]
    with Asking(page(site.web, THREAD)) as pages, Asking(mail(site.port)) as doors:
        _, accepted = inject(site.port, 1, 50)
        time.sleep(min(1.0, options.members / 50_000))
        had = sink.figures["domains"]["small.example"][2]
        _, small = inject(site.port, 1, 60, SMALL, "member0@small.example")
        wait(lambda: sink.figures["domains"]["small.example"][2] >= had + 10)
        served = sink.figures["domains"]["small.example"][1] - small
        behind = sink.figures["recipients"] - done < options.members
        figures = sink.wait_until(done + options.members)
        span = figures["last"] - accepted
    growth.over.set()
    print(f"{options.members:,} copies in {span:.2f} s: {options.members / span:,.0f}/s", end="")
    print(f"; smtp-source {site.best:,.0f}/s, ratio {options.members / span / site.best:.2f}" if site.best else "")
    print(f"worker grew by {growth.most:.1f} MiB")
    print(f"list of ten posted to behind it: all ten served {served * 1000:.0f} ms after the 250", "" if behind else "(THE BIG POST WAS OVER)")
    print(f"page of a thread: {pages.shown()}")
    print(f"250 for a mail: {doors.shown()}")
    print("CPU us a copy:", ", ".join(f"{name} {(cpu([pid]) - used[name]) / options.members * 1e6:.1f}" for name, pid in parts.items()))
    time.sleep(1)
    figures = sink.figures
    print("each copy once" if figures["distinct"] == figures["recipients"] else "NOT EXACTLY ONE EACH")


def wait(true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise SystemExit("waited in vain")
        time.sleep(0.002)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=0, help="worker.processes; 0: the default, as many as fit")
    parser.add_argument("--database", default="sqlite", help="sqlite, postgresql (of the tests' package), or a URL of an empty database")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")
    with database_of(options.database) as database:
        run(options, database)


if __name__ == "__main__":
    main()
