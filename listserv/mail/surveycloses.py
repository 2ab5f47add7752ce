"""Until when answers are awaited, in words: „do 20 marca godz. 20”, „do piątku”, “until 20 March, 8 pm”. Folded text."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from listserv.mail.daywords import DAYS, LENGTH, TOMORROW, WEEKDAY, read_days, read_until, read_weekday

# The end of the day that was said.
LAST_MINUTE = time(23, 59)
HOUR = re.compile(
    r"\s*,?\s*(?:(?:do|o|at|by|till|until)\s+)?(?:godz(?:iny|ina|\.)?\s*)?"
    r"(?P<hour>[01]?\d|2[0-3])(?:[:.](?P<minute>[0-5]\d))?(?:\s?(?P<half>am|pm)\b)?(?![\d/])"
)
AT = re.compile(r"\s*,?\s*(?:(?:do|o|at|by|till|until)\b|godz|\d{1,2}[:.][0-5]\d|\d{1,2}\s?(?:am|pm)\b)")
BY = re.compile(r"\bby (?=\d|the \d|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|tomorrow)")
NOON = re.compile(r"\s*,?\s*(?:do |w )?(?:poludni\w|noon)")
GONE = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Closes:
    """A day as it was said, and an hour; `said`: the words."""

    said: str
    day: int | None = None
    month: int | None = None
    year: int | None = None
    weekday: int | None = None
    days: int | None = None
    at: time = LAST_MINUTE

    def on(self, now: datetime) -> datetime | None:
        """That moment, as the clock on the wall shows it; None where the calendar has no such day."""
        if self.days is not None:
            return datetime.combine(now.date() + timedelta(days=self.days), self.at)
        if self.weekday is not None:
            ahead = (self.weekday - now.weekday()) % 7
            moment = datetime.combine(now.date() + timedelta(days=ahead), self.at)
            return moment if moment > now else moment + timedelta(days=7)
        return self._on_date(now)

    def _on_date(self, now: datetime) -> datetime | None:
        years = (self.year,) if self.year else (now.year - 1, now.year, now.year + 1)
        known = [datetime.combine(day, self.at) for year in years if (day := _date(year, self.month or 0, self.day or 0))]
        if self.year:
            return known[0] if known else None
        return next((one for one in known if one >= now - GONE), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_closes(folded: str) -> Closes | None:
    """The first such moment in a folded text."""
    # As long as it was, so that places in it are places in the text.
    text = BY.sub("do ", folded)
    day = next((found for pattern in DAYS[:-1] if (found := pattern.search(text))), None)
    if day and (until := read_until(day[0])):
        end, at = _hour(text, day)
        return Closes(folded[day.start() : end], until[0], until[1], until[2], at=at)
    for pattern in (WEEKDAY, TOMORROW):
        if found := pattern.search(text):
            end, at = _hour(text, found)
            weekday = read_weekday(found[0])
            return Closes(folded[found.start() : end], weekday=weekday, days=1 if weekday is None else None, at=at)
    found = LENGTH.search(text)
    days = read_days(found[0]) if found else None
    return Closes(folded[found.start() : found.end()], days=days) if found and days else None


def _hour(text: str, found: re.Match[str]) -> tuple[int, time]:
    """Where the words with the hour behind them end, and it."""
    noon = NOON.match(text, found.end())
    if noon:
        return noon.end(), time(12)
    hour = HOUR.match(text, found.end()) if AT.match(text, found.end()) else None
    if hour is None:
        return found.end(), LAST_MINUTE
    number = int(hour["hour"])
    if hour["half"]:
        number = number % 12 + (12 if hour["half"] == "pm" else 0)
    return hour.end(), time(number, int(hour["minute"] or 0))
