"""On which day people meet, anywhere in a sentence. Folded text; nothing is guessed.

The reader gives what it found and where it stood, so that the rest of the words can be read for what else they say.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from listserv.lazily import compiled
from listserv.mail.daywords import LENGTHS, MONTHS, ROMAN

Span = tuple[int, int]

WEEKDAYS = (
    r"pn|pon(?:iedzial(?:ek|ku|kiem))?|mon(?:day)?",
    r"wt(?:or(?:ek|ku|kiem))?|tue(?:s(?:day)?)?",
    r"sr(?:od(?:a|e|y))?|wed(?:nesday)?",
    r"czw(?:art(?:ek|ku|kiem))?|thu(?:rs?(?:day)?)?",
    r"pt|piat(?:ek|ku|kiem)|fri(?:day)?",
    r"sob(?:ot(?:a|e|y))?|sat(?:urday)?",
    r"nd|niedz(?:iel(?:a|e|i))?|sun(?:day)?",
)
_DAY = "|".join(f"(?P<d{number}>{names})" for number, names in enumerate(WEEKDAYS))
WEEKDAY = compiled(rf"\b(?:{_DAY})\b\.?(?![a-z])")
_MONTH = rf"(?P<month>(?:{'|'.join(MONTHS)})[a-z]{{0,9}})\b\.?"
_YEAR = r"(?:,?\s+(?P<year>20\d\d))?(?:\s?r(?:\.|oku)?(?![a-z]))?"
DATES = (
    compiled(r"(?<!\d)(?P<year>20\d\d)[-./](?P<month>\d\d?)[-./](?P<day>\d\d?)(?!\d)(?:t(?=\d\d:))?"),
    compiled(r"(?<![\d.:])(?P<day>\d\d?)\s?[./-]\s?(?P<month>\d\d?)\s?[./-]\s?(?P<year>20\d\d|[2-9]\d)(?![\d:])(?:\s?r(?:\.|oku)?(?![a-z]))?"),
    compiled(rf"(?<![\d.:])(?P<day>\d\d?)(?:st|nd|rd|th|\.|-?go)?\s+(?:of\s+)?{_MONTH}{_YEAR}"),
    compiled(rf"\b{_MONTH}\s+(?P<day>\d\d?)(?:st|nd|rd|th)?\b(?![:.]\d){_YEAR}"),
    compiled(rf"(?<![\d.:])(?P<day>\d\d?)[. ]\s?(?P<month>{'|'.join(ROMAN)})\b\.?{_YEAR}"),
    # „12.03” alone may be an hour: a weekday, „dnia”, a dot behind it, or an hour of its own says that it is none.
    compiled(
        rf"(?:\b(?:dnia|dniu|termin\w*|data|date|{'|'.join(WEEKDAYS)})\b\.?[\s,:(]+)(?P<day>\d\d?)\s?[./]\s?(?P<month>0?[1-9]"
        r"|1[0-2])(?P<year>)(?![\d:])\.?(?:\s?r\.)?"
    ),
    compiled(r"(?<![\d.:])(?P<day>\d\d?)[./](?P<month>0[1-9]|1[0-2])(?P<year>)\.?(?=[\s,;]+(?:o |o godz|godz|g\.|at |\d\d?[:.]\d\d))"),
)
_RELATIVE = {
    "dzis": 0,
    "dzisiaj": 0,
    "today": 0,
    "jutro": 1,
    "tomorrow": 1,
    "pojutrze": 2,
    "za tydzien": 7,
    "in a week": 7,
    "za dwa tygodnie": 14,
    "in two weeks": 14,
    "the day after tomorrow": 2,
}
RELATIVE = compiled(rf"\b(?P<said>{'|'.join(sorted(_RELATIVE, key=len, reverse=True))})\b")
NEXT = compiled(
    r"\b(?P<which>(?:w |we |on )?(?:najblizsz\w+ |(?P<other>przyszl\w+ |nastepn\w+ |next )|this |ten |te |ta )|we? "
    rf"|on )(?P<name>{'|'.join(WEEKDAYS)})\b\.?"
)
# Between a weekday and its date.
BESIDE = compiled(r"[\s,.(/–-]*(?:(?:w )?dni(?:a|u)|the)?[\s,.(/–-]*")


@dataclass(frozen=True, slots=True)
class Day:
    """A day as it was said. Without a year it comes every year; `weekday`: what stands beside it; `offset` and `next`: seen from the day it is said."""

    day: int = 0
    month: int = 0
    year: int | None = None
    weekday: int | None = None
    offset: int | None = None
    # „Przyszły czwartek” may be either of two.
    two: bool = False

    def on(self, today: date) -> date | None:
        """The day that is meant, from today on where no year was said; None where the calendar has none."""
        if self.offset is not None:
            return today + timedelta(days=self.offset)
        if not self.day:
            return today + timedelta(days=((self.weekday or 0) - today.weekday() - 1) % 7 + 1)
        years = (self.year,) if self.year else range(today.year, today.year + 9)
        known = [date(year, self.month, self.day) for year in years if _exists(year, self.month, self.day)]
        return next((one for one in known if self.year or one >= today), None)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def read_day(text: str) -> tuple[Day, Span] | None:
    """The first day in the text and where it stands, the weekday beside it included."""
    for pattern in DATES:
        for found in pattern.finditer(text):
            made = _day(found)
            if made:
                return _with_weekday(text, made, found.span())
    relative = RELATIVE.search(text)
    following = NEXT.search(text)
    named = following or WEEKDAY.search(text)
    if relative and (not named or relative["said"].startswith(("dzis", "jutr", "poju", "tod", "tom", "the"))):
        return _with_weekday(text, Day(offset=_RELATIVE[relative["said"]]), relative.span())
    if named is None or (following is None and len(named[0]) < 4):
        return None
    weekday = _weekday(following["name"] if following else named[0])
    return Day(weekday=weekday, two=relative is not None or bool(following and following["other"])), named.span()


def _day(found: re.Match[str]) -> Day | None:
    said, year = found["month"], found["year"]
    month = int(said) if said.isdigit() else ROMAN.get(said) or MONTHS[said[:3]]
    day = int(found["day"])
    # The 31st of February is a day that somebody meant; the 40th is none.
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    return Day(day, month, (int(year) if len(year) == 4 else 2000 + int(year)) if year else None)


def is_nowhere(day: Day) -> bool:
    """Has no year such a day, as the 31st of April?"""
    return bool(day.day) and day.day > LENGTHS[day.month - 1]


def _weekday(name: str) -> int:
    found = WEEKDAY.fullmatch(name)
    return next(number for number in range(7) if found and found[f"d{number}"])


def _with_weekday(text: str, day: Day, span: Span) -> tuple[Day, Span]:
    """With the weekday that stands right before or behind it."""
    inside = WEEKDAY.search(text, span[0], span[1])
    for found in [inside] if inside else WEEKDAY.finditer(text):
        before, behind = text[found.end() : span[0]], text[span[1] : found.start()]
        if inside or (found.end() <= span[0] and BESIDE.fullmatch(before)) or (found.start() >= span[1] and BESIDE.fullmatch(behind)):
            made = Day(day.day, day.month, day.year, _weekday(found[0]), day.offset)
            return made, (min(span[0], found.start()), max(span[1], found.end()))
    return day, span
