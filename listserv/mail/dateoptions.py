"""„Kiedy Państwu pasuje? 1) … 2) … 3) …”: dates that a list chooses from, the answers to them, and the word that ends it.

Which moment an option is, its reader says: here is only how options, answers and the word are written.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from listserv.lazily import compiled
from listserv.mail.decisions import after_greeting
from listserv.mail.folding import fold, plain

MOST = 12
# Of a question, and of an option, in characters.
LONGEST_QUESTION, LONGEST = 300, 200
# A full stop is one of an option only where the line begins: „1. marca” is a day.
NUMBER = compiled(r"(?<![\w.,:/-])(?P<number>1[0-2]|[1-9])\.?\)\s*|^[ \t]*(?P<line>1[0-2]|[1-9])\.(?=\s)\s*", re.MULTILINE)
BULLET = compiled(r"^[ \t]*[-*•–][ \t]+(?P<option>\S.*)$", re.MULTILINE)
ASKS = compiled(
    r"\b(?:kiedy|pasuj[ea]|odpowiada|termin\w*|(?:ktory|jaki) dzien|data spotkania|date spotkania"
    r"|when|suits?|which (?:date|day)s?|dates?|works? for you|availab\w+)\b"
)


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, and its options as they were written, the first being number 1."""

    words: str
    options: tuple[str, ...]
    # Does it say that a date is meant? Otherwise its options must all be dates.
    asks_when: bool


def question(subject: str, text: str) -> Question | None:
    """The question in a letter with at least two options; None where there is none."""
    words, options = _numbered(plain(text))
    if len(options) < 2:
        words, options = _bulleted(plain(text))
    if not 2 <= len(options) <= MOST:
        return None
    asked = " ".join(after_greeting(words).split())
    asks = ASKS.search(fold(f"{subject} {asked}")) is not None
    return Question((asked or subject)[:LONGEST_QUESTION].strip(), tuple(options), asks)


def _numbered(text: str) -> tuple[str, list[str]]:
    """What stands before 1) and what behind each number, as long as they count on."""
    marks = list(NUMBER.finditer(text))
    first = next((at for at, found in enumerate(marks) if _number(found) == 1), None)
    if first is None:
        return text, []
    run = [marks[first]]
    for found in marks[first + 1 :]:
        if _number(found) == len(run) + 1:
            run.append(found)
    ends = [found.start() for found in run[1:]] + [len(text)]
    return text[: run[0].start()], [_option(text[found.end() : end]) for found, end in zip(run, ends, strict=True)]


def _number(found: re.Match[str]) -> int:
    return int(found["number"] or found["line"])


def _bulleted(text: str) -> tuple[str, list[str]]:
    found = list(BULLET.finditer(text))
    return (text[: found[0].start()], [_option(one["option"]) for one in found]) if found else (text, [])


def _option(words: str) -> str:
    """Its first line, without what joins it to the next."""
    line = next((line for line in words.split("\n") if line.strip()), "")
    return re.sub(r"(?:[,;.]|\s+(?:lub|albo|czy|or|i|and))+\s*$", "", line.strip())[:LONGEST].strip(" ,;")


# ---- answers ------------------------------------------------------------------------------------------------

_ORDINALS = (
    "pierwszy pierwsza pierwsze pierwszego pierwszym first",
    "drugi druga drugie drugiego drugim second",
    "trzeci trzecia trzecie trzeciego trzecim third",
    "czwarty czwarta czwarte czwartego czwartym fourth",
    "piaty piata piate piatego piatym fifth",
    "szosty szosta szoste szostego szostym sixth",
)
ORDINALS = {word: number for number, words in enumerate(_ORDINALS, 1) for word in words.split()}
# „Ani”, too: it is said of none of them.
ALL = compiled(
    r"\b(?:wszystkie(?: terminy| daty)?|kazdy(?: termin| z nich)?|kazda|dowolny(?: termin)?|obojetn\w+|oba|obydwa"
    r"|all(?: of them)?|any(?: of them)?|every(?: one)?|both)\b"
)
_OF_THEM = r"(?: termin| z (?:nich|tych|podanych|proponowanych)(?: (?:terminow|dat|dni|propozycji))?| of (?:them|these|those|the)(?: (?:dates|days|options))?)"
NONE = compiled(
    rf"\b(?:(?:niestety|unfortunately|przykro mi)\b,?\s*)?(?:(?:zaden|zadna|zadne|none|neither){_OF_THEM}?"
    rf"|(?:nie moge )?w zadnym{_OF_THEM}?|nie (?:pasuje|odpowiada)(?: mi)? zaden{_OF_THEM}?)\b"
    r"(?:(?: mi)? nie (?:moge|pasuje|odpowiada)(?: mi)?\b)?(?:[\s,]+(?:niestety|unfortunately|sorry|przepraszam|przykro mi)\b)?"
)
ALL_BUT = compiled(r"\b(?:(?:wszystkie|kazdy|all|any)(?: terminy)? (?:oprocz|poza|procz|z wyjatkiem|bez|but|except)(?: for)?)\b")
RANGE = compiled(r"\b(\d{1,2})\s?(?:-|–|do|to)\s?(\d{1,2})\b")
# „1 tak, 2 nie, 3 tak”.
EACH = compiled(r"\b(?P<number>\d{1,2})\)?\s*[:–-]?\s*(?P<word>tak|nie|yes|no|pasuje|nie pasuje)\b")
FILL = compiled(
    r"\b(?:pasuje|pasuja|pasowal\w*|odpowiada|odpowiadaja|moge|mogla\w*|mogl\w*|bedzie|beda|moga|mi|mnie|nam|dla|najlepiej|najchetniej|wole|wybieram|glosuje|na|za|tylko|jedynie|i|oraz|lub"
    r"|albo|ewentualnie|a|tez|takze|rowniez|w|termin\w*|dat\w+|numer\w*|nr|no|opcj\w+|dzien|prosze|bardzo|chetnie|dobr\w+|dobrze|ok|okej|moj\w*|odpowiedz|to|sa|jest|jestem|dostepn\w+"
    r"|works?|suits?|fits?|fine|good|best|me|us|for|i|we|can|could|make|do|only|just|and|or|also|the|option\w*|dates?|number\w*|my|answer|is|are|it|please|would|be|prefer|either|choose|pick|vote|all"
    r"|ale|but|moze byc|dostosuje sie|raczej)\b"
    r"|[\s,;:.!()&+/–-]+"
)
TURNED = compiled(r"\b(?:nie|not|can't|cannot|don't|doesn't|bez|without|except|but|oprocz|poza)\b")
# A line of an answer that has its dates below each other; and a name behind the numbers.
COUNTS_ON = compiled(r"\d|:\s*\Z")
SIGNED = compiled(r"(?<=\S)\s*[,–-]\s*(?!Nie\b|Not?\b)[A-ZĄĆĘŁŃÓŚŹŻ][a-ząćęłńóśźż]+\s*\Z")
PICK = compiled(
    r"(?:(?:tak|ok|dobrze|yes)[\s,.!]+)?"
    r"(?:wybier(?:am|amy|z)|wybrac|wybor|ustal(?:am|amy)?|decyduje(?:my)?(?: sie)?|bierzemy|(?:i |we )?(?:choose|pick|take))"
    r"(?: na)?(?: termin| date| date number| option| the)?\s*(?:nr|numer|number|no\.)?\s*[:–-]?\s*(?P<number>\d{1,2}|[a-z]+)(?: termin| date| option| one)?"
)


def chosen(reply: str, count: int) -> frozenset[int] | None:
    """The numbers that suit whoever wrote this, none of them where they say so; None where it is not plain."""
    for said in _sayings(reply):
        found = _chosen(said, count)
        if found is not None:
            return found
    return None


def _sayings(reply: str) -> Sequence[str]:
    """What may be the answer: the first line whole, then its first sentence."""
    lines = [line for line in after_greeting(plain(reply).strip()).split("\n") if line.strip()]
    if not lines:
        return ()
    first = " ".join(fold(SIGNED.sub("", lines[0])).split())
    # Behind the first sentence nothing may turn it round: „1. Ale nie w tym tygodniu”.
    sentence, _, rest = re.sub(r"[.!](?=\s+[a-z])", "\n", first, count=1).partition("\n")
    each = ", ".join(" ".join(fold(line).split()) for line in takewhile(COUNTS_ON.search, lines))
    said = (first,) if not rest or TURNED.search(rest) or re.search(r"\d", rest) else (first, sentence)
    return (each, *said) if each else said


def _chosen(said: str, count: int) -> frozenset[int] | None:
    everything = frozenset(range(1, count + 1))
    each = list(EACH.finditer(said))
    if each and not FILL.sub("", EACH.sub(" ", said)):
        suit = [int(one["number"]) for one in each if one["word"] in ("tak", "yes", "pasuje")]
        # A no to some says nothing of the others.
        return _within(suit, everything) if suit or {int(one["number"]) for one in each} == everything else None
    if but := ALL_BUT.search(said):
        others = numbers(f"{said[: but.start()]} {said[but.end() :]}", everything)
        return everything - others if others else None
    if NONE.search(said):
        return frozenset() if not FILL.sub("", NONE.sub(" ", said)) else None
    if ALL.search(said):
        return everything if not FILL.sub("", ALL.sub(" ", said)) else None
    return numbers(said, everything)


def numbers(said: str, known: frozenset[int]) -> frozenset[int] | None:
    """The numbers, where nothing but them and small words is said."""
    found = set[int]()
    for one in RANGE.finditer(said):
        first, last = int(one[1]), int(one[2])
        if not first < last <= max(known):
            return None
        found |= set(range(first, last + 1))
    rest = RANGE.sub(" ", said)
    found |= {int(one) for one in re.findall(r"\b\d{1,2}\b", rest)} | {ORDINALS[word] for word in re.findall(r"[a-z]+", rest) if word in ORDINALS}
    rest = re.sub(rf"\b(?:\d{{1,2}}|{'|'.join(ORDINALS)})\b", " ", rest)
    if not found or FILL.sub("", rest):
        return None
    return _within(found, known)


def _within(numbers: Iterable[int], known: frozenset[int]) -> frozenset[int] | None:
    found = frozenset(numbers)
    return found if found <= known else None


def picked(reply: str, count: int) -> int | None:
    """„WYBIERAM 2”: the number of the date that is to be; None where no date is chosen for all."""
    lines = [line for line in after_greeting(plain(reply).strip()).split("\n") if line.strip()]
    found = PICK.fullmatch(" ".join(fold(lines[0]).split()).strip(" .!,;")) if lines else None
    if found is None:
        return None
    number = int(found["number"]) if found["number"].isdigit() else ORDINALS.get(found["number"], 0)
    return number if 1 <= number <= count else None
