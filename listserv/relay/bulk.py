"""Fan-out over SMTP: a few kept connections, each led by a conversation (`dialogue`), and what keeps them in order.

The relay itself is watched by the breaker, its recipients' domains by `fairness`, deadlines by one look a second.
"""

import asyncio
from collections import Counter, deque

import structlog

from listserv import steps
from listserv.relay.breaker import Fewer
from listserv.relay.connection import Connection
from listserv.relay.dial import NoConnection, dial
from listserv.relay.dialogue import conversation
from listserv.relay.fairness import domain_of
from listserv.relay.host import Host, unmade
from listserv.relay.mail import SENT, Answer, Done, Mail, Take, Unsendable
from listserv.relay.offer import Ready

log = structlog.get_logger()

# Seconds after which a connection that waits for a recipient's answer is no longer counted: another takes its place.
SLOW = 10.0
# Seconds for which commands go one by one, after a first group of them was not answered.
DOUBT = 600.0


class SmtpFanOut:
    """Sends what `take` gives over at most so many connections."""

    def __init__(self, host: Host, take: Take, done: Done) -> None:
        self._place, self._limit, self._sign = host.place, host.connections, host.sign
        self.breaker, self.domains = host.breaker, host.domains
        self._take, self._done = take, done
        self._loop = asyncio.get_running_loop()
        self._again: deque[Mail] = deque()
        self._talking: set[Connection] = set()
        self._idle: list[Connection] = []
        self._all: set[Connection] = set()
        self._dialing: asyncio.Task[None] | None = None
        # Connections still to be dialed.
        self._wanted = 0
        # Until when PIPELINING is not believed.
        self._doubtful = 0.0
        self._still = asyncio.Event()
        self._still.set()
        self._looking: asyncio.TimerHandle | None = None
        self._looked, self._closing, self._fewer = 0.0, False, Fewer()

    @property
    def busy(self) -> bool:
        """Is anything on its way?"""
        return not self._still.is_set()

    def wake(self, waiting: int) -> None:
        """There are so many mails to take."""
        wanted = min(waiting, self._allowed() - len(self._talking) - self._wanted)
        if wanted <= 0 or self._closing or self.breaker.shut:
            return
        self._still.clear()
        while wanted and (line := self._idle_line()):
            wanted -= 1
            self._begin(line)
        self._wanted += wanted
        self._dial_soon()

    def _allowed(self) -> int:
        if self.breaker.failures:
            return 1
        return self._fewer.of(self._limit) + min(self._limit + 1, sum(map(self._hangs, self._talking)))

    async def ready(self) -> str:
        """Make sure that the relay can be reached; else why not. Nothing needs to be claimed for a relay that is away."""
        if self.breaker.shut:
            return self.breaker.trouble
        if not self._talking and all(line.lost for line in self._idle):
            self._dial_soon(for_nobody=True)
        if self._dialing and not self._talking:
            await asyncio.wait((self._dialing,))
        return self.breaker.trouble if self.breaker.shut else ""

    async def settled(self) -> None:
        """Return when all that was taken has its answer."""
        await self._still.wait()

    async def close(self) -> None:
        """Let all connections go. What has no answer yet is unknown."""
        self._closing = True
        if self._dialing:
            self._dialing.cancel()
            await asyncio.wait((self._dialing,))
        for line in tuple(self._talking):
            line.abort("we are closing")
        await self.settled()
        if self._looking:
            self._looking.cancel()
        for line in self._all:
            line.quit()
        await asyncio.gather(*(line.closed() for line in self._all))

    # What a conversation asks of us (dialogue.Desk).
    def next(self, line: Connection) -> Ready | None:
        """The next mail for this connection."""
        if self._closing or self.breaker.shut:
            return None
        while mail := self._again.popleft() if self._again else self._take():
            if self.domains.troubled and (later := self.domains.put_off(mail.recipient)):
                self._done(mail, later)
                continue
            try:
                dressed = line.offer.dress(mail.content)
                return dressed.ready(mail, self._sign(mail.personal, dressed.form) + mail.personal if self._sign else mail.personal)
            except Unsendable as why:
                self._done(mail, why.answer)
            except Exception as wrong:
                log.exception("a mail could not be made", recipient=mail.recipient)
                self._done(mail, unmade(wrong))
        return None

    def done(self, mail: Mail, answer: Answer) -> None:
        """This became of a mail."""
        steps.reached("relay.answered")
        if answer is not SENT or self.breaker.uneasy or self.domains.troubled:
            self._look_at(mail, answer)
        self._done(mail, answer)

    def _look_at(self, mail: Mail, answer: Answer) -> None:
        for_now = answer.code >= 400 and not answer.permanent
        if for_now and (answer.stage == "MAIL" or (answer.code == 421 and answer.stage == "RCPT")):
            # A goodbye to a recipient may be meant for the recipient's domain, or for all.
            self.breaker.refused(answer.text)
            if answer.stage == "RCPT":
                self.domains.heard(mail.recipient, answer, at_recipient=True)
        elif answer.code and answer.code != 421:
            if self.breaker.uneasy:
                self.breaker.worked()
                self.wake(self._limit)
            self.domains.heard(mail.recipient, answer, at_recipient=for_now and answer.stage == "RCPT")

    def put_back(self, mail: Mail) -> None:
        """To be given to the next connection."""
        self._again.append(mail)

    def proven(self, line: Connection) -> None:
        """The relay is there."""
        line.used = line.useful = True

    # Connections: idle, talking, dialed.
    def _idle_line(self) -> Connection | None:
        while self._idle:
            if not (line := self._idle.pop()).lost:
                return line
        return None

    def _begin(self, line: Connection) -> None:
        self._talking.add(line)
        self._still.clear()
        talk = conversation(line, self, pipelining=line.offer.pipelining and self._loop.time() >= self._doubtful)
        self._loop.call_soon(line.converse, talk, self._ended)

    def _ended(self, line: Connection) -> None:
        self._talking.discard(line)
        if not line.lost:
            self._park(line)
        else:
            self._all.discard(line)
            if not line.useful and not line.parked_at and not self._closing:
                self.breaker.failed(f"{line.why} {line.words}".strip())
            else:
                self._wanted += 1
                self._dial_soon()
        self._rest()

    def _dial_soon(self, *, for_nobody: bool = False) -> None:
        if (self._wanted > 0 or for_nobody) and not self._dialing and not self._closing:
            self._still.clear()
            self._dialing = self._loop.create_task(self._dial(for_nobody=for_nobody))
            self._dialing.add_done_callback(self._dialed)

    async def _dial(self, *, for_nobody: bool) -> None:
        """One connection after the other: a relay in trouble is not stormed. One that nobody needs yet is parked."""
        while (self._wanted > 0 or for_nobody) and not self.breaker.shut and len(self._talking) < self._allowed():
            try:
                line = await dial(self._place)
            except NoConnection as why:
                if not self._fewer.refused(str(why), sum(line.useful and line.waited < SLOW for line in self._talking)):
                    self.breaker.failed(str(why))
                break
            self._all.add(line)
            if self._wanted > 0:
                self._wanted -= 1
                self._begin(line)
            else:
                self._park(line)
            for_nobody = False
            if not self._looking:
                self._looked = self._loop.time()
                self._look()

    def _park(self, line: Connection) -> None:
        line.parked_at, line.used, line.asking_for = self._loop.time(), False, ""
        self._idle.append(line)

    def _dialed(self, task: asyncio.Task[None]) -> None:
        self._dialing, self._wanted = None, 0
        self._rest()
        if not task.cancelled():
            task.result()

    def _rest(self) -> None:
        if self._talking or self._dialing:
            return
        while self._again:
            self._done(self._again.popleft(), self.breaker.away)
        self._still.set()

    # Deadlines, once a second.
    def _look(self) -> None:
        limits, now = self._place.timeouts, self._loop.time()
        for line in self._talking:
            line.waited += now - self._looked
            if line.waited > limits.reply and not line.lost:
                self._give_up(line)
        for line in [line for line in self._idle if now - line.parked_at > limits.idle]:
            self._idle.remove(line)
            line.quit()
        self._all = {line for line in self._all if not line.lost or line in self._talking}
        self._look_for_slow()
        self._looked = now
        self._looking = self._loop.call_later(min(1.0, limits.reply / 8, limits.idle / 4), self._look) if self._all else None

    def _give_up(self, line: Connection) -> None:
        if line.hangs_on_recipient and not line.useful and not self._doubtful:
            # Perhaps its first group of commands was too much for it. A while without, and nothing is lost but speed.
            self._doubtful = self._loop.time() + DOUBT
        elif line.hangs_on_recipient and domain_of(line.asking_for) in self.domains.slow:
            self.domains.hung(line.asking_for, "no answer to a recipient")
        line.timed_out = True
        line.abort(f"no answer within {self._place.timeouts.reply:g} seconds")

    def _look_for_slow(self) -> None:
        """Where two connections wait for the same domain, it is left alone; those who wait are replaced meanwhile."""
        hanging = [domain_of(line.asking_for) for line in self._talking if self._hangs(line)]
        self.domains.slow = {domain for domain, count in Counter(hanging).items() if count > 1}
        if hanging:
            self.wake(len(hanging))

    def _hangs(self, line: Connection) -> bool:
        return line.waited > min(SLOW, self._place.timeouts.reply / 3) and line.hangs_on_recipient
