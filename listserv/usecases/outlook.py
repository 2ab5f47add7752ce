"""What search engines may know: the lists that anybody may read, and their threads."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import NotFound
from listserv.store import deep
from listserv.store import feeds as rows
from listserv.store.lists import Archive, MailingList
from listserv.usecases.access import STRANGER_ON_THE_WEB, list_and_member
from listserv.usecases.contents import Stamp, remembered, stamp_of

# A sitemap may name fifty thousand; a part of a megabyte is made in a blink.
THREADS_A_PART = 5_000


def public_lists(db: Session) -> Sequence[MailingList]:
    """The lists whose archive anybody may read, by name."""
    return rows.public_lists(db)


def sitemaps(db: Session) -> tuple[tuple[str, int], ...]:
    """(name, number) of each part of each public list's sitemap."""
    stamp = stamp_of(db)
    return tuple((mlist.name, number) for mlist in public_lists(db) for number in range(1, max(1, len(_parts(db, mlist, stamp))) + 1))


def sitemap(db: Session, name: str, number: int) -> tuple[MailingList, tuple[tuple[int, datetime], ...]]:
    """A public list, and a part of its threads with their last activity. Raises NotFound, for members too where the list is not public.

    Threads stand there by number: an older one never changes its place.
    """
    mlist, _ = list_and_member(db, name, STRANGER_ON_THE_WEB)
    parts = _parts(db, mlist, stamp_of(db)) if mlist.archive is Archive.PUBLIC else ()
    if mlist.archive is not Archive.PUBLIC or not 1 <= number <= max(1, len(parts)):
        raise NotFound("there is no such page")
    found = deep.threads_since(db, mlist.id, parts[number - 1], THREADS_A_PART) if parts else ()
    return mlist, tuple((row.id, row.last_at) for row in found)


def _parts(db: Session, mlist: MailingList, stamp: Stamp) -> Sequence[int]:
    """With which thread each part begins."""
    return remembered(db, ("sitemap", mlist.id), (mlist.last_seq, stamp), lambda: deep.numbers(db, mlist.id, THREADS_A_PART))
