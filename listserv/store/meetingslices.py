"""Letters about meetings that go out in slices: whom the next ones are for."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from listserv.store.lists import MailingList
from listserv.store.meetings import Attendee, Meeting, MeetingOption, MeetingState
from listserv.store.members import DeliveryMode, Member, Status
from listserv.store.moderation import Journal
from listserv.store.people import Address, User


def _reached(list_id: int) -> list[ColumnElement[bool]]:
    return [Member.list_id == list_id, Member.status == Status.ENABLED, Member.delivery != DeliveryMode.NONE]


def count_invitable(db: Session, mlist: MailingList) -> int:
    """How many members would be invited: those whom letters reach."""
    return db.scalar(select(func.count()).select_from(Member).where(*_reached(mlist.id))) or 0


def to_invite(db: Session, meeting: Meeting, limit: int) -> Sequence[Member]:
    """The next members to be invited, behind the cursor, with person and address."""
    query = select(Member).join(Member.address).join(Member.user).options(contains_eager(Member.address), contains_eager(Member.user))
    return db.scalars(query.where(*_reached(meeting.list_id), Member.id > (meeting.invite_upto or 0)).order_by(Member.id).limit(limit)).all()


def to_tell(db: Session, meeting: Meeting, limit: int) -> Sequence[tuple[Attendee, Member]]:
    """The next of those invited who have not been told of the meeting's latest sequence, behind the cursor; with their membership."""
    query = select(Attendee, Member).join(Member, and_(Member.user_id == Attendee.user_id, *_reached(meeting.list_id)))
    query = query.join(Address, Address.id == Member.address_id).join(User, User.id == Member.user_id)
    query = query.options(contains_eager(Member.address), contains_eager(Member.user))
    query = query.where(Attendee.meeting_id == meeting.id, Attendee.sequence < meeting.sequence, Attendee.id > (meeting.tell_upto or 0))
    return [(one, member) for one, member in db.execute(query.order_by(Attendee.id).limit(limit))]


def known_attendees(db: Session, meeting: Meeting, user_ids: Collection[int]) -> dict[int, Attendee]:
    """The rows of these people at this meeting."""
    query = select(Attendee).where(Attendee.meeting_id == meeting.id, Attendee.user_id.in_(user_ids))
    return {one.user_id: one for one in db.scalars(query)}


def with_letters_owed(db: Session, limit: int, *, lock: bool = True) -> Sequence[Meeting]:
    """Meetings of which invitations, updates or cancellations are still to be sent; locked, but for whoever only looks."""
    owed = or_(Meeting.invite_upto.is_not(None), Meeting.tell_upto.is_not(None))
    # Where meetings are turned off nothing goes out; what is owed waits until they are on again.
    on = MailingList.meetings, MailingList.closed_at.is_(None)
    query = select(Meeting).join(Meeting.mlist).options(contains_eager(Meeting.mlist)).where(owed, *on).order_by(Meeting.id).limit(limit)
    return db.scalars(query.with_for_update(of=Meeting, skip_locked=True) if lock else query).all()


# ---- who came to the list since -----------------------------------------------------------------------------


def all_invited(db: Session, now: datetime) -> Sequence[Meeting]:
    """Meetings to come, and dates to choose from, of which everybody who was there has been written to."""
    to_come = and_(Meeting.state == MeetingState.ANNOUNCED, Meeting.starts_at > now)
    a_date = exists().where(MeetingOption.meeting_id == Meeting.id, MeetingOption.starts_at > now)
    query = select(Meeting).join(Meeting.mlist).options(contains_eager(Meeting.mlist)).where(MailingList.meetings, MailingList.closed_at.is_(None))
    query = query.where(or_(to_come, and_(Meeting.state == MeetingState.CHOOSING, a_date)), Meeting.invite_upto.is_(None))
    return db.scalars(query.order_by(Meeting.id)).all()


def last_noted(db: Session, list_id: int, until: datetime) -> datetime | None:
    """When something was last done to a member of a list, until then: whoever comes, or comes back, stands so in its journal."""
    # What is decided about posts and topics brings nobody, and each look goes through all members.
    query = select(Journal.at).where(Journal.list_id == list_id, Journal.about == Member.__tablename__, Journal.at <= until)
    return db.scalar(query.order_by(Journal.id.desc()).limit(1))


def newcomers(db: Session, meeting: Meeting, now: datetime, limit: int) -> Sequence[Member]:
    """Members whom letters reach and who have no letter about this meeting, with person and address; whoever left and came again has a dead one."""
    theirs = Attendee.meeting_id == meeting.id, Attendee.user_id == Member.user_id
    # Of a day still to come no list of people can know.
    written = Attendee.invited_at.is_not(None), or_(Attendee.invited_at >= Member.joined_at, Member.joined_at > now)
    # Who was asked for a date has no invitation yet.
    since = (Attendee.invited_at >= meeting.announced_at,) if meeting.announced_at else ()
    query = select(Member).join(Member.address).join(Member.user).options(contains_eager(Member.address), contains_eager(Member.user))
    query = query.where(*_reached(meeting.list_id), ~exists().where(*theirs, *written, *since))
    return db.scalars(query.order_by(Member.id).limit(limit)).all()
