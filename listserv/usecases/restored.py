"""After a restore: what is still to do, so that nobody is surprised by what goes out."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.usecases import housekeeping, queueing


@dataclass(frozen=True, slots=True)
class StillToDo:
    """Mails to be read, posts and letters to be sent, copies of posts that have their row already, and what the calendar owes."""

    mails: int
    posts_and_letters: int
    copies: int
    calendar: int


def still_to_do(db: Session, now: datetime) -> StillToDo:
    """What goes on as soon as the server runs."""
    counts = queueing.count_work(db)
    return StillToDo(counts["incoming"], counts["outgoing"], counts["deliveries"], len(housekeeping.owed(db, now)))
