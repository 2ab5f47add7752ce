"""People, one a line, as somebody types them, or pastes them from a spreadsheet or an address book.

Who is written to is never guessed: an address is what reads as one, and of a line without one it is said that it has none.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from listserv.mail.address import key
from listserv.mail.commandwords import SIGN_OFF
from listserv.mail.folding import fold, plain
from listserv.mail.mailboxes import mailboxes
from listserv.mail.peoplenames import is_called, is_signed

MOST_LINES: Final = 20_000
LONGEST_LINE: Final = 1_000
LONGEST_NAME: Final = 200
LONGEST_NOTE: Final = 2_000
# Of words beside its address, a line of a list has so many at most; more are a sentence.
FEW_WORDS: Final = 5
FAREWELL_LINES: Final = 5
ADDRESS = re.compile(r"[^\s<>()\[\]{}\",;:|@]{1,128}@[^\s<>()\[\]{}\",;:|@]{1,255}")
AROUND = ".,!?'’”„`*_"
# „ – koleżanka z pracy”, „: jak rozmawiałyśmy”, behind the address.
NOTE = re.compile(r"\s+[-–—]\s+|\s+[–—]|:\s*")
BULLET = re.compile(r"\s*(?:[-*•·–—]\s+|\(?\d{1,5}[.)]\s+|\d{1,5}\s*[\t;,|]\s*)")
LABEL = re.compile(r"(?i)\b(?:adres )?e-?mail(?: address)?\s*:|\b(?:mailto|adres|address|mail|name|imi[eę](?: i nazwisko)?)\s*:")
# „"Nowa, Anna" <…>” is a name with a comma in it.
QUOTED = re.compile(r"[\"„”“]([^\"„”“\n]{1,200})[\"„”“][\s<(\[]*")
SEPARATOR = re.compile(r"[\t;,|<>()\[\]{}\"„”“]+")
CELL = re.compile(r"\s*[\t;|]\s*")
# The first row of a table.
MAILS = frozenset({"e-mail", "email", "mail", "adres", "adres e-mail", "adres email", "adres mailowy", "e-mail address", "email address", "address"})
NAMES = frozenset(
    {"imie", "imiona", "nazwisko", "imie i nazwisko", "nazwisko i imie", "osoba", "name", "first name", "last name", "surname", "full name", "display name"}
)
NOTES = frozenset({"uwagi", "dopisek", "notatka", "komentarz", "note", "notes", "comment", "remarks"})
OTHERS = frozenset({"lp", "lp.", "nr", "no", "no.", "#", "szkola", "biblioteka", "instytucja", "miejscowosc", "telefon", "school", "library", "phone", "city"})
DECORATION = " \t.,;:–—-*_"


class Why(StrEnum):
    """Why nobody can be read on a line."""

    NO_ADDRESS = "no-address"
    BAD_ADDRESS = "bad-address"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a list: where they stand in it, what they are called, where mail reaches them, and words for them alone."""

    number: int
    text: str
    name: str
    email: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A line on which nobody can be read."""

    number: int
    text: str
    why: Why


@dataclass(frozen=True, slots=True)
class People:
    """Everybody of a list in order, the lines that name nobody, the words for all that stand below, and how many lines were too many."""

    people: tuple[Person, ...] = ()
    unread: tuple[Unread, ...] = ()
    note: str = ""
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Columns:
    """What the first row of a table says of the others: in which cells the name stands, and a note."""

    names: tuple[int, ...]
    notes: tuple[int, ...]
    width: int


def people(text: str, *, whole: bool = False) -> People:
    """Read a list, and the note below it; a `whole` text is all list. Any text gives an answer."""
    every = plain(text).replace("\r", "\n").split("\n")
    lines = [line[:LONGEST_LINE] for line in every[:MOST_LINES]]
    end = len(lines) if whole else _end(lines)
    found: list[Person] = []
    unread: list[Unread] = []
    columns = None
    for number, line in enumerate(lines[:end], 1):
        if not line.strip():
            continue
        if (heading := _heading(line)) is not None:
            columns = heading
            continue
        read = _row(number, line, columns) or _line(number, line)
        found += read if isinstance(read, list) else ()
        unread += () if isinstance(read, list) else (read,)
    cut = sum(bool(line.strip()) for line in every[MOST_LINES:]) if end == len(lines) else 0
    return People(tuple(found), tuple(unread), _note(lines[end:]), cut)


def is_list(text: str) -> bool:
    """Does this begin as a list of people?"""
    first = next((line for line in plain(text).split("\n") if line.strip()), "")[:LONGEST_LINE]
    return is_person(first) or _heading(first) is not None


def is_person(line: str) -> bool:
    """Is this line somebody and nothing else: an address, with a name before or behind it, and a note set off by a dash?"""
    return _is_tight(line) and (CELL.search(line) is not None or _is_named(line))


def persons_only(text: str) -> bool:
    """Is every line of the list somebody, down to where it ends?"""
    lines = plain(text).replace("\r", "\n").split("\n")[:MOST_LINES]
    return all(is_person(line) for line in lines[: _end(lines)] if line.strip())


# ---- where the list ends ------------------------------------------------------------------------------------


def _end(lines: Sequence[str]) -> int:
    """The number of the first line that is no longer of the list: a farewell, or below a blank line what is no list any more."""
    begun = False
    for at, line in enumerate(lines):
        if begun and (SIGN_OFF.fullmatch(fold(line).strip(DECORATION)) or line.strip() == "--"):
            return at
        if begun and line.strip() and not lines[at - 1].strip() and not _goes_on(lines, at):
            return at
        begun = begun or bool(line.strip())
    return len(lines)


def _goes_on(lines: Sequence[str], at: int) -> bool:
    """Is the paragraph that begins here a part of the list? Then each of its lines is somebody, and nothing else."""
    for line in lines[at:]:
        if not line.strip():
            return True
        if not _is_tight(line):
            return False
    return True


def _is_tight(line: str) -> bool:
    """An address, perhaps with a name, a note behind it, and no sentence in front of it."""
    found = list(ADDRESS.finditer(line))
    if not found or not any(map(_address, found)):
        return False
    cells = CELL.search(line) is not None
    return cells or len(line[: found[0].start()].split()) <= FEW_WORDS and len(NOTE.split(line[found[-1].end() :])[0].split()) <= FEW_WORDS


def _is_named(line: str) -> bool:
    """Beside the address nothing but a name: „Anna Nowa”, „p. anna”; no „pisze, że przyjdzie” and no „Dw:”."""
    found = list(ADDRESS.finditer(line))
    before = SEPARATOR.sub(" ", LABEL.sub(" ", BULLET.sub("", line[: found[0].start()], count=1)))
    behind = SEPARATOR.sub(" ", LABEL.sub(" ", NOTE.split(f" {line[found[-1].end() :]}", maxsplit=1)[0]))
    bracketed = line[: found[0].start()].rstrip(" \t").endswith(("<", "[", "("))
    return is_called(before, bracketed=bracketed) and is_called(behind, bracketed=False)


def _note(lines: Iterable[str]) -> str:
    """The words below a list; nothing where they are only a farewell or a signature."""
    said = "\n".join(lines).strip()
    first = said.partition("\n")[0]
    ends = first.strip() == "--" or SIGN_OFF.fullmatch(fold(first).strip(DECORATION)) is not None or is_signed(first)
    if ends and said.count("\n") < FAREWELL_LINES:
        return ""
    return said[:LONGEST_NOTE].rstrip()


# ---- a line -------------------------------------------------------------------------------------------------


def _address(found: re.Match[str]) -> str:
    """The address that stands there; empty where it only looks like one."""
    boxes = mailboxes((found[0].strip(AROUND),))
    return boxes[0].address if len(boxes) == 1 and "." in boxes[0].address.rpartition("@")[2] else ""


def _line(number: int, line: str) -> list[Person] | Unread:
    found = [(match, email) for match in ADDRESS.finditer(line) if (email := _address(match))]
    if not found:
        return Unread(number, _shown(line), Why.BAD_ADDRESS if "@" in line else Why.NO_ADDRESS)
    different = {key(email): email for _, email in found}
    name, note = _words(line, found[0][0].start(), found[-1][0].end())
    if len(different) > 1:
        return _several(number, line[: len(line) - len(note)], different, note)
    return [Person(number, _shown(line), name, found[0][1], note)]


def _shown(line: str) -> str:
    return " ".join(line.split())[:LONGEST_NAME]


def _words(line: str, start: int, end: int) -> tuple[str, str]:
    """The name beside an address, in front of it or else behind it; and the note behind."""
    before, after = line[:start], line[end:].lstrip(">)]}\"'" + AROUND)
    parts = NOTE.split(f" {after}", maxsplit=1)
    return _name(before) or _name(parts[0]), parts[1].strip()[:LONGEST_NOTE] if len(parts) > 1 else ""


def _name(words: str) -> str:
    """A name without bullets, numbers, labels and separators; empty where nothing of it can be one."""
    bare = BULLET.sub("", words, count=1)
    quoted = QUOTED.fullmatch(bare.strip())
    return _called(quoted[1] if quoted else SEPARATOR.sub(" ", LABEL.sub(" ", bare)))


def _called(words: str) -> str:
    said = " ".join(words.split()).strip(" :-–—'’" + "*_")
    return said[:LONGEST_NAME].rstrip() if any(c.isalpha() for c in said) and "@" not in said else ""


def _several(number: int, line: str, emails: dict[str, str], note: str) -> list[Person]:
    """Several people on one line, as an address book writes them."""
    names = {key(box.address): box.name for box in mailboxes((line,))}
    return [Person(number, _shown(line), _called(names.get(one, "")), email, note) for one, email in emails.items()]


# ---- a table ------------------------------------------------------------------------------------------------


def _cells(line: str) -> list[str]:
    divider = max("\t;,|", key=line.count)
    return [cell.strip(" \"'") for cell in line.split(divider)]


def _heading(line: str) -> Columns | None:
    """The first row of a table, known by its words."""
    if "@" in line:
        return None
    cells = [" ".join(fold(cell).split()).strip(":") for cell in _cells(line)]
    known = MAILS | NAMES | NOTES | OTHERS
    if not any(cell in MAILS for cell in cells) or sum(cell in known for cell in cells) * 2 < len(cells):
        return None
    return Columns(_where(cells, NAMES), _where(cells, NOTES), len(cells))


def _where(cells: Sequence[str], words: frozenset[str]) -> tuple[int, ...]:
    return tuple(at for at, cell in enumerate(cells) if cell in words)


def _row(number: int, line: str, columns: Columns | None) -> list[Person] | None:
    """Somebody of a table whose first row is known; None where this is no row of it."""
    cells = _cells(line)
    if columns is None or len(cells) != columns.width:
        return None
    read = _line(number, line)
    if isinstance(read, Unread) or len(read) != 1:
        return None
    name = _name(" ".join(cells[at] for at in columns.names))
    note = " ".join(cells[at] for at in columns.notes).strip()
    return [replace(read[0], name=name if columns.names else read[0].name, note=note)]
