"""Figures of meetings: how many there were in a stretch of time, who was invited, who said yes, who came."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from listserv.store.lists import MailingList
from listserv.store.meetings import Attendee, Meeting, MeetingState, Said

HELD = (MeetingState.ANNOUNCED, MeetingState.OVER)


class MeetingCounts(NamedTuple):
    """Meetings that were held; of all their invitations together: how many, how many said yes, how many came."""

    meetings: int = 0
    invited: int = 0
    said_yes: int = 0
    came: int = 0


def counts(db: Session, mlist: MailingList, begin: datetime, end: datetime) -> MeetingCounts:
    """Those of meetings that began from `begin` on, and ended before `end`."""
    held = (Meeting.list_id == mlist.id, Meeting.state.in_(HELD), Meeting.starts_at >= begin, Meeting.starts_at < end, Meeting.ends_at <= end)
    meetings = db.scalar(select(func.count()).select_from(Meeting).where(*held)) or 0
    if not meetings:
        return MeetingCounts()
    invited = func.count(Attendee.invited_at)
    yes, came = (func.sum(case((what, 1), else_=0)) for what in (Attendee.said == Said.YES, Attendee.came.is_(True)))
    found = db.execute(select(invited, yes, came).join(Meeting, Meeting.id == Attendee.meeting_id).where(*held)).one()
    return MeetingCounts(meetings, *(int(one or 0) for one in found))
