"""Letters about meetings that go out in slices: whom the next ones are for."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from listserv.store.lists import MailingList
from listserv.store.meetings import Attendee, Meeting
from listserv.store.members import DeliveryMode, Member, Status
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
