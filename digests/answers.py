"""Which points of a digest an answer is meant for: by a number in front, else by what is quoted beside the new words."""

from collections.abc import Callable, Iterable, Sequence

from digests.added import A_DIGEST, Own, added
from digests.numbers import Numbered, Part, by_numbers, is_exclaimed, leading_number, only_leads
from digests.quoted import Atlas, Told
from listserv.mail.quotes import Piece

__all__ = ["A_DIGEST", "Numbered", "Own", "Part", "Told", "added", "by_numbers", "by_quotes", "is_exclaimed", "leading_number", "only_leads"]


def by_quotes(pieces: Sequence[Piece], told: Iterable[Told], item_of: Callable[[str], int | None] = lambda token: None) -> tuple[Part, ...]:
    """The parts of an answer by what is quoted beside each of them; empty unless each is unmistakable.

    `item_of`: the point that one of the digest's own reply addresses belongs to.
    """
    atlas = Atlas(tuple(told), item_of)
    blocks = _blocks(pieces)
    parts: list[Part] = []
    for place, (is_said, text) in enumerate(blocks):
        if not is_said:
            continue
        above = blocks[place - 1][1] if place else ""
        below = blocks[place + 1][1] if place + 1 < len(blocks) else ""
        if not above and only_leads(text) and len(blocks) > 2:
            continue
        number = _below_top(atlas, below) if not above else _beneath(atlas, above, lone=not parts and not below)
        if number is None:
            return ()
        parts.append(Part(number, text))
    return _together(parts)


def _blocks(pieces: Sequence[Piece]) -> list[tuple[bool, str]]:
    """Words and quotations in turn. A farewell belongs to the words above it; attributions and signatures are neither."""
    blocks: list[tuple[bool, str]] = []
    for piece in pieces:
        if piece.kind == "farewell" and blocks and blocks[-1][0]:
            blocks[-1] = (True, f"{blocks[-1][1]}\n\n{piece.text.strip()}")
        if piece.kind not in ("said", "quote") or not piece.text.strip():
            continue
        is_said = piece.kind == "said"
        if blocks and blocks[-1][0] == is_said:
            blocks[-1] = (is_said, f"{blocks[-1][1]}\n{piece.text}")
        else:
            blocks.append((is_said, piece.text.strip("\n")))
    return blocks


def _below_top(atlas: Atlas, quote: str) -> int | None:
    """Words above all quotations: only one point may be quoted at all."""
    numbers = set(filter(None, (found.number for found in atlas.read(quote))))
    return numbers.pop() if len(numbers) == 1 else None


def _beneath(atlas: Atlas, quote: str, *, lone: bool) -> int | None:
    """Words right below a quotation: what stands nearest is meant. `lone`: nothing else is said, and nothing quoted below."""
    found = atlas.read(quote)
    near = atlas.nearest(found)
    if near is None:
        return None
    others = {one.number for one in found if one.number and one.number != found[near].number}
    if lone and others:
        return None  # whoever writes below a whole digest may mean all of it
    return None if atlas.in_contents(found, near) else found[near].number


def _together(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Each point once, in the order in which they are answered first."""
    texts: dict[int, list[str]] = {}
    for part in parts:
        texts.setdefault(part.number, []).append(part.text.strip())
    return tuple(Part(number, "\n\n".join(filter(None, said))) for number, said in texts.items())
