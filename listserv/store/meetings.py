"""Meetings of a list: what they are, who was invited, what each person answered, and the dates that people choose from."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, and_, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from listserv.store.archive import Message
from listserv.store.base import NEVER_AGAIN, Base, Word
from listserv.store.lists import MailingList
from listserv.store.people import User
from listserv.store.queue import Incoming

# On one page.
PAGE = 25


class MeetingState(StrEnum):
    # Shown to moderators alone; nobody has been invited.
    DRAFT = "draft"
    # Members say which of some dates suits them.
    CHOOSING = "choosing"
    ANNOUNCED = "announced"
    CANCELLED = "cancelled"
    OVER = "over"
    DISCARDED = "discarded"


class Said(StrEnum):
    """What somebody answers an invitation; NONE: nothing yet, or nothing since the date was moved."""

    NONE = "none"
    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


class Way(StrEnum):
    """By which way an answer came."""

    MAIL = "mail"
    CALENDAR = "calendar"
    WEB = "web"
    MODERATOR = "moderator"


# What members and their calendars see.
PUBLIC = (MeetingState.ANNOUNCED, MeetingState.CANCELLED, MeetingState.OVER)


class Meeting(Base):
    __tablename__ = "meeting"
    __table_args__ = (
        UniqueConstraint("list_id", "number"),
        Index("ix_meeting_list_id", "list_id", "state", "starts_at"),
        Index("ix_meeting_state", "state", "starts_at"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    # By which its page is found: 1, 2, 3 … on each list.
    number: Mapped[int]
    # Nobody any more, where the person has been erased.
    planned_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    state: Mapped[MeetingState] = mapped_column(Word(MeetingState), default=MeetingState.DRAFT)
    title: Mapped[str] = mapped_column(Text, default="")
    # None while a date is being chosen. The zone is that of the place: its clock is shown.
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    timezone: Mapped[str] = mapped_column(String(64), default="")
    place: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    # How many may come; None: as many as wish.
    seats: Mapped[int | None]
    # RFC 5545 section 3.8.7.4; and the sequence at which the date was last moved: answers to older ones are asked for again.
    sequence: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    uid: Mapped[str] = mapped_column(String(255), unique=True)
    # Each change is the next one: a word meant for an older draft does nothing with a newer one.
    revision: Mapped[int] = mapped_column(default=1)
    # Of a meeting that was announced: what is to be changed (JSON, usecases.meetingfacts), once a word says so.
    pending: Mapped[str] = mapped_column(Text, default="")
    # The post that opened its thread.
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"), index=True)
    # The mail that brought the draft.
    incoming_id: Mapped[int | None] = mapped_column(ForeignKey("incoming.id"), index=True)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    announced_at: Mapped[datetime | None]
    # Cursors of letters that go in slices; None: none is owed. Of invitations a member's id; of updates and cancellations, and of reminders, an attendee's.
    invite_upto: Mapped[int | None] = mapped_column(index=True)
    tell_upto: Mapped[int | None] = mapped_column(index=True)
    remind_upto: Mapped[int | None]
    # Which reminder is in hand, or was the last one.
    remind_slot: Mapped[datetime | None]

    mlist: Mapped[MailingList] = relationship()
    planner: Mapped[User | None] = relationship()
    message: Mapped[Message | None] = relationship()
    options: Mapped[list["MeetingOption"]] = relationship(order_by="MeetingOption.number", cascade="all, delete-orphan", back_populates="meeting")


class Attendee(Base):
    """Somebody who was invited to a meeting, or has answered: one row for each person, whichever address they write from."""

    __tablename__ = "attendee"
    __table_args__ = (UniqueConstraint("meeting_id", "user_id"), Index("ix_attendee_said", "meeting_id", "said", "waiting_since"))

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    said: Mapped[Said] = mapped_column(Word(Said), default=Said.NONE)
    answered_at: Mapped[datetime | None]
    way: Mapped[Way | None] = mapped_column(Word(Way))
    # Since when somebody who says yes waits for a seat: the order of the waiting list. None: they have one, or need none.
    waiting_since: Mapped[datetime | None]
    # Whether they came, once somebody has said so.
    came: Mapped[bool | None]
    invited_at: Mapped[datetime | None]
    # Of the latest invitation, update or cancellation that was sent to them.
    sequence: Mapped[int] = mapped_column(default=0)

    meeting: Mapped[Meeting] = relationship()
    user: Mapped[User] = relationship()


class MeetingOption(Base):
    """One of the dates that a list chooses from."""

    __tablename__ = "meeting_option"
    __table_args__ = (UniqueConstraint("meeting_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    number: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    meeting: Mapped[Meeting] = relationship(back_populates="options")


class MeetingChoice(Base):
    """A date that suits somebody. That somebody answered at all, and when, stands in their row of attendees."""

    __tablename__ = "meeting_choice"
    __table_args__ = (UniqueConstraint("option_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    option_id: Mapped[int] = mapped_column(ForeignKey("meeting_option.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)

    option: Mapped[MeetingOption] = relationship()


# ---- looking ------------------------------------------------------------------------------------------------


def next_number(db: Session, mlist: MailingList) -> int:
    """The number of the list's next meeting."""
    return (db.scalar(select(func.max(Meeting.number)).where(Meeting.list_id == mlist.id)) or 0) + 1


def meeting_by_number(db: Session, mlist: MailingList, number: int) -> Meeting | None:
    """A meeting of this list by its number, whatever became of it."""
    return db.scalar(select(Meeting).where(Meeting.list_id == mlist.id, Meeting.number == number))


def locked_meeting(db: Session, meeting_id: int) -> Meeting | None:
    """The meeting as it is now; nobody else decides about it, or takes its seats, until our transaction ends."""
    query = select(Meeting).where(Meeting.id == meeting_id).with_for_update(of=Meeting)
    return db.scalar(query.execution_options(populate_existing=True))


def upcoming(db: Session, mlist: MailingList, now: datetime, limit: int = PAGE) -> Sequence[Meeting]:
    """Announced meetings that are not over, and dates that are being chosen, the next first."""
    here = and_(Meeting.state.in_((MeetingState.ANNOUNCED, MeetingState.CANCELLED)), Meeting.ends_at > now)
    query = select(Meeting).where(Meeting.list_id == mlist.id, or_(here, Meeting.state == MeetingState.CHOOSING))
    return db.scalars(query.order_by(Meeting.starts_at.is_(None), Meeting.starts_at, Meeting.id).limit(limit)).all()


def past(db: Session, mlist: MailingList, now: datetime, limit: int = PAGE, offset: int = 0) -> Sequence[Meeting]:
    """Meetings that are over, the latest first."""
    query = select(Meeting).where(Meeting.list_id == mlist.id, Meeting.state.in_(PUBLIC), Meeting.ends_at <= now)
    return db.scalars(query.order_by(Meeting.starts_at.desc(), Meeting.id.desc()).limit(limit).offset(offset)).all()


def drafts(db: Session, mlist: MailingList, limit: int = PAGE) -> Sequence[Meeting]:
    """What nobody has been invited to yet, the newest change first."""
    query = select(Meeting).where(Meeting.list_id == mlist.id, Meeting.state == MeetingState.DRAFT)
    return db.scalars(query.order_by(Meeting.changed_at.desc(), Meeting.id.desc()).limit(limit)).all()


def attendee_of(db: Session, meeting: Meeting, user_id: int) -> Attendee | None:
    """This person's row at this meeting."""
    return db.scalar(select(Attendee).where(Attendee.meeting_id == meeting.id, Attendee.user_id == user_id))


def attendees(db: Session, meeting: Meeting, said: Collection[Said] | None = None) -> Sequence[Attendee]:
    """Who was invited or has answered, with the person; those of `said` alone. Whoever has a seat stands before whoever waits for one."""
    query = select(Attendee).options(joinedload(Attendee.user)).where(Attendee.meeting_id == meeting.id)
    query = query if said is None else query.where(Attendee.said.in_(said))
    return db.scalars(query.order_by(Attendee.waiting_since.is_not(None), Attendee.waiting_since, Attendee.answered_at, Attendee.id)).all()


def counts(db: Session, meeting: Meeting) -> dict[str, int]:
    """How many were invited, and how many said what: `invited`, `yes` (with a seat), `waiting`, `no`, `maybe`, `none`, `came`."""
    waits = Attendee.waiting_since.is_not(None)
    count = func.count()
    query = select(Attendee.said, waits, Attendee.came.is_(True), Attendee.invited_at.is_not(None), count).where(Attendee.meeting_id == meeting.id)
    found = dict.fromkeys(("invited", "yes", "waiting", "no", "maybe", "none", "came"), 0)
    for said, waiting, came, invited, number in db.execute(query.group_by(Attendee.said, waits, Attendee.came.is_(True), Attendee.invited_at.is_not(None))):
        found["waiting" if waiting and said is Said.YES else said.value] += number
        found["invited"] += number if invited else 0
        found["came"] += number if came else 0
    return found


def has_begun(db: Session, mlist: MailingList, incoming: Incoming) -> bool:
    """Has this very mail, or one of the same Message-ID, begun a meeting here?"""
    alike = (Incoming.raw_id == incoming.raw_id) | (Incoming.message_id == incoming.message_id)
    query = select(Meeting.id).join(Incoming, Incoming.id == Meeting.incoming_id)
    return db.scalar(query.where(Meeting.list_id == mlist.id, alike, Incoming.id != incoming.id).limit(1)) is not None


def meeting_of_thread(db: Session, thread_id: int) -> Meeting | None:
    """The meeting that this thread is about."""
    query = select(Meeting).join(Message, Message.id == Meeting.message_id).where(Message.thread_id == thread_id)
    return db.scalar(query.order_by(Meeting.id.desc()).limit(1))


# ---- changing -----------------------------------------------------------------------------------------------


def ask_again(db: Session, meeting: Meeting) -> None:
    """The date is another one: nobody has answered it yet."""
    again = update(Attendee).where(Attendee.meeting_id == meeting.id).values(said=Said.NONE, answered_at=None, way=None, waiting_since=None)
    db.execute(again, execution_options={"synchronize_session": False})
    for one in [row for row in db.identity_map.values() if isinstance(row, Attendee)]:
        db.expire(one)


def forget_choices(db: Session, meeting: Meeting, user_id: int) -> None:
    """What somebody chose of this meeting's dates no longer holds."""
    mine = select(MeetingOption.id).where(MeetingOption.meeting_id == meeting.id)
    db.execute(delete(MeetingChoice).where(MeetingChoice.user_id == user_id, MeetingChoice.option_id.in_(mine)))
