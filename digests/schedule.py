"""When digests come: `daily 07:00`, `weekly mon,thu 07:00`, `monthly 1 07:00`, in a person's own zone."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from listserv.i18n import N_, clock, translations

HOW = N_("write it as: daily 07:00, weekly mon,thu 07:00, or monthly 1 07:00")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ON_DAYS = (
    N_("on Mondays"),
    N_("on Tuesdays"),
    N_("on Wednesdays"),
    N_("on Thursdays"),
    N_("on Fridays"),
    N_("on Saturdays"),
    N_("on Sundays"),
)
AND_DAYS = (N_("Mondays"), N_("Tuesdays"), N_("Wednesdays"), N_("Thursdays"), N_("Fridays"), N_("Saturdays"), N_("Sundays"))
# No month is longer; no schedule leaves a longer gap.
LONGEST = timedelta(days=32)
SHAPE = re.compile(r"(daily|weekly|monthly)(?: (\S+))? (\d{1,2}):(\d\d)")


class Every(StrEnum):
    DAY = "daily"
    WEEK = "weekly"
    MONTH = "monthly"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Days and an hour. `days`: weekdays (0 is Monday) of a weekly one, the day of the month of a monthly one."""

    every: Every
    at: time
    days: tuple[int, ...] = ()

    def __str__(self) -> str:
        names = [WEEKDAYS[day] if self.every is Every.WEEK else str(day) for day in self.days]
        return " ".join(filter(None, (self.every, ",".join(names), f"{self.at:%H:%M}")))

    def falls_on(self, day: date) -> bool:
        """Is there a digest on this day? Where a month is too short, its last day stands in."""
        if self.every is Every.WEEK:
            return day.weekday() in self.days
        if self.every is Every.MONTH:
            return day.day == min(self.days[0], monthrange(day.year, day.month)[1])
        return True


def parse(text: str) -> Schedule:
    """Read a schedule, whatever its case and spacing. Raises ValueError with a sentence for people."""
    found = SHAPE.fullmatch(re.sub(r"\s*,\s*", ",", " ".join(text.lower().split())))
    if not found or (found[1] == Every.DAY) != (found[2] is None):
        raise ValueError(HOW)
    if int(found[3]) > 23 or int(found[4]) > 59:
        raise ValueError(N_("the hour goes from 00:00 to 23:59"))
    every, at = Every(found[1]), time(int(found[3]), int(found[4]))
    if every is Every.WEEK:
        return Schedule(every, at, _weekdays(found[2]))
    if every is Every.MONTH:
        return Schedule(every, at, (_day_of_month(found[2]),))
    return Schedule(every, at)


def _weekdays(text: str) -> tuple[int, ...]:
    names = text.split(",")
    if not set(names) <= set(WEEKDAYS):
        raise ValueError(N_("the days are mon, tue, wed, thu, fri, sat, sun, with commas"))
    return tuple(sorted({WEEKDAYS.index(name) for name in names}))


def _day_of_month(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,2}", text) or not 1 <= int(text) <= 31:
        raise ValueError(N_("the day of the month goes from 1 to 31"))
    return int(text)


@lru_cache(maxsize=1024)
def next_after(schedule: Schedule, moment: datetime, zone: ZoneInfo) -> datetime:
    """The first slot later than `moment` (aware), in UTC: one for each day that the schedule names, whatever the clocks do."""
    day = moment.astimezone(zone).date()
    while True:
        slot = instant(datetime.combine(day, schedule.at), zone)
        if schedule.falls_on(day) and slot > moment:
            return slot
        day += timedelta(days=1)


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment (UTC) of a local time: the first of two where clocks go back, the first behind the gap where they go forward."""
    late = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if late.astimezone(zone).replace(tzinfo=None) == local:
        return late
    # PEP 495: inside a gap fold=0 lands behind it and fold=1 before it; the change lies between the two.
    early = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = late.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == after:
            late = middle
        else:
            early = middle
    return late


def in_words(schedule: Schedule, language: str) -> str:
    """`codziennie o 7.00`, `w poniedziałki i czwartki o 7.00`, `1. dnia miesiąca o 7.00`."""
    t = translations(language)
    facts = {"time": clock(datetime.combine(date(2000, 1, 1), schedule.at, UTC), language), "day": "".join(map(str, schedule.days[:1]))}
    if schedule.every is Every.MONTH:
        return _on_a_day_of_the_month(schedule.days[0], language) % facts
    if schedule.every is Every.DAY or len(schedule.days) == len(WEEKDAYS):
        return t.gettext("every day at %(time)s") % facts
    names = [t.gettext(ON_DAYS[schedule.days[0]]), *(t.gettext(AND_DAYS[day]) for day in schedule.days[1:])]
    return t.gettext("%(days)s at %(time)s") % {**facts, "days": listed(names, t.gettext("%(some)s and %(last)s"))}


def _on_a_day_of_the_month(day: int, language: str) -> str:
    t = translations(language)
    if day == 31:
        return t.gettext("on the last day of each month at %(time)s")
    if day > 28:
        return t.gettext("on day %(day)s of each month (or its last) at %(time)s")
    return t.gettext("on day %(day)s of each month at %(time)s")


def listed(names: list[str], pattern: str) -> str:
    """`a, b and c`; the pattern says how the last is joined on."""
    if len(names) < 2:
        return "".join(names)
    return pattern % {"some": ", ".join(names[:-1]), "last": names[-1]}
