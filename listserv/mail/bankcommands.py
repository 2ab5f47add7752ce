"""What somebody asks a bank of materials: a keyword, „PRZYŚLIJ 12”, „LISTA”, or that they have used one: „skorzystałam z 12”.

A request is understood in a sentence too („Bardzo proszę przesłać mi materiał nr 12”), but each of its words must be one of asking:
who writes about twelve pupils asks for nothing. Words are read one after the other, so that no letter takes long.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from listserv.mail import bankcommandwords as words
from listserv.mail.folding import fold, plain
from listserv.mail.sentences import CHARACTERS_READ, TRIM, sentences

# Numbers of one mail: so many are sent, or told of.
MOST_NUMBERS, LARGEST = 20, 10_000_000
LONGEST_QUERY, MOST_WORDS, MOST_SENTENCES = 200, 14, 3
LONGEST_SENTENCE = 400
# A date, an hour, „12-latków”, and “12th” are no numbers of materials.
TOKEN = re.compile(r"\d+(?:[.:/-]+\w+)+|\d+\w*|[^\W\d_]+(?:['’-][^\W\d_]+)*|[#№,;:()&+–/?!.-]")
NUMBER = re.compile(r"[1-9]\d*")
# A dot behind it would end the sentence.
MARKED = re.compile(r"(?:#|\b(?:nr|nos?|numer)\.)\s*(?=\d)", re.IGNORECASE)

# Behind a number a dot ends a sentence only where another one begins: „z 12. Dziękuję”.
ENDED = re.compile(r"(?<=\d)\.(?=\s+[A-ZĄĆĘŁŃÓŚŹŻ])")


class Kind(StrEnum):
    """What is asked for."""

    SEND = "send"
    USED = "used"
    LIST = "list"
    SEARCH = "search"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for; `words` are looked for, and `other` where those find nothing: the letter, where the subject was read."""

    kind: Kind
    numbers: tuple[int, ...] = ()
    words: str = ""
    other: str = ""


def read(reply: str, subject: str = "") -> Asked:
    """What is asked for in a mail to the bank: numbers wherever they stand, else the subject, unless the mail answers one, and the letter."""
    subject = "" if words.REPLY.match(fold(plain(subject))) else plain(subject).strip()
    numbers = sending(reply) or sending(subject)
    if numbers:
        return Asked(Kind.SEND, numbers)
    taken = used(reply, loosely=True) or used(subject, loosely=True)
    if taken:
        return Asked(Kind.USED, taken)
    said = _said(reply)
    body = _alone(said, reply)
    if not words.EMPTY.fullmatch(fold(subject).strip(TRIM)):
        found = _alone([subject], subject) or Asked(Kind.SEARCH if _query(subject) else Kind.HELP, words=_query(subject))
        return Asked(found.kind, words=found.words, other=body.words if body else "")
    if body:
        return body
    return Asked(Kind.HELP) if said else Asked(Kind.LIST)


def asks(reply: str, subject: str = "") -> bool:
    """Is a material asked for by its number, or said to have been used? That is plain, also where a file came along."""
    return read(reply, subject).kind in (Kind.SEND, Kind.USED)


def sending(text: str) -> tuple[int, ...]:
    """The numbers of the materials that are asked for, each once; none of a sentence that says anything else too."""
    found: list[int] = []
    alone = len(_said(text)) == 1
    for sentence, end in _sentences(text):
        found += _asked_for(_tokens(words.GREETING.sub("", sentence, count=1)), bare=alone and "?" not in end)
    return tuple(dict.fromkeys(found))[:MOST_NUMBERS]


def _asked_for(tokens: Sequence[str], *, bare: bool) -> list[int]:
    """The numbers of one sentence; `bare`: they need no word of asking before them."""
    numbers = [at for at, token in enumerate(tokens) if NUMBER.fullmatch(token)]
    if not numbers or not (bare or any(token in words.ASK for token in tokens[: numbers[0]])):
        return []
    known = words.ASK | words.BESIDE | words.THING | words.MARK | words.JOINS
    if not all(token in known or at in set(numbers) for at, token in enumerate(tokens)):
        return []
    # „Proszę o 2 materiały” counts them: a name of things stands before its number.
    counts = [at for at in numbers if at + 1 < len(tokens) and tokens[at + 1] in words.THING]
    return [] if counts else [int(tokens[at]) for at in numbers if int(tokens[at]) < LARGEST]


def used(text: str, *, loosely: bool = False) -> tuple[int, ...]:
    """The numbers of the materials that somebody says they have used. `loosely`: in a mail to the bank, where a number alone is one of a material."""
    found: list[int] = []
    for sentence, end in _sentences(text):
        said = sentence[:LONGEST_SENTENCE]
        match = words.I_USED.search(said)
        if match is None or "?" in end or words.UNSURE.search(said[: match.end()]):
            continue
        found += _behind(_tokens(said[match.end() :]), loosely) or _before(_tokens(said[: match.start()]), loosely)
    return tuple(dict.fromkeys(found))[:MOST_NUMBERS]


def _behind(tokens: Sequence[str], loosely: bool) -> list[int]:
    """„… wczoraj z materiału nr 12 na lekcji”"""
    at = 0
    while at < len(tokens) and tokens[at] in words.BETWEEN:
        at += 1
    named, numbers, at = _named(tokens, at)
    ends = at == len(tokens) or tokens[at] in words.THEN
    return numbers if ends and (named or loosely) else []


def _before(tokens: Sequence[str], loosely: bool) -> list[int]:
    """„Materiał nr 12 …”"""
    start = max((at + 1 for at, token in enumerate(tokens) if token in (",", ";", ":")), default=0)
    at = start + (start < len(tokens) and tokens[start] in ("z", "ze"))
    named, numbers, at = _named(tokens, at)
    while at < len(tokens) and tokens[at] in words.BETWEEN:
        at += 1
    return numbers if at == len(tokens) and (named or loosely) else []


def _named(tokens: Sequence[str], at: int) -> tuple[bool, list[int], int]:
    """(is it called a material, its numbers, where they end)"""
    named, numbers, ended = False, list[int](), at
    for place in range(at, len(tokens)):
        token = tokens[place]
        if NUMBER.fullmatch(token) and len(token) < 8:
            numbers.append(int(token))
            ended = place + 1
        elif token in words.THING or token in words.MARK:
            named = named or token in words.THING
        elif not (numbers and token in words.JOINS | {"z", "ze"}):
            break
    return named, numbers, ended


def _tokens(text: str) -> list[str]:
    """Words, numbers and marks of a folded sentence."""
    found: list[str] = TOKEN.findall(text[:LONGEST_SENTENCE])
    while found and found[-1] in ",;:.!?-–":
        found.pop()
    return found


def _sentences(text: str) -> list[tuple[str, str]]:
    return sentences(ENDED.sub(".\n", MARKED.sub("nr ", plain(text)[:CHARACTERS_READ])))


def _said(text: str) -> list[str]:
    """The sentences of a letter, folded, without its greeting and the manners around it."""
    found = [words.GREETING.sub("", sentence, count=1).strip() for sentence, _ in _sentences(text)]
    return [one for one in found if one and not words.GREETED.fullmatch(one) and not words.MANNERS.fullmatch(one)]


def _alone(said: Sequence[str], whole: str) -> Asked | None:
    """What a sentence asks for, alone or with a few; nothing where it is a letter to somebody. `whole`: what was typed."""
    if not 0 < len(said) <= MOST_SENTENCES:
        return None
    one = " ".join(fold(said[0])[:LONGEST_SENTENCE].split()).strip(TRIM)
    if words.LISTING.fullmatch(one):
        return Asked(Kind.LIST)
    if words.HELPING.fullmatch(one):
        return Asked(Kind.HELP)
    query = _query(_typed(said[0], whole))
    return Asked(Kind.SEARCH, words=query) if query and len(query.split()) <= MOST_WORDS else None


def _typed(sentence: str, whole: str) -> str:
    """A sentence with its own letters again: folding leaves every character in its place."""
    text = " ".join(plain(whole)[:CHARACTERS_READ].split())
    at = fold(text).find(sentence)
    return text[at : at + len(sentence)] if at >= 0 else sentence


def _query(text: str) -> str:
    """What is looked for, without the words of asking."""
    typed = " ".join(plain(text)[:LONGEST_QUERY].split()).strip(TRIM)
    folded = fold(typed)
    lead = words.LEAD.match(folded)
    begin = lead.end() if lead and lead.end() < len(folded) else 0
    tail = words.TAIL.search(folded, begin)
    return typed[begin : tail.start() if tail else len(typed)].strip(TRIM)
