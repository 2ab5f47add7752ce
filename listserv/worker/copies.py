"""The lane of copies: claim, send, record; each turn one transaction, in a thread beside the event loop.

While the database writes down one batch, the connections send the next. A copy whose record is lost with the process
is sent again: at most what was answered since the last turn, and what was under way.
"""

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from listserv.relay import Answer, Content, Filled, Mail, Relay
from listserv.site import Site
from listserv.store.deliveries import Claimed
from listserv.usecases import delivery
from listserv.usecases.delivery import Outcome, Stationery, Turn
from newsletters.filling import Form

log = structlog.get_logger()

# Copies taken up at a time, and how few are left when more are fetched.
CLAIM, LOW = 500, 250
# Answers written down at a time, and how long the first of them waits (seconds).
BATCH, FLUSH = 200, 0.02
# Between two turns (seconds): SQLite's lock is not fair, and others must come to write.
GAP = 0.003
# A copy whose lease ends sooner than this is not begun any more (seconds): its answer might come too late.
SLACK = 360.0
# After a turn that failed, and between looks at a relay that is away (seconds).
PAUSE = 1.0
# How long what is under way may take to end when the worker stops (seconds).
LAST_WAIT = 30.0


@dataclass(slots=True)
class InHand:
    """A post of which copies are in hand, and how they fare."""

    list_name: str
    content: Content
    # Which bytes these are: what is redacted while copies go out is made of others from then on.
    raw_id: int
    pending: int = 0
    sent: int = 0
    later: int = 0
    failed: int = 0
    form: tuple[Content, Form, Form] | None = None

    def content_for(self, copy: Claimed, paper: Stationery) -> Content:
        """The bytes of one copy: nearly always those of all; an issue, with its reader's name and way off the list, is filled for each."""
        if copy.name is None:
            return self.content
        if self.form is None or self.form[0] is not self.content:
            self.form = self.content, Form(self.content.data), Form(self.content.wire, wire=True)
        leave = paper.leave_url(copy.member_id, copy.outgoing_id)
        return Filled(self.form[1].filled(copy.name, leave), self.form[2].filled(copy.name, leave))


class Copies:
    """Sends copies over the relay for as long as there are any."""

    def __init__(self, site: Site, relay: Relay, holder: int) -> None:
        self._site, self._holder = site, holder
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, "copies")
        self._stationery = Stationery(site.settings)
        self._fan_out = relay.fan_out(self._take, self._done)
        self._kicked = asyncio.Event()
        self._flush: asyncio.TimerHandle | None = None
        self._ready: deque[tuple[Claimed, float]] = deque()
        self._outcomes: list[Outcome] = []
        self._posts: dict[int, InHand] = {}
        self._asked = False
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
        count = 0
        while not self._stopping:
            self._asked = True
            taken = await self.turn()
            await self._fan_out.settled()
            if not taken and not self._outcomes:
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
        self._give_back()
        try:
            async with asyncio.timeout(LAST_WAIT):
                await self._fan_out.settled()
        except TimeoutError:
            log.warning("some copies had no answer in time and will be sent again")
        await self._fan_out.close()
        await self.turn()
        self._thread.shutdown()

    async def turn(self) -> int:
        """Write down what became of copies and take up new ones; how many."""
        self._stop_flush()
        room = await self._room()
        outcomes, self._outcomes = self._outcomes, []
        if not outcomes and not room:
            return 0
        until = self._loop.time() + delivery.LEASE.total_seconds() - SLACK
        try:
            taken, contents = await self._loop.run_in_executor(
                self._thread, self._transact, outcomes, room, {id: post.raw_id for id, post in self._posts.items()}
            )
        except Exception:
            log.exception("the database did not take a turn; trying again", outcomes=len(outcomes))
            self._outcomes = outcomes + self._outcomes
            self._asked = self._asked or bool(room)
            self._later(PAUSE)
            return 0
        if room:
            self._asked = taken.more
        self._take_up(taken, contents, until)
        return len(taken.copies)

    async def _room(self) -> int:
        if not self._asked or self._stopping or len(self._ready) > LOW:
            return 0
        trouble = await self._fan_out.ready()
        if trouble != self._trouble:
            (log.warning if trouble else log.info)("relay", trouble=trouble or "none any more")
            self._trouble = trouble
        if trouble:
            self._give_back()
            self._later(PAUSE)
            return 0
        return CLAIM - len(self._ready)

    def _transact(self, outcomes: list[Outcome], room: int, known: dict[int, int]) -> tuple[Turn, dict[int, Content]]:
        with self._site.writing() as db:
            taken = delivery.turn(db, outcomes, room, self._holder, known, self._site.now())
        # Behind the transaction: unpacking a big mail is nothing that others should wait for.
        return taken, {id: Content(delivery.shared_bytes(post)) for id, post in taken.posts.items()}

    def _take_up(self, taken: Turn, contents: dict[int, Content], until: float) -> None:
        for id, content in contents.items():
            post = taken.posts[id]
            if id in self._posts:
                self._posts[id].content, self._posts[id].raw_id = content, post.raw_id
            else:
                self._posts[id] = InHand(post.list_name, content, post.raw_id)
        for copy in taken.copies:
            self._posts[copy.outgoing_id].pending += 1
            self._ready.append((copy, until))
        self._tell_and_forget()
        if taken.copies:
            self._fan_out.wake(len(self._ready))
        elif taken.more:
            self._kicked.set()

    def _tell_and_forget(self) -> None:
        for id in [id for id, post in self._posts.items() if not post.pending]:
            post = self._posts.pop(id)
            log.info("sent", list=post.list_name, copies=post.sent, post=id)
            if post.later or post.failed:
                log.info("retry", list=post.list_name, later=post.later, failed=post.failed, post=id)

    def _take(self) -> Mail | None:
        while self._ready:
            copy, until = self._ready.popleft()
            if self._asked and len(self._ready) == LOW:
                self._kicked.set()
            if self._loop.time() < until:
                content = self._posts[copy.outgoing_id].content_for(copy, self._stationery)
                return Mail(copy, self._stationery.sender(copy), copy.email or "", content, self._stationery.personal(copy))
            self._note(copy, None)
        return None

    def _done(self, mail: Mail, answer: Answer) -> None:
        self._note(mail.ref, answer)

    def _note(self, copy: Claimed, answer: Answer | None) -> None:
        post = self._posts[copy.outgoing_id]
        post.pending -= 1
        if answer and answer.sent:
            post.sent += 1
        elif answer and answer.permanent:
            post.failed += 1
        else:
            post.later += 1
        self._outcomes.append(Outcome(copy, answer))
        if len(self._outcomes) >= BATCH or not self._ready and not self._fan_out.busy:
            self._kicked.set()
        else:
            self._later(FLUSH)

    def _give_back(self) -> None:
        while self._ready:
            self._note(self._ready.popleft()[0], None)

    def _later(self, seconds: float) -> None:
        if self._flush is None:
            self._flush = self._loop.call_later(seconds, self._kicked.set)

    def _stop_flush(self) -> None:
        if self._flush:
            self._flush.cancel()
            self._flush = None
