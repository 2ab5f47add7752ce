"""One connection: what has come in and is not read yet, what is to go out, and how long it is waited.

Replies are gathered while there are commands in the buffer, and leave together (RFC 2920). No timer of its own: `guests`
looks around each moment for wires that have waited too long.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, cast

# Beyond this the client is not listened to until what it has said is read; and replies that it does not fetch pile up to no more.
HIGH, UNFETCHED = 1 << 18, 1 << 16
# Seconds for the last words.
FAREWELL = 5.0
NEVER = float("inf")


class TimedOut(Exception):
    """It took too long."""


class Going(Exception):
    """We are going away."""


class Gone(Exception):
    """The client has gone away."""


class LineTooLong(Exception):
    """A command line without an end."""


class Wire(asyncio.Protocol):
    """The protocol of one connection. `serve` is its conversation, begun when the connection is made."""

    def __init__(self, serve: Callable[["Wire"], Coroutine[Any, Any, None]]) -> None:
        self.buffer = bytearray()
        self.received = 0
        self.secure = False
        # When the present wait began, how long it may last, and whether it is the client that is waited for.
        self.since, self.patience, self.for_client = 0.0, NEVER, False
        # Whoever is not in the middle of a mail may be sent home.
        self.between_mails = True
        self._serve = serve
        self._out: list[bytes] = []
        self._ear: asyncio.Future[None] | None = None
        self._awaited: asyncio.Future[Any] | None = None
        self._choked = self._ended = False
        self._listening = True
        self._task: asyncio.Task[None] | None = None

    # ---- called by asyncio ------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        # uvloop's transports are not asyncio's by their class.
        self.transport, self.loop = cast(asyncio.Transport, transport), asyncio.get_running_loop()
        self.transport.set_write_buffer_limits(UNFETCHED)
        self._task = self.loop.create_task(self._serve(self))

    def data_received(self, data: bytes) -> None:
        """Something has come."""
        self.buffer += data
        self.received += len(data)
        if len(self.buffer) > HIGH and self._listening:
            self._listening = False
            self.transport.pause_reading()
        self._hear()

    def eof_received(self) -> bool:
        """The client says no more; it may still listen."""
        self._ended = True
        self._hear()
        # TLS has no half-closed connections.
        return not self.secure

    def connection_lost(self, wrong: Exception | None) -> None:
        """The client is gone. What is being kept for it at this moment is kept all the same."""
        self._ended = True
        self.interrupt(Gone())

    def pause_writing(self) -> None:
        """The client does not fetch its replies."""
        self._choked = True

    def resume_writing(self) -> None:
        """It does again."""
        self._choked = False
        self._hear()

    def _hear(self) -> None:
        if self._ear is not None and not self._ear.done():
            self._ear.set_result(None)

    # ---- called by whoever looks around -----------------------------------------------------------------

    def interrupt(self, wrong: Exception) -> None:
        """End the wait for the client, or for the database."""
        for awaited in (self._ear, self._awaited):
            if awaited is not None and not awaited.done():
                awaited.set_exception(wrong)

    # ---- called by the conversation ---------------------------------------------------------------------

    async def wait(self, awaited: "asyncio.Future[Any]", seconds: float) -> None:
        """Wait for something of our own, and no longer. Raises TimedOut; Gone where the client leaves meanwhile."""
        self._awaited, self.since, self.patience, self.for_client = awaited, time.monotonic(), seconds, False
        try:
            await awaited
        finally:
            self._awaited, self.patience = None, NEVER

    async def more(self, seconds: float, since: float = 0.0) -> None:
        """Wait until something has come, with all replies said. Raises Gone, TimedOut, Going."""
        self.flush()
        since = since or time.monotonic()
        while self._choked and not self._ended:
            await self._listen(seconds, since)
        if self._ended:
            raise Gone
        if not self._listening:
            self._listening = True
            self.transport.resume_reading()
        await self._listen(seconds, since)

    async def _listen(self, seconds: float, since: float) -> None:
        self._ear = self.loop.create_future()
        self.since, self.patience, self.for_client = since, seconds, True
        try:
            await self._ear
        finally:
            self._ear, self.patience, self.for_client = None, NEVER, False

    async def line(self, longest: int, seconds: float) -> bytes:
        """The next command, without its line end; the whole of it within that time. Raises LineTooLong as well."""
        end, looked, since = self.buffer.find(b"\n"), 0, 0.0
        while end < 0:
            if len(self.buffer) > longest:
                raise LineTooLong
            looked, since = len(self.buffer), since or time.monotonic()
            await self.more(seconds, since)
            end = self.buffer.find(b"\n", looked)
        if end > longest:
            raise LineTooLong
        found = bytes(self.buffer[:end])
        del self.buffer[: end + 1]
        return found[:-1] if found.endswith(b"\r") else found

    def say(self, reply: str) -> None:
        """A reply; it leaves with the next that need not wait."""
        self._out.append(reply.encode() + b"\r\n")

    def flush(self) -> None:
        """Send what is to be said."""
        if self._out:
            said, self._out = b"".join(self._out), []
            if not self.transport.is_closing():
                self.transport.write(said)

    async def start_tls(self, context: Any, seconds: float) -> None:
        """Go on in secret. What the client had said before in the open counts for nothing (RFC 3207 section 4.2)."""
        self.flush()
        self.buffer.clear()
        # From here on an end without TLS's own farewell is the end of all.
        self.secure = True
        secret = await self.loop.start_tls(self.transport, self, context, server_side=True, ssl_handshake_timeout=seconds)
        if secret is None:
            raise Gone
        self.transport, self._listening = secret, True
        secret.set_write_buffer_limits(UNFETCHED)

    def hang_up(self) -> None:
        """Say what is left, and end."""
        self.flush()
        self.transport.close()
        if self.secure or self.transport.get_write_buffer_size():
            # Who does not fetch the last words, or says no farewell, is not waited for.
            self.loop.call_later(FAREWELL, self.transport.abort)

    def drop(self) -> None:
        """End, whatever is left."""
        self.transport.abort()
