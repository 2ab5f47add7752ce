"""Copies and letters on their way: what a turn of the worker writes down and takes up, and what a copy consists of.

Retries: after 1, 5, 15, 30 and 60 minutes, then every 2 hours; given up after 5 days. Nothing counts as an attempt
while the relay cannot be reached at all.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from sqlalchemy.orm import Session

from listserv import links
from listserv.config import Settings
from listserv.mail import headers, tokens
from listserv.store import deliveries, outbox, tools
from listserv.store.bounces import Bounce
from listserv.store.deliveries import Again, Claimed, Post, milliseconds
from listserv.store.members import Member
from listserv.store.queue import Letter, keep_raw
from listserv.usecases import bouncing, digestletters

# Longer than any answer is waited for (relay.place.Timeouts), so that nobody claims what is still being sent.
LEASE = timedelta(minutes=15)
RETRIES = (1, 5, 15, 30, 60)
THEN_EVERY = 120
GIVE_UP = timedelta(days=5)
# Shared bytes of posts in the worker's hands: a burst of big mails must not fill its memory.
BUDGET = 64 << 20
# Letters that hold other people's mails, or all that is kept about somebody: not kept a second time once they have left.
NOT_KEPT = frozenset({"copy", "my-data", "answers"})
GONE = b"Subject: -\r\n\r\nThis letter has left. What it held is not kept a second time.\r\n"
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


def turn(db: Session, outcomes: Sequence[Outcome], room: int, holder: int, known: Mapping[int, int], now: datetime) -> Turn:
    """One transaction of the worker: write down what became of copies, and take up to `room` new ones.

    Of the posts in `known` the shared bytes are there already (`raw_id`), unless they have been redacted since.
    """
    record(db, outcomes, now)
    if not room:
        return Turn([], {}, False)
    at, until = milliseconds(now), milliseconds(now + LEASE)
    copies = deliveries.claim(db, holder, at, until, room)
    # Only when nothing is left to claim: what was begun goes out first, and a slice is never made in vain.
    made = deliveries.expand(db, at) if len(copies) < room else 0
    if made:
        copies += deliveries.claim(db, holder, at, until, room - len(copies))
    there = [copy for copy in copies if copy.email is not None]
    deliveries.record_again(db, [Again(copy.id, None, 0) for copy in copies if copy.email is None])
    now_made_of = deliveries.contents(db, {copy.outgoing_id for copy in there}.intersection(known))
    same = {id for id, raw_id in now_made_of.items() if known[id] == raw_id}
    kept = _within_budget(db, there, same, at)
    new = {copy.outgoing_id for copy in kept} - same
    return Turn(_named(db, kept), deliveries.posts(db, new), bool(made) or len(copies) == room)


def _named(db: Session, copies: list[Claimed]) -> list[Claimed]:
    """With the names of the readers, where an issue of a newsletter calls them by these."""
    personal = deliveries.with_fields(db, {copy.outgoing_id for copy in copies})
    if not personal:
        return copies
    names = deliveries.names_of(db, [copy.member_id for copy in copies if copy.outgoing_id in personal])
    return [copy._replace(name=names.get(copy.member_id, "")) if copy.outgoing_id in personal else copy for copy in copies]


def _within_budget(db: Session, copies: list[Claimed], known: Collection[int], now: int) -> list[Claimed]:
    sizes = deliveries.sizes(db, {copy.outgoing_id for copy in copies}.difference(known))
    if sum(sizes.values()) <= BUDGET:
        return copies
    left, fits = BUDGET, set(known)
    for copy in copies:
        size = sizes.get(copy.outgoing_id, 0)
        if copy.outgoing_id not in fits and (size <= left or left == BUDGET):
            fits.add(copy.outgoing_id)
            left -= size
    deliveries.give_back(db, [copy.id for copy in copies if copy.outgoing_id not in fits], now)
    return [copy for copy in copies if copy.outgoing_id in fits]


def record(db: Session, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Write down what became of copies: sent, to be tried again, failed, or never tried."""
    sent, unused, again = [], [], []
    for copy, answer in outcomes:
        if answer is None:
            unused.append(copy.id)
        elif answer.sent:
            sent.append(copy.id)
        else:
            again.append(Again(copy.id, _next_try(db, copy, answer, now), answer.code))
    deliveries.record_sent(db, sent)
    deliveries.record_again(db, again)
    deliveries.give_back(db, unused, milliseconds(now))


def _next_try(db: Session, copy: Claimed, answer: Answer, now: datetime) -> int | None:
    wait = None if answer.permanent else retry_after(copy.attempts)
    if wait is not None:
        return milliseconds(now + wait)
    status = answer.status if answer.permanent else EXPIRED
    _note_failure(db, copy, Failure(status, answer.text), now, blame=not answer.permanent or speaks_of_recipient(answer))
    return None


def speaks_of_recipient(answer: Answer) -> bool:
    """Is it the address that was refused? A refusal at MAIL or after the body is about the mail, unless its status says otherwise."""
    return answer.stage == "RCPT" or answer.status.startswith(("5.1.", "5.2."))


def _note_failure(db: Session, copy: Claimed, failure: Failure, now: datetime, *, blame: bool) -> None:
    member = db.get(Member, copy.member_id)
    bounce = Bounce(member_id=copy.member_id, outgoing_id=copy.outgoing_id, email=copy.email or "", permanent=True, at=now)
    bounce.list_id = member.list_id if member else None
    bounce.status, bounce.diagnostic = failure.status, failure.diagnostic
    db.add(bounce)
    if member and blame:
        bouncing.score(db, member, failure, now)
    elif member:
        bouncing.note_refusal(db, member, failure, now)


def take_back(db: Session, holder: int, now: datetime) -> int:
    """What a dead predecessor of the same name held is due at once; how much that was."""
    return deliveries.take_back(db, holder, milliseconds(now))


def shared_bytes(post: Post) -> bytes:
    """What all copies of a post have in common: header block, empty line, body. CRLF line ends, bare ones mended."""
    body = post.body if post.body is not None else headers.body_of(post.raw)
    return headers.crlf(post.head) + b"\r\n" + headers.crlf(body)


class Stationery:
    """What differs from copy to copy: the sender that a bounce comes back to, and the way off the list."""

    def __init__(self, settings: Settings) -> None:
        self._key = links.signing_key(settings)
        self._url = f"{settings.site.url}/unsubscribe/"
        self._at = f"@{settings.site.domain}"

    def sender(self, copy: Claimed) -> str:
        """The envelope sender of a copy (VERP)."""
        return f"r+{tokens.sign(self._key, tokens.Kind.BOUNCE, copy.member_id, copy.outgoing_id)}{self._at}"

    def leave_url(self, member_id: int, outgoing_id: int) -> str:
        """The way off the list that stands in an issue: the same as in the header lines."""
        return f"{self._url}{tokens.sign(self._key, tokens.Kind.UNSUBSCRIBE, member_id, outgoing_id)}"

    def personal(self, copy: Claimed) -> bytes:
        """The header lines of a copy alone."""
        return self._lines(copy.member_id, copy.outgoing_id)

    def _lines(self, *ids: int) -> bytes:
        # The link says which copies it came with, so that those who leave by an issue are counted; it tells nothing before it is pressed.
        token = tokens.sign(self._key, tokens.Kind.UNSUBSCRIBE, *ids)
        # RFC 8058 section 3.1: both fields, or receivers ignore the one-click offer.
        ways = f"<{self._url}{token}>, <mailto:r+{token}{self._at}>"
        return f"List-Unsubscribe: {ways}\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n".encode()


def personal_lines(settings: Settings, member_id: int) -> bytes:
    """The header lines of one member's copies, for a copy that is no part of a fan-out."""
    return Stationery(settings)._lines(member_id)


class LetterToSend(NamedTuple):
    """A claimed letter."""

    id: int
    kind: str
    sender: str
    recipient: str
    raw: bytes


def take_letters(db: Session, holder: int, now: datetime, limit: int) -> list[LetterToSend]:
    """Take letters that are due, oldest first."""
    rows = outbox.claim(db, holder, milliseconds(now), milliseconds(now + LEASE), limit)
    made = digestletters.all_finished(db, rows)
    for row in rows:
        if row.id not in made:
            row.due, row.holder, row.answer = None, None, "taken back: its reader is gone"
    return [LetterToSend(row.id, row.kind, row.mail_from, row.to, made[row.id]) for row in rows if row.id in made]


def record_letter(db: Session, letter_id: int, answer: Answer | None, now: datetime) -> None:
    """Write down what became of a letter; without an answer it was never tried."""
    row = db.get(Letter, letter_id)
    if row is None:
        return
    row.holder = None
    if answer is None:
        row.due, row.attempts = milliseconds(now), row.attempts - 1
        return
    row.code, row.answer = answer.code, answer.text
    wait = None if answer.sent or answer.permanent else retry_after(row.attempts)
    row.due = milliseconds(now + wait) if wait else None
    if row.due is None and row.kind in NOT_KEPT:
        used, row.raw_id = row.raw_id, keep_raw(db, GONE).id
        tools.destroy_unused(db, [used])
