"""How much of a text is shown at once: bounded before anything is done with it, cut where a line ends."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from listserv.mail.quotes import Piece, split

# What is nearly whole is shown whole.
SLACK = 400
# Of a text with more changes between words and quotes, the rest is left for the page of its own.
PIECES = 60
# A folded quote that is shortened keeps so many characters and lines; who wants all of it finds it with what it quotes.
QUOTE, QUOTE_LINES = 900, 12
# So many lines for each thousand characters: code and verses have short ones.
LINES = 40
# What a character becomes in HTML: a link says its address twice, and some have long names there. Ordinary texts stay far below.
LINK, NAMED, HEAVY = 80, 4, 3
# How much is looked at to find what is said between quotes.
LOOKED, LEAST_LOOKED = 3, 8_000
# Of a cut that falls within a word of this length, nothing is shown: it may be half an address.
WORD = 400


@dataclass(frozen=True, slots=True)
class Size:
    """So many characters, and so many lines."""

    characters: int
    lines: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a text, and how many characters follow behind it."""

    pieces: tuple[Piece, ...]
    # Of those pieces which are quotes cut short (by their places), how many lines they have.
    short: Mapping[int, int] = field(default_factory=dict)
    left: int = 0


def size(characters: int) -> Size:
    """A size with as many lines as such a text has at most."""
    return Size(characters, max(20, characters * LINES // 1000))


def beginning(text: str, most: Size) -> str:
    """The first lines of a text, as many as there is room for; a line that is longer than all the room ends between words."""
    return text[: end_of(text, 0, most)]


def end_of(text: str, at: int, most: Size) -> int:
    """Where such a beginning ends that begins at this place."""
    end = _fitting(text, at, most)
    while _weight(text, at, end) > HEAVY * (most.characters + SLACK):
        most = Size(most.characters // 2, most.lines // 2)
        end = _fitting(text, at, most)
    return end


def long(text: str) -> int:
    """How much room a text needs, in characters: more than it has, where its lines are short or it grows on its way."""
    return max(len(text), text.count("\n") * 1000 // LINES, _weight(text, 0, len(text)) // HEAVY)


def _weight(text: str, at: int, end: int) -> int:
    # Addresses begin with `www.`, however it is written, or hold `://`.
    links = text.count("w.", at, end) + text.count("W.", at, end) + text.count("://", at, end)
    return end - at + links * LINK + sum(text.count(letter, at, end) for letter in "<>&\"'") * NAMED


def _fitting(text: str, at: int, most: Size) -> int:
    if len(text) - at <= most.characters + SLACK and text.count("\n", at) <= most.lines:
        return len(text)
    limit = min(len(text), at + most.characters)
    lines = _lines(most.lines).match(text, at, limit)
    if lines:
        return lines.end()
    if limit == len(text):
        return limit
    end = text.rfind("\n", at, limit) + 1
    # One line for half of the room and more is cut within.
    return end if end > at + most.characters // 2 else _between_words(text, at, limit)


def parts(text: str, most: Size, many: int) -> list[int]:
    """Where the parts of a text begin, and where the last one ends; no more than so many."""
    places = [0]
    while places[-1] < len(text) and len(places) <= many:
        places.append(end_of(text, places[-1], most))
    return places if len(places) > 1 else [0, 0]


def shown(text: str, said: int) -> Shown:
    """The words of a long text with room for so many characters: long quotes go first, then what follows behind."""
    seen = beginning(text, size(max(LOOKED * said, LEAST_LOOKED)))
    pieces: list[Piece] = []
    short: dict[int, int] = {}
    left, at = size(said), 0
    for piece in split(seen)[:PIECES]:
        kept = piece.text if piece.kind == "attribution" else beginning(piece.text, _room(piece, left))
        if piece.kind == "quote" and len(kept) < len(piece.text):
            short[len(pieces)] = sum(map(bool, map(str.strip, piece.text.split("\n"))))
        pieces.append(Piece(piece.kind, kept))
        if piece.kind != "quote":
            left = Size(left.characters - len(kept), left.lines - kept.count("\n"))
        if piece.kind not in ("quote", "attribution") and len(kept) < len(piece.text):
            return Shown(tuple(pieces), short, len(text) - at - len(kept))
        at += len(piece.text)
        if left.characters <= 0 or left.lines <= 0:
            break
    return Shown(tuple(pieces), short, len(text) - at)


def _room(piece: Piece, left: Size) -> Size:
    return Size(QUOTE, QUOTE_LINES) if piece.kind == "quote" else left


def level(lengths: Iterable[int], room: int) -> int:
    """How long a text may be so that all find room together, when only the longest give way."""
    ordered = sorted(lengths)
    for number, length in enumerate(ordered):
        others = len(ordered) - number
        if length * others > room:
            return max(0, room) // others
        room -= length
    return max(ordered, default=0)


def _between_words(text: str, at: int, limit: int) -> int:
    for end in range(limit, max(at, limit - WORD), -1):
        if text[end - 1].isspace():
            return end
    # A word without end: half an address at its end would be no address to those who hide them.
    found = text.rfind("@", max(at + 1, limit - WORD), limit)
    return found if found > 0 else limit


@cache
def _lines(many: int) -> re.Pattern[str]:
    return re.compile(rf"(?:[^\n]*\n){{{many}}}")
