"""What happened on a list that is worth a line: found in its archive, the same whoever looks, and never in history that was brought here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from digests.excerpt import said
from listserv.mail import address
from listserv.mail.parse import parse
from listserv.store import milestones as rows
from listserv.store.lists import MailingList
from listserv.store.milestones import MilestoneKind
from listserv.store.queue import raw_bytes
from listserv.usecases import outbox
from listserv.usecases.digestextras import asks

# What is older when the calendar looks is no news any more.
FRESH = timedelta(days=14)
# A question that waited so long; a conversation of so many people; new voices told at once.
SILENCE, CROWD, MOST_VOICES = timedelta(days=14), 10, 12
ERASED = "erased-"
# Of a list's first messages, so many; and what is farther from the next one does not count.
LOOKED_AT, GAP = 5, timedelta(days=5 * 365)


@dataclass(frozen=True, slots=True)
class Found:
    """One milestone: what tells it from others of its kind, the messages that it is about, and the number that it tells."""

    kind: MilestoneKind
    about: str
    messages: tuple[int, ...] = ()
    count: int = 0


def find(db: Session, mlist: MailingList, slot: datetime) -> list[Found]:
    """What happened before this slot, and stood in no letter yet."""
    after, upto = rows.newest_before(db, mlist.id, slot - FRESH), rows.newest_before(db, mlist.id, slot)
    came = rows.came(db, mlist.id, after, upto) if upto > after else ()
    posts = [row for row in came if not row.issue]
    known = rows.known(db, mlist.id)
    found = [*_voices(db, mlist, posts, after, slot, known), *_posts(db, mlist, came, after), *_threads(db, posts, after), *_years(db, mlist, slot)]
    return [one for one in found if (one.kind, one.about) not in known]


def is_named(db: Session, row: Any) -> bool:
    """May whoever wrote this be named? Not who was erased, and not who asked without a name: that stands under an address of the list's own."""
    if not row.author.strip() or not row.author_key or row.author_key.startswith(ERASED):
        return False
    return row.user_id is not None or address.split(row.author_key)[1] != outbox.settings_of(db).site.domain


def _voices(db: Session, mlist: MailingList, posts: Sequence[Any], after: int, slot: datetime, known: set[tuple[MilestoneKind, str]]) -> Iterator[Found]:
    """Who wrote for the first time, told together: by day, so that none is told a second time when a week comes late."""
    firsts: dict[str, Any] = {}
    for row in posts:
        if is_named(db, row):
            firsts.setdefault(row.who, row)
    before = rows.wrote_before(db, mlist.id, after, firsts)
    new = [row for who, row in firsts.items() if who not in before]
    told = {about for kind, about in known if kind is MilestoneKind.VOICES}
    fresh = [row for row in new if not any(_within(row.seq, about) for about in told)]
    if fresh:
        yield Found(MilestoneKind.VOICES, f"{fresh[0].seq}-{fresh[-1].seq}", tuple(row.id for row in fresh[:MOST_VOICES]), len(fresh))


def _within(seq: int, about: str) -> bool:
    first, _, last = about.partition("-")
    return first.isdigit() and last.isdigit() and int(first) <= seq <= int(last)


def _posts(db: Session, mlist: MailingList, came: Sequence[Any], after: int) -> Iterator[Found]:
    """The 100th message, the 250th, the 500th, the 1000th, …"""
    if not came:
        return
    before = rows.count_until(db, mlist.id, after)
    for number in _round_numbers(before + len(came)):
        if number > before:
            yield Found(MilestoneKind.POSTS, str(number), (came[number - before - 1].id,), number)


def _round_numbers(upto: int) -> Iterator[int]:
    ten = 100
    while ten <= upto:
        yield from (number for number in (ten, ten * 5 // 2, ten * 5) if number <= upto)
        ten *= 10


def _threads(db: Session, posts: Sequence[Any], after: int) -> Iterator[Found]:
    """Questions answered after a long silence, and conversations that have become large."""
    ids = {row.thread_id for row in posts}
    voices, begun = rows.voices_of(db, ids, after), rows.beginnings(db, ids, after)
    for row in posts:
        here = voices.setdefault(row.thread_id, set())
        if row.who in here:
            continue
        start = begun.get(row.thread_id)
        if start and here == {start.who} and is_named(db, row) and row.received_at - start.last_at >= SILENCE and _asked(db, start):
            yield Found(MilestoneKind.ANSWER, f"thread:{row.thread_id}", (row.id,), (row.received_at - start.last_at).days)
        here.add(row.who)
        if len(here) == CROWD:
            yield Found(MilestoneKind.CROWD, f"thread:{row.thread_id}", (row.id,), CROWD)


def _asked(db: Session, start: Any) -> bool:
    return asks(start.subject) or asks(said(parse(raw_bytes(db, start.raw_id)).text))


def _years(db: Session, mlist: MailingList, slot: datetime) -> Iterator[Found]:
    """The network's birthday: of the list, or of the oldest message that it has."""
    dates = rows.first_dates(db, mlist.id, LOOKED_AT)
    if not dates:
        return
    zone = ZoneInfo(outbox.settings_of(db).timezone)
    born, today = _born(dates, mlist.created_at).astimezone(zone), slot.astimezone(zone)
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    # Born on 29 February: on 1 March, where there is none.
    birthday = born.date().replace(year=born.year + years) if (born.month, born.day) != (2, 29) else _leap(born, years)
    if years > 0 and today.date() - birthday < FRESH:
        yield Found(MilestoneKind.YEAR, str(years), (), years)


def _born(dates: Sequence[datetime], created: datetime) -> datetime:
    """When a list's life began: what stands years before everything else was written by a clock that had stopped."""
    all_of_them = [*(date for date in dates if date < created), created]
    return next((early for early, late in pairwise(all_of_them) if late - early < GAP), created)


def _leap(born: datetime, years: int) -> Any:
    return (born - timedelta(days=1)).date().replace(year=born.year + years) + timedelta(days=1)
