"""The words around what was found, with what was found marked. Values only: who shows them escapes them."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from listserv.words.folding import SIGNS, fold, fold_in_place

# In characters.
AROUND, WHOLE = 240, 320
LONGEST = 40_000
QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)


class Part(NamedTuple):
    """Some text, and whether it is what was found."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Sought:
    """What was looked for: forms (folded), beginnings, and rows of words."""

    forms: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()
    phrases: frozenset[tuple[str, ...]] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.forms or self.beginnings or self.phrases)


def as_shown(text: str) -> str:
    """Text in which every letter is one character; signs stay what they are (`…`, `½`), because it is shown."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def spans(text: str, sought: Sought) -> list[tuple[int, int]]:
    """Where in a text (composed) stands what was looked for."""
    if not sought:
        return []
    found = sorted(one.span() for one in _pattern(sought).finditer(fold_in_place(text)))
    if sought.phrases:
        found = sorted({*found, *(one.span() for one in _rows(sought).finditer(fold_in_place(text)))})
    return found


# Letters and digits of scripts that put spaces between words.
LETTER = rf"[^\W_{SIGNS}]"


@lru_cache(maxsize=64)
def _pattern(sought: Sought) -> re.Pattern[str]:
    parts = [*map(re.escape, sorted(sought.forms)), *(f"{re.escape(start)}{LETTER}*" for start in sought.beginnings)]
    return _word_of(parts)


@lru_cache(maxsize=64)
def _rows(sought: Sought) -> re.Pattern[str]:
    return _word_of([r"[\W_]*".join(map(re.escape, phrase)) for phrase in sorted(sought.phrases)])


def _word_of(parts: list[str]) -> re.Pattern[str]:
    # Where a sign of a script without spaces stands alone, it need not be bounded.
    alone = [part for part in parts if re.fullmatch(f"[{SIGNS}]+", part)]
    bounded = [part for part in parts if part not in alone]
    either = ([rf"(?<!{LETTER})(?:{'|'.join(bounded)})(?!{LETTER})"] if bounded else []) + alone
    return re.compile("|".join(either) or r"(?!)")


def marked(text: str, sought: Sought) -> tuple[Part, ...]:
    """The whole text in parts."""
    text = as_shown(text)
    return _parts(text, spans(text, sought), 0, len(text))


def excerpt(text: str, sought: Sought) -> tuple[tuple[Part, ...], bool]:
    """One stretch of a mail's text where most of what was looked for stands together, and whether there is any; its beginning where there is none."""
    text = QUOTED.sub("", text[:LONGEST]) if ">" in text else text[:LONGEST]
    line = " ".join(as_shown(text).split())
    places = spans(line, sought)
    start = _densest(places, line, sought)
    start, end = _window(line, start)
    parts = _parts(line, places, start, end)
    return (*((Part("… ", False),) if start else ()), *parts, *((Part(" …", False),) if end < len(line) else ())), bool(places)


def _densest(places: Sequence[tuple[int, int]], line: str, sought: Sought) -> int:
    """Where the stretch begins that holds the most different words."""
    best, most = 0, (0, 0)
    for index, (start, _) in enumerate(places):
        near = [fold(line[a:b]) for a, b in places[index : index + 12] if b <= start + AROUND]
        worth = (len(set(near)), len(near))
        if worth > most:
            best, most = start, worth
    return best


def _window(line: str, start: int) -> tuple[int, int]:
    if len(line) <= WHOLE:
        return 0, len(line)
    begin = max(0, min(start - 60, len(line) - AROUND))
    # At the edges of words.
    begin = line.find(" ", begin) + 1 if begin and " " in line[begin : begin + 50] else begin
    end = min(len(line), begin + AROUND)
    cut = line.rfind(" ", begin, end) if end < len(line) else end
    return begin, cut if cut > begin + AROUND // 2 else end


def _parts(text: str, places: Sequence[tuple[int, int]], start: int, end: int) -> tuple[Part, ...]:
    made, at = [], start
    for begin, stop in places:
        if begin < at or stop > end:
            continue
        made += [Part(text[at:begin], False)] * (begin > at) + [Part(text[begin:stop], True)]
        at = stop
    return (*made, Part(text[at:end], False)) if at < end else tuple(made)
