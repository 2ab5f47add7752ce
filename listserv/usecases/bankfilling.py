"""The bank of a list that has just turned it on, or has imported an archive: what stands in older messages is filed, a few at a time.

Nobody is written to. Things keep the dates of the messages that brought them; where it stopped, it goes on.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv.store import bankasks as asks
from listserv.store.lists import MailingList, lock
from listserv.usecases import bankfiling

# Messages in one transaction: each is read anew from its bytes, and others wait for the lock meanwhile.
SLICE = 10
# Numbers of messages looked through at once, most of which may be other lists'. Who is less behind is only asked whether there is anything.
STRETCH, NEAR = 5_000, 1_000


def run_due(db: Session, now: datetime, limit: int) -> int:
    """Look through the next messages of one list; how many, and 1 at least where there may be more. Call until it returns 0."""
    newest = asks.newest_message(db)
    for mlist in asks.behind(db, newest):
        if newest - mlist.bank_upto > NEAR or asks.between(db, mlist.id, mlist.bank_upto, newest, 1):
            return fill(db, mlist, newest, now, min(limit, SLICE))
    return 0


def fill(db: Session, mlist: MailingList, newest: int, now: datetime, limit: int) -> int:
    """Look through a stretch of the archive for the bank of one list; how many messages, and 1 at least."""
    lock(db, mlist)
    # Somebody may have begun again while the lock was waited for.
    db.refresh(mlist, ["bank_upto"])
    until = min(mlist.bank_upto + STRETCH, newest)
    messages = asks.between(db, mlist.id, mlist.bank_upto, until, limit)
    for message in messages:
        bankfiling.file_message(db, mlist, message, now)
    mlist.bank_upto = messages[-1].id if len(messages) == limit else until
    return max(1, len(messages))


def begin_again(db: Session, mlist: MailingList, first: int) -> None:
    """History has come whose messages, from `first` on, have numbers that were passed already: it is looked through as well."""
    asks.go_back(db, mlist, first - 1)
