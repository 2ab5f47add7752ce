"""Seats and their waiting list, reminders and what is over: questions about meetings that the calendar and pages ask."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from listserv.mail.folding import name_key
from listserv.store.lists import MailingList
from listserv.store.meetings import PUBLIC, Attendee, Meeting, MeetingChoice, MeetingOption, MeetingState, Said
from listserv.store.members import Member, Status
from listserv.store.people import Address, User

# Where a list has turned meetings off, nothing is said of them.
TURNED_ON = Meeting.mlist.has(MailingList.meetings)

# ---- seats --------------------------------------------------------------------------------------------------


def _here(meeting: Meeting) -> ColumnElement[bool]:
    """Who has left the list sits and waits no more."""
    # Not IN: that would read all members for each answer.
    there = exists().where(Member.list_id == meeting.list_id, Member.user_id == Attendee.user_id)
    return and_(Attendee.meeting_id == meeting.id, Attendee.said == Said.YES, there)


def seats_taken(db: Session, meeting: Meeting, but: int = 0) -> int:
    """How many have a seat, beside this person."""
    query = select(func.count()).select_from(Attendee).where(_here(meeting), Attendee.waiting_since.is_(None), Attendee.user_id != but)
    return db.scalar(query) or 0


def waiting(db: Session, meeting: Meeting, limit: int) -> Sequence[Attendee]:
    """Who waits for a seat, the first first; of those who are on the list still."""
    query = select(Attendee).where(_here(meeting), Attendee.waiting_since.is_not(None)).order_by(Attendee.waiting_since, Attendee.id)
    return db.scalars(query.limit(limit).execution_options(populate_existing=True)).all()


def last_waiting(db: Session, meeting: Meeting) -> datetime | None:
    """Since when the last of them waits."""
    return db.scalar(select(func.max(Attendee.waiting_since)).where(Attendee.meeting_id == meeting.id))


def waiting_before(db: Session, row: Attendee) -> int:
    """How many wait before this one."""
    earlier = or_(Attendee.waiting_since < row.waiting_since, and_(Attendee.waiting_since == row.waiting_since, Attendee.id < row.id))
    query = select(func.count()).select_from(Attendee).where(_here(row.meeting), Attendee.waiting_since.is_not(None), earlier)
    return db.scalar(query) or 0


def fresh_attendee(db: Session, meeting: Meeting, user_id: int) -> Attendee | None:
    """This person's row as it is now, once the meeting is locked."""
    query = select(Attendee).where(Attendee.meeting_id == meeting.id, Attendee.user_id == user_id)
    return db.scalar(query.execution_options(populate_existing=True))


def with_somebody_waiting(db: Session, now: datetime, limit: int) -> Sequence[Meeting]:
    """Meetings to come with a waiting list."""
    some = select(Attendee.id).where(Attendee.meeting_id == Meeting.id, Attendee.said == Said.YES, Attendee.waiting_since.is_not(None)).exists()
    query = select(Meeting).where(Meeting.state == MeetingState.ANNOUNCED, Meeting.starts_at > now, some, TURNED_ON)
    return db.scalars(query.order_by(Meeting.starts_at, Meeting.id).limit(limit)).all()


# ---- the calendar -------------------------------------------------------------------------------------------


def starting(db: Session, after: datetime, until: datetime) -> Sequence[Meeting]:
    """Announced meetings that begin in this stretch of time."""
    query = (
        select(Meeting)
        .options(joinedload(Meeting.mlist))
        .where(Meeting.state == MeetingState.ANNOUNCED, Meeting.starts_at > after, Meeting.starts_at <= until, TURNED_ON)
    )
    return db.scalars(query.order_by(Meeting.starts_at, Meeting.id)).all()


def to_remind(db: Session, meeting: Meeting, said: Collection[Said], limit: int, *, upto: int) -> Sequence[tuple[Attendee, Member]]:
    """The next of those who were invited and have answered so, behind the cursor, with their membership; whom letters reach alone."""
    query = select(Attendee, Member).join(Member, and_(Member.user_id == Attendee.user_id, Member.list_id == meeting.list_id, Member.status == Status.ENABLED))
    query = query.join(Address, Address.id == Member.address_id).join(User, User.id == Member.user_id)
    query = query.options(contains_eager(Member.address), contains_eager(Member.user))
    query = query.where(Attendee.meeting_id == meeting.id, Attendee.said.in_(said), Attendee.id > upto)
    return [(one, member) for one, member in db.execute(query.order_by(Attendee.id).limit(limit))]


def ended(db: Session, until: datetime, limit: int, *, lock: bool = True) -> Sequence[Meeting]:
    """Announced meetings that are over by then; locked, but for whoever only looks."""
    query = (
        select(Meeting)
        .options(joinedload(Meeting.mlist))
        .where(Meeting.state == MeetingState.ANNOUNCED, Meeting.starts_at <= until, Meeting.ends_at <= until, TURNED_ON)
    )
    query = query.order_by(Meeting.starts_at, Meeting.id).limit(limit)
    return db.scalars(query.with_for_update(of=Meeting, skip_locked=True) if lock else query).all()


def expected(db: Session, meeting: Meeting) -> Sequence[Attendee]:
    """Who may have come: who said yes or maybe, and of whom it is known, with the person, in the order of their names."""
    query = select(Attendee).join(Attendee.user).options(contains_eager(Attendee.user)).where(Attendee.meeting_id == meeting.id)
    return db.scalars(query.where(or_(Attendee.said.in_((Said.YES, Said.MAYBE)), Attendee.came.is_(True))).order_by(User.name, Attendee.id)).all()


def members_named(db: Session, list_id: int, name: str, limit: int) -> Sequence[Member]:
    """Members with this name, however it is written in capitals or accents."""
    query = select(Member).join(User, User.id == Member.user_id).where(Member.list_id == list_id, User.folded == name_key(name))
    return db.scalars(query.order_by(Member.id).limit(limit)).all()


# ---- calendars and pages ------------------------------------------------------------------------------------


def for_calendar(db: Session, list_ids: Collection[int], since: datetime, limit: int) -> Sequence[Meeting]:
    """What a calendar shows of these lists: announced, cancelled and past meetings since then, the latest of them."""
    query = select(Meeting).options(joinedload(Meeting.mlist)).join(MailingList, MailingList.id == Meeting.list_id)
    query = query.where(Meeting.list_id.in_(list_ids), Meeting.state.in_(PUBLIC), MailingList.meetings, Meeting.starts_at >= since)
    return sorted(db.scalars(query.order_by(Meeting.starts_at.desc(), Meeting.id.desc()).limit(limit)), key=lambda one: (one.starts_at, one.id))


def answers_of(db: Session, user_id: int, meeting_ids: Collection[int]) -> dict[int, Attendee]:
    """What one person said to these meetings."""
    return {one.meeting_id: one for one in db.scalars(select(Attendee).where(Attendee.user_id == user_id, Attendee.meeting_id.in_(meeting_ids)))}


def count_past(db: Session, mlist: MailingList, now: datetime) -> int:
    """How many meetings of this list are over."""
    query = select(func.count()).select_from(Meeting).where(Meeting.list_id == mlist.id, Meeting.state.in_(PUBLIC), Meeting.ends_at <= now)
    return db.scalar(query) or 0


# ---- choosing a date ----------------------------------------------------------------------------------------


def choices(db: Session, meeting: Meeting) -> dict[int, int]:
    """How many each date suits, by its number."""
    query = select(MeetingOption.number, func.count(MeetingChoice.id)).outerjoin(MeetingChoice, MeetingChoice.option_id == MeetingOption.id)
    return {number: int(count) for number, count in db.execute(query.where(MeetingOption.meeting_id == meeting.id).group_by(MeetingOption.number))}


def chosen_by(db: Session, meeting: Meeting, user_id: int) -> frozenset[int]:
    """The numbers of the dates that suit somebody."""
    query = select(MeetingOption.number).join(MeetingChoice, MeetingChoice.option_id == MeetingOption.id)
    return frozenset(db.scalars(query.where(MeetingOption.meeting_id == meeting.id, MeetingChoice.user_id == user_id)))


def count_choosers(db: Session, meeting: Meeting) -> int:
    """How many have answered which date suits them, if only that none does."""
    return db.scalar(select(func.count()).select_from(Attendee).where(Attendee.meeting_id == meeting.id, Attendee.answered_at.is_not(None))) or 0
