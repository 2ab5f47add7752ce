"""What a network has made in a stretch of days, found in its archive; and the yearly letter about it, as far as it has come."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, String, Text, UniqueConstraint, and_, cast, func, literal, not_, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship

from listserv.store.archive import SHOWN, Message, Thread
from listserv.store.base import NEVER_AGAIN, Base, Moment, Word
from listserv.store.calendar import CalendarRun
from listserv.store.figures import PLACE, UID, WHO, seconds_between
from listserv.store.issues import NO_ISSUE, Issue
from listserv.store.lists import REAL, Kind, MailingList
from listserv.store.pages import Rows, live_threads
from listserv.store.people import Address

# Of one year, so many are looked at.
MOST = 5_000


class LetterState(StrEnum):
    OFFERED = "offered"
    DROPPED = "dropped"
    SENT = "sent"


class SuccessLetter(Base):
    """A school year's letter. What it tells is kept by number and key alone and worded anew each time: nobody stands here by name."""

    __tablename__ = "success_letter"
    __table_args__ = (UniqueConstraint("list_id", "year"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    # The year in which the school year began; the last day that is told.
    year: Mapped[int]
    until: Mapped[date] = mapped_column(Date)
    # A key a line, in the order of their numbers; the numbers that were struck out, with spaces.
    lines: Mapped[str] = mapped_column(Text, default="")
    struck: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[LetterState] = mapped_column(Word(LetterState), default=LetterState.OFFERED)
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id"))

    mlist: Mapped[MailingList] = relationship()
    issue: Mapped[Issue | None] = relationship()


def letter_of(db: Session, list_id: int, year: int) -> SuccessLetter | None:
    """The letter of a school year; nobody else decides about it until our transaction ends."""
    query = select(SuccessLetter).where(SuccessLetter.list_id == list_id, SuccessLetter.year == year)
    return db.scalar(query.with_for_update(of=SuccessLetter).execution_options(populate_existing=True))


def locked_letter(db: Session, letter_id: int) -> SuccessLetter | None:
    """The same by its number."""
    return db.scalar(select(SuccessLetter).where(SuccessLetter.id == letter_id).with_for_update(of=SuccessLetter).execution_options(populate_existing=True))


def released(db: Session, list_id: int, year: int) -> str:
    """The hash of the message that a year's letter became, as long as it may be seen; empty where there is none."""
    query = select(Message.hash).join(Issue, Issue.message_id == Message.id).join(SuccessLetter, SuccessLetter.issue_id == Issue.id)
    return db.scalar(query.where(SuccessLetter.list_id == list_id, SuccessLetter.year == year, SHOWN)) or ""


def lists_to_tell(db: Session, what: str, slot: datetime, year: int) -> Sequence[MailingList]:
    """Lists with any of the three switches on that were there before this slot, were not looked at for it and have sent no letter for that year."""
    about = literal("list:") + cast(MailingList.id, String)
    done = select(CalendarRun.id).where(CalendarRun.what == what, CalendarRun.about == about, CalendarRun.slot == slot).exists()
    sent = select(SuccessLetter.id).where(SuccessLetter.list_id == MailingList.id, SuccessLetter.year == year, SuccessLetter.state == LetterState.SENT).exists()
    on = or_(MailingList.materials, MailingList.meetings, MailingList.surveys)
    here = REAL, on, MailingList.kind == Kind.DISCUSSION, MailingList.closed_at.is_(None), MailingList.created_at < slot
    return db.scalars(select(MailingList).where(*here, ~done, ~sent).order_by(MailingList.name)).all()


# ---- people who came, and who came back ---------------------------------------------------------------------


def voices(db: Session, list_id: int, bounds: tuple[datetime, datetime], away: timedelta, unnamed: str = "") -> Rows:
    """(id, thread_id, author, author_key, user_id, sent_at, prev, before1, before2, before3): each person's first message then, and each after such a silence.

    `prev`: their message before it between these moments; the others: their last one earlier, by their account, their address, another address of theirs.
    """
    start, end = bounds
    here = Message.list_id == list_id, Message.sent_at >= start, Message.sent_at < end, SHOWN
    turn: dict[str, Any] = {"partition_by": WHO, "order_by": (Message.sent_at, Message.id)}
    columns = Message.id, Message.thread_id, Message.author, Message.author_key, Message.user_id, Message.sent_at
    query = select(
        *columns, UID.label("uid"), func.row_number().over(**turn).label("nth"), func.lag(Message.sent_at, type_=Moment()).over(**turn).label("prev")
    )
    query = query.outerjoin(Address, PLACE).where(*here, not_(and_(Message.user_id.is_(None), Message.author_key == unnamed)), NO_ISSUE)
    told = query.cte("told")
    silent = seconds_between(db, told.c.sent_at, told.c.prev) >= away.total_seconds()
    befores = [one.label(f"before{number}") for number, one in enumerate(_befores(told, list_id, start), 1)]
    names = "id", "thread_id", "author", "author_key", "user_id", "sent_at", "prev"
    found = select(*(told.c[name] for name in names), *befores).where(or_(told.c.nth == 1, silent))
    return db.execute(found.order_by(told.c.sent_at, told.c.id).limit(MOST)).all()


def _befores(told: Any, list_id: int, start: datetime) -> tuple[Any, Any, Any]:
    """When this person last wrote before all that: each by an index of its own."""
    old, place = aliased(Message), aliased(Address)
    here = old.list_id == list_id, old.hidden_at.is_(None)
    # (As SQLite is to take the index of the author and not that of the time: no message is without its time.)
    last, earlier = select(func.max(old.sent_at)), func.coalesce(old.sent_at, old.received_at) < start
    as_user = last.where(old.user_id == told.c.uid, *here, old.sent_at < start).correlate(told)
    as_author = last.where(old.author_key == told.c.author_key, *here, earlier).correlate(told)
    as_other = last.join(place, place.key == old.author_key).where(place.user_id == told.c.uid, *here, earlier).correlate(told)
    return as_user.scalar_subquery(), as_author.scalar_subquery(), as_other.scalar_subquery()


# ---- what was silent, and was answered ----------------------------------------------------------------------


def answered_late(db: Session, list_id: int, bounds: tuple[datetime, datetime], silence: timedelta) -> Rows:
    """(id, hash, thread_id, subject, author, author_key, user_id, sent_at, prev) of messages: somebody else's first in a thread that was silent so long."""
    start, end = bounds
    threads = select(Thread.id).where(*live_threads(list_id), Thread.pinned.in_((False, True)), Thread.last_at >= start, Thread.first_at < end)
    turn: dict[str, Any] = {"partition_by": Message.thread_id, "order_by": (Message.sent_at, Message.id)}
    before: dict[str, Any] = {**turn, "rows": (None, -1)}
    columns = Message.id, Message.hash, Message.thread_id, Message.author, Message.author_key, Message.user_id, Message.sent_at
    query = select(*columns, WHO.label("who"), func.lag(Message.sent_at, type_=Moment()).over(**turn).label("prev"))
    query = query.add_columns(func.min(WHO).over(**before).label("least"), func.max(WHO).over(**before).label("most"))
    each = query.outerjoin(Address, PLACE).where(Message.thread_id.in_(threads), SHOWN, NO_ISSUE).cte("each")
    took = seconds_between(db, each.c.sent_at, each.c.prev)
    late = each.c.sent_at >= start, each.c.sent_at < end, each.c.least == each.c.most, each.c.least != each.c.who, took >= silence.total_seconds()
    names = "id", "hash", "thread_id", "author", "author_key", "user_id", "sent_at", "prev"
    found = select(*(each.c[name] for name in names), Thread.subject).join(Thread, Thread.id == each.c.thread_id)
    return db.execute(found.where(*late).order_by(took.desc(), each.c.id).limit(MOST)).all()


def ends(db: Session, list_id: int) -> tuple[datetime | None, datetime | None]:
    """When the first and the last message of a list were written that may be seen."""
    said = select(Message.sent_at).where(Message.list_id == list_id, SHOWN).limit(1)
    return db.scalar(said.order_by(Message.sent_at)), db.scalar(said.order_by(Message.sent_at.desc()))
