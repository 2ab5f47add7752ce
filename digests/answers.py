"""Which point an answer to a whole digest is meant for."""

import re

# `2:`, `2.`, `2)`, `2 – so`, `pkt 2:`, `ad 2`, `#2`, or a line with a number alone; never `7:30`, `15.08` or `2-3 days`.
NUMBER = re.compile(
    r"""\s*(?:
        (?:ad\s+|\#\s?)(?P<marked>\d{1,3})(?!\d|[.:]\d)[ \t]*[:.)]?
      | (?:(?:nr|pkt\.?|punkt|point|item)\s+)?(?P<plain>\d{1,3})[ \t]*(?:[:.)](?!\d)|[–—-](?=[ \t]+\D)|(?=\n|\Z))
    )\s*""",
    re.IGNORECASE | re.VERBOSE,
)


def leading_number(text: str) -> tuple[int, str] | None:
    """The number that an answer begins with, and the words behind it; None where it begins with words."""
    found = NUMBER.match(text)
    if not found:
        return None
    return int(found["marked"] or found["plain"]), text[found.end() :]
