"""A counting SMTP server: `python benchmarks/sink.py PORT [--delay MS]`. It takes everything and keeps nothing.

It prints a line of JSON whenever its figures have changed: mails, recipients, distinct envelope senders (with VERP one
for each copy, so that doubled copies show), connections, when the newest burst began (the first mail after 0.2 quiet
seconds), when the last mail came (monotonic clock), and what came to each domain but example.org.
With a delay each group of replies waits so long.
"""

import asyncio
import json
import sys
import time

EHLO = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES\r\n"
END, OK = b"\r\n.\r\n", b"250 2.0.0 ok\r\n"
DELAY = float(sys.argv[sys.argv.index("--delay") + 1]) / 1000 if "--delay" in sys.argv else 0.0


class Figures:
    mails = recipients = connections = bytes = 0
    burst = last = 0.0
    senders: set[bytes] = set()
    # When the first and the newest mail to each other domain came, and how many there were.
    domains: dict[str, list[float]] = {}

    @classmethod
    def shown(cls) -> str:
        return json.dumps(
            {
                "mails": cls.mails,
                "recipients": cls.recipients,
                "distinct": len(cls.senders),
                "connections": cls.connections,
                "burst": cls.burst,
                "last": cls.last,
                "domains": cls.domains,
            }
        )


class Session(asyncio.BufferedProtocol):
    """One connection. Commands and bodies are found in the buffer; the answers to one read leave in one write."""

    def __init__(self):
        # A fixed buffer: with Protocol, 256 KiB are reserved anew for every read.
        self.read = memoryview(bytearray(65_536))
        self.kept, self.in_body, self.recipients = b"", False, 0

    def connection_made(self, transport):
        Figures.connections += 1
        self.transport = transport
        transport.write(b"220 sink\r\n")

    def get_buffer(self, sizehint):
        return self.read

    def buffer_updated(self, count):
        data = self.kept + bytes(self.read[:count])
        answers, at = [], 0
        while True:
            mark = END if self.in_body else b"\r\n"
            end = data.find(mark, at)
            if end < 0:
                break
            answers.append(self.body(end - at) if self.in_body else self.command(data[at:end]))
            # The line end before a body is a part of the mark that ends it: so an empty one is found as well.
            at = end + (0 if self.in_body and mark != END else len(mark))
        self.kept = data[at:]
        if answers:
            self.answer(b"".join(answers))

    def answer(self, words):
        if DELAY:
            asyncio.get_running_loop().call_later(DELAY, self.transport.write, words)
        else:
            self.transport.write(words)

    def body(self, size):
        now = time.monotonic()
        if now - Figures.last > 0.2:
            Figures.burst = now
        Figures.last = now
        Figures.mails += 1
        Figures.recipients += self.recipients
        Figures.bytes += size
        self.in_body, self.recipients = False, 0
        return b"250 2.0.0 taken\r\n"

    def command(self, line):
        verb = line[:4].upper()
        if verb == b"RCPT":
            self.recipients += 1
            if b"@example.org>" not in line:
                now, domain = time.monotonic(), line.partition(b"@")[2].rstrip(b">").decode("ascii", "replace")
                seen = Figures.domains.setdefault(domain, [now, now, 0])
                seen[1:] = now, seen[2] + 1
        elif verb == b"MAIL":
            Figures.senders.add(line)
        elif verb == b"DATA":
            self.in_body = True
            return b"354 go\r\n"
        elif verb == b"EHLO":
            return EHLO
        elif verb == b"QUIT":
            # After what is written now.
            asyncio.get_running_loop().call_soon(self.transport.close)
            return b"221 bye\r\n"
        return OK


async def main(port):
    await asyncio.get_running_loop().create_server(Session, "127.0.0.1", port, backlog=1024)
    before = None
    while True:
        now = Figures.mails, Figures.connections
        if Figures.recipients and now != before:
            before = now
            print(Figures.shown(), flush=True)
        await asyncio.sleep(0.01)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
