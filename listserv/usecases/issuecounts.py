"""What an issue brings about, counted as it happens: people who read its page, letters that answer it, readers who leave by it.

Nobody's copy tells that it was opened, and no link tells that it was followed. Whoever leaves presses a link that names the copy it came
with; of that a number is kept, and not whose it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from hashlib import blake2b
from typing import NamedTuple

from sqlalchemy.orm import Session

from listserv.store import effects as rows
from listserv.store import visits
from listserv.store.base import slices
from listserv.store.lists import MailingList
from listserv.usecases import outbox, visiting

# Of a letter's references, the last ones: a long thread names hundreds.
MOST_REFERENCES = 20
# Pages looked up in one statement: databases count its parameters.
AT_ONCE = 1_000


class Page(NamedTuple):
    """A page that may show an issue: of which list, and its thread ("thread", number) or its message ("message", hash)."""

    name: str
    kind: str
    what: str


def read(db: Session, day: date, readers: Mapping[Page, Iterable[str]], now: datetime) -> int:
    """Count who has read pages of issues (any text that is the same for the same person all day); how many were new. Other pages count nothing."""
    if day < visiting.today(outbox.settings_of(db), now - visiting.GRACE):
        return 0
    of_messages: dict[int, set[str]] = {}
    for page, message_id in _issues(db, readers).items():
        of_messages.setdefault(message_id, set()).update(readers[page])
    if not of_messages:
        return 0
    salt, new = visits.salt_of(db, day), 0
    for message_id, some in sorted(of_messages.items()):
        hashes = sorted(blake2b(f"issue {message_id}\0{who}".encode("utf-8", "replace"), key=salt, digest_size=16).digest() for who in some)
        fresh = rows.add_readers(db, message_id, day, hashes)
        if fresh:
            rows.add(db, message_id, day, visits=fresh)
        new += fresh
    return new


def _issues(db: Session, pages: Iterable[Page]) -> dict[Page, int]:
    """The messages of those pages that show an issue."""
    known, found = list(pages), dict[Page, int]()
    for some in slices(known, AT_ONCE):
        threads = _numbers(page.what for page in some if page.kind == "thread")
        hashes = {page.what for page in some if page.kind == "message"}
        for row in rows.pages(db, {page.name for page in some}, threads, hashes):
            for page in (Page(row.name, "thread", str(row.thread_id)), Page(row.name, "message", row.hash)):
                found[page] = row.message_id
    return {page: found[page] for page in known if page in found}


def _numbers(texts: Iterable[str]) -> set[int]:
    return {int(text) for text in texts if text.isdecimal() and len(text) < 16}


def forget(db: Session, now: datetime) -> None:
    """Destroy what could tell readers of past days apart."""
    rows.forget_readers(db, visiting.today(outbox.settings_of(db), now - visiting.GRACE))


# ---- mail ---------------------------------------------------------------------------------------------------


def of_copy(db: Session, outgoing_id: int) -> int | None:
    """The issue (its message) that a copy with this number belongs to; None for every other post."""
    return rows.issue_copied(db, outgoing_id) if outgoing_id else None


def of_letter(db: Session, mlist: MailingList, references: Sequence[str]) -> int | None:
    """The issue of this list (its message) that a letter answers."""
    return rows.issue_among(db, mlist, references[-MOST_REFERENCES:])


def left(db: Session, message_id: int, now: datetime) -> None:
    """Somebody has left the list by their copy of this issue."""
    rows.add(db, message_id, visiting.today(outbox.settings_of(db), now), departures=1)


def answered(db: Session, message_id: int, now: datetime) -> None:
    """A letter to the coordinators answers this issue."""
    rows.add(db, message_id, visiting.today(outbox.settings_of(db), now), letters=1)
