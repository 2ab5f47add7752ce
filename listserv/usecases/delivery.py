"""Copies on their way: what a turn of the worker writes down and takes up.

Retries: after 1, 5, 15, 30 and 60 minutes, then every 2 hours; given up after 5 days. Nothing counts as an attempt
while the relay cannot be reached at all.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

from sqlalchemy.orm import Session

from listserv import steps, tally
from listserv.store import deliveries, expanding
from listserv.store.deliveries import Again, Claimed, Facts, Held, Lease, Post, milliseconds
from listserv.usecases import bouncing

# Longer than any answer is waited for (relay.place.Timeouts), so that nobody claims what is still being sent.
LEASE = timedelta(minutes=15)
RETRIES = (1, 5, 15, 30, 60)
THEN_EVERY = 120
GIVE_UP = timedelta(days=5)
# Shared bytes of posts in the worker's hands: a burst of big mails must not fill its memory.
BUDGET = 64 << 20
# RFC 3463: delivery time expired.
EXPIRED = "5.4.7"


class Answer(Protocol):
    """What the relay said to a mail (relay.Answer)."""

    @property
    def code(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def stage(self) -> str: ...
    @property
    def sent(self) -> bool: ...
    @property
    def permanent(self) -> bool: ...
    @property
    def status(self) -> str: ...
    @property
    def tried(self) -> bool: ...
    @property
    def wait(self) -> float: ...


class Outcome(NamedTuple):
    """A copy and its answer; without one it was never tried."""

    copy: Claimed
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A copy that will not arrive."""

    status: str
    diagnostic: str
    permanent: bool = True


class Turn(NamedTuple):
    """What was taken up: copies to send, the posts they are copies of, and whether there is more at once."""

    copies: list[Claimed]
    posts: dict[int, Post]
    more: bool


def retry_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts; None when it is time to give up."""
    waits = len(RETRIES)
    if attempts <= waits:
        return timedelta(minutes=RETRIES[attempts - 1])
    passed = timedelta(minutes=sum(RETRIES) + THEN_EVERY * (attempts - waits - 1))
    return timedelta(minutes=THEN_EVERY) if passed < GIVE_UP else None


def turn(db: Session, outcomes: Sequence[Outcome], room: int, holder: int, known: Mapping[int, Held], now: datetime) -> Turn:
    """One transaction of the worker: write down what became of copies, and take up to `room` new ones.

    Of the posts in `known` the shared bytes are there already, unless they have been redacted since.
    """
    lease = Lease(holder, milliseconds(now), milliseconds(now + LEASE))
    record(db, outcomes, lease, known, now)
    if not room:
        return Turn([], {}, False)
    copies, more = _take_up(db, lease, room)
    facts = deliveries.facts_of(db, {copy.outgoing_id for copy in copies})
    copies = deliveries.still_wanted(db, copies, facts)
    deliveries.record_again(db, [Again(copy.id, None, 0) for copy in copies if copy.email is None], holder)
    same = {id for id, fact in facts.items() if id in known and known[id].raw_id == fact.raw_id}
    sizes = {id: fact.size for id, fact in facts.items() if id not in known}
    wanted = [copy for copy in copies if copy.email is not None]
    kept = _within_budget(db, wanted, sizes, lease)
    new = {copy.outgoing_id for copy in kept} - same
    return Turn(_named(db, kept, facts), deliveries.posts(db, {id: facts[id] for id in new}), more or len(kept) < len(wanted))


def _take_up(db: Session, lease: Lease, room: int) -> tuple[list[Claimed], bool]:
    """Copies to send, and whether there are more.

    Those that are due have half of the room, those that have no row yet the other, and each what the other leaves: nobody
    waits behind a hundred thousand copies that are to be tried again.
    """
    copies = deliveries.claim(db, lease, (room + 1) // 2)
    full = len(copies) == (room + 1) // 2
    new, made = expanding.take_new(db, lease, room - len(copies)) if room > len(copies) else ([], 0)
    if new or made:
        steps.reached("copies.expanded")
    copies += new
    if (full or made) and len(copies) < room:
        copies += deliveries.claim(db, lease, room - len(copies))
    return copies, bool(made) or len(copies) == room or expanding.are_left(db)


def _named(db: Session, copies: list[Claimed], facts: Mapping[int, Facts]) -> list[Claimed]:
    """With the names of the readers, where an issue of a newsletter calls them by these."""
    personal = {id for id, fact in facts.items() if fact.fields}
    if not personal:
        return copies
    names = deliveries.names_of(db, [copy.member_id for copy in copies if copy.outgoing_id in personal])
    return [copy._replace(name=names.get(copy.member_id, "")) if copy.outgoing_id in personal else copy for copy in copies]


def _within_budget(db: Session, copies: list[Claimed], sizes: Mapping[int, int], lease: Lease) -> list[Claimed]:
    """Without those of posts that are too large to be held beside the others; `sizes` are those of posts not held yet."""
    if sum(sizes.values()) <= BUDGET:
        return copies
    left, fits = BUDGET, {copy.outgoing_id for copy in copies if copy.outgoing_id not in sizes}
    for copy in copies:
        size = sizes.get(copy.outgoing_id, 0)
        if copy.outgoing_id not in fits and (size <= left or left == BUDGET):
            fits.add(copy.outgoing_id)
            left -= size
    deliveries.give_back(db, [copy.id for copy in copies if copy.outgoing_id not in fits], lease.holder, lease.now)
    return [copy for copy in copies if copy.outgoing_id in fits]


def record(db: Session, outcomes: Sequence[Outcome], lease: Lease, known: Mapping[int, Held], now: datetime) -> None:
    """Write down what became of copies: sent, to be tried again, failed, or never tried."""
    sent, unused, again = [], list[tuple[int, int]](), []
    begun = _begun(db, {copy.outgoing_id for copy, answer in outcomes if answer and (answer.sent or answer.stage == "PAUSED")}, known)
    for copy, answer in outcomes:
        if answer is None:
            unused.append((copy.id, lease.now))
        elif answer.sent:
            sent.append(copy.id)
        elif not is_attempt(answer, datetime.fromtimestamp(begun.get(copy.outgoing_id, lease.now) / 1000, UTC), now):
            unused.append((copy.id, lease.now + int(answer.wait * 1000)))
        else:
            again.append(Again(copy.id, _next_try(db, copy, answer, now), answer.code, answer.text, lease.now))
    deliveries.record_sent(db, sent, lease.now)
    deliveries.record_again(db, again, lease.holder)
    for due in {due for _, due in unused}:
        deliveries.give_back(db, [id for id, then in unused if then == due], lease.holder, due)
    _count(db, Counter(copy.outgoing_id for copy, answer in outcomes if answer and answer.sent), begun, again, lease.now)


def _begun(db: Session, ids: Collection[int], known: Mapping[int, Held]) -> dict[int, int]:
    """When these posts set out; asked for only where it is not known any more."""
    held = {id: known[id].begun for id in ids if id in known}
    return held | deliveries.begun(db, [id for id in ids if id not in held])


def _count(db: Session, sent: Mapping[int, int], begun: Mapping[int, int], again: Sequence[Again], now: int) -> None:
    """For the figures: how many were taken, how long after their post came in, and how many come later."""
    for post, copies in sent.items():
        if post in begun:
            tally.observe("delivery_seconds", (now - begun[post]) / 1000, copies)
        tally.note(db.info, "sent", copies)
    later = sum(one.due is not None for one in again)
    if later:
        tally.note(db.info, "retry", later)


def is_attempt(answer: Answer, begun: datetime, now: datetime) -> bool:
    """Does this answer count against the mail's attempts? That a domain is put off does, once the mail is old: else it would be put off for ever."""
    return answer.tried or (answer.stage == "PAUSED" and now - begun > GIVE_UP)


def wait_after(answer: Answer, attempts: int) -> timedelta | None:
    """How long to wait after this answer to the last of so many attempts; None when it was the last of all."""
    wait = None if answer.permanent else retry_after(attempts)
    return wait and max(wait, timedelta(seconds=answer.wait))


def _next_try(db: Session, copy: Claimed, answer: Answer, now: datetime) -> int | None:
    wait = wait_after(answer, copy.attempts)
    if wait is not None:
        return milliseconds(now + wait)
    status = answer.status if answer.permanent else EXPIRED
    blame = speaks_of_recipient(answer)
    bouncing.copy_failed(db, copy, Failure(status, answer.text), now, blame=blame)
    return None


def speaks_of_recipient(answer: Answer) -> bool:
    """Is it the address that was refused, or its domain? What came of MAIL or of the body is about the mail or the relay, unless its status says otherwise.

    A relay that breaks off, or has no room, for days is nobody's fault but ours; so is what we could not even make.
    """
    return answer.stage in ("RCPT", "PAUSED") or answer.status.startswith(("4.1.", "4.2.", "5.1.", "5.2."))
