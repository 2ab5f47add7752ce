"""Pauses end by themselves: mail comes again, and what came meanwhile is told."""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv.store import calendar
from listserv.store.members import Member, Status, pauses_over
from listserv.usecases import bankuses, planning
from listserv.usecases.access import CALENDAR
from listserv.usecases.digesting import Owed
from listserv.usecases.journal import note
from listserv.usecases.rowbyrow import each

WHAT = "pause-ends"
MOST_LISTED = 10_000


def run_due(db: Session, now: datetime, limit: int) -> int:
    """Members whose pause is over get mail again; how many they were."""
    return each(db, pauses_over(db, now, limit), lambda member: _end(db, member, now))


def _end(db: Session, member: Member, now: datetime) -> None:
    over = member.paused_until or now
    calendar.ran(db, WHAT, f"member:{member.id}", over, now, list_id=member.list_id)
    member.status, member.paused_until = Status.ENABLED, None
    planning.plan(db, member, now)
    if member.digest_due:
        # The pause ends at midnight; what came meanwhile can wait for the morning.
        member.digest_due = planning.told_after(db, member, over)
    bankuses.tell_later(db, member, now)
    note(db, CALENDAR, "pause-over", mlist=member.mlist, now=now, about=member)
    db.flush()


def owed(db: Session, until: datetime) -> list[Owed]:
    """Whose pause ends by that time; the digest of what came meanwhile is listed with the others (`digesting.owed`)."""
    members = pauses_over(db, until, MOST_LISTED, lock=False)
    return [Owed(one.paused_until or until, WHAT, one.mlist.name, one.address.email, "the pause is over: mail comes again") for one in members]
