"""What an issue has brought about: counts for a day and a message. Who read, answered or left stands nowhere."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, LargeBinary, String, cast, delete, func, literal, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from listserv.store.archive import SHOWN, Message
from listserv.store.base import Base
from listserv.store.bounces import Bounce
from listserv.store.calendar import CalendarRun
from listserv.store.issues import Issue, IssueState
from listserv.store.lists import MailingList
from listserv.store.queue import Delivery, Outgoing, insert_unless_there


class IssueDay(Base):
    """What came of an issue on one day: people who read its page, letters that answered it, readers who left by it."""

    __tablename__ = "issue_day"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    visits: Mapped[int] = mapped_column(default=0)
    letters: Mapped[int] = mapped_column(default=0)
    departures: Mapped[int] = mapped_column(default=0)


class IssueReader(Base):
    """That somebody's visit to an issue has been counted today: a hash under the day's salt. It goes when the day is over."""

    __tablename__ = "issue_reader"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True, index=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)


# ---- counting -----------------------------------------------------------------------------------------------


def add(db: Session, message_id: int, day: date, *, visits: int = 0, letters: int = 0, departures: int = 0) -> None:
    """Count so many more. Several processes at once are all counted."""
    if db.get_bind().dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    more = {"visits": visits, "letters": letters, "departures": departures}
    row = insert(IssueDay).values(message_id=message_id, day=day, **more)
    added = {key: getattr(IssueDay, key) + count for key, count in more.items() if count}
    db.execute(row.on_conflict_do_update(index_elements=[IssueDay.message_id, IssueDay.day], set_=added))


def add_readers(db: Session, message_id: int, day: date, hashes: Iterable[bytes]) -> int:
    """Note these readers; how many of them had not been counted on this day."""
    insert = insert_unless_there(db, IssueReader).returning(IssueReader.hash)
    return sum(db.execute(insert, {"message_id": message_id, "day": day, "hash": one}).first() is not None for one in hashes)


def forget_readers(db: Session, before: date) -> None:
    """Take away the hashes of days before this one: what is left are numbers."""
    db.execute(delete(IssueReader).where(IssueReader.day < before))


def pages(db: Session, names: Collection[str], threads: Collection[int], hashes: Collection[str]) -> Sequence[Any]:
    """(name, message_id, hash, thread_id) of the issues that these pages of these lists show."""
    shown = Message.thread_id.in_(threads) | Message.hash.in_(hashes)
    query = select(MailingList.name, Message.id.label("message_id"), Message.hash, Message.thread_id)
    query = query.select_from(Issue).join(Message, Message.id == Issue.message_id).join(MailingList, MailingList.id == Issue.list_id)
    return db.execute(query.where(MailingList.name.in_(names), SHOWN, shown).order_by(Message.seq)).all()


def issue_copied(db: Session, outgoing_id: int) -> int | None:
    """The message whose copies have this number, where it is an issue."""
    query = select(Issue.message_id).join(Outgoing, Outgoing.message_id == Issue.message_id)
    return db.scalar(query.where(Outgoing.id == outgoing_id))


def issue_among(db: Session, mlist: MailingList, message_ids: Collection[str]) -> int | None:
    """The message of the newest issue of this list that one of these Message-IDs names."""
    query = select(Message.id).join(Issue, Issue.message_id == Message.id).where(Message.list_id == mlist.id, Message.message_id.in_(message_ids))
    return db.scalar(query.order_by(Message.id.desc()).limit(1)) if message_ids else None


# ---- looking up ---------------------------------------------------------------------------------------------


def sent_between(db: Session, mlist: MailingList, begin: datetime, end: datetime, limit: int) -> Sequence[Issue]:
    """The issues sent in a stretch of time that may be seen, oldest first."""
    query = select(Issue).join(Message, Message.id == Issue.message_id).where(Issue.list_id == mlist.id, Issue.state == IssueState.SENT, SHOWN)
    return db.scalars(query.where(Issue.sent_at >= begin, Issue.sent_at < end).order_by(Issue.sent_at, Issue.id).limit(limit)).all()


def untold(db: Session, what: str, since: datetime, until: datetime, limit: int) -> Sequence[Issue]:
    """The issues of all lists sent in a stretch of time, of which the calendar has not told what it calls so; oldest first."""
    told = select(CalendarRun.id).where(CalendarRun.what == what, CalendarRun.about == literal("issue:") + cast(Issue.id, String)).exists()
    query = select(Issue).join(Message, Message.id == Issue.message_id).join(MailingList, MailingList.id == Issue.list_id)
    query = query.where(Issue.state == IssueState.SENT, SHOWN, MailingList.closed_at.is_(None), ~told)
    return db.scalars(query.where(Issue.sent_at > since, Issue.sent_at <= until).order_by(Issue.sent_at, Issue.id).limit(limit)).all()


def sums(db: Session, message_ids: Collection[int]) -> dict[int, tuple[int, int, int]]:
    """Of each of these messages: visits, letters, departures."""
    added = [func.sum(column) for column in (IssueDay.visits, IssueDay.letters, IssueDay.departures)]
    query = select(IssueDay.message_id, *added).where(IssueDay.message_id.in_(message_ids)).group_by(IssueDay.message_id)
    return {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in db.execute(query)}


def copies(db: Session, message_ids: Collection[int]) -> dict[int, int]:
    """To how many people each of these messages went, or is on its way."""
    cleared = func.coalesce(Outgoing.sent, 0) + func.coalesce(Outgoing.failed, 0)
    query = select(Outgoing.message_id, func.count(Delivery.id), func.max(cleared)).join(Delivery, Delivery.outgoing_id == Outgoing.id, isouter=True)
    found = db.execute(query.where(Outgoing.message_id.in_(message_ids)).group_by(Outgoing.message_id))
    return {message: copies + before for message, copies, before in found if copies + before}


def bounces(db: Session, message_ids: Collection[int]) -> dict[int, int]:
    """How many copies of each of these messages did not arrive, for good."""
    query = select(Outgoing.message_id, func.count(Bounce.member_id.distinct())).join(Bounce, Bounce.outgoing_id == Outgoing.id)
    query = query.where(Outgoing.message_id.in_(message_ids), Bounce.permanent)
    return dict(db.execute(query.group_by(Outgoing.message_id)).all())


def answers(db: Session, message_ids: Collection[int]) -> dict[int, int]:
    """How many messages of others stand behind each of these issues in its thread."""
    own = (
        select(Message.id, Message.thread_id, Message.seq, Issue.author_id)
        .join(Issue, Issue.message_id == Message.id)
        .where(Message.id.in_(message_ids))
        .subquery()
    )
    query = select(own.c.id, func.count()).join(Message, (Message.thread_id == own.c.thread_id) & (Message.seq > own.c.seq))
    return dict(db.execute(query.where(SHOWN, Message.user_id.is_distinct_from(own.c.author_id)).group_by(own.c.id)).all())
