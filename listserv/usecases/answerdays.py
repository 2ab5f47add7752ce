"""What the calendar does about answers to digests that name no thread: it asks those for whom there was no room, reminds once, gives the words back."""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv.store import calendar
from listserv.store import doors as rows
from listserv.store.digests import Digest
from listserv.store.doors import Preview
from listserv.store.members import member_of
from listserv.store.people import Purpose
from listserv.usecases import digestdrafts, drafts
from listserv.usecases.digesting import Owed
from listserv.usecases.rowbyrow import each

REMINDED, ENDED = "digest-answer-reminder", "digest-answer-ends"
MOST_LISTED = 10_000


def run_due(db: Session, now: datetime, limit: int) -> int:
    """Ask those for whom there was no room, remind once, and in the end give the words back; how many."""
    return each(db, rows.previews_due(db, now, limit, threads=True), lambda row: _due(db, row, now))


def owed(db: Session, until: datetime) -> list[Owed]:
    """The reminders and the ends that the calendar owes at that time."""
    return [_owed(row) for row in rows.previews_due(db, until, MOST_LISTED, lock=False, threads=True)]


def _owed(row: Preview) -> Owed:
    return Owed(row.due_at, ENDED if row.reminded else REMINDED, row.mlist.name, row.email, "an answer to a digest names no thread")


def _due(db: Session, row: Preview, now: datetime) -> None:
    if not digestdrafts.is_shy(digestdrafts.post_of(db, row)):
        calendar.ran(db, _owed(row).what, f"answer:{row.id}", row.due_at, now, list_id=row.list_id)
    detail = rows.newest_detail(db, Purpose.DRAFT, row.incoming_id)
    digest = db.get(Digest, int(detail)) if detail.isdigit() else None
    if row.reminded or digest is None or member_of(db, row.mlist, row.user_id) is None:
        return digestdrafts.give_back(db, row, digest, now, expired=True)
    first = now - row.made_at < drafts.REMINDED_AFTER
    if not digestdrafts.ask(db, row, digest, now, digestdrafts.Why.CAME if first else digestdrafts.Why.WAITS):
        return None
    row.reminded, row.due_at = not first, row.made_at + drafts.REMINDED_AFTER
    if row.reminded:
        # However late it is, there is time for an answer.
        row.due_at = max(row.made_at + digestdrafts.KEPT, now + drafts.REMINDED_AFTER)
    return None
