"""When something in a calendar begins: dates, times, and the time zones by their many names.

Zones are known by their IANA name, by the calendar's own rules, or by their name in Windows; in this order.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

MOST_CHANGES = 400
LONGEST_NAME = 200

WHEN = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d))?(?:[.,]\d{1,6})?\s?(Z|[+-]\d\d:?\d\d)?)?", re.IGNORECASE)
OFFSET = re.compile(r"([+-])(\d\d):?(\d\d):?(\d\d)?")
DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(slots=True)
class _Change:
    """When clocks are changed, and to which offset from UTC."""

    properties: dict[str, str] = field(default_factory=dict)
    dates: list[str] = field(default_factory=list)

    def last_before(self, at: datetime) -> datetime | None:
        """The last time it happened until then, on the clocks there."""
        return max((onset for onset in self._onsets(at) if onset <= at), default=None)

    def _onsets(self, at: datetime) -> Iterator[datetime]:
        begins = moment(self.properties.get("DTSTART", ""))
        if not isinstance(begins, datetime):
            return
        begins = begins.replace(tzinfo=None)
        yield begins
        yield from (one.replace(tzinfo=None) for one in map(moment, self.dates) if isinstance(one, datetime))
        rule = dict(pair.split("=", 1) for pair in self.properties.get("RRULE", "").upper().split(";") if "=" in pair)
        if rule.get("FREQ") != "YEARLY":
            return
        until = moment(rule.get("UNTIL", ""))
        last = min(at.year, until.year) if until else at.year
        for year in (last - 1, last):
            onset = _in_year(year, rule, begins)
            if onset is not None and onset >= begins:
                yield onset


@dataclass(slots=True)
class Rules:
    """A VTIMEZONE."""

    changes: list[_Change] = field(default_factory=list)
    dates: int = 0

    def begin(self) -> None:
        """STANDARD or DAYLIGHT begins."""
        if len(self.changes) < MOST_CHANGES:
            self.changes.append(_Change())

    def keep(self, name: str, value: str) -> None:
        """A line of the one in hand."""
        if not self.changes:
            return
        if name == "RDATE":
            found = value.split(",")[: MOST_CHANGES - self.dates]
            self.changes[-1].dates += found
            self.dates += len(found)
        else:
            self.changes[-1].properties.setdefault(name, value)

    def zone_at(self, at: datetime) -> tzinfo | None:
        """The offset that holds there at this time by the clocks there; None where nothing can be told."""
        happened = [(onset, change) for change in self.changes if (onset := change.last_before(at)) is not None]
        if happened:
            return _offset(max(happened, key=lambda one: one[0])[1].properties.get("TZOFFSETTO", ""))
        return next((_offset(change.properties.get("TZOFFSETFROM", "")) for change in self.changes), None)


def iso(value: str, name: str, rules: Mapping[str, Rules]) -> str | None:
    """A DTSTART in ISO 8601: a date, or a time with its offset, or without one where it floats; None where it is none."""
    at = moment(value)
    if not isinstance(at, datetime) or at.tzinfo is not None or not name:
        return at.isoformat() if at else None
    name = name.strip().strip('"')[:LONGEST_NAME]
    given = rules.get(name)
    zone = _by_name(name) or (given.zone_at(at) if given else None) or _by_other_name(name)
    return at.replace(tzinfo=zone).isoformat()


def moment(value: str) -> date | datetime | None:
    """A date, or a time, which floats where it says nothing else."""
    found = WHEN.fullmatch(value.strip())
    if found is None:
        return None
    year, month, day = (int(number) for number in found.group(1, 2, 3))
    try:
        if found[4] is None:
            return date(year, month, day)
        # A leap second is in no clock of ours.
        zone = UTC if found[7] in ("Z", "z") else _offset(found[7] or "")
        return datetime(year, month, day, int(found[4]), int(found[5]), min(int(found[6] or 0), 59), tzinfo=zone)
    except ValueError:
        return None


def _in_year(year: int, rule: Mapping[str, str], begins: datetime) -> datetime | None:
    """When clocks are changed in that year: „the last Sunday in March”, as such rules say it."""
    month = int(rule["BYMONTH"]) if rule.get("BYMONTH", "").isdecimal() else begins.month
    if not (1 <= month <= 12 and 1 <= year <= 9999):
        return None
    given = {int(day) for day in rule.get("BYMONTHDAY", "").split(",") if day.isdecimal() and len(day) < 3}
    days = [day for day in range(1, monthrange(year, month)[1] + 1) if not given or day in given]
    weekday = DAY.fullmatch(rule.get("BYDAY", ""))
    if weekday:
        days = [day for day in days if date(year, month, day).weekday() == DAYS.index(weekday[2])]
        number = int(weekday[1] or 1)
        days = days[number - 1 :][:1] if number > 0 else days[number:][:1]
    elif not given:
        days = [day for day in days if day == begins.day]
    return begins.replace(year=year, month=month, day=days[0]) if days else None


def _offset(given: str) -> timezone | None:
    found = OFFSET.fullmatch(given.strip())
    if found is None:
        return None
    length = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    return timezone(length if found[1] == "+" else -length) if length < timedelta(hours=24) else None


@lru_cache(maxsize=200)
def _by_name(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None


def _by_other_name(name: str) -> tzinfo | None:
    """By its name in Windows, or by an IANA name with something before it, as old Mozilla and Evolution have it."""
    words = name.replace(" ", "_").split("/")
    known = (WINDOWS_TO_OLSON.get(name, ""), *("/".join(words[-count:]) for count in (3, 2) if len(words) > 1))
    return next((zone for one in known if one and (zone := _by_name(one))), None)
