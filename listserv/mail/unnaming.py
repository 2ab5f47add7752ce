"""A question without its author: their addresses, their name and what mail programs write beside it are taken out of the words.

In the last lines, where people sign, a name counts however it is written, and what looks like the rest of a signature goes
with it. Higher up a family name may be an everyday word: at the beginning of a sentence it stays, for a gap would tell.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from listserv.lazily import compiled
from listserv.mail.folding import fold

GONE = "[…]"
# Letters of a name's beginning that stay in all its cases: Okładka, Okładki, Okładkę.
LEAST, ENDING = 3, 2
ANY_ADDRESS = compiled(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
ANY_LINK = compiled(r"(?:https?://|www\.)[^\s<>\"]+")
WORD = compiled(r"[^\W\d_]+")
SIGNATURE_LINES, SHORT = 6, 6
# A line of which nothing else is left.
NOTHING_LEFT = compiled(rf"(?m)^(?=[^\n]*{re.escape(GONE)})(?:[^\w\n]|_)+$\n?")
# What stands before a name in a signature: „H. […]”, „mgr […]”.
BEFORE_NAME = compiled(rf"(?m)^[\W_]*(?:(?:\w|mgr|dr|inz|p)\.?[\s.]+){{1,3}}{re.escape(GONE)}[\W_]*$")
_POST = (
    r"(?:ul\.|al\.|tel\.?|kom\.|fax|www\S*|mgr|dr|dyrektor\w*|wicedyrektor\w*|kierowni\w*|bibliotekar\w*|nauczyciel\w*|kustosz\w*|instruktor\w*|gbp|mbp|mgbp|pbw|pbp|wbp|sp|zsp?|lo"
    r"|bibliotek[ai]|filia|szkol[ay]|osrodek|librarian|library|school|teacher|director|head)"
)
OF_SIGNATURES = compiled(rf"(?:^|(?<=[\s,])){_POST}(?=[\s,]|$)|\b\d{{2}}-\d{{3}}\b|(?:\d[\s-]?){{7,}}")
# What may stand there in small letters.
SMALL = compiled(
    rf"(?:{_POST}|w|we|nr|im\.?|i|z|przy|dla|na|of|in|the|at|for|and|szkoln\w+|publiczn\w+|pedagogiczn\w+|gminn\w+|miejsk\w+|podstawow\w+|\W*\d\S*|\W+)[,.]?"
)
# Family names of these kinds are never everyday words.
ONLY_A_NAME = compiled(r"(?:[sc]k(?:i|a|iego|iej|iemu|im)|dzk\w+|wicz\w*|czyk\w*)$")
# Behind a name that signs: a post, a place.
NAME_AND_MORE = (f"{GONE},", f"{GONE} –", f"{GONE} -", f"{GONE} (")


class Stem(NamedTuple):
    """What all forms of a name begin with, how long they are, and whether it is a first name."""

    begins: str
    longest: int
    given: bool


def without(text: str, emails: Collection[str], names: Collection[str]) -> str:
    """The text without these addresses and these names, however they are inflected; higher up a name only where it is written as one."""
    stems = tuple(dict.fromkeys(_stems(names)))
    clean = ANY_LINK.sub(lambda found: GONE if _tells(found[0], stems, emails) else found[0], text)
    clean = ANY_ADDRESS.sub(lambda found: GONE if _is_one(found[0], emails, stems) else found[0], clean)
    for email in sorted(emails, key=len, reverse=True):
        clean = re.sub(re.escape(email), GONE, clean, flags=re.IGNORECASE)
    clean = _unnamed(clean, stems) if stems else clean
    clean = re.sub(rf"{re.escape(GONE)}(?:[ \t-]{{0,2}}{re.escape(GONE)})+", GONE, clean)
    return re.sub(r"\n{3,}", "\n\n", NOTHING_LEFT.sub("", _above_signature(clean))).strip()


def _unnamed(text: str, stems: Sequence[Stem]) -> str:
    lines = text.split("\n")
    last = set([number for number, line in enumerate(lines) if line.strip()][1:][-SIGNATURE_LINES:])
    # Who names themselves in full up there has shown what the word is.
    told = any(_is_told(line, stems) for number, line in enumerate(lines) if number not in last)
    return "\n".join(_line(line, stems, last=number in last, told=told) for number, line in enumerate(lines))


def _is_told(line: str, stems: Sequence[Stem]) -> bool:
    known = [_stem_of(word, stems) if word[0].isupper() else None for word in WORD.findall(line)]
    return any(one and other and one is not other for one, other in pairwise(known))


def _line(line: str, stems: Sequence[Stem], *, last: bool, told: bool) -> str:
    """The line without the name; a short one near the end, and one that is nothing else, whatever the letters."""
    words = list(WORD.finditer(line))
    known = [_stem_of(word[0], stems) for word in words]
    alone = bool(words) and all(stem or len(word[0]) == 1 for word, stem in zip(words, known, strict=True))
    signs = alone or (last and len(words) <= SHORT and not line.rstrip().endswith(("?", ".", "!", ":")))
    gone = [
        word.span()
        for number, (word, stem) in enumerate(zip(words, known, strict=True))
        if stem and (signs or (word[0][0].isupper() and (told or not _is_everyday(line, words, known, number))))
    ]
    for start, end in reversed(gone):
        line = line[:start] + GONE + line[end:]
    return line


def _is_everyday(line: str, words: Sequence[re.Match[str]], known: Sequence[Stem | None], number: int) -> bool:
    """May this be a word like any other? A family name alone, at the beginning of a sentence, before a word in small letters."""
    stem, word = known[number], words[number]
    beside = [known[other] for other in (number - 1, number + 1) if 0 <= other < len(words)]
    if stem is None or stem.given or any(beside) or ONLY_A_NAME.search(fold(word[0])):
        return False
    begins = re.search(r"(?:^|[.!?:…]\s+)[\W_]*$", line[: word.start()]) is not None
    return begins and number + 1 < len(words) and words[number + 1][0][0].islower()


def _above_signature(text: str) -> str:
    """The text above whatever, near the end, is a name, or a post and a place."""
    lines = text.split("\n")
    said = [number for number, line in enumerate(lines) if line.strip()]
    for number in said[-SIGNATURE_LINES:]:
        bare = fold(lines[number].replace(GONE, "\0")).replace("\0", GONE)
        named = NOTHING_LEFT.fullmatch(lines[number]) or BEFORE_NAME.fullmatch(bare) or lines[number].strip().startswith(NAME_AND_MORE)
        if number != said[0] and named and len(WORD.findall(lines[number])) <= SHORT:
            lines = lines[:number]
            break
    return "\n".join(_without_places(lines))


def _without_places(lines: Sequence[str]) -> Sequence[str]:
    """The lines above a library, a post, a street, a telephone number that stand at the end by themselves."""
    kept = list(lines)
    while sum(1 for line in kept if line.strip()) > 1:
        last = kept[-1]
        if last.strip() and not _is_of_signature(last):
            break
        kept.pop()
    return kept


def _is_of_signature(line: str) -> bool:
    """Is it a post, a house or a number, and no sentence? There every word is a name, or one of those."""
    said = line.strip()
    if len(said.split()) > 8 or said.endswith(("?", "!", ".", ":", ";")) or not OF_SIGNATURES.search(fold(said)):
        return False
    return all(word[0].isupper() or SMALL.fullmatch(fold(word)) for word in said.split())


def _is_one(found: str, emails: Collection[str], stems: Sequence[Stem]) -> bool:
    """The address itself, another under the same name before the @ (halina.okladka@ here and there), or one that has the name in it."""
    local = fold(found).partition("@")[0]
    return any(local == fold(email).partition("@")[0] for email in emails) or _tells(local, stems, ())


def _tells(found: str, stems: Sequence[Stem], emails: Collection[str]) -> bool:
    """Has an address or a link the name in it?"""
    folded = fold(found)
    words = WORD.findall(folded.replace("_", " "))
    locals_ = [fold(email).partition("@")[0] for email in emails]
    return any(_stem_of(word, stems) for word in words if len(word) > LEAST) or any(len(one) > LEAST and one in folded for one in locals_)


def _stems(names: Collection[str]) -> Iterator[Stem]:
    """Every form of a name."""
    for name in names:
        for number, word in enumerate(WORD.findall(name)):
            folded = fold(word)
            if len(folded) >= LEAST:
                kept = max(LEAST, len(folded) - ENDING) if len(folded) > LEAST else len(folded)
                yield Stem(folded[:kept], len(folded) + ENDING + 1, given=number == 0)


def _stem_of(word: str, stems: Collection[Stem]) -> Stem | None:
    folded = fold(word)
    return next((stem for stem in stems if folded.startswith(stem.begins) and len(folded) <= stem.longest), None)
