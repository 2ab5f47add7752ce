"""What somebody chooses in answer to a question with options, in their own words. Never guessed: what is not clear is asked back.

Which words belong to which question of several, `mail.voteparts` finds out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from listserv.mail import votenames
from listserv.mail import votewords as words
from listserv.mail.decisions import after_greeting
from listserv.mail.folding import fold, plain
from listserv.mail.surveykinds import SCALE, Kind
from listserv.mail.votenames import TOKEN

LONGEST_WORDS, LONGEST_READ = 8_000, 4_000
BETWEEN = re.compile(r"[\s,;.:)(\[\]>&+/|\"'„”“*•#=!–—-]*")
NUMBER = re.compile(r"#?(\d{1,3})(?:\.|\))?")
LETTER = re.compile(r"[a-z]")
# „A” is one as well, but beside numbers alone.
CONJUNCTIONS, ONES = frozenset("ioz"), frozenset({"one", "ones"})
OUT_OF = re.compile(r"^\W*([1-9]\d?)\s*(?:/|na|z|out of|of)\s*(\d+)(?:\s*(?:punktow|pkt|points))?\W*$")
FROM_TO = re.compile(r"\b(?:od|from)\s+(\d{1,2})\s+(?:do|to)\s+(\d{1,2})\b|\b(\d{1,2})\s+(?:through|thru)\s+(\d{1,2})\b")
EXPLICIT = re.compile(
    r"\b(?:opcj\w{1,3}|nr|numer\w{0,2}|punkt\w{0,3}|pkt|odpowied\w{1,3}|wariant\w{0,2}|pozycj\w{1,2}|propozycj\w{1,2}|termin\w{0,2}|temat\w{0,2}|option|number|no\.|answer|item|choice)"
    r"[\s.:#]*(?:nr\.?\s*)?(\d{1,2}\b|[a-z]\b(?![.']))(?:\s*(?:i|oraz|and|,|,\s*i)\s*(\d{1,2}\b))?"
)


class Trouble(StrEnum):
    """Why an answer does not count: nothing understood, no such option, more than one where one is asked for, one of them twice, nothing said."""

    UNCLEAR = "unclear"
    RANGE = "range"
    TOO_MANY = "too-many"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Ask:
    """A question as it was asked."""

    number: int
    text: str
    kind: Kind
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, by number (of a ranking the first first), or the words of a question without options; nothing at all: none of them."""

    chosen: tuple[int, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """What an answer says: by number of the question what is clear, and what is not. What stands in neither was not answered."""

    choices: Mapping[int, Choice] = field(default_factory=dict)
    troubles: Mapping[int, Trouble] = field(default_factory=dict)


def check(ask: Ask, choice: Choice) -> Trouble | None:
    """Is this an answer to this question? None where it is."""
    chosen, most = choice.chosen, len(SCALE) if ask.kind is Kind.SCALE else len(ask.options)
    if ask.kind is Kind.WORDS:
        return None if choice.words.strip() and not chosen else Trouble.UNCLEAR
    if any(not 1 <= one <= most for one in chosen):
        return Trouble.RANGE
    if len(set(chosen)) != len(chosen):
        return Trouble.TWICE
    if not chosen and ask.kind in (Kind.RANKED, Kind.SCALE):
        return Trouble.UNCLEAR
    return Trouble.TOO_MANY if len(chosen) > 1 and ask.kind in (Kind.ONE, Kind.SCALE) else None


def choose(ask: Ask, text: str) -> Choice | Trouble:
    """What these words choose."""
    said = plain(text).strip()
    if ask.kind is Kind.WORDS:
        return Choice(words=said[:LONGEST_WORDS]) if re.search(r"\w", said) else Trouble.UNCLEAR
    folded = fold(after_greeting(said[:LONGEST_READ])).strip()
    found = _chosen(ask, words.CHANGED.sub("", folded))
    if isinstance(found, Trouble):
        return found
    numbers = found if ask.kind is Kind.RANKED else tuple(sorted(set(found)))
    return check(ask, Choice(numbers)) or Choice(numbers)


def _chosen(ask: Ask, said: str) -> tuple[int, ...] | Trouble:
    """The numbers that are meant, in the order in which they are named."""
    most = len(SCALE) if ask.kind is Kind.SCALE else len(ask.options)
    if ask.kind is Kind.SCALE and (out := OUT_OF.match(said)):
        return (int(out[1]),) if int(out[2]) == most else Trouble.UNCLEAR
    exact = [number for number, option in enumerate(ask.options, 1) if _bare(option) == _bare(said)]
    if len(exact) == 1 and ask.kind is not Kind.SCALE:
        return (exact[0],)
    for part in dict.fromkeys((said, _before_why(said))):
        numbers = _list(part, most, letters=ask.kind is not Kind.SCALE)
        if numbers is not None and (part == said or not _takes_back(said[len(part) :])):
            return (
                numbers if _in_range(numbers, most) or not votenames.names_any(ask.options, part) else (votenames.named(ask.options, part) or Trouble.UNCLEAR)
            )
    if ask.kind is Kind.SCALE:
        return _end_of_scale(ask, said)
    return _by_words(ask, said, most)


def _in_range(numbers: Sequence[int], most: int) -> bool:
    return all(1 <= one <= most for one in numbers)


def _bare(text: str) -> str:
    return " ".join(TOKEN.findall(fold(plain(text))))


def _before_why(said: str) -> str:
    found = words.WHY.search(said)
    return said[: found.start()] if found and found.start() else said


def _takes_back(rest: str) -> bool:
    return words.OPEN.search(rest) is not None


# ---- numbers ------------------------------------------------------------------------------------------------


def _list(said: str, most: int, *, letters: bool = True) -> tuple[int, ...] | None:
    """The numbers of a text in which nothing else is said; None where something is."""
    if re.search(r"\d[,.]\d(?!\d*\s*[,.]\d)|[-+]\s*$|\d[+]", said) and most <= len(SCALE) and not letters:
        return None  # „3,5” on a scale is no mark
    ranged = FROM_TO.search(said)
    if ranged:
        first, last = (int(one) for one in ranged.groups() if one)
        return tuple(range(first, last + 1)) if first < last <= most and not re.sub(r"[\W\d]|\b(?:od|do|from|to|i|thru|through)\b", "", said) else None
    if re.fullmatch(r"\W*\d{1,2}[ \t]*[-–—][ \t]*\d{1,2}\W*", said) and most > 2:
        return None  # „1-3”: two of them, or three?
    found: list[int] = []
    tokens = TOKEN.findall(said.replace("-", " ") if re.search(r"\d\s*-\s*\d", said) else said)
    letters = letters and not any(_number(one, most, letters=False) for one in tokens)
    for at, token in enumerate(tokens):
        number = 0 if at and token in ONES and _number(tokens[at - 1], most, letters=False) else _number(token, most, letters=letters)
        if number:
            found.append(number)
        elif words.FILL.fullmatch(token) is None and token not in ONES:
            return None
    return tuple(found) or None


def _number(token: str, most: int, *, letters: bool) -> int:
    """Which number a word stands for; 0 for none."""
    if plainly := NUMBER.fullmatch(token):
        return int(plainly[1]) or 999
    if letters and LETTER.fullmatch(token) and ord(token) - 96 <= most and token not in CONJUNCTIONS:
        return ord(token) - 96
    named = next((at for at, one in enumerate(words.NAMED, 1) if one.fullmatch(token)), 0)
    return named or (most if words.LAST.fullmatch(token) else 0)


def _end_of_scale(ask: Ask, said: str) -> tuple[int, ...] | Trouble:
    bare, ends = _bare(said), [_bare(one) for one in ask.options]
    if len(ends) == 2 and bare in ends and ends[0] != ends[1]:
        return (SCALE[0],) if bare == ends[0] else (SCALE[-1],)
    return Trouble.UNCLEAR


# ---- words --------------------------------------------------------------------------------------------------


def _by_words(ask: Ask, said: str, most: int) -> tuple[int, ...] | Trouble:
    yes_or_no = _yes_or_no(ask, said)
    if yes_or_no is not None:
        return yes_or_no
    for part in dict.fromkeys((said, _before_why(said))):
        if part != said and _takes_back(said[len(part) :]):
            continue
        for way in (_all_or_none(ask, part, most), votenames.named(ask.options, part)):
            if way is not None:
                return way
    refers = [group for one in EXPLICIT.finditer(said) for group in one.groups() if group]
    if refers and not words.OPEN.search(said) and not words.NOT.search(_before_why(said)):
        return tuple(dict.fromkeys(int(one) if one.isdigit() else ord(one) - 96 for one in refers))
    return Trouble.UNCLEAR


def _all_or_none(ask: Ask, said: str, most: int) -> tuple[int, ...] | None:
    every, no_one = words.ALL.search(said), words.NONE.search(said)
    if no_one and not every:
        rest = said[: no_one.start()] + said[no_one.end() :]
        own = [number for number, option in enumerate(ask.options, 1) if words.NONE.search(fold(option))]
        # It may be an option itself.
        return (own[0],) if len(own) == 1 else () if _only_fill(rest, also=r"nie|not|mnie|odpowiada\w*|pasuj\w+|interesuj\w+|suits?") else None
    if not every or no_one:
        return None
    rest = said[: every.start()] + " " + said[every.end() :]
    less = words.BUT.search(rest)
    if less is None:
        return tuple(range(1, most + 1)) if _only_fill(rest) else None
    out = _list(rest[less.end() :], most) if _only_fill(rest[: less.start()]) else None
    return tuple(one for one in range(1, most + 1) if one not in out) if out and _in_range(out, most) else None


def _only_fill(text: str, also: str = "") -> bool:
    return all(words.FILL.fullmatch(one) or (also and re.fullmatch(also, one)) for one in TOKEN.findall(text))


def _yes_or_no(ask: Ask, said: str) -> tuple[int, ...] | Trouble | None:
    """The option that says what a yes or a no says; None where the question is no such question, or the answer none."""
    firsts = [_bare(option).split(" ")[0] for option in ask.options]
    yes, no = ([at for at, first in enumerate(firsts, 1) if first in some] for some in (("tak", "yes"), ("nie", "no")))
    plain_no = [at for at in no if len(_bare(ask.options[at - 1]).split()) == 1] or no
    plain_yes = [at for at in yes if len(_bare(ask.options[at - 1]).split()) == 1] or yes
    if not (plain_yes and plain_no):
        return None
    if words.ABSTAINS.search(said):
        own = [at for at, option in enumerate(ask.options, 1) if words.ABSTAINS.search(fold(option))]
        return (own[0],) if len(own) == 1 else Trouble.UNCLEAR
    if words.NO_NO.search(said):
        return Trouble.UNCLEAR
    named = votenames.named(ask.options, said) if any(len(_bare(one).split()) > 1 for one in ask.options) else None
    if named is not None and len(named) == 1:
        return named
    is_yes, is_no = words.YES.match(said), words.NO.match(said)
    for word, meant in ((is_yes, plain_yes), (is_no, plain_no)):
        # „No jasne” begins with what is a no in English.
        if word and len(meant) == 1 and not (meant is plain_no and is_yes) and _agrees(said[word.end() :], yes=meant is plain_yes):
            return (meant[0],)
    return Trouble.UNCLEAR


def _agrees(rest: str, *, yes: bool) -> bool:
    """Does what follows a yes or a no leave it as it is?"""
    head = _before_why(rest)
    if words.OPEN.search(head) or words.OPEN.search(rest[len(head) :]):
        return False
    polite = all(words.POLITE.fullmatch(one) for one in TOKEN.findall(head))
    return polite or not (words.NOT if yes else words.YES_INSIDE).search(head)
