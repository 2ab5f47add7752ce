"""A published post that a moderator takes back goes out of sight, and can be brought back."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.store import hidden, recall, threadrows, threads
from listserv.store.archive import Message
from listserv.usecases import arranging, indexing, retelling, waitingcopies

# A post that is shown again so long after it came is told in digests that have passed it over; later it is in the archive for their readers.
STILL_TOLD = timedelta(days=7)


def take_out_of_sight(db: Session, message: Message, now: datetime) -> int:
    """The message leaves the archive's pages, and its unsent copies stay here; how many copies have left."""
    message.hidden_at = now
    _follow(db, message)
    retelling.retell(db, message.thread.mlist, [message.seq], now)
    return waitingcopies.keep_back(db, message)


def bring_back(db: Session, message: Message, now: datetime) -> None:
    """The message is in the archive again, and goes to those who have had no copy, and into the digests that have passed it over."""
    message.hidden_at = None
    _follow(db, message)
    recall.resume_copies(db, message.id)
    tell_in_digests(db, message, now)


def tell_in_digests(db: Session, message: Message, now: datetime) -> None:
    """Digests have been made while this message was hidden: the next ones tell it; where some have told it before, those that still wait.

    It gets a new number only where nobody has been told: answers to digests find messages by these, and nothing is told twice.
    """
    mlist = message.thread.mlist
    missed, told = hidden.passed_over(db, mlist.id, message.seq)
    if missed and told:
        retelling.retell(db, mlist, [message.seq], now, again=True)
    elif missed:
        message.seq = threads.next_seq(db, mlist)
        db.flush()


def _follow(db: Session, message: Message) -> None:
    """What is known of its thread, and what can be found, follow."""
    db.flush()
    threadrows.count(db, message.thread)
    arranging.entitle(db, message.thread)
    db.flush()
    indexing.index(db, [message.id])
