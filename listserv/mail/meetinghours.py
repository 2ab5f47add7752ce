"""From when to when people meet, or how long, anywhere in a sentence. Folded text, from which dates have been taken out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta

from listserv.lazily import compiled
from listserv.mail.daywords import MONTHS
from listserv.mail.meetingwhen import Span

_SMALL = {ord(small): str(number) for number, small in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
_MINUTE = r"[0-5]\d|[⁰¹²³⁴⁵][⁰¹²³⁴⁵⁶⁷⁸⁹]"
_HALF = r"(?:\s?(?P<{0}>a\.?m\b\.?|p\.?m\b\.?))?"


def _clock(suffix: str = "") -> str:
    half = _HALF.format(f"half{suffix}")
    return rf"(?P<hour{suffix}>[01]?\d|2[0-4])(?:[:.]?(?P<minute{suffix}>{_MINUTE}))?(?:\s?-?(?:tej|ej|stej)\b)?{half}(?:\s?h\b)?"


_HOURS = (
    "pierwszej drugiej trzeciej czwartej piatej szostej siodmej osmej dziewiatej dziesiatej jedenastej dwunastej trzynastej czternastej pietnastej szesnastej"
)
_LATE = "siedemnastej osiemnastej dziewietnastej dwudziestej"
HOURS = {word: number for number, word in enumerate(f"{_HOURS} {_LATE}".split(), 1)}
_MARK = (
    r"(?:\b(?:w )?godz(?:inach|inami|inie|ina|iny|\.)?[:\s]*(?:od\s+)?|\bg\.\s?|\b(?:o|od|at|from|start|poczatek|startujemy o|time|between"
    r"|miedzy)[:\s]+(?:godz(?:iny|inie|\.)?\s*)?)"
)
_UNTIL = r"\s*(?:-|–|—|\bdo(?:\s+(?:ok(?:olo|\.)?\s*)?godz(?:iny|\.)?)?|\bto|\buntil|\btill|\band|\ba)\s*"
_END = r"(?![\d:]|[.,]\d|\s?(?:osob|miejsc|seats|people|zl|min|godzin|hours?|h\b|%|lat\b))"
RANGES = (
    compiled(rf"{_MARK}{_clock()}{_UNTIL}{_clock('2')}{_END}"),
    compiled(rf"(?<![\d.:])(?P<hour>[01]?\d|2[0-4])[:.](?P<minute>{_MINUTE})(?:\s?(?P<half>a\.?m\b\.?|p\.?m\b\.?))?{_UNTIL}{_clock('2')}{_END}"),
    compiled(
        r"(?<![\d.:])(?P<hour>1?\d)(?P<minute>)(?:\s?(?P<half>[ap]\.?m\b\.?))?\s?[-–—]\s?(?P<hour2>1?\d)(?:[:.](?P<minute2>[0-5]\d))?\s?(?P<half2>a\.?m\b\.?|p\.?m\b\.?)"
    ),
)
TIMES = (
    compiled(rf"{_MARK}{_clock()}{_END}"),
    compiled(r"(?<![\d.:])(?P<hour>1?\d)(?:[:.](?P<minute>[0-5]\d))?\s?(?P<half>a\.?m\b\.?|p\.?m\b\.?)"),
    compiled(rf"(?<![\d.:])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::\d\d)?(?P<half>){_END}"),
    compiled(rf"(?<![\d.:])(?P<hour>[01]?\d|2[0-3])(?P<minute>[⁰¹²³⁴⁵][⁰¹²³⁴⁵⁶⁷⁸⁹])(?P<half>){_END}"),
    compiled(rf"(?<![\d.:])(?P<hour>0?[5-9]|1\d|2[0-3])\.(?P<minute>00|05|10|15|20|30|40|45|50)(?P<half>){_END}(?!\.\d)"),
)
IN_WORDS = compiled(rf"\bo(?:\s+godzinie)?\s+(?P<word>{'|'.join(HOURS)})(?P<more>\s+trzydziesci)?\b|\b(?P<noon>w (?:samo )?poludnie|at noon|at midday)\b")
UNTIL = compiled(
    r"\b(?:do|until|till|koniec|zakonczenie|konczymy|ends?(?: at)?)[:\s]+(?:ok(?:olo|\.)?\s*)?(?:godz(?:iny|\.)?\s*"
    rf"|o\s+(?:godz\.?\s*)?)?{_clock()}{_END}(?!\s*(?:[./]|{'|'.join(MONTHS)}))"
)
_NUMBERS = {"an": 1, "a": 1, "jedna": 1, "one": 1, "two": 2, "dwie": 2, "three": 3, "trzy": 3, "four": 4, "cztery": 4, "five": 5, "piec": 5}
LENGTH = compiled(
    r"(?<![\d:.,-])(?P<hours>\d\d?(?:[.,]\d\d?)?)\s?(?:godz(?:in[yaeę]?|\.)?|h(?:ours?|rs?)?)(?![a-z])(?!\s?\d\d?[.:])(?:\s?(?:i "
    r"|and )?(?P<also>[0-5]?\d)\s?(?:min(?:ut[aye]?|utes?|\.)?)?(?![.:\d]))?"
    rf"|\b(?P<word>{'|'.join(_NUMBERS)})\s(?:godzin[yae]?|hours?)\b(?P<wordhalf> and a half)?"
    r"|(?<![\d.:])(?P<minutes>\d{2,3})\s?(?:min(?:ut[aye]?|utes?|\.)?)(?![a-z])|\b(?P<oneandhalf>poltor(?:ej|a) godziny)|\b(?P<half>pol godziny|half an hour)"
    r"|\b(?:potrwa|trwa|przez|for)\s+(?:ok(?:olo|\.)?\s*)?(?P<one>godzine)\b|\b(?P<whole>caly dzien|whole day|all day)\b"
)


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when, or how long, as far as it was said."""

    start: time | None = None
    end: time | None = None
    length: timedelta | None = None


def read_hours(text: str) -> tuple[Hours, list[Span]]:
    """Hours in a text from which dates have been taken out."""
    for pattern in RANGES:
        for found in pattern.finditer(text):
            pair = _pair(found)
            if pair:
                return Hours(*pair), [found.span()]
    spans = list[Span]()
    length, where = _length(text)
    rest = text if where is None else _blanked(text, where)
    end, at_end = next(_times((UNTIL,), rest), (None, None))
    rest = rest if at_end is None else _blanked(rest, at_end)
    start, at_start = next(_times(TIMES, rest), (None, None))
    worded = IN_WORDS.search(rest) if start is None else None
    if worded:
        start, at_start = _in_words(worded), worded.span()
    spans = [one for one in (where, at_end, at_start) if one]
    return Hours(start, end, length), spans


def _blanked(text: str, span: Span) -> str:
    return text[: span[0]] + " " * (span[1] - span[0]) + text[span[1] :]


def _in_words(found: re.Match[str]) -> time:
    return time(12) if found["noon"] else time(HOURS[found["word"]], 30 if found["more"] else 0)


def _times(patterns: tuple[re.Pattern[str], ...], text: str) -> Iterator[tuple[time, Span]]:
    for pattern in patterns:
        for found in pattern.finditer(text):
            # A day ends at 24; nothing begins then.
            late = patterns is TIMES and found["hour"] == "24"
            made = None if late else _time(found["hour"], found["minute"], found["half"])
            if made is not None:
                yield made, found.span()


def _pair(found: re.Match[str]) -> tuple[time, time] | None:
    half, half2 = found["half"] or "", found["half2"] or ""
    end = _time(found["hour2"], found["minute2"], half2)
    start = _time(found["hour"], found["minute"], half or half2)
    if half2.startswith("p") and not half and start and end and start > end:
        start = _time(found["hour"], found["minute"], "am")
    return (start, end) if start is not None and end is not None else None


def _time(hour: str, minute: str | None, half: str | None) -> time | None:
    number, minutes = int(hour), int((minute or "0").translate(_SMALL))
    if half:
        if not 1 <= number <= 12:
            return None
        number = number % 12 + (12 if half.startswith("p") else 0)
    return time(number % 24, minutes) if minutes < 60 else None


def _length(text: str) -> tuple[timedelta | None, Span | None]:
    found = LENGTH.search(text)
    if found is None:
        return None, None
    if found["hours"]:
        minutes = round(float(found["hours"].replace(",", ".")) * 60) + int(found["also"] or 0)
    elif found["word"]:
        minutes = 60 * _NUMBERS[found["word"]] + (30 if found["wordhalf"] else 0)
    elif found["whole"]:
        minutes = 8 * 60
    else:
        minutes = int(found["minutes"] or (90 if found["oneandhalf"] else 30 if found["half"] else 60))
    return (timedelta(minutes=minutes), found.span()) if 0 < minutes <= 14 * 24 * 60 else (None, None)
