"""A counting SMTP server that answers late, as one far away does: `python benchmarks/farsink.py ADDRESS PORT [MILLISECONDS]`.

Whatever came in one read is answered in one write, so many milliseconds later. It prints a line of JSON whenever its
figures have changed: mails, distinct envelope senders (with VERP one for each copy), mails by the peer's address, and
when the first and the last came (monotonic clock).
"""

import asyncio
import json
import sys
import time
from collections import Counter

EHLO = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES\r\n"


class Figures:
    senders: Counter[bytes] = Counter()
    peers: Counter[str] = Counter()
    first = last = 0.0

    @classmethod
    def shown(cls):
        mails = sum(cls.senders.values())
        return json.dumps({"mails": mails, "distinct": len(cls.senders), "peers": cls.peers, "first": cls.first, "last": cls.last})


class Session(asyncio.Protocol):
    """One connection."""

    def __init__(self, delay):
        self.delay, self.buffer, self.in_body, self.sender = delay, b"", False, b""

    def connection_made(self, transport):
        self.transport, self.peer = transport, transport.get_extra_info("peername")[0]
        self.say(b"220 sink\r\n")

    def say(self, words):
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self.transport.write, words)
        else:
            self.transport.write(words)

    def data_received(self, data):
        self.buffer += data
        answers = []
        while (answer := self.step()) is not None:
            answers.append(answer)
        if answers:
            self.say(b"".join(answers))

    def step(self):
        mark = b"\r\n.\r\n" if self.in_body else b"\r\n"
        end = self.buffer.find(mark)
        if end < 0:
            return None
        unit, self.buffer = self.buffer[:end], self.buffer[end + len(mark) :]
        if not self.in_body:
            return self.command(unit)
        self.in_body = False
        Figures.senders[self.sender] += 1
        Figures.peers[self.peer] += 1
        Figures.last = time.monotonic()
        Figures.first = Figures.first or Figures.last
        return b"250 2.0.0 taken\r\n"

    def command(self, line):
        verb = line[:4].upper()
        if verb == b"MAIL":
            self.sender = line
        elif verb == b"DATA":
            # So that the final dot of an empty body is found as well.
            self.in_body, self.buffer = True, b"\r\n" + self.buffer
            return b"354 go\r\n"
        elif verb == b"EHLO":
            return EHLO
        elif verb == b"QUIT":
            asyncio.get_running_loop().call_later(2 * self.delay, self.transport.close)
            return b"221 bye\r\n"
        return b"250 2.0.0 ok\r\n"


async def main(address, port, milliseconds=0):
    delay = int(milliseconds) / 1000
    await asyncio.get_running_loop().create_server(lambda: Session(delay), address, int(port), backlog=1024)
    before = ""
    while True:
        if (now := Figures.shown()) != before:
            print(now, flush=True)
            before = now
        await asyncio.sleep(0.02)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
