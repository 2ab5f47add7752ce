"""Places in a shared text that are filled for each reader: their reply addresses, their way out."""

import re
from collections.abc import Callable

# Control characters, which no text from outside keeps (excerpt.clean): nobody can write a mark into a post.
MARK = re.compile("\x02([a-z]+)(\\d*)\x03")


def mark(name: str, key: int | str = "") -> str:
    """The mark for one place: `reply` with an item's key, or `leave`."""
    return f"\x02{name}{key}\x03"


def fill(text: str, value: Callable[[str, int], str]) -> str:
    """The text with every mark replaced by what `value(name, key)` gives."""
    return MARK.sub(lambda found: value(found[1], int(found[2] or 0)), text)
