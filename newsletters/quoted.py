"""Did somebody correct the issue inside the quotation below their word? Programs quote in their own ways, so words are compared and nothing else."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from listserv.mail.folding import fold, plain

# Links and pictures are written out by each program in its own way.
PASSED_OVER = re.compile(r"<?\b(?:https?://|mailto:)[^\s<>]{1,2000}>?|\[(?:image|obraz|cid)\b[^\[\]\n]{0,300}\]", re.IGNORECASE)
BRACKETED = re.compile(r"\[[^\[\]\n]{0,300}\]")
WORD = re.compile(r"[^\W_]+")
# So many pairs of words in a row are a part of the issue; more of a quotation than this is not compared.
A_PART, LONGEST, MOST_TOLD = 4, 200_000, 8
# Our own words stand between a quoted header and the issue; of the header, so much at most looks like the issue.
FAR, FEW_ABOVE = 40, 12


def otherwise(quotation: str, body: Iterable[str], around: Iterable[str] = ()) -> str:
    """The first words that stand within the quoted issue and not so in the issue; empty where it reads the same, or is not quoted.

    `body` and what stands `around` it, both in all their forms.
    """
    own, ours = _pairs(body), _pairs(around)
    known, words = own | ours, _words(quotation[:LONGEST])
    pairs = list(pairwise(words))
    same, issue = [pair in known for pair in pairs], [pair in own for pair in pairs]
    parts = [at for at in range(len(pairs) - A_PART + 1) if all(issue[at : at + A_PART])]
    if not parts:
        return ""
    begin, end = _begin(parts), parts[-1] + A_PART
    beside = [pair in ours and pair not in own for pair in pairs]
    strange = [at for at in range(_above(beside, begin), begin) if not same[at]][:-1] if begin else []
    strange += [at for at in range(begin, end) if not same[at]]
    strange += [at for at in range(end, _below(beside, end)) if not same[at]][1:]
    return " ".join(words[strange[0] : _end(strange) + 2][:MOST_TOLD]) if strange else ""


def _above(beside: Sequence[bool], begin: int) -> int:
    """Where our own words end above the issue; without any, what stands there is the program's that quotes."""
    return next((at for at in range(begin, A_PART, -1) if all(beside[at - A_PART : at])), begin)


def _below(beside: Sequence[bool], end: int) -> int:
    """Where our own words begin below the issue; without any, what stands there is the program's that quotes."""
    return next((at for at in range(end, len(beside) - A_PART + 1) if all(beside[at : at + A_PART])), end)


def _pairs(texts: Iterable[str]) -> set[tuple[str, str]]:
    return {pair for text in texts for form in (text, BRACKETED.sub(" ", text)) for pair in pairwise(_words(form))}


def _begin(parts: Sequence[int]) -> int:
    """Where the issue begins: its subject, far above it in the header that a program quotes, is no part of it."""
    for number, (one, other) in enumerate(pairwise(parts), 1):
        if other - one > FAR:
            return parts[number] if number < FEW_ABOVE else parts[0]
    return parts[0]


def _words(text: str) -> list[str]:
    return WORD.findall(fold(PASSED_OVER.sub(" ", plain(text))))


def _end(strange: Sequence[int]) -> int:
    """Where the first run of strange pairs ends."""
    at = strange[0]
    for one in strange[1:]:
        if one != at + 1:
            break
        at = one
    return at
