"""Fan-out over SMTP: a few kept connections, and one round trip a copy.

RFC 2920 lets the end of one mail and the next MAIL, RCPT and DATA go in one write, so that a connection waits once
for each mail and not four times. Whatever has no 250 when a connection ends is unknown, and goes back to be sent again.
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence

from listserv.relay.connection import Connection, NoConnection, answer, code_of, dial
from listserv.relay.mail import SENT, Answer, Done, Mail, Take, Unsendable, wire_address
from listserv.relay.place import Place

# How a yes begins (RFC 5321 section 4.2.1): done, done, go on.
STAGES = (("MAIL", b"2"), ("RCPT", b"2"), ("DATA", b"3"))
BROKEN = Answer(0, "the connection broke")
# Seconds between attempts to reach a relay that cannot be reached; the last goes on.
BACKOFF = (1, 2, 5, 10, 30, 60)

Parts = tuple[bytes, ...]
NOTHING: Parts = ()


def envelope(mail: Mail, features: Mapping[str, str]) -> Parts:
    """MAIL, RCPT and DATA for a mail. Raises Unsendable where this relay cannot take it."""
    utf8 = "SMTPUTF8" in features
    sender = wire_address(mail.sender, utf8=utf8) if mail.sender else b""
    recipient = wire_address(mail.recipient, utf8=utf8)
    extra = b""
    if "SIZE" in features:
        extra = b" SIZE=%d" % _checked_size(mail, features["SIZE"])
    if mail.content.eight_bit and "8BITMIME" in features:
        extra += b" BODY=8BITMIME"
    if not (sender.isascii() and recipient.isascii()):
        extra += b" SMTPUTF8"
    return b"MAIL FROM:<%b>%b\r\n" % (sender, extra), b"RCPT TO:<%b>\r\n" % recipient, b"DATA\r\n"


def _checked_size(mail: Mail, largest: str) -> int:
    size = len(mail.personal) + len(mail.content.data)
    if largest.isdigit() and 0 < int(largest) < size:
        raise Unsendable(552, f"5.3.4 the relay takes no mail above {largest} bytes", "MAIL")
    return size


def refusal(replies: Sequence[bytes]) -> Answer | None:
    """What MAIL, RCPT or DATA was answered first that was no yes; None when the body may go."""
    for (stage, yes), reply in zip(STAGES, replies, strict=False):
        if reply[:1] != yes:
            return answer(reply, stage)
    return None if len(replies) == len(STAGES) else BROKEN


def way_back(replies: Sequence[bytes]) -> Parts:
    """What ends a refused transaction: a lone dot where the relay waits for a body all the same, else RSET."""
    # RFC 2920 section 3.1: RCPT was refused, but DATA is answered 354. Nobody is to get this mail; its end must be said.
    return (b".\r\n",) if replies[-1].startswith(b"354") else (b"RSET\r\n",)


def _not_its_fault(connection: Connection, replies: Sequence[bytes], *, after_silence: bool) -> bool:
    """May a mail whose connection broke go again at once? Only where something else must have been the reason.

    The mail before it got no answer either; or the connection was closed while nobody needed it; or the relay takes
    so many mails on a connection and no more. Each of these ends with a fresh connection, so that it cannot go on for ever.
    """
    if not replies:
        return after_silence or connection.parked_at > 0 and not connection.used
    return (connection.used or connection.parked_at > 0) and code_of(replies[0]) == 421


class SmtpFanOut:
    """Sends what `take` gives over at most so many connections."""

    def __init__(self, place: Place, connections: int, take: Take, done: Done) -> None:
        self._place, self._limit, self._done = place, connections, done
        self._take_fresh = take
        self._again: deque[Mail] = deque()
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._connections: set[Connection] = set()
        self._idle: list[Connection] = []
        self._dialing = asyncio.Lock()
        self._failures = 0
        self._not_before = 0.0
        self._trouble = ""
        self._watching: asyncio.TimerHandle | None = None

    @property
    def busy(self) -> bool:
        """Is anything on its way?"""
        return bool(self._tasks)

    def wake(self, waiting: int) -> None:
        """There are so many mails to take."""
        for _ in range(min(waiting, self._limit - len(self._tasks))):
            task = self._loop.create_task(self._work())
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.result()

    async def ready(self) -> str:
        """Make sure that the relay can be reached; else why not. Nothing needs to be claimed for a relay that is away."""
        if self._tasks or any(not connection.lost for connection in self._idle):
            return ""
        connection = await self._connection()
        if connection is None:
            return self._trouble
        self._park(connection)
        return ""

    async def settled(self) -> None:
        """Return when all that was taken has its answer."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Let all connections go."""
        for task in self._tasks:
            task.cancel()
        await self.settled()
        if self._watching:
            self._watching.cancel()
        for connection in self._connections:
            connection.quit()
        await asyncio.gather(*(connection.closed() for connection in self._connections))

    async def _work(self) -> None:
        while connection := await self._connection():
            exhausted = await self._converse(connection)
            if exhausted:
                self._park(connection)
                return
        while self._again:
            self._done(self._again.popleft(), Answer(0, self._trouble))

    async def _connection(self) -> Connection | None:
        """One that is idle, or a new one. One task at a time dials, so that a relay in trouble is not stormed."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.lost:
                return connection
        async with self._dialing:
            if self._loop.time() < self._not_before:
                return None
            try:
                connection = await dial(self._place)
            except NoConnection as why:
                self._trouble = str(why)
                self._not_before = self._loop.time() + BACKOFF[min(self._failures, len(BACKOFF) - 1)]
                self._failures += 1
                return None
        self._failures, self._trouble = 0, ""
        self._connections.add(connection)
        self._watch()
        return connection

    def _park(self, connection: Connection) -> None:
        connection.parked_at, connection.used = self._loop.time(), False
        self._idle.append(connection)

    def _watch(self) -> None:
        """Look after deadlines and idle connections, once a second while there are any."""
        limits, now = self._place.timeouts, self._loop.time()
        for connection in self._connections:
            if now > connection.deadline:
                connection.abort()
        for connection in [c for c in self._idle if now - c.parked_at > limits.idle]:
            self._idle.remove(connection)
            connection.quit()
        self._connections = {c for c in self._connections if not c.lost}
        if self._watching:
            self._watching.cancel()
        step = min(1.0, limits.reply / 4, limits.idle / 4)
        self._watching = self._loop.call_later(step, self._watch) if self._connections else None

    async def _converse(self, connection: Connection) -> bool:
        """Send until there is nothing left to take (True), or the connection is gone (False)."""
        tail, under_way = NOTHING, None
        while True:
            found = None if connection.lost else self._next(connection)
            if not found and not tail:
                return not connection.lost
            mail, commands = found or (None, NOTHING)
            replies = await self._exchange(connection, tail, commands)
            if tail:
                self._settle(under_way, replies)
            tail_answered = bool(tail and replies)
            own = replies[1:] if tail else replies
            if mail and connection.lost and _not_its_fault(connection, own, after_silence=bool(tail) and not tail_answered):
                self._again.append(mail)
                return False
            tail, under_way = self._open(mail, own) if mail else (NOTHING, None)
            connection.used = True

    def _next(self, connection: Connection) -> tuple[Mail, Parts] | None:
        while mail := self._again.popleft() if self._again else self._take_fresh():
            try:
                return mail, envelope(mail, connection.features)
            except Unsendable as why:
                self._done(mail, why.answer)
        return None

    async def _exchange(self, connection: Connection, tail: Parts, commands: Parts) -> list[bytes]:
        if "PIPELINING" in connection.features:
            return await connection.exchange(b"".join(tail + commands), len(commands) + bool(tail))
        replies = await connection.exchange(b"".join(tail), 1) if tail else []
        for command in commands:
            new = await connection.exchange(command, 1)
            replies += new
            if not new or code_of(new[0]) >= 400:
                break
        return replies

    def _open(self, mail: Mail, replies: list[bytes]) -> tuple[Parts, Mail | None]:
        """What is to be written next for a mail whose envelope was answered, and the mail that ends with it."""
        refused = refusal(replies)
        if refused is None:
            return (mail.personal, mail.content.wire), mail
        self._done(mail, refused)
        return (way_back(replies) if replies else NOTHING), None

    def _settle(self, mail: Mail | None, replies: list[bytes]) -> None:
        if mail is None:
            return
        if not replies:
            self._done(mail, BROKEN)
            return
        self._done(mail, SENT if replies[0].startswith(b"2") else answer(replies[0], "DATA"))
