"""How far people have read: a mark for each list, and one for each thread that they are ahead in.

What stands above both marks, was written by somebody else and is shown is new to them. Marks are numbers of messages
(`message.seq`), so that nothing depends on clocks; history that an import brought has 0 and less and is news to nobody.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, and_, bindparam, case, delete, func, literal, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from listserv.store.archive import SHOWN, Message, Thread
from listserv.store.base import Base, slices
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.queue import insert_unless_there
from listserv.store.session import look

BLIND = {"synchronize_session": False}
# Who comes back after a year is told of so many messages at most: more is no help, and nobody's page waits for the count.
NEWEST = 1_000


class ListPosition(Base):
    """Up to where somebody knows a whole list, and when (to the hour) they last moved a mark there."""

    __tablename__ = "list_position"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True)
    seq: Mapped[int]
    seen_at: Mapped[datetime]


class ThreadPosition(Base):
    """Up to where somebody knows a thread; only where that is further than they know its list."""

    __tablename__ = "thread_position"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True)
    seq: Mapped[int]


USER: Any = bindparam("user")
LIST: Any = bindparam("mlist")
IDS: Any = bindparam("ids", expanding=True)
# Where somebody starts who has never moved a mark here (`usecases.positions.start_of`).
START: Any = bindparam("start")
OF_LIST = (ListPosition.user_id == USER, ListPosition.list_id == LIST)
LIST_MARK = select(func.coalesce(func.max(ListPosition.seq), START)).where(*OF_LIST).scalar_subquery()
IN_THREAD = and_(ThreadPosition.user_id == USER, ThreadPosition.thread_id == Message.thread_id)
ABOVE_THREAD = Message.seq > func.coalesce(ThreadPosition.seq, 0)
BY_OTHERS = or_(Message.user_id.is_(None), Message.user_id != USER)


def _higher(one: Any, other: Any) -> Any:
    # One bound, so that an index is entered there; the databases have no common word for it.
    return case((one > other, one), else_=other)


def _new(bound: Any) -> ColumnElement[bool]:
    return and_(SHOWN, Message.seq > bound, ABOVE_THREAD, BY_OTHERS)


IS_NEW = _new(_higher(LIST_MARK, bindparam("floor")))
THREAD: Any = bindparam("thread")
THREAD_MARK = select(func.coalesce(func.max(ThreadPosition.seq), 0)).where(ThreadPosition.user_id == USER, ThreadPosition.thread_id == THREAD).scalar_subquery()
# Both marks of a person who looks at a thread, for the statement that reads the thread.
MARKS = (LIST_MARK.label("list_mark"), THREAD_MARK.label("thread_mark"))
SINCE = select(func.max(ListPosition.seen_at)).where(*OF_LIST).scalar_subquery()
NEWS = (
    select(Message.thread_id, func.count().label("fresh"), func.min(Message.id).label("first"), func.max(Message.seq).label("upto"), SINCE.label("since"))
    .outerjoin(ThreadPosition, IN_THREAD)
    .where(Message.list_id == LIST, IS_NEW)
    .group_by(Message.thread_id)
)


def _facts(user_id: int, mlist: MailingList, start: int) -> dict[str, Any]:
    return {"user": user_id, "mlist": mlist.id, "start": start, "floor": mlist.last_seq - NEWEST}


def news_of(db: Session, user_id: int, mlist: MailingList, start: int) -> Sequence[Any]:
    """(thread_id, how many messages, the first of them by number, seq of the last, since) of each thread with news for somebody."""
    return look(db, NEWS, _facts(user_id, mlist, start)).all()


HEADS = (
    select(Message.id, Message.thread_id, Message.parent_id, IS_NEW.label("new"))
    .outerjoin(ThreadPosition, IN_THREAD)
    .where(Message.thread_id.in_(IDS), SHOWN)
    .order_by(Message.sent_at, Message.id)
)


def heads_in(db: Session, user_id: int, mlist: MailingList, start: int, thread_ids: Sequence[int]) -> Sequence[Any]:
    """(id, thread_id, parent_id, new) of every message of these threads, oldest first."""
    return look(db, HEADS, _facts(user_id, mlist, start) | {"ids": thread_ids}).all()


NEWS_BY_LIST = (
    select(Message.list_id, func.count().label("fresh"))
    .select_from(Member)
    .join(MailingList, MailingList.id == Member.list_id)
    .outerjoin(ListPosition, and_(ListPosition.user_id == Member.user_id, ListPosition.list_id == Member.list_id))
    .join(Message, Message.list_id == MailingList.id)
    .outerjoin(ThreadPosition, IN_THREAD)
    .where(Member.user_id == USER, _new(_higher(func.coalesce(ListPosition.seq, Member.digest_seq), MailingList.last_seq - NEWEST)))
    .group_by(Message.list_id)
)


def news_by_list(db: Session, user_id: int) -> dict[int, int]:
    """How many messages are new to somebody on each of their lists that has any."""
    return {row.list_id: row.fresh for row in look(db, NEWS_BY_LIST, {"user": user_id})}


FIRST = select(func.min(Message.seq)).outerjoin(ThreadPosition, IN_THREAD).where(Message.list_id == LIST, IS_NEW)


def first_new(db: Session, user_id: int, mlist: MailingList, start: int) -> int | None:
    """The number (seq) of the first message of a list that is new to somebody."""
    return look(db, FIRST, _facts(user_id, mlist, start)).scalar()


# ---- moving marks -------------------------------------------------------------------------------------------


def raise_list(db: Session, user_id: int, list_id: int, seq: int, now: datetime) -> None:
    """Somebody knows a list up to this message; a mark never goes back."""
    mine = update(ListPosition).where(ListPosition.user_id == user_id, ListPosition.list_id == list_id)
    db.execute(insert_unless_there(db, ListPosition), {"user_id": user_id, "list_id": list_id, "seq": seq, "seen_at": now})
    db.execute(mine.where(ListPosition.seq < seq).values(seq=seq), execution_options=BLIND)
    db.execute(mine.values(seen_at=now), execution_options=BLIND)


def raise_thread(db: Session, user_id: int, thread_id: int, seq: int) -> None:
    """Somebody knows a thread up to this message; a mark never goes back."""
    mine = update(ThreadPosition).where(ThreadPosition.user_id == user_id, ThreadPosition.thread_id == thread_id, ThreadPosition.seq < seq)
    db.execute(insert_unless_there(db, ThreadPosition), {"user_id": user_id, "thread_id": thread_id, "seq": seq})
    db.execute(mine.values(seq=seq), execution_options=BLIND)


def drop_below(db: Session, user_id: int, list_id: int, seq: int) -> None:
    """Marks of threads that say no more than that of their list need not be kept."""
    here = select(Thread.id).where(Thread.list_id == list_id)
    mine = delete(ThreadPosition).where(ThreadPosition.user_id == user_id, ThreadPosition.seq <= seq)
    db.execute(mine.where(ThreadPosition.thread_id.in_(here)), execution_options=BLIND)


def begin(db: Session, user_id: int, now: datetime) -> None:
    """On each of their lists where somebody has no mark yet, nothing that is there now is new to them."""
    mine = select(literal(user_id), MailingList.id, MailingList.last_seq, literal(now, ListPosition.seen_at.type))
    there = select(ListPosition.list_id).where(ListPosition.user_id == user_id)
    missing = mine.join(Member, Member.list_id == MailingList.id).where(Member.user_id == user_id, MailingList.id.not_in(there))
    db.execute(insert_unless_there(db, ListPosition).from_select(["user_id", "list_id", "seq", "seen_at"], missing))


def forget(db: Session, user_id: int, list_id: int) -> None:
    """Keep nothing of what somebody has read on a list."""
    here = select(Thread.id).where(Thread.list_id == list_id)
    db.execute(delete(ThreadPosition).where(ThreadPosition.user_id == user_id, ThreadPosition.thread_id.in_(here)), execution_options=BLIND)
    db.execute(delete(ListPosition).where(ListPosition.user_id == user_id, ListPosition.list_id == list_id), execution_options=BLIND)


def carry(db: Session, moves: Collection[tuple[int, int]]) -> None:
    """Messages have gone from one thread to another (old, new): who had read them there has read them here.

    Where somebody had marks in both, the further one holds: a message that was not read may pass for read, but a
    conversation that has been read never comes back as news.
    """
    went: dict[int, set[int]] = {}
    for old, new in moves:
        if old != new:
            went.setdefault(old, set()).add(new)
    for some in slices(sorted(went), 1_000):
        marks = select(ThreadPosition.user_id, ThreadPosition.thread_id, ThreadPosition.seq).where(ThreadPosition.thread_id.in_(some))
        for mark in db.execute(marks).all():
            for new in went[mark.thread_id]:
                raise_thread(db, mark.user_id, new, mark.seq)
