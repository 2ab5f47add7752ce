"""Which days a report is about: a month, a stretch between two days, a school year, or the school year so far."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from listserv.errors import Invalid
from listserv.i18n import N_
from listserv.store import figures as rows
from listserv.store.lists import MailingList
from listserv.usecases.figures import midnight, zone_of

# School years begin in September, and the days of teaching end with June.
BEGINS, ENDS = 9, 6
LONGEST_YEARS = 50
MONTH = re.compile(r"(\d{4})-(\d\d)")
NO_MONTH = N_("There is no such month: write it as 2026-03.")
NO_DAY = N_("There is no such day: write it as 2026-03-31.")
TURNED = N_("The first day comes after the last one.")
TOO_LONG = N_("At most fifty years at once.")


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included."""

    first: date
    last: date


def school_year_of(day: date) -> int:
    """The year in which the school year of this day began."""
    return day.year if day.month >= BEGINS else day.year - 1


def school_year(year: int) -> Period:
    """September to August."""
    return Period(date(year, BEGINS, 1), date(year + 1, BEGINS, 1) - timedelta(days=1))


def month_of(day: date) -> Period:
    """The month of this day."""
    after = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return Period(day.replace(day=1), after - timedelta(days=1))


def wanted(db: Session, mlist: MailingList, today: date, *, month: str = "", first: str = "", last: str = "") -> Period:
    """The days that somebody names; of two only one may be said. Raises Invalid with a sentence."""
    if month:
        return _month(month)
    if not first and not last:
        return so_far(db, mlist, today)
    end = _day(last) if last else today
    begin = _day(first) if first else max(date.min, school_year(school_year_of(end)).first)
    if begin > end:
        raise Invalid(TURNED)
    if end.year - begin.year > LONGEST_YEARS:
        raise Invalid(TOO_LONG)
    return Period(begin, end)


def _month(text: str) -> Period:
    found = MONTH.fullmatch(text)
    if not found or not 1 <= int(found[2]) <= 12 or not _can_be_counted(int(found[1])):
        raise Invalid(NO_MONTH)
    return month_of(date(int(found[1]), int(found[2]), 1))


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid(NO_DAY) from None
    if len(text) != len("2026-03-31") or not _can_be_counted(day.year):
        raise Invalid(NO_DAY)
    return day


def _can_be_counted(year: int) -> bool:
    """The ends of time have no neighbours, and zones and calendars reckon with them."""
    return 1970 <= year < 9000


def so_far(db: Session, mlist: MailingList, today: date) -> Period:
    """The school year until today, from the first month with anything in it where the list is younger than that.

    Where nothing has been written in it: the last school year in which something was, up to the last day with anything. A
    history that was just brought here is shown so, and not an empty page.
    """
    year = school_year(school_year_of(today))
    now, past = _ends(db, mlist, Period(year.first, today)), _ends(db, mlist, Period(date(1970, 1, 1), year.first - timedelta(days=1)))
    if past.said is None or now.said is not None:
        known = now.all or Period(max(year.first, _made(db, mlist, today)), today)
        return Period(year.first if past.all else known.first.replace(day=1), today)
    year = school_year(school_year_of(past.said.last))
    within = _ends(db, mlist, year).all or year
    older = past.all is not None and past.all.first < year.first
    return Period(year.first if older else within.first.replace(day=1), within.last)


def _made(db: Session, mlist: MailingList, today: date) -> date:
    """The month in which the list was made."""
    return min(today, mlist.created_at.astimezone(zone_of(db)).date()).replace(day=1)


@dataclass(frozen=True, slots=True)
class _Ends:
    """The first and the last day on which something was written; on which something was written or read."""

    said: Period | None
    all: Period | None


def _ends(db: Session, mlist: MailingList, within: Period) -> _Ends:
    zone, after = zone_of(db), within.last + timedelta(days=1)
    found = rows.first_and_last(db, mlist.id, midnight(within.first, zone), midnight(after, zone), (within.first, after))
    said = [moment.astimezone(zone).date() for moment in found[:2] if moment]
    return _Ends(_around(said), _around([*said, *(day for day in found[2:] if day)]))


def _around(days: list[date]) -> Period | None:
    return Period(min(days), max(days)) if days else None
