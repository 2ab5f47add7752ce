"""Whoever comes to a list, or comes back, before one of its meetings is invited to it as well: by the calendar, once, soon after the welcome."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.store import calendar
from listserv.store import meetingslices as rows
from listserv.store.meetings import Meeting
from listserv.usecases import meetingseats, meetingsending
from listserv.usecases.digesting import Owed

WHAT = "meeting-newcomers"
# What was done by then is in the journal to be seen, and the welcome is on its way.
SETTLED = timedelta(minutes=1)
MOST_OWED = 1_000


def run_due(db: Session, now: datetime, limit: int) -> int:
    """One slice for each meeting on whose list something was done to a member since the last look; how many were written to."""
    return sum(_look(db, meeting, now, limit) for meeting in rows.all_invited(db, now) if _slot(db, meeting, now))


def owed(db: Session, until: datetime) -> Iterator[Owed]:
    """A row for each person who is to be invited."""
    for meeting in rows.all_invited(db, until):
        slot = _slot(db, meeting, until)
        for member in rows.newcomers(db, meeting, until, MOST_OWED) if slot else ():
            yield Owed(slot or until, WHAT, meeting.mlist.name, member.address.email, f"meeting {meeting.number}: new on the list, or back")


def _slot(db: Session, meeting: Meeting, now: datetime) -> datetime | None:
    """When something was done to a member of the list last; None where members have been looked at since."""
    slot = rows.last_noted(db, meeting.list_id, now - SETTLED)
    return slot if slot and not calendar.has_run(db, WHAT, _about(meeting), slot) else None


def _about(meeting: Meeting) -> str:
    return f"meeting:{meeting.id}"


def _look(db: Session, meeting: Meeting, now: datetime, limit: int) -> int:
    meeting = meetingseats.lock(db, meeting)
    slot = _slot(db, meeting, now)
    if slot is None or meeting not in rows.all_invited(db, now):
        return 0
    some = rows.newcomers(db, meeting, now, limit)
    meetingsending.invite_all(db, meeting, some, now)
    if len(some) < limit:
        calendar.looked(db, WHAT, _about(meeting), slot, now, list_id=meeting.list_id, detail=f"letters: {len(some)}")
    return len(some)
