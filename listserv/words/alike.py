"""How alike two texts are: how many of their rows of three words they share."""

from listserv.words.folding import folded

# So much of a text is read; what has fewer rows than these is too short to tell.
CHARACTERS_READ, ROW, FEWEST = 40_000, 3, 30


def rows_of(text: str) -> frozenset[int]:
    """The rows of three words of a text, each once, whatever its spelling; empty where it is too short to be compared."""
    words = folded(text[:CHARACTERS_READ])
    found = frozenset(hash(row) for row in zip(*(words[at:] for at in range(ROW)), strict=False))
    return found if len(found) >= FEWEST else frozenset()


def alike(one: frozenset[int], other: frozenset[int]) -> float | None:
    """From 0 (nothing in common) to 1: the share of the shorter that stands in the longer, less where that is more than twice as long; None: cannot tell."""
    if not one or not other:
        return None
    shorter, longer = sorted((len(one), len(other)))
    return len(one & other) / max(shorter, longer / 2)
