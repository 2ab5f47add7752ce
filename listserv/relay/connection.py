"""One SMTP connection to the relay: bytes out, replies in.

It is led by a conversation: a generator that gives what is to be written and which replies it hopes for, and is resumed
by the very call that brings them. Nothing is scheduled for a copy, no future is made and no task woken.
"""

import asyncio
from collections.abc import Callable, Generator
from itertools import takewhile
from typing import cast

from listserv import steps
from listserv.relay.heard import ANY, END_AND_ENVELOPE, ENVELOPE, Heard, Wanted, code_of, cut, is_goodbye
from listserv.relay.mail import Answer
from listserv.relay.offer import Offer
from listserv.relay.place import Place

# A reply line has at most 512 bytes (RFC 5321 section 4.5.3.1.5), and no greeting needs a hundred of them.
LONGEST_REPLY = 16_384
# Seconds that the other side has to say goodbye.
GOODBYE = 1.0

Conversation = Generator[tuple[bytes, Wanted], Heard, None]
Ended = Callable[["Connection"], None]


class Connection(asyncio.BufferedProtocol):
    """A connection that is led by `converse`, or before that by `exchange`."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.offer = Offer()
        self.lost = False
        # Why it is lost, and the last that was heard of it.
        self.why, self.words = "the connection broke", ""
        # Seconds that half a mail (its envelope, its body) has waited for its answer; counted by who looks after deadlines.
        self.waited = 0.0
        # Whose envelope has no answer yet: "" for nobody's.
        self.asking_for = ""
        # Since when nobody has needed it (event loop time; 0 for a fresh one), and has it taken a mail since, or ever?
        self.parked_at = 0.0
        self.used = self.useful = self.timed_out = False
        self._loop = asyncio.get_running_loop()
        self._gone = asyncio.Event()
        self._buffer = bytearray(LONGEST_REPLY)
        self._view = memoryview(self._buffer)
        self._filled = 0
        self._wanted: Wanted | None = ANY
        self._talk: Conversation | None = None
        self._ended: Ended | None = None
        self._replies: list[bytes] = []
        self._waiter: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport

    # BufferedProtocol: a fixed buffer of our own. With Protocol, 256 KiB are reserved anew for every read.
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._view[self._filled :] if self._filled else self._view

    def buffer_updated(self, count: int) -> None:
        """Resume the conversation when all its replies are there. What nobody asked for ends the connection."""
        end = self._filled + count
        wanted = self._wanted
        if wanted and self._talk and wanted.well.fullmatch(self._buffer, 0, end):
            self._filled = 0
            self._advance(None)
            return
        replies, rest = cut(bytes(self._view[:end]))
        if wanted is None or end == LONGEST_REPLY or _is_nonsense(replies, wanted, end - rest):
            self.words = bytes(self._view[: min(end, 200)]).decode("utf-8", "replace").strip()
            # What came before the nonsense was an answer. Where there are too many, nobody knows whose they are.
            number = wanted.number if wanted else 0
            if is_goodbye(replies) and len(replies) == number + 1 and rest == end:
                # All is answered, and the other side ends the connection in the same breath.
                replies = replies[:number]
            self._filled, self._replies = 0, list(takewhile(code_of, replies)) if len(replies) <= number else []
            self.abort("the relay said what is no answer")
        elif len(replies) == wanted.number or is_goodbye(replies):
            self._filled = 0
            self._hear(replies)
        else:
            self._filled = end

    def _hear(self, replies: list[bytes]) -> None:
        self._wanted = None
        if self._talk:
            self._replies = []
            self._advance(replies)
            return
        self._replies = replies
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever waits hears what there was."""
        self.lost = True
        if error:
            self.words = self.words or str(error)
        self._gone.set()
        if self._wanted:
            self._hear(cut(bytes(self._view[: self._filled]))[0] or self._replies)

    def converse(self, talk: Conversation, ended: Ended) -> None:
        """Let this conversation lead until it is over; then `ended` is called."""
        self._talk, self._ended = talk, ended
        self._advance(None)

    def _advance(self, heard: Heard) -> None:
        assert self._talk
        try:
            data, self._wanted = self._talk.send(heard)
            while self.lost and self._gone.is_set():
                data, self._wanted = self._talk.send([])
        except StopIteration:
            self._leave()
        except BaseException:
            self.abort("a fault of ours")
            self._leave()
            raise
        else:
            if not self.lost:
                self._transport.write(data)
                steps.reached("relay.written")

    def _leave(self) -> None:
        ended, self._talk, self._ended, self._wanted = self._ended, None, None, None
        if ended:
            ended(self)

    async def exchange(self, data: bytes) -> bytes:
        """Write, and wait for one reply. Empty when the connection is gone."""
        if self.lost:
            return b""
        self._wanted = ANY
        if data:
            self._transport.write(data)
        if not self._replies:
            self._waiter = self._loop.create_future()
            await self._waiter
        replies, self._replies, self._wanted = self._replies, [], None
        return replies[0] if replies else b""

    async def encrypt(self) -> bool:
        """Put TLS under the connection. What came in plain text before is not believed (RFC 3207 section 6)."""
        self._filled, self.offer = 0, Offer()
        new = await self._loop.start_tls(self._transport, self, self.place.tls(), server_hostname=self.place.host)
        if new is None:
            return False
        self._transport = new
        return True

    def quit(self) -> None:
        """Say goodbye without waiting for the answer."""
        if not self.lost:
            self._wanted = ANY
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

    def abort(self, why: str) -> None:
        """End the connection at once; the conversation hears of it in a moment."""
        if not self.lost:
            self.lost, self.why = True, why
            self._transport.abort()

    @property
    def hangs_on_recipient(self) -> bool:
        """Is it an envelope that has no answer yet, and not the body before it?"""
        if not self.asking_for or self.lost:
            return False
        return self._wanted in (ANY, ENVELOPE) or self._wanted is END_AND_ENVELOPE and self._filled > 0

    @property
    def broken(self) -> Answer:
        """What became of a mail that has no answer."""
        return Answer(0, self.why)


def _is_nonsense(replies: list[bytes], wanted: Wanted, more: int) -> bool:
    """More than was asked for, or what bears no code."""
    return len(replies) > wanted.number or len(replies) == wanted.number and more > 0 or not all(map(code_of, replies))
