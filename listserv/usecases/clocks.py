"""A clock that was put right: what waits for a time that will not come for years is done now.

Who holds what is told by lives of processes and not by times (store.workers); digests planned by a clock that ran ahead
are planned anew (digesting.run_due), and what was done has its row, so that no hour that comes a second time repeats it.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.store import clocks
from listserv.usecases import delivery, outbox

# Nothing waits longer between two attempts, with time to spare.
LONGEST_WAIT = 2 * timedelta(minutes=delivery.THEN_EVERY)


def set_right(db: Session, now: datetime) -> int:
    """What is due later than anything can be planned is due at once; how many mails, copies and letters that was."""
    return clocks.due_at_once(db, outbox.milliseconds(now), outbox.milliseconds(now + LONGEST_WAIT))
