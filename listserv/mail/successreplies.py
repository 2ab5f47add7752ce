"""What is said to the draft of a yearly letter: „WYŚLIJ”, „BEZ 3, 5”, „NIE”, „WSZYSTKO”. Whatever is more than that says nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from listserv.mail.decisions import bare
from listserv.mail.folding import fold

# All folded.
_SEND = {"wyslij", "wyslijcie", "wyslac", "wysylac", "wysylamy", "wysylaj", "wysylajcie", "publikuj", "opublikuj", "send", "publish"}
_WITHOUT = {"bez", "skresl", "skreslic", "wykresl", "wykreslic", "pomin", "pominac", "oprocz", "without", "skip", "strike", "except", "drop", "omit"}
_NO = {"nie", "no", "not", "dont"}
_ALL = {"wszystko", "wszystkie", "calosc", "wszystkim", "all", "everything"}
_BETWEEN = {"i", "oraz", "and", "nr", "numer", "numeru", "numerow", "number", "numbers", "punkt", "punktu", "punktow", "punkty", "point", "points", "item"}
_BETWEEN |= {"items", "to", "it", "list", "letter", "the", "ale", "but", "z", "with", "ten", "this", "do", "wszystkich", "everybody", "everyone", "us"}
_MANNERS = {"prosze", "please", "bardzo", "dziekuje", "dzieki", "thanks", "thank", "you", "ok", "tak", "yes"}
_RANGE = re.compile(r"([0-9]{1,3})\s*[-\u2010-\u2015]\s*([0-9]{1,3})")


class Does(StrEnum):
    """What is to become of the draft."""

    SEND = "send"
    CHANGE = "change"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Said:
    """`without`: numbers to be struck out; `all`: what was struck out before is back."""

    does: Does
    without: frozenset[int] = frozenset()
    all: bool = False


def wanted(reply: str, most: int, signed: Sequence[str] = ()) -> Said | None:
    """What was said of a draft whose lines are numbered up to `most`; None where that is not clear. `signed`: what the writer is called."""
    words = _words(bare(reply, signed))
    sends, everything, no = False, False, False
    without, naming, named = set[int](), False, True
    for word in words:
        if word.isdigit():
            # A number says something only behind a word that strikes out: „NIE 3” as well.
            if not (naming or no) or not 1 <= int(word) <= most:
                return None
            without.add(int(word))
            naming, no, named = True, False, True
        elif word in _WITHOUT:
            if not named:
                return None
            naming, named = True, False
        elif word in _NO:
            no = True
        elif word in _SEND:
            if no:
                return _dropped(words)
            sends, naming = True, False
        elif word in _ALL:
            everything, naming = True, False
        elif word not in _BETWEEN | _MANNERS:
            return None
    if not named or (no and (sends or without or everything)) or (everything and without):
        return None
    if no:
        return Said(Does.DROP)
    if not (sends or without or everything):
        return None
    return Said(Does.SEND if sends else Does.CHANGE, frozenset(without), everything)


def _dropped(words: Sequence[str]) -> Said | None:
    """„Nie wysyłać”: unless a number stands beside it."""
    return None if any(word.isdigit() for word in words) else Said(Does.DROP)


def _words(said: str) -> list[str]:
    text = fold(said).replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    text = _RANGE.sub(lambda found: _between(int(found[1]), int(found[2])), text)
    return re.findall(r"[^\W\d_]+|\d+|[^\w\s,.!;:()„”\"“–-]", text)


def _between(first: int, last: int) -> str:
    """`3-5` as `3 4 5`; one that goes backwards is no range."""
    return " ".join(map(str, range(first, last + 1))) if first <= last else "?"
