"""In June those who look after a list get the draft of a letter about what it has made in the school year."""

from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from digests.schedule import instant
from listserv.store import calendar
from listserv.store import successes as rows
from listserv.store.lists import MailingList
from listserv.usecases import reporting, successletters
from listserv.usecases.digesting import Owed
from listserv.usecases.figureperiods import school_year_of
from listserv.usecases.figures import DAY, zone_of
from listserv.usecases.rowbyrow import alone

WHAT = "successes"
# While everybody is still at school, at this hour of the site's.
MONTH, DAY_OF_MONTH, HOUR = 6, 15, 8
# What could not be written by the end of June is asked for on the page.
TOO_LATE = timedelta(days=14)


def slot_before(now: datetime, zone: ZoneInfo) -> datetime:
    """The newest such morning that has come."""
    year = now.astimezone(zone).year
    slot = instant(datetime(year, MONTH, DAY_OF_MONTH, HOUR), zone)
    return slot if slot <= now else instant(datetime(year - 1, MONTH, DAY_OF_MONTH, HOUR), zone)


def _due(db: Session, now: datetime) -> tuple[datetime, list[MailingList]]:
    slot = slot_before(now, zone_of(db))
    if now - slot > TOO_LATE:
        return slot, []
    return slot, list(rows.lists_to_tell(db, WHAT, slot, school_year_of(slot.date())))


def owed(db: Session, until: datetime) -> list[Owed]:
    """The drafts that the calendar owes at that time; changes nothing."""
    slot, lists = _due(db, until)
    found = []
    for mlist in lists:
        if successletters.worth_telling(db, mlist, school_year_of(slot.date()), slot.date() - DAY, slot):
            readers = reporting.willing(db, mlist, until)
            found += [Owed(slot, WHAT, mlist.name, one.address.email, "the draft of a letter about the school year") for one in readers]
    return found


def run_due(db: Session, now: datetime, limit: int = 100) -> int:
    """Write the drafts that are due, of at most `limit` lists; how many lists were done."""
    slot, lists = _due(db, now)
    return sum(_safely(db, mlist, slot, now) for mlist in lists[:limit])


def _safely(db: Session, mlist: MailingList, slot: datetime, now: datetime) -> int:
    done = alone(db, partial(_offer, db, mlist, slot, now), "successes failed", list=mlist.name)
    return int(_ran(db, mlist, slot, now, "failed")) if done is None else done


def _ran(db: Session, mlist: MailingList, slot: datetime, now: datetime, detail: str) -> bool:
    return calendar.ran(db, WHAT, f"list:{mlist.id}", slot, now, list_id=mlist.id, detail=detail)


def _offer(db: Session, mlist: MailingList, slot: datetime, now: datetime) -> int:
    """Once for each list and year; 0 where another worker was faster."""
    readers = reporting.willing(db, mlist, now)
    row = successletters.make(db, mlist, school_year_of(slot.date()), slot.date() - DAY, slot) if readers else None
    if not _ran(db, mlist, slot, now, f"letters: {len(readers) if row else 0}"):
        return 0
    if row is not None:
        for reader in readers:
            successletters.show(db, row, reader.address.email, reader.user.language, now)
    return 1
