"""Who comes to a meeting, and who has a seat there: the one place where an answer is counted, whichever door it came by.

The meeting's row is locked first, so that two answers at once never take one seat. Whoever says yes when all seats are
taken waits, in the order of the answers; when a seat becomes free the first of them has it and hears of it at once.
Nobody loses a seat because there are fewer of them now. Who has left the list neither sits nor waits.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from listserv.errors import Conflict, Invalid
from listserv.store import meetinglists as rows
from listserv.store.meetings import Attendee, Meeting, MeetingState, Said, Way, locked_meeting
from listserv.store.members import Status, member_of
from listserv.usecases import meetingfacts, meetingletters, outbox

# Of one waiting list, in one transaction; the calendar goes on with the rest.
AT_ONCE = 100
# Two who answer in the same moment wait one behind the other.
TICK = timedelta(microseconds=1)

log = structlog.get_logger()


def say(db: Session, meeting: Meeting, user_id: int, said: Said, way: Way, now: datetime) -> Attendee:
    """Count somebody's answer, and find or free a seat. Raises Conflict where the meeting is over, cancelled or not announced."""
    meeting = lock(db, meeting)
    if meeting.state is not MeetingState.ANNOUNCED or meeting.ends_at is None or meeting.ends_at <= now:
        raise Conflict("this meeting takes no answers")
    if said is Said.NONE:
        raise Invalid("this is no answer")
    row = rows.fresh_attendee(db, meeting, user_id) or _added(db, meeting, user_id)
    sat = row.said is Said.YES
    row.said, row.answered_at, row.way = said, now, way
    if said is not Said.YES:
        row.waiting_since = None
    elif not sat:
        row.waiting_since = None if _has_room(db, meeting, row) else _behind(db, meeting, now)
    db.flush()
    fill(db, meeting, now)
    log.info("meeting-answered", meeting=meeting.id, said=said.value, way=way.value, waits=row.waiting_since is not None)
    return row


def lock(db: Session, meeting: Meeting) -> Meeting:
    """The meeting as it is now, and nobody else's until our transaction ends."""
    found = locked_meeting(db, meeting.id)
    assert found is not None  # meetings are never deleted
    return found


def _added(db: Session, meeting: Meeting, user_id: int) -> Attendee:
    row = Attendee(meeting_id=meeting.id, user_id=user_id, said=Said.NONE, sequence=meeting.sequence)
    db.add(row)
    db.flush()
    return row


def _has_room(db: Session, meeting: Meeting, row: Attendee) -> bool:
    if meeting.seats is None:
        return True
    return rows.seats_taken(db, meeting, but=row.user_id) < meeting.seats and not rows.waiting(db, meeting, 1)


def _behind(db: Session, meeting: Meeting, now: datetime) -> datetime:
    last = rows.last_waiting(db, meeting)
    return max(now, last + TICK) if last else now


def fill(db: Session, meeting: Meeting, now: datetime) -> int:
    """Give free seats to those who wait, in their order, and tell them; the meeting is locked. How many have one now."""
    first = rows.waiting(db, meeting, 1) if meeting.state is MeetingState.ANNOUNCED and _is_to_come(meeting, now) else ()
    if not first:
        return 0
    free = AT_ONCE if meeting.seats is None else min(AT_ONCE, max(0, meeting.seats - rows.seats_taken(db, meeting)))
    moved = rows.waiting(db, meeting, free) if free else ()
    for row in moved:
        row.waiting_since = None
    db.flush()
    for row in moved:
        _tell(db, meeting, row, now)
        log.info("meeting-seat", meeting=meeting.id, attendee=row.id)
    return len(moved)


def _is_to_come(meeting: Meeting, now: datetime) -> bool:
    return meeting.starts_at is not None and meeting.starts_at > now


def _tell(db: Session, meeting: Meeting, row: Attendee, now: datetime) -> None:
    member = member_of(db, meeting.mlist, row.user_id)
    if member is None or member.status is Status.BOUNCING:
        return
    facts = meetingfacts.facts(db, meeting, meetingfacts.tongue(db, meeting.mlist, member.user.language))
    reply_to = meetingletters.answer_address(db, meeting, member)
    outbox.to_member(db, "meeting-seat", member, now, mlist=meeting.mlist, reply_to=reply_to, automatic=False, **facts)


def seats_changed(db: Session, meeting: Meeting, now: datetime) -> int:
    """There are more seats, or people have to answer anew: whoever waits moves up. How many have a seat now."""
    return fill(db, lock(db, meeting), now)


def place_in_line(db: Session, meeting: Meeting, row: Attendee) -> int:
    """1 for the first who waits; 0 for whoever does not."""
    return rows.waiting_before(db, row) + 1 if row.said is Said.YES and row.waiting_since else 0
