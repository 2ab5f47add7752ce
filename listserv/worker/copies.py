"""The lane of copies: claim, send, record; each turn one transaction, in a thread beside the event loop.

While the disk takes one batch, the database writes down the next, and the connections send the one after that. A copy
whose record is lost with the process is sent again: of these there are `ledger.MOST` at most.
"""

import asyncio
from collections.abc import Callable
from threading import get_native_id

import structlog

from listserv.relay import Answer, Mail, Relay
from listserv.site import Site, report
from listserv.usecases import delivery
from listserv.usecases.stationery import Stationery
from listserv.worker.core import OneCore
from listserv.worker.ledger import Ledger
from listserv.worker.recording import Recorder, Written

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


class Copies:
    """Sends copies over the relay for as long as there are any."""

    def __init__(self, site: Site, relay: Relay, holder: int, sure: Callable[[], bool] = lambda: True) -> None:
        # `sure`: nobody can have taken over yet what we hold.
        self._sure = sure
        self._loop = asyncio.get_running_loop()
        paper = Stationery(site.settings)
        self._recorder = Recorder(site, holder, paper)
        self._core = OneCore((get_native_id(), self._recorder.thread))
        self._ledger = Ledger(paper)
        self._fan_out = relay.fan_out(self._take, self._done)
        self._kicked = asyncio.Event()
        self._flush: asyncio.TimerHandle | None = None
        self._first = FIRST
        # The turn that the disk is just taking; and do copies come with a turn, of posts that we said are here?
        self._settling: asyncio.Task[int] | None = None
        self._coming = False
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
            if written := await self._write():
                await self._last()
                self._settling = self._loop.create_task(self._settle(written))
            await asyncio.sleep(GAP)
        await self._last()

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
        self._recorder.close()

    def give_back(self) -> None:
        """What was not begun is for anybody to begin; as soon as it is written down."""
        self._ledger.give_back()
        self._kicked.set()

    async def turn(self) -> int:
        """Write down what became of copies and take up new ones; how many."""
        written = await self._write()
        return await self._settle(written) if written else 0

    async def _last(self) -> None:
        """The turn before is done."""
        if self._settling:
            await self._settling

    async def _write(self) -> Written | None:
        self._stop_flush()
        room = await self._room()
        ledger = self._ledger
        outcomes, ledger.outcomes = ledger.outcomes, []
        if not outcomes and not room:
            return None
        self._coming = self._coming or bool(room)
        until = self._loop.time() + delivery.LEASE.total_seconds() - SLACK
        try:
            written = await self._recorder.write(outcomes, room, ledger.known, until)
        except Exception as wrong:  # noqa: BLE001  (reported)
            report(log, "the database did not take a turn; trying again", wrong, outcomes=len(outcomes))
            ledger.outcomes = outcomes + ledger.outcomes
            self._asked = self._asked or bool(room)
            self._coming = self._coming and not room
            self._later(PAUSE)
            return None
        if room:
            self._asked = written.taken.more
        return written

    async def _settle(self, written: Written) -> int:
        """Only now may what was claimed be begun, and as many copies be begun anew as were written down."""
        await self._recorder.settle(written)
        ledger, ready = self._ledger, written.ready
        self._coming = self._coming and not written.room
        ledger.recorded(written.outcomes)
        ledger.take_up(written.taken, written.contents, ready)
        if not self._coming:
            ledger.tell_and_forget()
        (self._core.stay if ledger.ready else self._core.let_go)()
        self._go_on(bool(written.room), len(ready))
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
        if self._coming or self._stopping or not stuck and (not self._asked or len(ledger.ready) > LOW):
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
