"""Days in words: „do 15.08”, „until 15 August 2026”, „na dwa tygodnie”. All patterns read folded text (lower case, no diacritics)."""

import re

from listserv.lazily import compiled

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
_ROMAN = ("ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
# One letter more or less is another month; January's alone is also „and”.
ROMAN = {word: number for number, word in enumerate(_ROMAN, 2)}
SEASONS = {"szkolnego": 6, "wakacji": 8}
_WEEKDAYS = (
    "poniedzialku monday",
    "wtorku tuesday",
    "srody wednesday",
    "czwartku thursday",
    "piatku friday",
    "soboty saturday",
    "niedzieli sunday",
)
WEEKDAYS = {word: number for number, words in enumerate(_WEEKDAYS) for word in words.split()}
_UNTIL_A = r"\b(?:do|az do|until|till|through)\s+"
_UNTIL = rf"{_UNTIL_A}(?:dnia\s+|the\s+|(?:{'|'.join(WEEKDAYS)}),?\s+(?:dnia\s+|the\s+)?(?=\d))?"
DAYS = (
    compiled(rf"{_UNTIL}(?P<year>20\d\d)-(?P<month>\d\d?)-(?P<day>\d\d?)\b"),
    compiled(rf"{_UNTIL}(?P<day>\d\d?)\s?[./-]\s?(?P<month>\d\d?)(?:\s?[./-]\s?(?P<year>(?:20)?\d\d))?(?!\d)"),
    compiled(rf"{_UNTIL}(?P<day>\d\d?)(?:st|nd|rd|th|\.)?\s+(?:of\s+)?{_MONTH}{_YEAR}"),
    compiled(rf"{_UNTIL}(?P<day>\d\d?)[. ]\s?(?P<month>{'|'.join(ROMAN)})\b\.?{_YEAR}"),
    compiled(rf"{_UNTIL}{_MONTH}\s+(?P<day>\d\d?)(?:st|nd|rd|th)?\b{_YEAR}"),
    compiled(rf"{_UNTIL}(?:konca|(?:the )?end of)\s+(?P<day>){_MONTH}{_YEAR}"),
    compiled(
        rf"{_UNTIL_A}(?:konca (?:tego |biezacego )?roku(?! (?:szkolnego|akademickiego))|nowego roku|(?:the )?end of (?:the |this )?year|new year)\b"
        r"(?P<day>)(?P<month>)(?P<year>)"
    ),
    # As Polish schools count: lessons end in June, holidays with August.
    compiled(rf"{_UNTIL_A}konca (?:tego |biezacego )?(?P<day>)(?P<month>roku szkolnego|(?:letnich )?wakacji)\b(?P<year>)"),
    # „1–15.08”
    compiled(r"(?<![\d.])\d\d?(?:\.\d\d?)?\.?\s?[-–]\s?(?P<day>\d\d?)\.(?P<month>\d\d?)(?:\.(?P<year>20\d\d))?(?![\d-])"),
)
_COUNTS = {
    **dict.fromkeys(("", "a", "an", "one", "jeden", "jednego", "najblizszy", "najblizsze", "caly", "the next"), 1),
    **dict.fromkeys(("dwa", "dwoch", "dwu", "two", "a couple of"), 2),
    **dict.fromkeys(("trzy", "trzech", "three"), 3),
    **dict.fromkeys(("cztery", "czterech", "four"), 4),
    **dict.fromkeys(("piec", "pieciu", "five"), 5),
    **dict.fromkeys(("szesc", "szesciu", "six"), 6),
    **dict.fromkeys(("siedem", "siedmiu", "seven"), 7),
    **dict.fromkeys(("osiem", "osmiu", "eight"), 8),
    **dict.fromkeys(("dziewiec", "dziewieciu", "nine"), 9),
    **dict.fromkeys(("dziesiec", "dziesieciu", "ten"), 10),
    **dict.fromkeys(("kilka", "kilku", "few", "a few"), None),
}
_UNITS = {
    "dzien": 1,
    "dni": 1,
    "tydzien": 7,
    "tygodnie": 7,
    "tygodni": 7,
    "tygodniu": 7,
    "tyg": 7,
    "mies": 30,
    "pol roku": 182,
    "half a year": 182,
    "rok": 365,
    "roku": 365,
    "year": 365,
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
LENGTH = compiled(rf"\b(?:na|for|przez)\s+(?:okres\s+)?(?:(?P<count>\d{{1,3}}|{'|'.join(word for word in _COUNTS if word)})\s+)?(?P<unit>{'|'.join(_UNITS)})\b")

WEEKDAYS |= {"konca tygodnia": 6, "the end of the week": 6, "end of the week": 6}
WEEKDAY = compiled(rf"{_UNTIL_A}(?P<weekday>{'|'.join(WEEKDAYS)})\b")
TOMORROW = compiled(rf"{_UNTIL}(?:jutra|tomorrow)\b")
# Any of them, without the names of its parts.
TIME = compiled("|".join(f"(?:{re.sub(r'[?]P<[a-z]+>', '?:', pattern.pattern)})" for pattern in (*DAYS, LENGTH, WEEKDAY, TOMORROW)))


def read_weekday(words: str) -> int | None:
    """The weekday after „do” or “until”, 0 for Monday; which date that is, the reader's calendar knows."""
    found = WEEKDAY.search(words)
    return WEEKDAYS[found["weekday"]] if found else None


def read_until(words: str) -> Day | None:
    """The day after „do” or “until”; None where there is none or the calendar has no such day."""
    for pattern in DAYS:
        found = pattern.search(words)
        if found is not None:
            return _day(found["day"], found["month"], found["year"])
    return None


def _day(day: str, month: str, year: str | None) -> Day | None:
    month = month or "12"
    number = int(month) if month.isdigit() else ROMAN.get(month) or SEASONS.get(month.split()[-1]) or MONTHS[month[:3]]
    last = LENGTHS[number - 1] if 1 <= number <= 12 else 0
    wanted = int(day) if day else min(last, 28 if number == 2 else 31)
    if not 1 <= wanted <= last:
        return None
    return wanted, number, (int(year) if len(year) == 4 else 2000 + int(year)) if year else None


def read_days(words: str) -> int | None:
    """How many days „na dwa tygodnie” are; None where no number is said."""
    if TOMORROW.search(words):
        return 2
    found = LENGTH.search(words)
    if found is None:
        return None
    count = found["count"] or ""
    times = int(count) if count.isdigit() else _COUNTS[count]
    return times * _UNITS[found["unit"]] if times else None
