"""What search engines may know: the lists that anybody may read, and their threads."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import NotFound
from listserv.store import feeds as rows
from listserv.store.lists import Archive, MailingList
from listserv.usecases.access import STRANGER_ON_THE_WEB, list_and_member

# A sitemap may name fifty thousand; a part of a megabyte is made in a blink.
THREADS_A_PART = 5_000


def public_lists(db: Session) -> Sequence[MailingList]:
    """The lists whose archive anybody may read, by name."""
    return rows.public_lists(db)


def sitemaps(db: Session) -> tuple[tuple[str, int], ...]:
    """(name, number) of each part of each public list's sitemap."""
    found = public_lists(db)
    counts = rows.sizes(db, [mlist.id for mlist in found]) if found else {}
    return tuple((mlist.name, number) for mlist in found for number in range(1, _parts(counts.get(mlist.id, 0)) + 1))


def sitemap(db: Session, name: str, number: int) -> tuple[MailingList, tuple[tuple[int, datetime], ...]]:
    """A public list, and a part of its threads with their last activity. Raises NotFound, for members too where the list is not public."""
    mlist, _ = list_and_member(db, name, STRANGER_ON_THE_WEB)
    if mlist.archive is not Archive.PUBLIC or not 1 <= number <= _parts(rows.sizes(db, [mlist.id]).get(mlist.id, 0)):
        raise NotFound("there is no such page")
    found = rows.threads_by_id(db, mlist.id, THREADS_A_PART, (number - 1) * THREADS_A_PART)
    return mlist, tuple((row.id, row.last_at) for row in found)


def _parts(threads: int) -> int:
    return max(1, -(-threads // THREADS_A_PART))
