"""Milestones of a list: what was worth a line in the next issue, what the coordinators said of it, and how it is found in the archive."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, cast, column, func, literal, select, values
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from listserv.store.archive import SHOWN, Message, Thread
from listserv.store.base import NEVER_AGAIN, Base, Word, slices
from listserv.store.calendar import CalendarRun
from listserv.store.issues import NO_ISSUE
from listserv.store.lists import REAL, MailingList
from listserv.store.people import Address, User

# Of one stretch of the archive, so many messages are looked at.
MOST = 20_000
# One person, whichever address they write from: their account, else the address.
PERSON = "user:"
WHO = func.coalesce(literal(PERSON) + cast(func.coalesce(Message.user_id, Address.user_id), String), Message.author_key).label("who")


class MilestoneKind(StrEnum):
    VOICES = "voices"
    POSTS = "posts"
    ANSWER = "answer"
    YEAR = "year"
    CROWD = "crowd"


class MilestoneState(StrEnum):
    OFFERED = "offered"
    TAKEN = "taken"
    DROPPED = "dropped"


class Milestone(Base):
    """One thing that coordinators were offered for the next issue. Its words are made anew each time: nobody stands here by name."""

    __tablename__ = "milestone"
    __table_args__ = (UniqueConstraint("list_id", "kind", "about"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    kind: Mapped[MilestoneKind] = mapped_column(Word(MilestoneKind))
    # What tells two of one kind apart: "500", "thread:7", "2".
    about: Mapped[str] = mapped_column(String(64))
    # The messages that it is about, with spaces; and the number that it tells: of messages, days, people or years.
    messages: Mapped[str] = mapped_column(Text, default="")
    count: Mapped[int] = mapped_column(default=0)
    # The letter's slot, and the number that it bears there.
    slot: Mapped[datetime]
    number: Mapped[int] = mapped_column(default=1)
    state: Mapped[MilestoneState] = mapped_column(Word(MilestoneState), default=MilestoneState.OFFERED)
    decided_at: Mapped[datetime | None]

    mlist: Mapped[MailingList] = relationship()


def lists_to_look_at(db: Session, what: str, slot: datetime, limit: int) -> Sequence[MailingList]:
    """The lists that are older than this slot and have not been looked at for it."""
    about = literal("list:") + cast(MailingList.id, String)
    done = select(CalendarRun.id).where(CalendarRun.what == what, CalendarRun.about == about, CalendarRun.slot == slot).exists()
    query = select(MailingList).where(REAL, MailingList.closed_at.is_(None), MailingList.created_at < slot, ~done)
    return db.scalars(query.order_by(MailingList.name).limit(limit)).all()


def known(db: Session, list_id: int) -> set[tuple[MilestoneKind, str]]:
    """(kind, about) of all that was ever offered on this list."""
    return {(kind, about) for kind, about in db.execute(select(Milestone.kind, Milestone.about).where(Milestone.list_id == list_id))}


def offered_with(db: Session, milestone_id: int) -> Sequence[Milestone]:
    """All that stood in the letter with this one, in order, as they are now; nobody else decides about them until our transaction ends."""
    one = db.get(Milestone, milestone_id)
    if one is None:
        return ()
    query = select(Milestone).where(Milestone.list_id == one.list_id, Milestone.slot == one.slot).order_by(Milestone.number)
    return db.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


# ---- finding them in the archive ----------------------------------------------------------------------------


def newest_before(db: Session, list_id: int, moment: datetime) -> int:
    """The number of the newest message that had come before that moment; 0 where there is none. (History that was brought has none above 0.)"""
    query = select(Message.seq).where(Message.list_id == list_id, Message.seq > 0, Message.received_at < moment)
    return db.scalar(query.order_by(Message.seq.desc()).limit(1)) or 0


def came(db: Session, list_id: int, after: int, upto: int) -> Sequence[Any]:
    """What came in a stretch of the archive and may be seen, in order: (id, seq, thread_id, author_key, author, user_id, received_at, who, issue)."""
    query = select(Message.id, Message.seq, Message.thread_id, Message.author_key, Message.author, Message.user_id, Message.received_at, WHO)
    query = query.outerjoin(Address, Address.key == Message.author_key).add_columns((~NO_ISSUE).label("issue"))
    query = query.where(Message.list_id == list_id, Message.seq > after, Message.seq <= upto, SHOWN)
    return db.execute(query.order_by(Message.seq).limit(MOST)).all()


def wrote_before(db: Session, list_id: int, after: int, whos: Collection[str]) -> set[str]:
    """Which of these people (WHO) had written here before that message, from whichever of their addresses: a look each, however much they wrote."""
    people = [int(who.removeprefix(PERSON)) for who in whos if who.startswith(PERSON)]
    # Not by the number, in which order the list's whole archive would be walked through for everybody who has never written.
    then = select(Message.id).where(Message.list_id == list_id, Message.seq + 0 <= after)
    by_account, by_address = then.where(Message.user_id == User.id).exists(), then.where(Message.author_key == Address.key).exists()
    found: set[str] = set()
    for some in slices(people):
        known = select(User.id).where(User.id.in_(some), by_account).union(select(Address.user_id).where(Address.user_id.in_(some), by_address))
        found.update(f"{PERSON}{id}" for id in db.scalars(known))
    for keys in slices([who for who in whos if not who.startswith(PERSON)]):
        asked = values(column("key", String), name="asked").data([(key,) for key in keys]).cte("asked")
        found.update(db.scalars(select(asked.c.key).where(then.where(Message.author_key == asked.c.key).exists())))
    return found


def count_until(db: Session, list_id: int, upto: int) -> int:
    """How many messages could be seen then."""
    return db.scalar(select(func.count()).select_from(Message).where(Message.list_id == list_id, Message.seq <= upto, SHOWN)) or 0


def voices_of(db: Session, thread_ids: Collection[int], upto: int) -> dict[int, set[str]]:
    """Who (WHO) had written in these threads until then."""
    found: dict[int, set[str]] = {}
    for some in slices(sorted(thread_ids)):
        query = select(Message.thread_id, WHO).outerjoin(Address, Address.key == Message.author_key)
        for thread_id, who in db.execute(query.where(Message.thread_id.in_(some), Message.seq <= upto, SHOWN).distinct()):
            found.setdefault(thread_id, set()).add(who)
    return found


def beginnings(db: Session, thread_ids: Collection[int], upto: int) -> dict[int, Any]:
    """Of each of these threads, as it was then: (who, subject, raw_id, last_at) of its first message, and when the last one was written."""
    found: dict[int, Any] = {}
    for some in slices(sorted(thread_ids)):
        then = (Message.thread_id.in_(some), Message.seq <= upto, SHOWN)
        ends = select(Message.thread_id, func.min(Message.seq).label("first"), func.max(Message.sent_at).label("last_at")).where(*then)
        each = ends.group_by(Message.thread_id).subquery()
        query = select(Message.thread_id, WHO, Message.subject, Message.raw_id, each.c.last_at).outerjoin(Address, Address.key == Message.author_key)
        query = query.join(each, (each.c.thread_id == Message.thread_id) & (each.c.first == Message.seq))
        found |= {row.thread_id: row for row in db.execute(query)}
    return found


def first_dates(db: Session, list_id: int, limit: int) -> Sequence[datetime]:
    """When the first messages that may be seen were written, as they say."""
    return db.scalars(select(Message.sent_at).where(Message.list_id == list_id, SHOWN).order_by(Message.sent_at).limit(limit)).all()


def shown(db: Session, list_id: int, ids: Collection[int]) -> dict[int, tuple[Message, Thread]]:
    """Those of these messages that may be seen, with their threads."""
    query = select(Message, Thread).join(Thread, Thread.id == Message.thread_id)
    query = query.where(Message.list_id == list_id, Message.id.in_(ids), SHOWN, Thread.hidden_at.is_(None))
    return {message.id: (message, thread) for message, thread in db.execute(query)}


def count_threads(db: Session, list_id: int) -> int:
    """How many threads may be seen."""
    where = (Thread.list_id == list_id, Thread.merged_into.is_(None), Thread.hidden_at.is_(None), Thread.messages > 0)
    return db.scalar(select(func.count()).select_from(Thread).where(*where)) or 0
