"""What would take the longer the larger an archive is: pages far from the first, months, all who wrote. Each question goes through an index alone.

`marks` are every so many places of an order, asked for one after another: from the mark before it, no page is far.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, false, func, literal, select, true, union_all
from sqlalchemy.orm import Session

from listserv.store.archive import SHOWN, Message, Thread
from listserv.store.base import slices
from listserv.store.pages import LATEST, LINES, LIST, Rows, Where, live_threads
from listserv.store.search import Indexed

# So many places lie between two marks.
STRIDE = 2_000
# SQLite takes five hundred SELECTs in one statement.
AT_ONCE = 100


class Mark(NamedTuple):
    """A thread in the order of the list's page: pinned ones first, then by last activity."""

    pinned: bool
    last_at: datetime
    id: int


def _from(mark: Mark) -> ColumnElement[bool]:
    """What comes at this mark or behind it; the first conditions are what an index can be entered by."""
    behind = (Thread.last_at <= mark.last_at) & ((Thread.last_at < mark.last_at) | (Thread.id <= mark.id))
    return (Thread.pinned == mark.pinned) & behind


def _listed(mlist_id: int, only: Where) -> Any:
    return select(Thread.pinned, Thread.last_at, Thread.id).where(*live_threads(mlist_id), *only).order_by(*LATEST)


def marks(db: Session, mlist_id: int, only: Where) -> tuple[tuple[int, Mark], ...]:
    """(place, thread) of the first of those that are not pinned, and of every so many behind it."""
    pinned = db.scalar(select(func.count()).select_from(Thread).where(*live_threads(mlist_id), *only, Thread.pinned == true())) or 0
    found: list[tuple[int, Mark]] = []
    row = db.execute(_listed(mlist_id, (*only, Thread.pinned == false())).limit(1)).first()
    while row is not None:
        found.append((pinned + len(found) * STRIDE, Mark(*row)))
        row = db.execute(_listed(mlist_id, (*only, _from(found[-1][1]))).limit(1).offset(STRIDE)).first()
    return tuple(found)


def _far(mlist_id: Any, only: Where, mark: Any, limit: Any, offset: Any) -> Any:
    some = select(Thread.id).where(*live_threads(mlist_id), *only, _from(mark)).order_by(*LATEST).limit(limit).offset(offset).subquery()
    return LINES.join(some, some.c.id == Thread.id)


MARK: Any = [bindparam(f"mark_{part}") for part in Mark._fields]
ALL_FAR = _far(LIST, (), Mark(*MARK), bindparam("limit"), bindparam("offset"))


def threads_from(db: Session, mlist_id: int, only: Where, mark: Mark, limit: int, offset: int) -> Rows:
    """The lines of threads as `pages.threads_page` has them, so many behind a mark."""
    if only:
        return db.execute(_far(mlist_id, only, mark, limit, offset)).all()
    where = {"mlist": mlist_id, "limit": limit, "offset": offset}
    return db.execute(ALL_FAR, where | {f"mark_{part}": value for part, value in mark._asdict().items()}).all()


def numbers(db: Session, mlist_id: int, stride: int) -> list[int]:
    """The number of the first of every so many threads of a list, in the order of their numbers."""
    found: list[int] = []
    query = select(Thread.id).where(*live_threads(mlist_id)).order_by(Thread.id).limit(1)
    number = db.scalar(query)
    while number is not None:
        found.append(number)
        number = db.scalar(query.where(Thread.id >= number).offset(stride))
    return found


def threads_since(db: Session, mlist_id: int, first: int, limit: int) -> Rows:
    """(id, last_at) of a list's threads from this number on."""
    query = select(Thread.id, Thread.last_at).where(*live_threads(mlist_id), Thread.id >= first)
    return db.execute(query.order_by(Thread.id).limit(limit)).all()


def threads_between(db: Session, mlist_id: int, start: datetime, end: datetime) -> list[int]:
    """The threads of a list in which something was written in this stretch of time (start included, end not), in the order of the list's page."""
    said = select(Message.thread_id).where(Message.list_id == mlist_id, Message.sent_at >= start, Message.sent_at < end, SHOWN).distinct()
    # Without a word of their list, lest the index of its order be gone through for the few.
    query = select(Thread.id).where(Thread.id.in_(said), Thread.merged_into.is_(None), Thread.hidden_at.is_(None))
    return list(db.scalars(query.order_by(*LATEST)))


def stretch(db: Session, mlist_id: int) -> tuple[datetime, datetime] | None:
    """When the first and the last message of a list were written; None where there is none."""
    query = select(Message.sent_at).where(Message.list_id == mlist_id).limit(1)
    first, last = db.scalar(query.order_by(Message.sent_at)), db.scalar(query.order_by(Message.sent_at.desc()))
    return (first, last) if first and last else None


def messages_between(db: Session, mlist_id: int, bounds: Sequence[tuple[datetime, datetime]]) -> list[int]:
    """How many messages are shown that were written in each of these stretches of time."""
    each = [
        select(literal(number), func.count()).select_from(Message).where(Message.list_id == mlist_id, Message.sent_at >= start, Message.sent_at < end, SHOWN)
        for number, (start, end) in enumerate(bounds)
    ]
    counts: dict[int, int] = {}
    for at in range(0, len(each), AT_ONCE):
        counts |= dict(db.execute(union_all(*each[at : at + AT_ONCE])).all())
    return [counts[number] for number in range(len(bounds))]


# Looked at one by one, where a search is for what stands in some threads.
FEW = 5_000


def entries_of(db: Session, thread: int | None, topics: Collection[int] | None, until: int) -> list[int] | None:
    """The entries in the index of words, below a number, of all that stands in a thread or under topics, newest first.

    None where neither is asked for, or where that is much.
    """
    if thread is None and topics is None:
        return None
    threads = [thread] if thread is not None else list(db.scalars(_under(topics or ()).limit(FEW + 1)))
    # One after another, or SQLite goes through the whole index for them.
    messages = _of_each(db, select(Message.id), Message.thread_id, threads)
    found = _of_each(db, select(Indexed.id), Indexed.message_id, messages) if messages is not None else None
    return None if found is None else sorted((number for number in found if number < until), reverse=True)


def _under(topics: Collection[int]) -> Select[int]:
    # What is in other threads cannot be found; and the index of topics has listed ones alone.
    return select(Thread.id).where(Thread.topic_id.in_(topics), Thread.merged_into.is_(None), Thread.hidden_at.is_(None))


def _of_each(db: Session, query: Select[Any], column: Any, values: Collection[int]) -> list[int] | None:
    """What belongs to these; None where it is, or they are, more than a few."""
    found: list[int] = []
    for some in slices(values) if len(values) <= FEW else ():
        found += db.scalars(query.where(column.in_(some)).limit(FEW + 1)).all()
        if len(found) > FEW:
            return None
    return found if len(values) <= FEW else None
