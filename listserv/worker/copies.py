"""The lane of copies: claim, send, record; each turn one transaction, in a thread beside the event loop.

While the database writes down one batch, the connections send the next. A copy whose record is lost with the process
is sent again: of these there are `ledger.MOST` at most.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import get_native_id

import structlog

from listserv import steps
from listserv.relay import Answer, Content, Mail, Relay
from listserv.site import Site, report
from listserv.store.deliveries import Held, Post
from listserv.usecases import delivery
from listserv.usecases.delivery import Outcome, Turn
from listserv.usecases.stationery import Stationery, shared_bytes
from listserv.worker.core import OneCore
from listserv.worker.ledger import Ledger, Ready

log = structlog.get_logger()

# Copies in hand at most, and how few are left when more are fetched. The first of a post are few, so that they go at once.
CLAIM, LOW, FIRST = 512, 256, 64
# Answers written down at a time, and how long the first of them waits (seconds).
BATCH, FLUSH = 100, 0.02
# Between two turns (seconds): others must come to write.
GAP = 0.002
# A copy whose lease ends sooner than this is not begun any more (seconds): its answer might come too late.
SLACK = 660.0
# After a turn that failed, and between looks at a relay that is away (seconds).
PAUSE = 1.0
# How long what is under way may take to end when the worker stops (seconds).
LAST_WAIT = 30.0

Done = tuple[Turn, dict[int, Content | None], list[Ready]]


class Copies:
    """Sends copies over the relay for as long as there are any."""

    def __init__(self, site: Site, relay: Relay, holder: int, sure: Callable[[], bool] = lambda: True) -> None:
        # `sure`: nobody can have taken over yet what we hold.
        self._site, self._holder, self._sure = site, holder, sure
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, "copies")
        self._core = OneCore((get_native_id(), self._thread.submit(get_native_id).result()))
        self._paper = Stationery(site.settings)
        self._ledger = Ledger(self._paper)
        self._fan_out = relay.fan_out(self._take, self._done)
        self._kicked = asyncio.Event()
        self._flush: asyncio.TimerHandle | None = None
        self._first = FIRST
        self._asked = self._full = False
        self._stopping = False
        self._trouble = ""

    def kick(self) -> None:
        """There may be copies to send."""
        self._asked = True
        self._kicked.set()

    async def run(self) -> None:
        """Work until `stop`."""
        while not self._stopping:
            await self._kicked.wait()
            self._kicked.clear()
            await self.turn()
            await asyncio.sleep(GAP)

    async def drain(self) -> int:
        """Send all that is due now; how many copies were taken up."""
        count, self._first = 0, CLAIM
        while not self._stopping:
            self._asked = True
            taken = await self.turn()
            await self._fan_out.settled()
            if not taken and not self._ledger.outcomes and not self._ledger.ready and not self._full:
                return count
            count += taken
        return count

    def stop(self) -> None:
        """Begin nothing new; `run` ends."""
        self._stopping = True
        self._kicked.set()

    async def close(self) -> None:
        """Give back what was not begun, wait for what is under way, write it all down. `run` must have ended."""
        self._stopping = True
        self.give_back()
        # Others may have it while we still wait for what is under way.
        await self.turn()
        try:
            async with asyncio.timeout(LAST_WAIT):
                await self._fan_out.settled()
        except TimeoutError:
            log.warning("some copies had no answer in time and will be sent again")
        await self._fan_out.close()
        await self.turn()
        self._core.let_go()
        self._thread.shutdown()

    def give_back(self) -> None:
        """What was not begun is for anybody to begin; as soon as it is written down."""
        self._ledger.give_back()
        self._kicked.set()

    async def turn(self) -> int:
        """Write down what became of copies and take up new ones; how many."""
        self._stop_flush()
        room = await self._room()
        ledger = self._ledger
        outcomes, ledger.outcomes = ledger.outcomes, []
        if not outcomes and not room:
            return 0
        until = self._loop.time() + delivery.LEASE.total_seconds() - SLACK
        try:
            taken, contents, ready = await self._loop.run_in_executor(self._thread, self._transact, outcomes, room, ledger.known, until)
        except Exception as wrong:  # noqa: BLE001  (reported)
            report(log, "the database did not take a turn; trying again", wrong, outcomes=len(outcomes))
            ledger.outcomes = outcomes + ledger.outcomes
            self._asked = self._asked or bool(room)
            self._later(PAUSE)
            return 0
        if room:
            self._asked = taken.more
        ledger.recorded(outcomes)
        ledger.take_up(taken, contents, ready)
        ledger.tell_and_forget()
        (self._core.stay if ledger.ready else self._core.let_go)()
        self._go_on(bool(room), len(ready))
        return len(ready)

    def _go_on(self, claimed: bool, taken: int) -> None:
        """After a turn: there is something to send again, or more to claim, or nothing."""
        ledger = self._ledger
        if ledger.ready and ledger.room > 0 and not self._stopping:
            self._fan_out.wake(min(len(ledger.ready), ledger.room))
        if claimed and not taken and self._asked:
            # Another worker is just at what is left.
            self._later(FLUSH)
        elif (claimed or self._full) and self._asked and len(ledger.ready) <= LOW and ledger.size <= delivery.BUDGET:
            self._kicked.set()
        elif ledger.ready and not self._fan_out.busy:
            self._later(PAUSE)

    async def _room(self) -> int:
        ledger, self._full = self._ledger, False
        stuck = bool(ledger.ready) and ledger.room > 0 and not self._fan_out.busy
        if self._stopping or not stuck and (not self._asked or len(ledger.ready) > LOW):
            return 0
        trouble = await self._fan_out.ready()
        if trouble != self._trouble:
            (log.warning if trouble else log.info)("relay", trouble=trouble or "none any more")
            self._trouble = trouble
        if trouble:
            ledger.give_back()
            self._later(PAUSE)
            return 0
        if not self._sure():
            # What we claimed now would be given back unsent, and claimed again, as fast as the database can.
            self._later(PAUSE)
            return 0
        if stuck:
            # The relay is back, or had gone without a word: what was claimed for it waits here.
            self._fan_out.wake(min(len(ledger.ready), ledger.room))
        # Posts that are very large one after the other: what is in hand goes first.
        self._full = ledger.size > delivery.BUDGET
        if not self._asked or len(ledger.ready) > LOW or self._full:
            return 0
        return CLAIM - len(ledger.ready) if ledger.ready or self._fan_out.busy else self._first

    def _transact(self, outcomes: list[Outcome], room: int, known: dict[int, Held], until: float) -> Done:
        with self._site.writing() as db:
            taken = delivery.turn(db, outcomes, room, self._holder, known, self._site.now())
            steps.reached("copies.before-commit")
        steps.reached("copies.committed")
        # Behind the transaction: unpacking a big mail is nothing that others should wait for.
        papers = self._paper.papers(taken.copies)
        ready = [Ready(copy, sender, personal, until) for copy, (sender, personal) in zip(taken.copies, papers, strict=True)]
        return taken, {id: _content(post) for id, post in taken.posts.items()}, ready

    def _take(self) -> Mail | None:
        ledger = self._ledger
        while ledger.ready and ledger.room > 0:
            if self._asked and len(ledger.ready) == LOW + 1:
                self._kicked.set()
            mail = ledger.begin(self._loop.time() if self._sure() else float("inf"))
            if mail is not None:
                return mail
            self._noted()
        return None

    def _done(self, mail: Mail, answer: Answer) -> None:
        self._ledger.note(mail.ref, answer)
        self._noted()

    def _noted(self) -> None:
        if len(self._ledger.outcomes) >= BATCH or not self._ledger.ready and not self._fan_out.busy:
            self._kicked.set()
        else:
            self._later(FLUSH)

    def _later(self, seconds: float) -> None:
        if self._flush is None:
            self._flush = self._loop.call_later(seconds, self._kicked.set)

    def _stop_flush(self) -> None:
        if self._flush:
            self._flush.cancel()
            self._flush = None


def _content(post: Post) -> Content | None:
    """The bytes that all copies of a post share; None where they cannot be made: that is no fault of the others."""
    try:
        return Content(shared_bytes(post))
    except Exception:
        log.exception("the copies of a post could not be made", post=post.id)
        return None
