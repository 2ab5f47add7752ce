"""What the calendar does beside digests: pauses end by themselves."""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv.store.members import Status, pauses_over
from listserv.usecases import digesting
from listserv.usecases.access import CALENDAR
from listserv.usecases.journal import note


def run_due(db: Session, now: datetime, limit: int = 100) -> int:
    """Do what the calendar owes by now, at most `limit` things of each kind; how many were done. Call until it returns 0."""
    return end_pauses(db, now, limit) + digesting.run_due(db, now, limit)


def end_pauses(db: Session, now: datetime, limit: int) -> int:
    """Members whose pause is over get mail again."""
    members = pauses_over(db, now, limit)
    for member in members:
        member.status, member.paused_until = Status.ENABLED, None
        digesting.plan(db, member, now)
        note(db, CALENDAR, "pause-over", mlist=member.mlist, now=now, about=member)
    return len(members)
