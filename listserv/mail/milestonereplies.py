"""What is said to paragraphs that were offered: „DODAJ”, „DODAJ 2”, „DODAJ 1 i 3, NIE 2”, „NIE”. Whatever is more than that says nothing."""

import re
from collections.abc import Mapping, Sequence

from listserv.mail.decisions import bare
from listserv.mail.folding import fold

# All folded.
_ADD = {"dodaj", "dodajcie", "dodac", "dopisz", "wstaw", "tak", "add", "yes"}
_LEAVE = {"nie", "no", "pomin", "skip"}
_ALL = {"wszystko", "wszystkie", "oba", "obie", "all", "both"}
_BETWEEN = {"i", "oraz", "and", "nr", "numer", "number"}
_MANNERS = {"prosze", "please", "bardzo", "dziekuje", "dzieki", "thanks", "thank", "you", "panie", "pani"}


def wanted(reply: str, count: int, signed: Sequence[str] = ()) -> Mapping[int, bool]:
    """Which of so many paragraphs are to be put in (True) or left (False), by number; empty where that is not clear. `signed`: what the writer is called."""
    verb: bool | None = None
    said, named = dict[int, bool](), True
    for word in re.findall(r"\w+|[^\w\s,.!;:()]", fold(bare(reply, signed))):
        if word in _ADD | _LEAVE:
            # A verb that names no number means all: another one beside it contradicts it.
            if not named:
                return {}
            verb, named = word in _ADD, False
        elif verb is not None and (numbers := _numbers(word, count)):
            if any(said.get(number, verb) is not verb for number in numbers):
                return {}
            said |= dict.fromkeys(numbers, verb)
            named = True
        elif word not in _BETWEEN | _MANNERS:
            return {}
    if verb is None or (said and not named):
        return {}
    return said or dict.fromkeys(range(1, count + 1), verb)


def _numbers(word: str, count: int) -> range:
    if word in _ALL:
        return range(1, count + 1)
    number = int(word) if re.fullmatch(r"[0-9]{1,2}", word) else 0
    return range(number, number + 1) if 1 <= number <= count else range(0)
