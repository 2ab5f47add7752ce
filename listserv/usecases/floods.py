"""When much waits at once, a moderator gets a few letters and then one that tells of the rest: is this one letter too many?"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.mail import address
from listserv.store import outbox as sent
from listserv.store import untold
from listserv.store.lists import MailingList
from listserv.store.people import Purpose

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The letters that put a case before a moderator; so many of them about one list, one by one.
CASES = ("application-moderator", "held-moderator")
PER_HOUR, PER_DAY = 12, 40


def keeps_back(db: Session, mlist: MailingList, email: str, purpose: Purpose, object_id: int, letter: str, now: datetime) -> bool:
    """Is this case one of too many for a letter of its own? It is kept to be told with others (`usecases.bundling`)."""
    if letter not in CASES or not _is_full(db, mlist, email, now):
        return False
    untold.keep(db, mlist, email, purpose, object_id, now)
    return True


def _is_full(db: Session, mlist: MailingList, email: str, now: datetime) -> bool:
    mailbox = address.mailbox(email)
    measures = ((HOUR, PER_HOUR), (DAY, PER_DAY))
    return any(sent.of_kinds_since(db, mailbox, CASES, now - length, mlist.id) >= most for length, most in measures)
