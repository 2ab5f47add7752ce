"""One SMTP connection to the relay: from the greeting to the point where mail can go, and the exchange of commands.

RFC 5321 (SMTP), 2920 (pipelining), 3207 (STARTTLS), 4954 (AUTH), 1870 (SIZE), 6152 (8BITMIME), 6531 (SMTPUTF8).
"""

import asyncio
import os
from base64 import b64encode
from collections.abc import Sequence
from typing import cast

from listserv.relay.mail import Answer
from listserv.relay.place import Place, Security

# A reply line has at most 512 bytes (RFC 5321 section 4.5.3.1.5), and no greeting needs a hundred of them.
LONGEST_REPLY = 16_384
# Seconds that the other side has to say goodbye.
GOODBYE = 1.0


class NoConnection(Exception):
    """The relay cannot be reached, or does not want to talk to us."""


def code_of(reply: bytes) -> int:
    """The three digits of a reply; 0 for something that is no reply."""
    return int(reply[:3]) if reply[:3].isdigit() and len(reply) > 3 else 0


def answer(reply: bytes, stage: str = "") -> Answer:
    """A refusal as the answer to a mail: its words in one line, without the repeated codes.

    What is no refusal although it should be (a 354 to MAIL) counts as a broken connection.
    """
    words = b" ".join(line[4:].strip() for line in reply.splitlines())
    code = code_of(reply)
    return Answer(code if 400 <= code < 600 else 0, words.decode("utf-8", "replace")[:500], stage)


class Connection(asyncio.BufferedProtocol):
    """A connection that is spoken to with `exchange`: so many bytes out, so many replies in."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.lost = False
        self.features: dict[str, str] = {}
        # When the replies that are waited for come too late (event loop time).
        self.deadline = float("inf")
        # Since when nobody has needed it; 0 for a fresh one.
        self.parked_at = 0.0
        # Has it taken a mail since then?
        self.used = False
        self._loop = asyncio.get_running_loop()
        self._gone = asyncio.Event()
        self._view = memoryview(bytearray(LONGEST_REPLY))
        self._filled = 0
        self._wanted = 1
        self._replies: list[bytes] = []
        self._waiter: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport

    # BufferedProtocol: a fixed buffer of our own. With Protocol, 256 KiB are reserved anew for every read.
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._view[self._filled :]

    def buffer_updated(self, count: int) -> None:
        """Cut replies off the buffer. A reply that does not end, or that nobody asked for, ends the connection."""
        data = bytes(self._view[: self._filled + count])
        reply = line = 0
        while (end := data.find(b"\n", line) + 1) > 0:
            if data[line + 3 : line + 4] != b"-":
                self._replies.append(data[reply:end])
                reply = end
            line = end
        self._filled = len(data) - reply
        self._view[: self._filled] = data[reply:]
        if self._filled == LONGEST_REPLY or len(self._replies) > self._wanted:
            self.abort()
        elif len(self._replies) == self._wanted or self._replies and self._replies[-1].startswith(b"421"):
            self._wake()

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        self._gone.set()
        self._wake()

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    async def exchange(self, data: bytes, wanted: int) -> list[bytes]:
        """Write, and wait for so many replies. Fewer mean that the connection is gone; after a 421 it goes (section 3.8)."""
        self._replies = replies = list[bytes]()
        if self.lost:
            return replies
        self._wanted = wanted
        self.deadline = self._loop.time() + self.place.timeouts.reply
        self._transport.write(data)
        return await self._collected()

    async def _collected(self) -> list[bytes]:
        replies = self._replies
        if not self.lost and len(replies) < self._wanted:
            self._waiter = self._loop.create_future()
            await self._waiter
        # From here on the relay has nothing to say; if it does, that is no answer to the next command.
        self._replies, self._wanted, self.deadline = [], 0, float("inf")
        if len(replies) < self._wanted or replies and replies[-1].startswith(b"421"):
            self.abort()
        return replies

    async def command(self, line: str, *good: int) -> bytes:
        """One command, one reply. Raises NoConnection unless its code is a good one."""
        return self._checked(await self.exchange(line.encode("utf-8") + b"\r\n", 1), good)

    def _checked(self, replies: Sequence[bytes], good: Sequence[int]) -> bytes:
        if replies and code_of(replies[0]) in good:
            return replies[0]
        self.abort()
        raise NoConnection(answer(replies[0]).text or replies[0][:3].decode("ascii", "replace") if replies else "the connection broke")

    async def open(self) -> None:
        """From the greeting to the point where mail can go. Raises NoConnection."""
        self._checked(await self._collected(), (220,))
        await self._hello()
        if self.place.security is Security.STARTTLS:
            await self._start_tls()
            await self._hello()
        if self.place.user:
            await self._authenticate()

    async def _hello(self) -> None:
        replies = await self.exchange(f"EHLO {self.place.helo}\r\n".encode("ascii"), 1)
        if replies and 500 <= code_of(replies[0]) < 510:
            # Too old for EHLO (RFC 5321 section 3.2): it takes mail, one command at a time.
            await self.command(f"HELO {self.place.helo}", 250)
            return
        lines = self._checked(replies, (250,)).decode("ascii", "replace").splitlines()[1:]
        words = (line[4:].strip().upper().partition(" ") for line in lines)
        self.features = {name: rest for name, _, rest in words}

    async def _start_tls(self) -> None:
        # Whatever the network makes of the list of features: without encryption nothing is sent.
        await self.command("STARTTLS", 220)
        # What came in plain text before the handshake is not believed (RFC 3207 section 6).
        self._filled, self.features = 0, {}
        new = await self._loop.start_tls(self._transport, self, self.place.tls(), server_hostname=self.place.host)
        if new is None:
            raise NoConnection("the connection broke during STARTTLS")
        self._transport = new

    async def _authenticate(self) -> None:
        offered = self.features.get("AUTH", "").split()
        user, password = self.place.user, self.place.password
        if "PLAIN" in offered or "LOGIN" not in offered:
            await self.command(f"AUTH PLAIN {_base64(f'{chr(0)}{user}{chr(0)}{password}')}", 235)
            return
        await self.command("AUTH LOGIN", 334)
        await self.command(_base64(user), 334)
        await self.command(_base64(password), 235)

    def quit(self) -> None:
        """Say goodbye without waiting for the answer."""
        if not self.lost:
            self._wanted = 1
            self._transport.write(b"QUIT\r\n")
            self._transport.close()

    async def closed(self) -> None:
        """Wait a moment for the other side's goodbye (encryption has one of its own), then end it anyway."""
        try:
            async with asyncio.timeout(GOODBYE):
                await self._gone.wait()
        except TimeoutError:
            self._transport.abort()
            await self._gone.wait()

    def abort(self) -> None:
        """End the connection at once."""
        self.lost = True
        self._transport.abort()
        self._wake()


def _base64(text: str) -> str:
    return b64encode(text.encode("utf-8")).decode("ascii")


async def dial(place: Place) -> Connection:
    """A connection that is ready for mail. Raises NoConnection, saying why."""
    try:
        async with asyncio.timeout(place.timeouts.connect):
            context = place.tls() if place.security is Security.TLS else None
            loop = asyncio.get_running_loop()
            _, connection = await loop.create_connection(lambda: Connection(place), place.host, place.port, ssl=context)
            try:
                await connection.open()
            except BaseException:
                connection.abort()
                await connection.closed()
                raise
            return connection
    except TimeoutError:
        raise NoConnection(f"{place.host}:{place.port} does not answer within {place.timeouts.connect:.0f} seconds") from None
    except (OSError, UnicodeError) as wrong:
        raise NoConnection(f"{place.host}:{place.port}: {_words(wrong)}") from None


def _words(wrong: Exception) -> str:
    # asyncio says "Connect call failed" where the system would say why.
    if isinstance(wrong, ConnectionError) and wrong.errno:
        return os.strerror(wrong.errno)
    return str(getattr(wrong, "strerror", None) or wrong)
