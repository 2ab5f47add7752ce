"""Days in words: „do 15.08”, „until 15 August 2026”, „na dwa tygodnie”. All patterns read folded text (lower case, no diacritics)."""

import re

# Day, month, and the year where it was said; which year is meant otherwise, the reader's calendar knows.
Day = tuple[int, int, int | None]

_MONTHS = (
    "sty jan",
    "lut feb",
    "mar",
    "kwi apr",
    "maj may",
    "cze jun",
    "lip jul",
    "sie aug",
    "wrz sep",
    "paz oct",
    "lis nov",
    "gru dec",
)
MONTHS = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}
LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTH = rf"(?P<month>(?:{'|'.join(MONTHS)})[a-z]{{0,9}})\.?"
_YEAR = r"(?:,?\s+(?P<year>20\d\d))?"
_UNTIL = r"\b(?:do|az do|until|till|through)\s+(?:dnia\s+|the\s+)?"
DAYS = (
    re.compile(rf"{_UNTIL}(?P<year>20\d\d)-(?P<month>\d\d?)-(?P<day>\d\d?)\b"),
    re.compile(rf"{_UNTIL}(?P<day>\d\d?)\s?[./-]\s?(?P<month>\d\d?)(?:\s?[./-]\s?(?P<year>(?:20)?\d\d))?(?!\d)"),
    re.compile(rf"{_UNTIL}(?P<day>\d\d?)(?:st|nd|rd|th|\.)?\s+(?:of\s+)?{_MONTH}{_YEAR}"),
    re.compile(rf"{_UNTIL}{_MONTH}\s+(?P<day>\d\d?)(?:st|nd|rd|th)?\b{_YEAR}"),
    re.compile(rf"{_UNTIL}(?:konca|(?:the )?end of)\s+(?P<day>){_MONTH}{_YEAR}"),
)
_COUNTS = {"": 1, "a": 1, "one": 1, "jeden": 1, "dwa": 2, "two": 2, "trzy": 3, "three": 3, "cztery": 4, "four": 4, "kilka": None, "few": None}
_UNITS = {
    "dzien": 1,
    "dni": 1,
    "tydzien": 7,
    "tygodnie": 7,
    "tygodni": 7,
    "miesiac": 30,
    "miesiace": 30,
    "miesiecy": 30,
    "day": 1,
    "days": 1,
    "week": 7,
    "weeks": 7,
    "month": 30,
    "months": 30,
}
LENGTH = re.compile(rf"\b(?:na|for|przez)\s+(?:(?P<count>\d{{1,3}}|{'|'.join(word for word in _COUNTS if word)})\s+)?(?P<unit>{'|'.join(_UNITS)})\b")


def read_until(words: str) -> Day | None:
    """The day after „do” or “until”; None where there is none or the calendar has no such day."""
    for pattern in DAYS:
        found = pattern.search(words)
        if found is not None:
            return _day(found["day"], found["month"], found["year"])
    return None


def _day(day: str, month: str, year: str | None) -> Day | None:
    number = int(month) if month.isdigit() else MONTHS[month[:3]]
    last = LENGTHS[number - 1] if 1 <= number <= 12 else 0
    wanted = int(day) if day else min(last, 28 if number == 2 else 31)
    if not 1 <= wanted <= last:
        return None
    return wanted, number, (int(year) if len(year) == 4 else 2000 + int(year)) if year else None


def read_days(words: str) -> int | None:
    """How many days „na dwa tygodnie” are; None where no number is said."""
    found = LENGTH.search(words)
    if found is None:
        return None
    count = found["count"] or ""
    times = int(count) if count.isdigit() else _COUNTS[count]
    return times * _UNITS[found["unit"]] if times else None
