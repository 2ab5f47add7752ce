"""Sizes as people write them: 2 MB, 500 kB, „2,5 MB”."""

import re
from decimal import Decimal
from typing import Final

SIZE = re.compile(r"(\d{1,12})(?:[.,](\d{1,3}))?\s*(k|kb|m|mb|g|gb|b)?", re.I)
UNITS: Final = {"b": 1, "k": 1 << 10, "kb": 1 << 10, "m": 1 << 20, "mb": 1 << 20, "g": 1 << 30, "gb": 1 << 30}
SHOWN: Final = (("MB", 1 << 20), ("kB", 1 << 10), ("B", 1))
# A number alone means so many megabytes; beyond this it was hardly meant so.
MOST_ALONE: Final = 100


def read(text: str) -> int:
    """A size in bytes; 0 where that cannot be read. A number alone means megabytes."""
    found = SIZE.fullmatch(text.strip())
    if found is None or (not found[3] and int(found[1]) > MOST_ALONE):
        return 0
    return int(Decimal(f"{found[1]}.{found[2] or 0}") * UNITS[(found[3] or "mb").lower()])


def shown(size: int) -> str:
    """A size as it is kept: in the largest unit in which few digits tell all of it."""
    said = (f"{round(size / unit, 3):g} {name}" for name, unit in SHOWN if size * 10 >= unit)
    return next(words for words in said if read(words) == size)
