"""What somebody typed into the search box, understood. Whatever it is, it has a meaning; nothing is an error."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from listserv.words.folding import fold, words

LONGEST, MOST_TERMS = 500, 20
QUOTES = str.maketrans(dict.fromkeys("„”“«»‟＂", '"'))
PIECE = re.compile(r'(?P<no>-?)(?:(?P<name>[^\W\d_]+):)?(?:"(?P<phrase>[^"]*)"?|(?P<bare>\S+))')
# Every name that people use for a thing, folded.
NAMES = {
    "from": ("from", "author", "od", "autor", "autorka"),
    "topic": ("topic", "temat", "obszar"),
    "subject": ("subject", "title", "tytul"),
    "before": ("before", "until", "przed", "do"),
    "after": ("after", "since", "po"),
    "has": ("has", "ma", "z"),
    "in": ("in", "w"),
    "thread": ("thread", "watek"),
}
CALLED = {name: meaning for meaning, names in NAMES.items() for name in names}
FILES = {"attachment", "attachments", "file", "files", "zalacznik", "zalaczniki", "zalacznikiem", "zalacznikami", "plik", "pliki"}
THREAD = re.compile(r"(?:thread|watku|watek)?[:=/#]?(\d{1,18})?")
YEAR_FIRST = re.compile(r"(\d{4})(?:[-./](\d{1,2})(?:[-./](\d{1,2}))?)?")
DAY_FIRST = re.compile(r"(?:(\d{1,2})[-./])?(\d{1,2})[-./](\d{4})")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LEAST_BEFORE_STAR = 3


@dataclass(frozen=True, slots=True)
class Term:
    """Something to be found: a word, or words in a row; in the text, in the author's name or the subject; or an address.

    `where`: `text`, `author`, `subject`, `address` (the author's), `mention` (an address, the author's or in the text).
    """

    words: tuple[str, ...]
    where: str = "text"
    # In quotation marks: as it is written. Without: in any form.
    exact: bool = False
    # `biblio*`: how a word begins.
    open: bool = False
    negated: bool = False


class Unclear(NamedTuple):
    """Something that was asked for in a way that means nothing: which of our names (`before`), as it was typed, and what stood behind it."""

    meaning: str
    name: str
    value: str


@dataclass(slots=True)
class Query:
    """What is looked for. Days are days of the reader; `thread` 0 is the thread in which the box stood."""

    text: str = ""
    terms: list[Term] = field(default_factory=list)
    topics: list[tuple[str, bool]] = field(default_factory=list)
    before: date | None = None
    after: date | None = None
    # True: with one, False: without.
    files: bool | None = None
    thread: int | None = None
    # The text in pieces, each of which means something by itself.
    pieces: tuple[str, ...] = ()
    # Names of ours with something behind them that they do not know: looked for as words, and told to whoever asked.
    unclear: list[Unclear] = field(default_factory=list)

    @property
    def asks(self) -> bool:
        """Is anything looked for?"""
        return bool(self.terms or self.topics or self.before or self.after or self.files is not None or self.thread is not None)


def understood(text: str) -> Query:
    """What somebody looks for."""
    query = Query(" ".join(text[:LONGEST].split()))
    found = list(PIECE.finditer(query.text.translate(QUOTES)))
    query.pieces = tuple(one[0] for one in found)
    for one in found:
        _take(query, one)
    del query.terms[MOST_TERMS:]
    return query


def _take(query: Query, found: re.Match[str]) -> None:
    name, negated = CALLED.get(fold(found["name"] or "")), bool(found["no"])
    value = found["phrase"] if found["phrase"] is not None else found["bare"]
    take = TAKEN.get(name or "")
    if take and take(query, value, negated):
        return
    _note(query, found, name, value)
    if name is None and not found["name"] and found["phrase"] is None and ADDRESS.fullmatch(value):
        _add(query, value, negated, "mention", exact=True)
        return
    # `12:30` or `uwaga:jutro`: nothing that we know; then it is just words.
    whole = value if name is None and not found["name"] else f"{found['name']}:{value}"
    _add(query, whole, negated, exact=found["phrase"] is not None)


def _note(query: Query, found: re.Match[str], name: str | None, value: str) -> None:
    """What was probably meant as one of our names: `before:tomorrow`, or `from:` with nothing behind it."""
    lone = CALLED.get(fold(value.removesuffix(":"))) if not found["name"] and found["phrase"] is None and value.endswith(":") else None
    if name and value:
        query.unclear.append(Unclear(name, found["name"], value))
    elif name or lone:
        query.unclear.append(Unclear(name or lone or "", found["name"] or value.removesuffix(":"), ""))


def _add(query: Query, value: str, negated: bool, where: str = "text", exact: bool = False) -> bool:
    parts = tuple(word.lower() for word in words(value) if fold(word))
    begins = value.endswith("*") and len(parts) == 1 and len(parts[0]) >= LEAST_BEFORE_STAR
    if parts:
        query.terms.append(Term(parts, where, exact or len(parts) > 1, begins, negated))
    return bool(parts)


def _from(query: Query, value: str, negated: bool) -> bool:
    if "@" in value:
        return _add(query, value, negated, "address", exact=True)
    # `from:"Ewa Fiszka"`: both names, in whatever order the author has them.
    for word in words(value):
        _add(query, word, negated, "author")
    return True


def _subject(query: Query, value: str, negated: bool) -> bool:
    for word in words(value):
        _add(query, word, negated, "subject")
    return True


def _topic(query: Query, value: str, negated: bool) -> bool:
    if value:
        query.topics.append((value, negated))
    return bool(value)


def _before(query: Query, value: str, negated: bool) -> bool:
    day = first_day(value)
    if day:
        query.before = min(query.before or day, day)
    return day is not None


def _after(query: Query, value: str, negated: bool) -> bool:
    day = first_day(value)
    if day:
        query.after = max(query.after or day, day)
    return day is not None


def _has(query: Query, value: str, negated: bool) -> bool:
    if fold(value) not in FILES:
        return False
    query.files = not negated
    return True


def _in(query: Query, value: str, negated: bool) -> bool:
    found = THREAD.fullmatch(fold_each(value))
    if not found or not value:
        return False
    query.thread = int(found[1] or 0)
    return True


TAKEN: dict[str, Callable[[Query, str, bool], bool]] = {
    "from": _from, "topic": _topic, "subject": _subject, "before": _before, "after": _after, "has": _has, "in": _in, "thread": _in,
}  # fmt: skip


def fold_each(text: str) -> str:
    """Text with its words folded and all else as it stands."""
    return "".join(fold(letter) or letter for letter in text)


def first_day(text: str) -> date | None:
    """The first day of `2026`, `2026-03`, `2026-03-02`, `2.03.2026` or `03.2026`; None for anything else."""
    if found := YEAR_FIRST.fullmatch(text):
        year, month, day = found[1], found[2], found[3]
    elif found := DAY_FIRST.fullmatch(text):
        year, month, day = found[3], found[2], found[1]
    else:
        return None
    try:
        made = date(int(year), int(month or 1), int(day or 1))
        # The ends of time have no neighbours.
        _ = made - timedelta(400), made + timedelta(400)
    except (ValueError, OverflowError):
        return None
    return made
