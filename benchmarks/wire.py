"""The wire alone: CPU time of the sender for each copy, without a database: `python benchmarks/wire.py [--copies 40000]`.

Ready mails go to the counting sink in another process. As a reference the C program smtp-source sends as many to
smtp-sink in the same run; its figure is its own CPU time a mail.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time

from common import SMTP_SINK, SMTP_SOURCE, Sink, end, free_port, message, wait_for

sys.path.insert(0, str(__import__("pathlib").Path(__file__).resolve().parent.parent))

from listserv import loops
from listserv.relay.mail import Content, Mail
from listserv.relay.place import read_url
from listserv.relay.smtp import SmtpRelay

LINES = (
    b"List-Unsubscribe: <https://lists.example.org/unsubscribe/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA>,"
    b" <mailto:r+AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA@lists.example.org>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
)


def cpu(who=resource.RUSAGE_SELF):
    used = resource.getrusage(who)
    return used.ru_utime, used.ru_stime


async def send(port, count, connections, content):
    """Send so many mails; seconds, user and system CPU seconds, and how many were taken."""
    mails = (Mail(n, f"r+{n:032d}@lists.example.org", f"member{n}@example.org", content, LINES) for n in range(count))
    taken = 0

    def done(mail, answer):
        nonlocal taken
        taken += answer.sent

    relay = SmtpRelay(read_url(f"smtp://127.0.0.1:{port}"), connections, "lists.example.org")
    sender = relay.fan_out(lambda: next(mails, None), done)
    await sender.ready()
    begin, (user, system) = time.monotonic(), cpu()
    sender.wake(count)
    await sender.settled()
    span, (user_then, system_then) = time.monotonic() - begin, cpu()
    await sender.close()
    return span, user_then - user, system_then - system, taken


def c_program(count):
    """CPU seconds of smtp-source for so many mails into smtp-sink, 0 where they are missing."""
    if not os.access(SMTP_SOURCE, os.X_OK):
        return 0.0
    port = free_port()
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    sink = subprocess.Popen([SMTP_SINK, *user, f"127.0.0.1:{port}", "1024"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        before = sum(cpu(resource.RUSAGE_CHILDREN))
        subprocess.run([SMTP_SOURCE, "-d", "-s", "4", "-m", str(count), "-l", "4096", f"inet:127.0.0.1:{port}"], check=True)
        return sum(cpu(resource.RUSAGE_CHILDREN)) - before
    finally:
        end(sink)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--copies", type=int, default=40_000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    content = Content(message(0, "anna@example.org", "bench@lists.example.org").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    for _ in range(options.runs):
        with Sink() as sink:
            span, user, system, taken = loops.run(send(sink.port, options.copies, options.connections, content))
        reference = c_program(options.copies)
        each = 1e6 / options.copies
        figures = {"copies/s": options.copies / span, "user us": user * each, "system us": system * each, "us CPU/copy": (user + system) * each}
        print(json.dumps({name: round(value, 2) for name, value in figures.items()} | {"smtp-source us CPU/mail": round(reference * each, 2), "taken": taken}), flush=True)


if __name__ == "__main__":
    main()
