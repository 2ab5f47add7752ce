"""When an issue is to go, in words: „piątek 8:00”, „jutro o 8”, “27 November 8:00 local time”. All patterns read folded text."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from listserv.lazily import compiled
from listserv.mail.daywords import MONTHS
from listserv.mail.folding import fold, plain

_WEEKDAYS = (
    "poniedzialek pon monday mon",
    "wtorek wt tuesday tue",
    "sroda srode sr wednesday wed",
    "czwartek czw thursday thu",
    "piatek pt friday fri",
    "sobota sobote sob saturday sat",
    "niedziela niedziele niedz nd sunday sun",
)
WEEKDAYS = {word: number for number, words in enumerate(_WEEKDAYS) for word in words.split()}
OFFSETS = {"dzis": 0, "dzisiaj": 0, "today": 0, "jutro": 1, "tomorrow": 1, "pojutrze": 2, "the day after tomorrow": 2}
_MONTH = rf"(?P<month>(?:{'|'.join(MONTHS)})[a-z]{{0,9}})\.?"
_NEXT = r"(?P<next>(?:najblizsz\w+|next|this|ten|te) )?"
DAYS = tuple(
    compiled(pattern)
    for pattern in (
        rf"(?P<offset>{'|'.join(OFFSETS)})",
        rf"(?:we? |on )?{_NEXT}(?P<weekday>{'|'.join(sorted(WEEKDAYS, key=len, reverse=True))})\.?",
        r"(?:dnia |on )?(?P<year>20\d\d)-(?P<number>\d\d?)-(?P<day>\d\d?)",
        r"(?:dnia |on )?(?P<day>\d\d?)[./](?P<number>\d\d?)(?:[./](?P<year>20\d\d))?\.?(?: r\.?)?",
        rf"(?:dnia |on )?(?P<day>\d\d?)(?:st|nd|rd|th|\.)? (?:of )?{_MONTH}(?:,? (?P<year>20\d\d))?(?: r\.?)?",
        rf"(?:on )?{_MONTH} (?P<day>\d\d?)(?:st|nd|rd|th)?(?:,? (?P<year>20\d\d))?",
    )
)
HOUR = compiled(
    r"(?:(?P<at>o|at|godz\.?|o godz\.?|o godzinie|godzina|at about) )?(?P<hour>\d\d?)(?:[:.](?P<minute>\d\d))?(?: ?(?P<half>am|pm))?(?: ?(?:h|godz\.?))?"
)
LOCAL = compiled(
    r"[,(]? ?(?:czasu? (?:lokaln\w+|odbiorc\w+|miejscow\w+)|lokalnie|u (?:kazdego|odbiorcow)|(?:w strefie|strefa) (?:odbiorc\w+|kazdego)"
    r"|(?:in )?(?:their|each|every) (?:own )?"
    r"(?:reader'?s )?(?:time ?zone|zone)|local time|locally|their time)\)?"
)
USUAL = time(8, 0)
# A day without a year that is no longer gone than this was meant, and is over; one that is, comes again next year.
GONE = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class When:
    """A day and an hour as somebody said them; what was not said is None."""

    weekday: int | None = None
    offset: int | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None
    at: time | None = None
    local: bool = False

    def on(self, now: datetime) -> datetime | None:
        """The next such moment after `now`, both without a zone: as the clock on the wall shows it. None where the calendar has none."""
        hour = self.at or USUAL
        for day in self._days(now.date()):
            if datetime.combine(day, hour) > now:
                return datetime.combine(day, hour)
        return None

    def _days(self, today: date) -> list[date]:
        if self.offset is not None:
            return [today + timedelta(days=self.offset)]
        if self.weekday is not None:
            ahead = (self.weekday - today.weekday()) % 7
            return [today + timedelta(days=ahead), today + timedelta(days=ahead + 7)]
        if self.day is not None and self.month is not None:
            return self._dates(today, self.day, self.month)
        return [today, today + timedelta(days=1)]

    def _dates(self, today: date, day: int, month: int) -> list[date]:
        years = (self.year,) if self.year else (today.year - 1, today.year, today.year + 1)
        known = [date(year, month, day) for year in years if _exists(year, month, day)]
        return known if self.year else [one for one in known if one >= today - GONE][:1]

    def is_nowhere(self, now: datetime) -> bool:
        """Has the calendar no such day, as the 29th of February in most years?"""
        return not self._days(now.date())


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def read(words: str) -> When | None:
    """A moment that these words are, and nothing else; None where anything is left over or can be read in two ways."""
    text = " ".join(fold(plain(words)).split()).strip(" .!")
    shorter = LOCAL.sub("", text).strip(" ,.")
    local = shorter != text.strip(" ,.")
    for pattern in DAYS:
        for separator in (r"(?:,? (?:o |at |godz\.? |o godz\.? |o godzinie )?)", ""):
            found = re.fullmatch(f"(?:{pattern.pattern})(?:{separator or '$'}(?P<time>.+))?", shorter) if separator else pattern.fullmatch(shorter)
            when = _when(found, local) if found else None
            if when:
                return when
    found = HOUR.fullmatch(shorter)
    at = _hour(found) if found else None
    # „8” and „8.11” alone may be anything; „8:00”, „8.00” and „o 8” are hours.
    return When(at=at, local=local) if found and at is not None and (found["minute"] or found["at"] or found["half"]) and not _is_a_date(shorter) else None


def _is_a_date(text: str) -> bool:
    found = re.fullmatch(r"(\d\d?)\.(\d\d?)", text)
    return found is not None and 1 <= int(found[2]) <= 12


def _when(found: re.Match[str], local: bool) -> When | None:
    said = found.groupdict()
    at = None
    if said.get("time"):
        hour = HOUR.fullmatch(said["time"])
        at = _hour(hour) if hour else None
        if at is None:
            return None
    if said.get("offset"):
        return When(offset=OFFSETS[said["offset"]], at=at, local=local)
    if said.get("weekday"):
        return When(weekday=WEEKDAYS[said["weekday"]], at=at, local=local)
    month = int(said["number"]) if said.get("number") else MONTHS[said["month"][:3]]
    day, year = int(said["day"]), int(said["year"]) if said.get("year") else None
    # „8.11” alone is an hour or a day.
    if at is None and year is None and said.get("number") and day < 24 and len(said["number"]) == 2 and "." in found[0]:
        return None
    return When(day=day, month=month, year=year, at=at, local=local) if _exists(year or 2028, month, day) else None


def _hour(found: re.Match[str]) -> time | None:
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"] == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
