"""A list's table of contents: topics, months, how many threads and people. Counted once, and told from memory until something happens.

To count an archive of many years takes longer than to make the page that shows the count. Whatever changes it is a new
message (the list's `last_seq`) or in the journal; with both unchanged, so is the count. Not every note does: most of those of a busy
moderator and of many members say nothing of the archive (`store.contents.QUIET`). Every process counts for itself.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from listserv.store import contents as rows
from listserv.store.lists import MailingList

Stamp = tuple[int, int]
Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Heading:
    """A topic, and how many threads are under it."""

    id: int
    slug: str
    title: str
    description: str
    threads: int


@dataclass(frozen=True, slots=True)
class Contents:
    """What a list's page says of the whole list."""

    topics: tuple[Heading, ...]
    months: tuple[tuple[int, int], ...]
    threads: int
    last_at: datetime | None


def lasting(db: Session, found: Stamp) -> Stamp:
    """The stamp by which what is counted here is remembered: an earlier one, where nothing has been noted since that changes any count."""
    memory: dict[Hashable, tuple[Stamp, Stamp | None]] = db.info.get("memory", {})
    lasts, seen = memory.get("stamp", (found, None))
    if seen != found:
        lasts = lasts if seen is not None and rows.only_quiet_since(db, seen) else found
        memory["stamp"] = lasts, found
    return lasts


def stamp_of(db: Session) -> Stamp:
    """The same, of this moment."""
    return lasting(db, rows.stamp(db))


def contents_of(db: Session, mlist: MailingList, stamp: Stamp) -> Contents:
    """The table of contents of a list."""
    return remembered(db, ("contents", mlist.id), (mlist.last_seq, stamp), lambda: _contents(db, mlist))


def people_of(db: Session, mlist: MailingList, stamp: Stamp) -> tuple[int, int]:
    """How many are on a list, and how many of them have written to it."""
    return remembered(db, ("people", mlist.id), (mlist.last_seq, stamp), lambda: rows.people_of(db, mlist.id))


def activity_of(db: Session, mlists: Sequence[MailingList], stamp: Stamp) -> dict[int, tuple[int, datetime | None]]:
    """How many threads each of these lists has, and when something was written last."""
    memory = db.info.get("memory", {})
    known = {mlist.id: memory.get(("activity", mlist.id), (None, None)) for mlist in mlists}
    missing = [mlist for mlist in mlists if known[mlist.id][0] != (mlist.last_seq, stamp)]
    counted = rows.activity(db, [mlist.id for mlist in missing]) if missing else {}
    for mlist in missing:
        known[mlist.id] = memory["activity", mlist.id] = (mlist.last_seq, stamp), counted.get(mlist.id, (0, None))
    return {number: found for number, (_, found) in known.items()}


def remembered(db: Session, what: Hashable, stamp: Hashable, count: Callable[[], Kept]) -> Kept:
    """What was counted when the stamp was the same, or is counted now."""
    memory: dict[Hashable, tuple[Hashable, Any]] = db.info.get("memory", {})
    then, kept = memory.get(what, (None, None))
    if then == stamp:
        found: Kept = kept
        return found
    counted = count()
    memory[what] = stamp, counted
    return counted


# Pages of one person, of one month and of one place that are kept; the oldest make room.
MOST_KEPT = 256


def remembered_some(db: Session, room: str, what: Hashable, stamp: Hashable, count: Callable[[], Kept]) -> Kept:
    """The same for what there are many of: only some are kept."""
    memory: dict[Hashable, tuple[Hashable, Any]] = db.info.get("memory", {}).setdefault(("some", room), {}) if "memory" in db.info else {}
    then, kept = memory.get(what, (None, None))
    if then == stamp:
        found: Kept = kept
        return found
    counted = count()
    while len(memory) >= MOST_KEPT:
        memory.pop(next(iter(list(memory))), None)
    memory[what] = stamp, counted
    return counted


def _contents(db: Session, mlist: MailingList) -> Contents:
    counts = {row.topic_id: row for row in rows.topic_counts(db, mlist.id)}
    threads = {number: row.threads for number, row in counts.items()}
    topics = tuple(Heading(row.id, row.slug, row.title, row.description, threads.get(row.id, 0)) for row in rows.topics_of(db, mlist.id))
    if not counts:
        return Contents(topics, (), 0, None)
    last_at = max(row.last_at for row in counts.values())
    months = recent_months(min(row.first_at for row in counts.values()), last_at)
    return Contents(topics, months, sum(threads.values()), last_at)


def recent_months(start: datetime, end: datetime) -> tuple[tuple[int, int], ...]:
    """The last three months of an archive that reaches from one moment to another, newest first."""
    first, last = (moment.year * 12 + moment.month - 1 for moment in (start, end))
    return tuple((number // 12, number % 12 + 1) for number in range(last, max(first, last - 2) - 1, -1))
