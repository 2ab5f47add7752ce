"""Fan-out: how fast posts reach every member of a list, each copy with its own sender (VERP) and one-click fields.

    python benchmarks/fanout.py [--members 1000] [--posts 20] [--runs 3] [--workers 1]

A site in a temporary folder takes posts by SMTP and relays to a counting sink. Timed: from the beginning of the
injection to the last copy at the sink; and, for one post alone, from its 250 to the first copy. In each run the
reference (`smtp-source -d -s 4` into `smtp-sink`, of Debian's postfix package) is measured too; the ratio is to that.
"""

import argparse
import csv
import smtplib
import statistics
import tempfile
import time
from pathlib import Path

from common import Sink, cpu, free_port, listserv, memory, message, reference, serving, spread, tree

LIST, WRITER = "bench@lists.example.org", "member0@example.org"


def prepare(data, members, relay_port):
    """A site with one list, everybody on it; returns the port where posts go."""
    port = free_port()
    listserv(data, "init", "--domain", "lists.example.org", "--url", "https://lists.example.org", "--smtp", f"127.0.0.1:{port}",
             "--relay", f"smtp://127.0.0.1:{relay_port}", capture_output=True)  # fmt: skip
    listserv(data, "list", "create", "bench", "--title", "Bench", capture_output=True)
    people = Path(data) / "people.csv"
    with people.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("email", "name", "role", "delivery"))
        rows.writerows((f"member{n}@example.org", "", "member", "each") for n in range(members))
    listserv(data, "member", "import", "bench", str(people), capture_output=True)
    return port


def inject(port, posts, first=0):
    """Send posts over one connection; the moments of the beginning and of the last 250."""
    mails = [message(first + n, WRITER, LIST) for n in range(posts)]
    with smtplib.SMTP("127.0.0.1", port) as door:
        begin = time.monotonic()
        for mail in mails:
            door.sendmail(WRITER, [LIST], mail)
        return begin, time.monotonic()


def run(options):
    """One run: reference, the posts, then single posts for the first copy. Figures."""
    best = reference()
    with tempfile.TemporaryDirectory(prefix="fanout-") as data, Sink() as sink:
        port = prepare(data, options.members, sink.port)
        environ = {"LISTSERV_WORKER_PROCESSES": str(options.workers), "LISTSERV_WEB_LISTEN": "", "LISTSERV_LMTP_LISTEN": ""}
        with serving(data, "--only", "smtp,worker", environ=environ) as process:
            # One post first: what is loaded once is loaded.
            inject(port, 1, 10_000)
            done = sink.wait_until(options.members)["recipients"]
            used = cpu(tree(process.pid))
            begin, accepted = inject(port, options.posts)
            figures = sink.wait_until(done + options.posts * options.members)
            copies, span = figures["recipients"] - done, figures["last"] - begin
            result = {"copies/s": copies / span, "accepted/s": options.posts / (accepted - begin)}
            result |= {"reference/s": best, "ratio": copies / span / best} if best else {}
            result["us CPU/copy"] = (cpu(tree(process.pid)) - used) / copies * 1e6
            result["PSS MiB, loaded"] = sum(memory(pid)[1] for pid in tree(process.pid))
            result["ms to first copy"] = first_copy(port, sink, options.members)
        figures = sink.figures
        wrong = copies != options.posts * options.members or figures["distinct"] != figures["recipients"]
        return result, f"{figures['recipients']} copies, {figures['distinct']} distinct" if wrong else ""


def first_copy(port, sink, members):
    """Milliseconds from the 250 for one post to its first copy; median of a few."""
    waits = []
    for n in range(5):
        before = sink.figures
        time.sleep(0.3)
        _, accepted = inject(port, 1, 20_000 + n)
        waits.append((first_after(sink, before["recipients"]) - accepted) * 1000)
        sink.wait_until(before["recipients"] + members)
    return statistics.median(waits)


def first_after(sink, recipients):
    """When the first copy beyond these came: the sink is asked to note it anew."""
    sink.wait_until(recipients + 1)
    return sink.figures["burst"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--members", type=int, default=1000)
    parser.add_argument("--posts", type=int, default=20)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    results = []
    for _ in range(options.runs):
        figures, wrong = run(options)
        results.append(figures)
        print("  ".join(f"{name} {value:,.2f}" for name, value in figures.items()), wrong and f"NOT EXACTLY ONE EACH: {wrong}", flush=True)
    for name in results[0]:
        print(f"{name}: {spread([figures[name] for figures in results])}")


if __name__ == "__main__":
    main()
