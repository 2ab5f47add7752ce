"""Visits: one for each person, list and day, counted without knowing whose.

A visitor is a hash under a salt that is made for one day, shared by all processes, and destroyed with the hashes when
the day is over. After that there are numbers, and nothing by which anybody could be found or followed.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from listserv.config import Settings
from listserv.errors import Invalid
from listserv.store import visits as rows
from listserv.store.lists import MailingList
from listserv.usecases import outbox
from listserv.usecases.access import CONSOLE
from listserv.usecases.journal import note

# A visit of five to midnight may be written down a little after.
GRACE = timedelta(minutes=15)
OLDEST = date(1990, 1, 1)
DAY = re.compile(r"\d{4}-\d\d(-\d\d)?")
MOST = 1_000_000_000
COLUMNS = ["date", "visits"]


def today(settings: Settings, now: datetime) -> date:
    """The day, as the site's clocks have it."""
    return now.astimezone(ZoneInfo(settings.timezone)).date()


def record(db: Session, day: date, visitors: Mapping[str, Iterable[str]], now: datetime) -> int:
    """Count visitors (by the list's name; any text that is the same for the same person all day); how many were new.

    What comes after its day is forgotten is not counted: with a new salt everybody would be counted again.
    """
    if day < today(outbox.settings_of(db), now - GRACE):
        return 0
    salt, ids = rows.salt_of(db, day), rows.ids_of(db, visitors)
    new = 0
    for name, some in sorted(visitors.items()):
        if name in ids:
            hashes = sorted(blake2b(f"{name}\0{who}".encode("utf-8", "replace"), key=salt, digest_size=16).digest() for who in some)
            fresh = rows.add_visitors(db, ids[name], day, hashes)
            if fresh:
                rows.add_to_count(db, ids[name], day, fresh)
            new += fresh
    return new


def forget(db: Session, now: datetime) -> None:
    """Destroy what could tell visitors of past days apart."""
    rows.forget_visitors(db, today(outbox.settings_of(db), now - GRACE))


@dataclass(frozen=True, slots=True)
class Month:
    """The visits of a month; `brought`: how many of them come from another program's books."""

    year: int
    month: int
    visits: int
    brought: int


def total(db: Session, mlist: MailingList, first: date, last: date) -> int:
    """All visits to a list from one day to another, both included."""
    return rows.total_of(db, mlist.id, first, last)


def by_day(db: Session, mlist: MailingList, first: date, last: date) -> dict[date, int]:
    """The visits of each day that had any, both ends included, oldest first."""
    found: defaultdict[date, int] = defaultdict(int)
    for row in rows.days_of(db, mlist.id, first, last):
        found[row.day] += row.visits
    return dict(found)


def by_month(db: Session, mlist: MailingList, first: date, last: date) -> tuple[Month, ...]:
    """The visits of each month that had any, both ends included, oldest first."""
    found: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows.days_of(db, mlist.id, first, last):
        sums = found[row.day.year, row.day.month]
        sums[0] += row.visits
        sums[1] += row.visits if row.brought else 0
    return tuple(Month(year, month, *sums) for (year, month), sums in found.items())


MOST_TOLD = 10


class Brought(NamedTuple):
    """What a table brought: days, visits, and the lines that were left out, each with why."""

    days: int
    visits: int
    left_out: tuple[str, ...]


def bring(db: Session, mlist: MailingList, text: str, now: datetime, *, rest: bool = False) -> Brought:
    """Keep historic counts from a table with the header `date,visits`, marked as brought in.

    Safe to run twice, by days and by months. Where a line cannot be read it raises Invalid, names all of them and keeps nothing;
    with `rest` it leaves these out and keeps the others.
    """
    counts, wrong = read_table(text, today(outbox.settings_of(db), now))
    if wrong and not rest:
        raise Invalid("{lines} (nothing was kept; --rest brings the other lines)", lines=_told(wrong))
    for when, count in counts.items():
        rows.bring_count(db, mlist.id, when.day, count, month=when.month)
    note(db, CONSOLE, "visits-brought", mlist=mlist, now=now, detail=f"{len(counts)}")
    return Brought(len(counts), sum(counts.values()), wrong)


def _told(wrong: Sequence[str]) -> str:
    """The lines at fault, in one line."""
    more = f"; and {len(wrong) - MOST_TOLD} more" if len(wrong) > MOST_TOLD else ""
    return "; ".join(wrong[:MOST_TOLD]) + more


class When(NamedTuple):
    """A day, or the first of a `month` whose days nobody has told apart."""

    day: date
    month: bool


def read_table(text: str, today: date) -> tuple[dict[When, int], tuple[str, ...]]:
    """The counts of such a table, and what is wrong with the lines that cannot be read. Raises Invalid where it is no such table."""
    lines = _lines(text)
    if not lines or [cell.lower() for cell in lines[0][1]] != COLUMNS:
        raise Invalid("the first line must say: date,visits")
    counts: dict[When, int] = {}
    kinds: dict[tuple[int, int], bool] = {}
    wrong = []
    for number, row in lines[1:]:
        try:
            when, count = _read_line(number, row, today)
            if when in counts or kinds.get((when.day.year, when.day.month), when.month) is not when.month:
                raise Invalid("line {line}: {day} is there twice", line=number, day=row[0])
        except Invalid as why:
            wrong.append(str(why))
            continue
        kinds[when.day.year, when.day.month] = when.month
        counts[when] = count
    return counts, tuple(wrong)


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """The rows that hold anything, each with the number of its line."""
    reader = csv.reader(io.StringIO(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"), newline=""))
    try:
        return [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(map(str.strip, row))]
    except csv.Error as wrong:
        raise Invalid("line {line}: {why}", line=reader.line_num, why=wrong) from None


def _read_line(number: int, row: list[str], today: date) -> tuple[When, int]:
    if len(row) != 2 or not DAY.fullmatch(row[0]) or not re.fullmatch(r"[0-9]{1,10}", row[1]) or int(row[1]) > MOST:
        raise Invalid("line {line}: write a day and a number, for example 2026-03-03,42", line=number)
    month = len(row[0]) < len("2026-03-03")
    try:
        day = date.fromisoformat(f"{row[0]}-01" if month else row[0])
    except ValueError:
        raise Invalid("line {line}: there is no day {day}", line=number, day=row[0]) from None
    if not OLDEST <= day <= today:
        raise Invalid("line {line}: {day} is not a day on which a page on the web could have been visited by now", line=number, day=row[0])
    return When(day, month), int(row[1])
