"""How a post's copies fared: from their rows, or, where these have been cleared away, from what was kept of them."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from listserv.mail.segments import parse
from listserv.store.lists import MailingList
from listserv.store.members import DeliveryMode, Member, Status
from listserv.store.queue import TOLD_ELSEWHERE, Delivery, Outgoing
from listserv.store.segments import statement

# Of one post, so many different answers of the relay are looked at.
MOST_ANSWERS = 2_000


class Fare(NamedTuple):
    """Copies of a post: taken by the relay, waiting, given up (of them `gone`: their readers had left); tried more than once; when (milliseconds)."""

    sent: int
    pending: int
    failed: int
    gone: int = 0
    retried: int = 0
    first_at: int | None = None
    last_at: int | None = None


def fare_of(db: Session, post: Outgoing) -> Fare:
    """How its copies fare; those that have no row yet are pending."""
    kept = Fare(post.sent or 0, 0, post.failed or 0, post.gone or 0, post.retried or 0, post.first_at, post.last_at)
    if post.folded:
        return kept
    found = together(kept, of_rows(db, Delivery.outgoing_id == post.id))
    return found._replace(pending=found.pending + not_expanded(db, post))


def fare_within(db: Session, post: Outgoing, limit: int) -> Fare | None:
    """The same of a post with at most so many rows of copies; None where it has more, which nobody waits for to be counted."""
    most = select(Delivery.id).where(Delivery.outgoing_id == post.id).limit(limit + 1).subquery()
    return fare_of(db, post) if post.folded or (db.scalar(select(func.count()).select_from(most)) or 0) <= limit else None


def together(one: Fare, other: Fare) -> Fare:
    """Two parts of the same post."""
    firsts, lasts = [at for at in (one.first_at, other.first_at) if at], [at for at in (one.last_at, other.last_at) if at]
    return Fare(
        one.sent + other.sent,
        one.pending + other.pending,
        one.failed + other.failed,
        one.gone + other.gone,
        one.retried + other.retried,
        min(firsts, default=None),
        max(lasts, default=None),
    )


def of_rows(db: Session, *which: ColumnElement[bool]) -> Fare:
    """How these copies fare, by their rows."""
    done, taken = Delivery.due.is_(None), Delivery.code.between(TOLD_ELSEWHERE + 1, 299)
    sums = select(
        _count(and_(done, taken)),
        _count(~done),
        _count(and_(done, ~taken, Delivery.code != TOLD_ELSEWHERE)),
        _count(and_(done, Delivery.code == 0)),
        _count(Delivery.attempts > 1),
        func.min(Delivery.at).filter(taken),
        func.max(Delivery.at).filter(taken),
    )
    return Fare(*db.execute(sums.where(*which)).one())


def not_expanded(db: Session, post: Outgoing) -> int:
    """How many members have no row yet who will have one, as it looks now."""
    if post.upto is None:
        return 0
    if post.segment is not None:
        # An issue: those of its segment, whether they get posts or digests.
        meant = statement(db.get_one(MailingList, post.list_id), parse(post.segment)).where(Member.id > post.upto)
        return db.scalar(select(func.count()).select_from(meant.subquery())) or 0
    waiting = select(func.count()).where(Member.list_id == post.list_id, Member.id > post.upto)
    return db.scalar(waiting.where(Member.delivery == DeliveryMode.EACH, Member.status == Status.ENABLED)) or 0


def answers(db: Session, post: Outgoing) -> Sequence[tuple[str, bool, int]]:
    """The relay's last words that were no yes: the answer, whether its copies wait still, and how many had it; the most frequent first."""
    waits = Delivery.due.is_not(None)
    query = select(Delivery.answer, waits, func.count()).where(Delivery.outgoing_id == post.id, Delivery.answer.is_not(None))
    found = db.execute(query.group_by(Delivery.answer, waits).order_by(func.count().desc(), Delivery.answer).limit(MOST_ANSWERS))
    return [(str(answer), bool(waiting), int(copies)) for answer, waiting, copies in found]


def last_answer(db: Session, post: Outgoing, limit: int) -> str:
    """What the relay said last of a copy that waits, among the first so many of a post; empty where it said nothing."""
    some = select(Delivery.answer, Delivery.due, Delivery.at).where(Delivery.outgoing_id == post.id).limit(limit).subquery()
    said = select(some.c.answer).where(some.c.answer.is_not(None), some.c.due.is_not(None)).order_by(some.c.at.desc()).limit(1)
    return db.scalar(said) or ""


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
