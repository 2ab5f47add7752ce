"""Intake: how many mails a second get their 250, each on the disk by then, while the worker works off what has come.

    python benchmarks/intake.py [--mails 4000] [--runs 3] [--members 10] [--large 4]

Postfix's smtp-source speaks LMTP over 10 connections, then over one, to a site in a temporary folder (SQLite),
and in the same run to a bare aiosmtpd that stores nothing: the ratio is to that. Then mails come at half of the speed reached, and the wait
from the final dot to the 250 is timed. Last, mails of 25 MB come side by side, and the memory of the mail doors' process is watched.
"""

import argparse
import base64
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from common import ROOT, SMTP_SOURCE, Sink, cpu, end, free_port, listserv, memory, message, serving, spread, tree, wait_for

LIST, WRITER = "bench@lists.example.org", "member0@example.org"
LARGE = 25_000_000
BARE = """
import asyncio, sys
from aiosmtpd.lmtp import LMTP

class Nothing:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"

async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: LMTP(Nothing(), enable_SMTPUTF8=True, loop=loop), "127.0.0.1", int(sys.argv[1]), backlog=1024)
    await server.serve_forever()

asyncio.run(main())
"""


def source(port, mails, connections):
    """Mails a second that smtp-source gets in."""
    command = [SMTP_SOURCE, "-L", "-d", "-s", str(connections), "-m", str(mails), "-l", "4096", "-f", WRITER, "-t", LIST, f"inet:127.0.0.1:{port}"]
    start = time.monotonic()
    subprocess.run(command, check=True)
    return mails / (time.monotonic() - start)


@contextlib.contextmanager
def bare():
    """aiosmtpd that says 250 and forgets: its port and process."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", BARE, str(port)], stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield port, process.pid
    finally:
        process.kill()
        process.wait()


def door_of(pid, port):
    """The process among these that takes mail in: the one that has the port open."""
    inode = next(line.split()[9] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A")
    for one in sorted(tree(pid), reverse=True):
        with contextlib.suppress(OSError):
            if any(f"[{inode}]" in str(link.readlink()) for link in Path(f"/proc/{one}/fd").iterdir()):
                return one
    raise SystemExit("nobody listens")


class Client:
    """One LMTP connection that times what it sends."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")
        self.file.readline()
        self.say(b"LHLO bench.example.org\r\n", last=b"250 ")

    def say(self, words, last=b""):
        self.socket.sendall(words)
        while not (line := self.file.readline()).startswith(last or line[:3] + b" "):
            assert line, "hung up"
        return line

    def send(self, mail):
        """Seconds from the dot to the 250."""
        for words in (f"MAIL FROM:<{WRITER}>\r\n", f"RCPT TO:<{LIST}>\r\n", "DATA\r\n"):
            self.say(words.encode())
        self.socket.sendall(mail)
        begin = time.monotonic()
        answer = self.say(b".\r\n")
        assert answer.startswith(b"250"), answer
        return time.monotonic() - begin


def paced(port, rate, seconds, connections=10):
    """Waits for the 250, at so many mails a second in all."""
    waits, step = [], connections / rate

    def run(number):
        client, begin, sent = Client(port), time.monotonic() + step * number / connections, 0
        while (due := begin + sent * step) < begin + seconds:
            time.sleep(max(due - time.monotonic(), 0))
            waits.append(client.send(message(f"{number}.{sent}", WRITER, LIST)))
            sent += 1

    threads = [threading.Thread(target=run, args=(n,)) for n in range(connections)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return sorted(waits)


def large(port, pid, count):
    """The most MiB of the process while mails of 25 MB come side by side, and what it had before."""
    # Files, as mail carries them: packing makes them hardly smaller.
    mail = message("large", WRITER, LIST, 500) + b"".join(base64.b64encode(os.urandom(57)) + b"\r\n" for _ in range(LARGE // 78))
    before, most, over = memory(pid)[0], [0.0], threading.Event()

    def watch():
        while not over.wait(0.02):
            most[0] = max(most[0], memory(pid)[0])

    threads = [threading.Thread(target=lambda: Client(port).send(mail)) for _ in range(count)]
    watcher = threading.Thread(target=watch)
    for one in (watcher, *threads):
        one.start()
    for one in threads:
        one.join()
    over.set()
    watcher.join()
    return before, most[0]


def prepare(data, members, port, relay_port):
    """A site with one list of so many."""
    listserv(data, "init", "--domain", "lists.example.org", "--url", "https://lists.example.org", "--lmtp", f"127.0.0.1:{port}", "--smtp", "", "--web", "",
             "--relay", f"smtp://127.0.0.1:{relay_port}", capture_output=True)  # fmt: skip
    listserv(data, "list", "create", "bench", "--title", "Bench", capture_output=True)
    people = Path(data) / "people.csv"
    people.write_text("email,name,role,delivery\n" + "".join(f"member{n}@example.org,,member,each\n" for n in range(members)))
    listserv(data, "member", "import", "bench", str(people), capture_output=True)


def run(options):
    """One run: figures."""
    figures = {}
    with bare() as (port, pid):
        for connections in (10, 1):
            used = cpu([pid])
            figures[f"aiosmtpd/s, {connections}"] = source(port, options.mails, connections)
            figures[f"aiosmtpd us CPU, {connections}"] = (cpu([pid]) - used) / options.mails * 1e6
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="intake-", dir=options.folder) as data, Sink() as sink:
        prepare(data, options.members, port, sink.port)
        with serving(data, "--only", options.only) as process:
            door = door_of(process.pid, port)
            source(port, 50, 1)
            for connections in (10, 1):
                used, others = cpu([door]), cpu(tree(process.pid))
                figures[f"ours/s, {connections}"] = source(port, options.mails, connections)
                figures[f"ours us CPU, {connections}"] = (cpu([door]) - used) / options.mails * 1e6
                figures[f"the rest's CPU s, {connections}"] = cpu(tree(process.pid)) - others - (cpu([door]) - used)
                figures[f"ratio, {connections}"] = figures[f"ours/s, {connections}"] / figures[f"aiosmtpd/s, {connections}"]
            waits = paced(port, min(figures["ours/s, 10"], 1200) / 2, options.seconds)
            figures["p50 ms"], figures["p99 ms"] = statistics.median(waits) * 1000, waits[len(waits) * 99 // 100] * 1000
            figures["RSS MiB"], figures["RSS MiB, large"] = large(port, door, options.large)
            left = listserv(data, "queue", "status", capture_output=True, text=True).stdout
            print(left.strip().replace("\n", "; "))
            if options.drop:
                process.kill()
                end(process)
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mails", type=int, default=4000)
    parser.add_argument("--members", type=int, default=10)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--large", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--only", default="smtp,worker", help="smtp alone: what the doors do where nobody works behind")
    parser.add_argument("--folder", default=None, help="where the site's folder is made: a disk, not memory")
    parser.add_argument("--drop", action="store_true", help="do not work off what is left")
    options = parser.parse_args()
    results = []
    for _ in range(options.runs):
        results.append(run(options))
        print("  ".join(f"{name} {value:,.1f}" for name, value in results[-1].items()), flush=True)
    for name in results[0]:
        print(f"{name}: {spread([figures[name] for figures in results])}")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
