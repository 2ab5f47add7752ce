"""What the sender of copies has in hand: the posts, the copies, and what became of copies and is not written down yet."""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

import structlog

from listserv.relay import Answer, Content, Filled, Mail
from listserv.store.deliveries import Claimed, Held
from listserv.usecases.delivery import Outcome, Turn
from listserv.usecases.stationery import Stationery
from newsletters.filling import Form

log = structlog.get_logger()

# Copies that have been given to the relay and are not recorded: so many at most are sent a second time when this process dies.
MOST = 256
UNMADE = Answer(451, "4.3.0 this copy could not be made; the log of the worker says why", "MAKE")


class Ready(NamedTuple):
    """A copy that may go, until its lease comes near its end (event loop time)."""

    copy: Claimed
    sender: str
    personal: bytes
    until: float


@dataclass(slots=True)
class InHand:
    """A post of which copies are in hand, and how they fare."""

    list_name: str
    # None where it could not be made of what is kept.
    content: Content | None
    # What is redacted while copies go out is made of other bytes from then on.
    held: Held
    pending: int = 0
    sent: int = 0
    later: int = 0
    failed: int = 0
    form: tuple[Content, Form, Form] | None = None

    def content_for(self, copy: Claimed, paper: Stationery) -> Content | None:
        """The bytes of one copy: nearly always those of all; an issue, with its reader's name and way off the list, is filled for each."""
        if copy.name is None or self.content is None:
            return self.content
        if self.form is None or self.form[0] is not self.content:
            self.form = self.content, Form(self.content.data), Form(self.content.wire, wire=True)
        leave = paper.leave_url(copy.member_id, copy.outgoing_id)
        return Filled(self.form[1].filled(copy.name, leave), self.form[2].filled(copy.name, leave))


class Ledger:
    """Counts every copy from its claim to its record."""

    def __init__(self, paper: Stationery) -> None:
        self._paper = paper
        self.ready: deque[Ready] = deque()
        self.outcomes: list[Outcome] = []
        self._posts: dict[int, InHand] = {}
        # Copies that have left `ready` and are not recorded.
        self._open = 0
        # All that are in hand. Where a clock jumps, our own leases seem to have ended, and we claim them once more.
        self._ids = set[int]()

    @property
    def room(self) -> int:
        """So many copies may be begun before something is recorded."""
        return MOST - self._open

    @property
    def known(self) -> dict[int, Held]:
        """The posts whose bytes are here."""
        return {id: post.held for id, post in self._posts.items() if post.content is not None}

    @property
    def size(self) -> int:
        """Bytes that are held for the posts in hand."""
        return sum(len(post.content.data) for post in self._posts.values() if post.content is not None)

    def take_up(self, taken: Turn, contents: dict[int, Content | None], ready: Collection[Ready]) -> None:
        """New copies, and what is new about their posts."""
        for id, content in contents.items():
            post = taken.posts[id]
            held = Held(post.raw_id, post.begun)
            if id in self._posts:
                self._posts[id].content, self._posts[id].held = content, held
            else:
                self._posts[id] = InHand(post.list_name, content, held)
        for one in ready:
            if one.copy.id not in self._ids:
                self._ids.add(one.copy.id)
                self._posts[one.copy.outgoing_id].pending += 1
                self.ready.append(one)

    def begin(self, now: float) -> Mail | None:
        """The next copy as a mail; None where it is not to be begun any more, or cannot be made: then that is noted."""
        copy, sender, personal, until = self.ready.popleft()
        self._open += 1
        if now < until:
            try:
                content = self._posts[copy.outgoing_id].content_for(copy, self._paper)
            except Exception:
                log.exception("a copy could not be made", delivery=copy.id, member=copy.member_id)
                content = None
            if content is not None:
                return Mail(copy, sender, copy.email or "", content, personal)
            self.note(copy, UNMADE)
        else:
            self.note(copy, None)
        return None

    def note(self, copy: Claimed, answer: Answer | None) -> None:
        """What became of a copy."""
        post = self._posts[copy.outgoing_id]
        post.pending -= 1
        if answer is None:
            post.later += 1
        elif answer.sent:
            post.sent += 1
        elif answer.permanent:
            post.failed += 1
        else:
            post.later += 1
        self.outcomes.append(Outcome(copy, answer))

    def give_back(self) -> None:
        """What was not begun is for anybody to begin; as soon as it is written down."""
        while self.ready:
            self._open += 1
            self.note(self.ready.popleft().copy, None)

    def recorded(self, outcomes: Collection[Outcome]) -> None:
        """These are written down."""
        self._open -= len(outcomes)
        self._ids.difference_update([copy.id for copy, _ in outcomes])

    def tell_and_forget(self) -> None:
        """Posts of which nothing is in hand any more."""
        for id in [id for id, post in self._posts.items() if not post.pending]:
            post = self._posts.pop(id)
            log.info("sent", list=post.list_name, copies=post.sent, post=id)
            if post.later or post.failed:
                log.info("retry", list=post.list_name, later=post.later, failed=post.failed, post=id)
