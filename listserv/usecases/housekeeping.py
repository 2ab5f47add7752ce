"""What the calendar does beside digests: pauses end by themselves, people are forgotten, what nobody needs any more goes."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.store.drafts import drafts_before, forget_written
from listserv.store.limits import forget_tallies
from listserv.store.members import Status, pauses_over
from listserv.store.people import forget_browsers
from listserv.usecases import bulkadding, bundling, digesting, forgetting, invitationdays, previewing, reminding, thanking, unlinking, visiting
from listserv.usecases.access import CALENDAR
from listserv.usecases.digesting import Owed
from listserv.usecases.journal import note

# A draft that nobody has touched for so long is not wanted; a form older than this is not sent twice.
DRAFTS_KEPT, FORMS_KEPT = timedelta(days=180), timedelta(days=30)


def run_due(db: Session, now: datetime, limit: int = 100) -> int:
    """Do what the calendar owes by now, at most `limit` things of each kind; how many were done. Call until it returns 0."""
    done = end_pauses(db, now, limit) + digesting.run_due(db, now, limit)
    done += invitationdays.run_due(db, now, limit) + bulkadding.run_due(db, now)
    done += reminding.run_due(db, now, limit)
    done += previewing.run_due(db, now, limit) + unlinking.run_due(db, now, limit) + thanking.run_due(db, now, limit)
    return done + bundling.run_due(db, now, limit) + forgetting.run_due(db, now) + tidy(db, now, limit)


def owed(db: Session, until: datetime) -> list[Owed]:
    """What the calendar owes at that time, in its order: digests, reminders, what lapses. Changes nothing."""
    found = [*digesting.owed(db, until), *reminding.owed(db, until), *invitationdays.owed(db, until), *previewing.owed(db, until), *thanking.owed(db, until)]
    return sorted(found, key=lambda one: (one.at, one.list, one.who, one.what))


def end_pauses(db: Session, now: datetime, limit: int) -> int:
    """Members whose pause is over get mail again."""
    members = pauses_over(db, now, limit)
    for member in members:
        member.status, member.paused_until = Status.ENABLED, None
        digesting.plan(db, member, now)
        note(db, CALENDAR, "pause-over", mlist=member.mlist, now=now, about=member)
    return len(members)


def tidy(db: Session, now: datetime, limit: int) -> int:
    """Take away what nobody needs any more; how many drafts went."""
    old = drafts_before(db, now - DRAFTS_KEPT, limit)
    for draft in old:
        db.delete(draft)
    forget_written(db, now - FORMS_KEPT)
    forget_tallies(db, now)
    forget_browsers(db, now)
    visiting.forget(db, now)
    return len(old)
