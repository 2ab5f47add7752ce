"""The rules of a time zone as a calendar carries them along (RFC 5545 section 3.6.5), made of the zone data of this computer.

Yearly rules where the zone keeps to them: some calendars understand nothing else. Otherwise each change stands by itself.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Change:
    """Clocks are changed: at this time by the clocks before it, from one offset to another."""

    wall: datetime
    before: timedelta
    after: timedelta
    summer: bool
    name: str

    @property
    def rule(self) -> tuple[int, int, int, timedelta, timedelta, bool]:
        """Month, which weekday of it (-1: the last one), weekday; with the offsets: alike in each year where there is a rule."""
        last = self.wall.day + 7 > monthrange(self.wall.year, self.wall.month)[1]
        return self.wall.month, -1 if last else (self.wall.day - 1) // 7 + 1, self.wall.weekday(), self.before, self.after, self.summer


@lru_cache(maxsize=64)
def lines(name: str, year: int) -> str:
    """A VTIMEZONE of this zone that holds from the year before until two years after (CRLF)."""
    zone = ZoneInfo(name)
    years = [_changes(zone, one) for one in range(year - 1, year + 3)]
    parts = ["BEGIN:VTIMEZONE", f"TZID:{name}"]
    if not any(years):
        begin = datetime(1970, 1, 1, tzinfo=zone)
        at = datetime(year, 1, 1, tzinfo=zone)
        offset = at.utcoffset() or timedelta()
        parts += _observance(Change(begin.replace(tzinfo=None), offset, offset, summer=False, name=at.tzname() or name), "")
    elif len(years[0]) == 2 and all([change.rule for change in one] == [change.rule for change in years[0]] for one in years):
        for change in years[0]:
            month, which, weekday, *_ = change.rule
            parts += _observance(change, f"RRULE:FREQ=YEARLY;BYMONTH={month};BYDAY={which}{WEEKDAYS[weekday]}")
    else:
        first = datetime(year - 1, 1, 1, tzinfo=zone)
        offset = first.utcoffset() or timedelta()
        parts += _observance(Change(first.replace(tzinfo=None), offset, offset, bool(first.dst()), first.tzname() or name), "")
        for change in (change for one in years for change in one):
            parts += _observance(change, "")
    return "\r\n".join([*parts, "END:VTIMEZONE"]) + "\r\n"


def _observance(change: Change, rule: str) -> list[str]:
    kind = "DAYLIGHT" if change.summer else "STANDARD"
    times = [f"TZOFFSETFROM:{_offset(change.before)}", f"TZOFFSETTO:{_offset(change.after)}", f"TZNAME:{change.name}"]
    return [f"BEGIN:{kind}", f"DTSTART:{change.wall:%Y%m%dT%H%M%S}", *([rule] if rule else []), *times, f"END:{kind}"]


def _offset(offset: timedelta) -> str:
    seconds = round(offset.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    return f"{'-' if seconds < 0 else '+'}{hours:02}{rest // 60:02}" + (f"{rest % 60:02}" if rest % 60 else "")


def _changes(zone: ZoneInfo, year: int) -> list[Change]:
    """All changes of that year, to the second: days are compared, and the hour is looked for in those that differ."""
    found, day, end = list[Change](), datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    while day < end:
        behind = day + timedelta(days=1)
        if _state(zone, day) != _state(zone, behind):
            found.append(_change(zone, day, behind))
        day = behind
    return found


def _state(zone: ZoneInfo, at: datetime) -> tuple[timedelta, bool]:
    local = at.astimezone(zone)
    return local.utcoffset() or timedelta(), bool(local.dst())


def _change(zone: ZoneInfo, early: datetime, late: datetime) -> Change:
    while late - early > timedelta(seconds=1):
        middle = (early + (late - early) / 2).replace(microsecond=0)
        early, late = (middle, late) if _state(zone, middle) == _state(zone, early) else (early, middle)
    before, (after, summer) = _state(zone, early)[0], _state(zone, late)
    return Change((late + before).replace(tzinfo=None), before, after, summer, late.astimezone(zone).tzname() or "")
