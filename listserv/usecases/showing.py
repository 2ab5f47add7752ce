"""A published post that a moderator takes back goes out of sight, and can be brought back."""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv.store import recall, threads
from listserv.store.archive import Message
from listserv.usecases import arranging, indexing, retelling, waitingcopies


def take_out_of_sight(db: Session, message: Message, now: datetime) -> int:
    """The message leaves the archive's pages, and its unsent copies stay here; how many copies have left."""
    message.hidden_at = now
    _follow(db, message)
    retelling.retell(db, message.thread.mlist, [message.seq], now)
    return waitingcopies.keep_back(db, message)


def bring_back(db: Session, message: Message) -> None:
    """The message is in the archive again, and goes to those who have had no copy."""
    message.hidden_at = None
    _follow(db, message)
    recall.resume_copies(db, message.id)


def _follow(db: Session, message: Message) -> None:
    """What is known of its thread, and what can be found, follow."""
    db.flush()
    threads.count(db, message.thread)
    arranging.entitle(db, message.thread)
    db.flush()
    indexing.index(db, [message.id])
