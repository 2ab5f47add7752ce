"""A counting SMTP server: `python benchmarks/sink.py PORT`. It takes everything and keeps nothing.

It prints a line of JSON whenever its figures have changed: mails, recipients, distinct envelope senders (with VERP one
for each copy, so that doubled copies show), connections, when the newest burst began (the first mail after 0.2 quiet
seconds) and when the last mail came (monotonic clock).
"""

import asyncio
import json
import sys
import time

EHLO = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES\r\n"
END = b"\r\n.\r\n"


class Figures:
    mails = recipients = connections = bytes = 0
    burst = last = 0.0
    senders: set[bytes] = set()

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
            }
        )


class Session(asyncio.Protocol):
    """One connection. Commands and bodies are cut off the buffer; the answers to one read leave in one write."""

    def connection_made(self, transport):
        Figures.connections += 1
        self.transport, self.buffer, self.in_body, self.recipients = transport, b"", False, 0
        transport.write(b"220 sink\r\n")

    def data_received(self, data):
        self.buffer += data
        answers = []
        while (answer := self.step()) is not None:
            answers.append(answer)
        if answers:
            self.transport.write(b"".join(answers))

    def step(self):
        """The answer to the next command or body in the buffer; None where it is not complete."""
        mark = END if self.in_body else b"\r\n"
        end = self.buffer.find(mark)
        if end < 0:
            return None
        unit, self.buffer = self.buffer[:end], self.buffer[end + len(mark) :]
        return self.body(unit) if self.in_body else self.command(unit)

    def body(self, unit):
        now = time.monotonic()
        if now - Figures.last > 0.2:
            Figures.burst = now
        Figures.last = now
        Figures.mails += 1
        Figures.recipients += self.recipients
        Figures.bytes += len(unit)
        self.in_body, self.recipients = False, 0
        return b"250 2.0.0 taken\r\n"

    def command(self, line):
        verb = line[:4].upper()
        if verb == b"RCPT":
            self.recipients += 1
        elif verb == b"MAIL":
            Figures.senders.add(line)
        elif verb == b"DATA":
            # So that the final dot of an empty body is found as well.
            self.in_body, self.buffer = True, b"\r\n" + self.buffer
            return b"354 go\r\n"
        elif verb == b"EHLO":
            return EHLO
        elif verb == b"QUIT":
            self.transport.close()
            return b"221 bye\r\n"
        return b"250 2.0.0 ok\r\n"


async def main(port):
    await asyncio.get_running_loop().create_server(Session, "127.0.0.1", port, backlog=1024)
    before = ""
    while True:
        if Figures.recipients and (now := Figures.shown()) != before:
            print(now, flush=True)
            before = now
        await asyncio.sleep(0.02)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
