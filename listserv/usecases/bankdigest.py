"""What is new in a list's bank of materials, as digests tell it."""

from datetime import datetime

from sqlalchemy.orm import Session

from digests.entries import Filed
from digests.excerpt import one_line
from listserv.config import Settings
from listserv.store import bankpages as rows
from listserv.store.bankpages import Wanted
from listserv.store.lists import MailingList
from listserv.usecases import bankfinding
from listserv.usecases.digestextras import Beside

# So many are gathered; ten are named, the others counted.
MOST = 100


def for_digest(db: Session, settings: Settings, mlist: MailingList, after: datetime, upto: datetime) -> tuple[Beside[Filed], ...]:
    """The items that were first seen in that time, the newest first. None on a list that has no bank."""
    if not mlist.materials or after >= upto:
        return ()
    found = rows.find(db, mlist.id, Wanted(since=after, until=upto), MOST)
    places = rows.places(db, [one.id for one in found])
    told = []
    for material in found:
        here = places.get(material.id)
        if here is None:
            continue
        shown, thread = bankfinding.tell(db, mlist, material, here), here[0].thread
        filed = Filed(shown.number, one_line(shown.title, 120), one_line(shown.author, 80), shown.url)
        told.append(Beside(thread.id if thread else 0, material.topic_id or (thread.topic_id if thread else None), here[0].user_id, filed))
    return tuple(told)
