"""Invitations, updates and cancellations go out in slices, each with a cursor: what is interrupted goes on where it stopped."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from listserv.store import calendar
from listserv.store import meetingslices as rows
from listserv.store.meetings import Attendee, Meeting, MeetingState, Said
from listserv.store.members import Member
from listserv.usecases import meetingdates, meetingletters
from listserv.usecases.digesting import Owed
from listserv.usecases.rowbyrow import went_well

WHAT = "meeting-letters"
# Meetings at once, and letters of one meeting in one transaction.
MEETINGS, MOST = 10, 500
# So many letters that all fail are no accident.
FEW = 5


def run_due(db: Session, now: datetime, limit: int) -> int:
    """One slice of each meeting that owes letters; how many were written. Call until it returns 0."""
    return sum(invite_slice(db, one, now, limit) + tell_slice(db, one, now, limit) for one in rows.with_letters_owed(db, MEETINGS))


def owed(db: Session, until: datetime) -> list[Owed]:
    """What is being sent: a row for each meeting, and not for each letter."""
    found = list[Owed]()
    for one in rows.with_letters_owed(db, MEETINGS, lock=False):
        why = "invitations" if one.invite_upto is not None else "changes"
        found.append(Owed(one.changed_at, WHAT, one.mlist.name, "", f"meeting {one.number}: {why}"))
    return found


def invite_slice(db: Session, meeting: Meeting, now: datetime, limit: int) -> int:
    """The next invitations, or questions which date suits; how many members were looked at."""
    if meeting.invite_upto is None:
        return 0
    first, most = meeting.invite_upto == 0, min(limit, MOST)
    members = rows.to_invite(db, meeting, most)
    known = rows.known_attendees(db, meeting, [member.user_id for member in members]) if meeting.state is MeetingState.CHOOSING else {}
    invite_all(db, meeting, [one for one in members if not _is_invited(known.get(one.user_id))], now)
    meeting.invite_upto = members[-1].id if len(members) == most else None
    if first:
        calendar.ran(db, WHAT, f"meeting:{meeting.id}", meeting.changed_at, now, list_id=meeting.list_id, detail="invitations")
    db.flush()
    return len(members)


def _is_invited(row: Attendee | None) -> bool:
    return row is not None and row.invited_at is not None


def invite_all(db: Session, meeting: Meeting, members: Sequence[Member], now: datetime) -> None:
    """Write to each of them. Raises RuntimeError where it can be done for none of many."""
    known = rows.known_attendees(db, meeting, [member.user_id for member in members])
    _require_some([_invite(db, meeting, member, known.get(member.user_id), now) for member in members])
    db.flush()


def _require_some(went_well: Sequence[bool]) -> None:
    """Where none of many could be made, it is no single person's letter that is wrong: nothing is done, and tried again."""
    if len(went_well) >= FEW and not any(went_well):
        raise RuntimeError("none of these letters could be made")


def _invite(db: Session, meeting: Meeting, member: Member, row: Attendee | None, now: datetime) -> bool:
    """Whoever has come to the meeting's page already, and was never invited, is invited as well."""
    if row is None:
        row = Attendee(meeting_id=meeting.id, user_id=member.user_id)
        db.add(row)
    row.invited_at, row.sequence = now, meeting.sequence
    if meeting.state is MeetingState.CHOOSING:
        letter: Callable[[], object] = partial(meetingdates.ask, db, meeting, member, now)
    else:
        letter = partial(meetingletters.invite, db, meeting, member, now, said=row.said or Said.NONE)
    return went_well(db, letter, "invitation failed", meeting=meeting.id, member=member.id)


def tell_slice(db: Session, meeting: Meeting, now: datetime, limit: int) -> int:
    """The next of those invited hear of what has changed; how many were looked at."""
    if meeting.tell_upto is None:
        return 0
    first, most = meeting.tell_upto == 0, min(limit, MOST)
    found = rows.to_tell(db, meeting, most)
    _require_some([_tell(db, meeting, row, member, now) for row, member in found])
    meeting.tell_upto = found[-1][0].id if len(found) == most else None
    if first:
        calendar.ran(db, WHAT, f"meeting:{meeting.id}", meeting.changed_at, now, list_id=meeting.list_id, detail="changes")
    db.flush()
    return len(found)


def news_for(meeting: Meeting, row: Attendee) -> str:
    """What is new to somebody whose last letter told of an older sequence."""
    if meeting.state is MeetingState.CANCELLED:
        return meetingletters.CANCELLED
    return meetingletters.MOVED if row.sequence < meeting.moved else meetingletters.CHANGED


def _tell(db: Session, meeting: Meeting, row: Attendee, member: Member, now: datetime) -> bool:
    news = news_for(meeting, row)
    row.sequence = meeting.sequence
    letter = partial(meetingletters.invite, db, meeting, member, now, news=news, said=row.said)
    return went_well(db, letter, "change not told", meeting=meeting.id, attendee=row.id)
