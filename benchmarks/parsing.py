"""Understanding a mail: what parsing and everything else that `inspect` tells of it cost, beside the standard library's parser.

    python benchmarks/parsing.py [FILE.mbox …] [--messages 2000] [--runs 3] [--large]

Without a file, made-up traffic (benchmarks/traffic.py). `parse` is header, bodies, safe HTML, attachments with their hashes,
quotes; `understand` adds whether a machine speaks, bounces, complaints, commands and decisions. Reference, in each run:
`email.message_from_bytes` alone, which decodes nothing. `--large`: mails of 25 MB, each in a process of its own, with its memory.
"""

import argparse
import base64
import email
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import traffic
from common import spread

from listserv.config import AuthSettings
from listserv.mail import commands, complaints, decisions
from listserv.mail.mbox import entries
from listserv.mail.parse import parse
from listserv.usecases.inspecting import results, understood

MB = 1_000_000
AUTH = AuthSettings()
LINE = "Dzień dobry, przesyłam plan zajęć w bibliotece na przyszły tydzień.\n"
FROM = b"From: a@example.org\n"
MIXED = FROM + b'Content-Type: multipart/mixed; boundary="b"\n\n'


def understand(raw):
    """All that is made of a mail before it is judged."""
    post = parse(raw)
    understood(raw, post, results(raw, post, AUTH, None))
    complaints.read(raw)
    commands.commands(post.reply, post.subject)
    decisions.decision(post.reply)


def times(work, things):
    """Milliseconds for each of these things, sorted."""
    found = []
    for thing in things:
        begin = time.perf_counter()
        work(thing)
        found.append((time.perf_counter() - begin) * 1e3)
    return sorted(found)


def plain():
    return LINE.encode() * (25 * MB // len(LINE.encode()))


def page():
    paragraph = f"<p>{LINE.strip()}</p>\n".encode()
    return paragraph * (25 * MB // len(paragraph))


# Mails of 25 MB by what they are made of.
LARGE = {
    "an attachment, base64": lambda: b"%b--b\n\nx\n--b\nContent-Transfer-Encoding: base64\n\n%b--b--\n" % (MIXED, base64.encodebytes(bytes(18 * MB))),
    "plain text": lambda: b"%bContent-Type: text/plain; charset=utf-8\n\n%b" % (FROM, plain()),
    "quoted text": lambda: b"%bContent-Type: text/plain; charset=utf-8\n\n%b" % (FROM, plain().replace(b"\n", b"\n> ")),
    "HTML": lambda: b"%bContent-Type: text/html; charset=utf-8\n\n%b" % (FROM, page()),
    "one line": lambda: FROM + b"\n" + b"x" * (25 * MB),
    "a thousand attachments": lambda: MIXED + (b"--b\nContent-Type: image/png\n\n" + b"x" * 25_000 + b"\n") * 1000 + b"--b--\n",
    "header fields": lambda: FROM + b"X-Field: value\n" * (25 * MB // 15) + b"\nx",
    "addresses": lambda: FROM + b"To: " + b"Jan <jan@example.org>,\n " * (25 * MB // 25) + b"\n\nx",
}


def most_memory():
    """The most that this process has held, in MiB (`ru_maxrss` begins with the parent's)."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def understand_large(file):
    """Print seconds (wall) and how far the process grows, in MiB, beyond the mail itself."""
    raw = Path(file).read_bytes()
    before = most_memory()
    begin = time.perf_counter()
    parse(raw)
    seconds = time.perf_counter() - begin
    print(f"{seconds:.2f} s, process grows by {most_memory() - before:.0f} MiB")


def each_large():
    """Each in a process of its own, which has never been larger."""
    with tempfile.NamedTemporaryFile() as file:
        for name, make in LARGE.items():
            Path(file.name).write_bytes(make())
            print(name, end=": ", flush=True)
            subprocess.run([sys.executable, __file__, "--one", file.name], check=True)


def report(mails, runs):
    """Print what they cost."""
    print(f"{len(mails)} mails of {sum(map(len, mails)) / len(mails):,.0f} bytes on average")
    totals = {"reference": [], "parse": [], "understand": [], "parse/reference": []}
    for _ in range(runs):
        bare, parsed, whole = times(email.message_from_bytes, mails), times(parse, mails), times(understand, mails)
        for name, each in (("reference", bare), ("parse", parsed), ("understand", whole)):
            totals[name].append(sum(each) / len(each))
            print(
                f"{name}, ms a mail: median {each[len(each) // 2]:.3f}, p99 {each[len(each) * 99 // 100]:.2f}, most {each[-1]:.0f}, mean {totals[name][-1]:.3f}"
            )
        totals["parse/reference"].append(sum(parsed) / sum(bare))
    for name, values in totals.items():
        print(f"{name}: {spread(values)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="*", metavar="FILE.mbox")
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--large", action="store_true", help="mails of 25 MB instead")
    parser.add_argument("--one", metavar="FILE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        understand_large(options.one)
        return
    if options.large:
        each_large()
        return
    mails = []
    for file in options.files:
        with open(file, "rb") as opened:
            mails += [entry.raw for entry in entries(opened) if entry.raw]
    report(mails or [raw for _, _, raw in traffic.mails(options.messages)], options.runs)


if __name__ == "__main__":
    main()
