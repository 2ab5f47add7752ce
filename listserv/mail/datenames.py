"""„Najlepiej czwartek”, „12 marca”, “Tuesday the 17th”: days that an answer names instead of giving their numbers."""

import re
from collections.abc import Sequence
from datetime import datetime

from listserv.mail.daywords import MONTHS
from listserv.mail.folding import fold

_WEEKDAYS = (
    "poniedzial(?:ek|ku|ki)|monday|mon",
    "wtor(?:ek|ku|ki)|tuesday|tue",
    "srod(?:a|e|y)|wednesday|wed",
    "czwart(?:ek|ku|ki)|thursday|thu",
    "piat(?:ek|ku|ki)|friday|fri",
    "sobot(?:a|e|y)|saturday|sat",
    "niedziel(?:a|e|i)|sunday|sun",
)
WEEKDAYS = tuple(re.compile(names) for names in _WEEKDAYS)
_MONTH = rf"(?:{'|'.join(MONTHS)})[a-z]{{0,9}}"
_DATE = (
    rf"(?:(?P<day>\d\d?)(?:st|nd|rd|th)?\.?\s*(?:of\s+)?(?P<month>{_MONTH})|(?P<written>\d\d?[./]\d\d?)(?![\d./-])"
    rf"|(?P<english>{_MONTH})\s+(?:the\s+)?(?P<after>\d\d?)(?:st|nd|rd|th)?)\b\.?(?:,?\s*20\d\d)?"
)
_HOUR = r"(?:,?\s*(?:o\s+|at\s+)?(?:godz\w*\.?\s*)?(?P<hour>\d\d?)[.:](?P<minute>\d\d)(?:\s?[–-]\s?\d\d?[.:]\d\d)?(?: czasu polskiego)?(?!\d|\.\d))?"
_WEEKDAY = rf"(?P<weekday>{'|'.join(_WEEKDAYS)})\b"
_ALONE = _DATE.replace("?P<", "?P<only_")
NAMED = re.compile(rf"(?<![\w./:-])(?:(?P<number>\d\d?)[.)]\s*)?(?:(?:w|we|on|the)\s+)?(?:{_WEEKDAY}(?:,?\s+(?:dnia\s+|the\s+)?{_DATE})?|{_ALONE}){_HOUR}")


def numbered(reply: str, starts: Sequence[datetime]) -> str:
    """An answer with the numbers of the days that it names, where each fits one of these dates alone; the first is number 1.

    What fits none of them, or several, stays as it is.
    """
    text = fold(reply)
    if len(text) != len(reply):
        return reply
    made, at = [], 0
    for found in NAMED.finditer(text):
        fits = [number for number, start in enumerate(starts, 1) if _fits(found, start)]
        if len(fits) == 1 and found["number"] in (None, str(fits[0])):
            made += [reply[at : found.start()], str(fits[0])]
            at = found.end()
    return "".join([*made, reply[at:]])


def _fits(found: re.Match[str], start: datetime) -> bool:
    if found["weekday"] and not WEEKDAYS[start.weekday()].fullmatch(found["weekday"]):
        return False
    if found["hour"] and (int(found["hour"]), int(found["minute"])) != (start.hour, start.minute):
        return False
    said = _day_and_month(found, "") or _day_and_month(found, "only_")
    return said is None or said == (start.day, start.month)


def _day_and_month(found: re.Match[str], which: str) -> tuple[int, int] | None:
    if written := found[f"{which}written"]:
        day, month = re.split(r"[./]", written)
        return int(day), int(month)
    if name := found[f"{which}month"] or found[f"{which}english"]:
        return int(found[f"{which}day"] or found[f"{which}after"]), MONTHS[name[:3]]
    return None
