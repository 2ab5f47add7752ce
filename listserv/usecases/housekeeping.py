"""What the calendar does beside digests: pauses end by themselves, people are forgotten, what nobody needs any more goes."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from listserv.store.drafts import drafts_before, forget_written
from listserv.store.limits import forget_tallies
from listserv.store.members import Status, pauses_over
from listserv.store.people import forget_browsers, forget_tokens
from listserv.usecases import bulkadding, bundling, digesting, forgetting, invitationdays, previewing, reminding, thanking, unlinking, visiting
from listserv.usecases.access import CALENDAR
from listserv.usecases.digesting import Owed
from listserv.usecases.journal import note

# A draft that nobody has touched for so long is not wanted; a form older than this is not sent twice.
DRAFTS_KEPT, FORMS_KEPT = timedelta(days=180), timedelta(days=30)
# Whoever finds a letter of ours again, half a year later, still hears what its address was for, and that it is used up.
TOKENS_KEPT = timedelta(days=180)

log = structlog.get_logger()


def run_due(db: Session, now: datetime, limit: int = 100) -> int:
    """Do what the calendar owes by now, at most `limit` things of each kind; how many were done. Call until it returns 0."""
    return sum(_safely(db, name, work, now, limit) for name, work in KINDS)


def _safely(db: Session, name: str, work: Callable[[Session, datetime, int], int], now: datetime, limit: int) -> int:
    """One kind that fails must not keep all others from being done."""
    try:
        with db.begin_nested():
            return work(db, now, limit)
    except Exception:
        log.exception("calendar failed", kind=name)
        return 0


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
    """Take away what nobody needs any more; how many drafts and keys went."""
    old = drafts_before(db, now - DRAFTS_KEPT, limit)
    for draft in old:
        db.delete(draft)
    forget_written(db, now - FORMS_KEPT)
    forget_tallies(db, now)
    forget_browsers(db, now)
    visiting.forget(db, now)
    return len(old) + forget_tokens(db, now - TOKENS_KEPT, 10 * limit)


def _batches(db: Session, now: datetime, limit: int) -> int:
    return bulkadding.run_due(db, now)


def _erasures(db: Session, now: datetime, limit: int) -> int:
    return forgetting.run_due(db, now)


# In this order; of each, how many were done.
KINDS: tuple[tuple[str, Callable[[Session, datetime, int], int]], ...] = (
    ("pauses", end_pauses),
    ("digests", digesting.run_due),
    ("invitations to send", invitationdays.send_waiting),
    ("invitations to repeat", invitationdays.remind),
    ("invitations that lapse", invitationdays.lapse),
    ("answers to invitations", invitationdays.tell),
    ("invitations to forget", invitationdays.forget),
    ("batches", _batches),
    ("reminders", reminding.run_due),
    ("previews", previewing.run_due),
    ("questions without a name", unlinking.run_due),
    ("thanks", thanking.run_due),
    ("cases kept back", bundling.run_due),
    ("erasures", _erasures),
    ("tidying", tidy),
)
