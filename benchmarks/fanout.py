"""Fan-out: how fast posts reach every member of a list, each copy with its own sender (VERP) and one-click fields.

    python benchmarks/fanout.py [--members 1000] [--posts 20] [--runs 3] [--workers N] [--database sqlite|postgresql|URL]
        [--slow-fsync MS] [--reply-delay MS] [--connections N]

A site in a temporary folder takes posts by SMTP and relays to a counting sink. Timed: from the beginning of the
injection to the last copy at the sink; and, for one post alone, from its 250 to the first copy (median of 20). In each
run the C program `smtp-source -d -s 4` (of Debian's postfix package) sends as many bytes into smtp-sink, which is its own counterpart
and the measure that the figures of other list servers are given in: that is the ratio; and into the same sink, which is quicker: the stricter ratio.
CPU time is told for each process, because on a loaded machine it is worth more than seconds.
"""

import argparse
import contextlib
import csv
import os
import smtplib
import statistics
import sys
import tempfile
import time
from pathlib import Path

from common import ROOT, Sink, cpu, free_port, listserv, memory, message, named, reference, reference_here, serving, slow_fsync, spread, tree

sys.path.insert(0, str(ROOT))

LIST, WRITER = "bench@lists.example.org", "member0@example.org"


def prepare(data, members, relay_port, database=""):
    """A site with one list, everybody on it; returns the port where posts go."""
    port = free_port()
    listserv(data, "init", "--domain", "lists.example.org", "--url", "https://lists.example.org", "--smtp", f"127.0.0.1:{port}",
             "--relay", f"smtp://127.0.0.1:{relay_port}", *(["--database", database] if database else []), capture_output=True)  # fmt: skip
    new_list(data, "bench", members)
    return port


def new_list(data, name, members, domain="example.org"):
    """A list and so many members of it."""
    listserv(data, "list", "create", name, "--title", name.title(), capture_output=True)
    people = Path(data) / f"{name}.csv"
    with people.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("email", "name", "role", "delivery"))
        rows.writerows((f"member{n}@{domain}", "", "member", "each") for n in range(members))
    listserv(data, "member", "import", name, str(people), capture_output=True)


def inject(port, posts, first=0, to=LIST, writer=WRITER):
    """Send posts over one connection; the moments of the beginning and of the last 250."""
    mails = [message(first + n, writer, to) for n in range(posts)]
    with smtplib.SMTP("127.0.0.1", port) as door:
        begin = time.monotonic()
        for mail in mails:
            door.sendmail(writer, [to], mail)
        return begin, time.monotonic()


@contextlib.contextmanager
def database_of(kind):
    """The URL of an empty database of this kind; empty: the site's own file."""
    if kind != "postgresql":
        yield "" if kind == "sqlite" else kind
        return
    from tests import postgres

    # What is committed is on the disk here as well: the tests' server has that switched off.
    postgres.SETTINGS |= {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "autovacuum": "on", "max_connections": "100"}
    server = postgres.start()
    try:
        yield server.create()
    finally:
        server.close()


def environment(options, folder):
    """What the processes are told."""
    told = {"LISTSERV_WORKER_PROCESSES": str(options.workers), "LISTSERV_WEB_LISTEN": "", "LISTSERV_LMTP_LISTEN": ""}
    if options.connections:
        told["LISTSERV_RELAY_CONNECTIONS"] = str(options.connections)
    return told | (slow_fsync(folder, options.slow_fsync) if options.slow_fsync else {})


def run(options, database):
    """One run: references, the posts, then single posts for the first copy. Figures."""
    with tempfile.TemporaryDirectory(prefix="fanout-") as data, Sink() as same:
        theirs, here = reference(), reference_here(same.port)
        same.__exit__()
        with Sink(options.reply_delay) as sink:
            port = prepare(data, options.members, sink.port, database)
            with serving(data, "--only", "smtp,worker", environ=environment(options, data)) as process:
                result, wrong = measure(options, port, sink, process)
    if theirs:
        result |= {"smtp-source into smtp-sink/s": theirs, "ratio": result["copies/s"] / theirs}
        result |= {"smtp-source into the same sink/s": here, "ratio, same sink": result["copies/s"] / here}
    return result, wrong


def measure(options, port, sink, process):
    """The figures of a site that runs."""
    # One post first: what is loaded once is loaded.
    inject(port, 1, 10_000)
    done = sink.wait_until(options.members)["recipients"]
    time.sleep(0.5)
    parts = named(sorted(tree(process.pid)), "smtp")
    used, sank = {name: cpu([pid]) for name, pid in parts.items()}, cpu([sink.process.pid])
    begin, accepted = inject(port, options.posts)
    figures = sink.wait_until(done + options.posts * options.members)
    copies, span = figures["recipients"] - done, figures["last"] - begin
    time.sleep(0.2)
    result = {"copies/s": copies / span, "accepted/s": options.posts / (accepted - begin)}
    for name, pid in parts.items():
        result[f"us {name}"] = (cpu([pid]) - used[name]) / copies * 1e6
    result["us sink"] = (cpu([sink.process.pid]) - sank) / copies * 1e6
    result["ms threads of worker 1"] = threads(parts["worker 1"])
    result["PSS MiB, loaded"] = sum(memory(pid)[1] for pid in tree(process.pid))
    if options.first:
        result["ms to first copy"] = first_copy(port, sink, options.members, options.first)
    figures = sink.figures
    wrong = copies != options.posts * options.members or figures["distinct"] != figures["recipients"]
    return result, f"{figures['recipients']} copies, {figures['distinct']} distinct" if wrong else ""


def threads(pid):
    """CPU milliseconds of each thread of a process since it began: user+system."""
    tick, shown = 1000 / os.sysconf("SC_CLK_TCK"), []
    for task in sorted(Path(f"/proc/{pid}/task").iterdir(), key=lambda path: int(path.name)):
        fields = (task / "stat").read_text().rsplit(")", 1)[1].split()
        shown.append(f"{int(fields[11]) * tick:.0f}+{int(fields[12]) * tick:.0f}")
    return " ".join(shown)


def first_copy(port, sink, members, times):
    """Milliseconds from the 250 for one post to its first copy; median of a few."""
    waits = []
    for n in range(times):
        before = sink.figures["recipients"]
        time.sleep(0.3)
        _, accepted = inject(port, 1, 20_000 + n)
        sink.wait_until(before + 1)
        waits.append((sink.figures["burst"] - accepted) * 1000)
        sink.wait_until(before + members)
    return statistics.median(waits)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--members", type=int, default=1000)
    parser.add_argument("--posts", type=int, default=20)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=0, help="worker.processes; 0: the default, as many as fit")
    parser.add_argument("--connections", type=int, default=0, help="relay.connections; 0: the default")
    parser.add_argument("--database", default="sqlite", help="sqlite, postgresql (of the tests' package), or a URL of an empty database")
    parser.add_argument("--slow-fsync", type=float, default=0, help="milliseconds added to each fsync")
    parser.add_argument("--reply-delay", type=float, default=0, help="milliseconds that the sink waits before it replies")
    parser.add_argument("--first", type=int, default=20, help="single posts for the first copy")
    options = parser.parse_args()
    results = []
    for _ in range(options.runs):
        with database_of(options.database) as database:
            figures, wrong = run(options, database)
        results.append(figures)
        print("  ".join(f"{name} {value if isinstance(value, str) else f'{value:,.2f}'}" for name, value in figures.items()), flush=True)
        if wrong:
            print(f"NOT EXACTLY ONE EACH: {wrong}", flush=True)
    for name in results[0]:
        if not isinstance(results[0][name], str):
            print(f"{name}: {spread([figures[name] for figures in results])}")


if __name__ == "__main__":
    main()
