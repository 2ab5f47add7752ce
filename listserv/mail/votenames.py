"""Which options of a question somebody's words name, whole or by what sets one apart from the others."""

import re
from collections.abc import Sequence

from listserv.mail import votewords as words
from listserv.mail.folding import fold, plain

TOKEN = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
# Words of a sentence that name no option, beside a part of one that does.
MOST_BESIDE, MOST_BESIDE_WHOLE, SHORTEST_STEM = 3, 12, 4


def _stems(text: str) -> list[str]:
    """A word that is inflected is known by its beginning."""
    tokens = [one for one in TOKEN.findall(fold(plain(text))) if len(one) > 2 or one.isdigit()]
    return [_stem(one) for one in tokens if words.FILL.fullmatch(one) is None] or [_stem(one) for one in tokens]


def _stem(word: str) -> str:
    if word.isdigit() or len(word) <= SHORTEST_STEM:
        return word
    if word.endswith("ek"):
        return word[:-2]  # „piątek”, „w piątki”
    return word[: max(SHORTEST_STEM, len(word) - (1 if len(word) <= 6 else 2 if len(word) <= 8 else 3))]


def names_any(options: Sequence[str], said: str) -> bool:
    """Are all numbers of this text in the words of one of the options (dates are options too)?"""
    numbers = re.findall(r"\d+", said)
    return any(set(numbers) <= set(re.findall(r"\d+", option)) for option in options)


def named(options: Sequence[str], said: str) -> tuple[int, ...] | None:
    """The options that these words name, whole or by what sets them apart, in their order; None where that is not plain."""
    stems = [list(dict.fromkeys(_stems(option))) for option in options]
    tokens = TOKEN.findall(said)
    own = [[one for one in mine if not any(one in other for other in (*stems[:at], *stems[at + 1 :]))] for at, mine in enumerate(stems)]
    places: dict[int, int] = {}
    used: set[int] = set()
    whole = True
    for at, (mine, apart) in enumerate(zip(stems, own, strict=True)):
        hits = {stem: [i for i, token in enumerate(tokens) if _is_form(token, stem)] for stem in mine}
        full = bool(mine) and all(hits.values())
        by_own = [i for stem in apart for i in hits[stem]]
        if by_own or (full and not apart):
            places[at + 1] = min(by_own or [min(found) for found in hits.values()])
            used |= {i for found in hits.values() for i in found}
            whole = whole and full
    _drop_parts_of_others(places, stems, own)
    if not places:
        return None
    beside = [i for i, token in enumerate(tokens) if i not in used and words.FILL.fullmatch(token) is None and len(token) > 2]
    left = " ".join(token for i, token in enumerate(tokens) if i not in used)
    if words.OPEN.search(left) or words.NOT.search(left) or len(beside) > (MOST_BESIDE_WHOLE if whole else MOST_BESIDE) or "?" in said:
        return None
    return tuple(sorted(places, key=places.__getitem__))


def _drop_parts_of_others(places: dict[int, int], stems: list[list[str]], own: list[list[str]]) -> None:
    """„Robotyka dla seniorów” is not „Robotyka” as well."""
    for small in [one for one in places if not own[one - 1]]:
        if any(other != small and set(stems[small - 1]) < set(stems[other - 1]) for other in places):
            del places[small]


def _is_form(token: str, stem: str) -> bool:
    return token == stem if stem.isdigit() or len(stem) <= 3 else token.startswith(stem) and len(token) <= len(stem) + 6
