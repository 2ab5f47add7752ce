"""One letter for many readers: its finished bytes, with marks where each reader's own addresses go.

The letter is composed once, with specimen addresses, whatever form it has; then the specimens become marks. A mark keeps
where quoted-printable broke its line, and a reader's address is as long as the specimen: so every line stays as long as
it was, and what is filled in needs no coding.
"""

import re
from collections.abc import Callable
from itertools import pairwise

from listserv.mail import headers

Value = Callable[[str, int], str]
# In front of what is still to be filled; behind it goes what only one letter has: To, Date, Message-ID.
HEAD = b"\x02head\x03"
OWN = frozenset({"to", "date", "message-id"})
MARK = re.compile(rb"\x02([a-z]+)(\d*)((?:\.\d+)*)\x03")
SOFT_BREAK = b"=\r\n"


def cut(compose: Callable[[Value], bytes], specimen: Value) -> bytes | None:
    """The stencil of what `compose` makes with an address for each place; None where an address cannot be found again."""
    asked: dict[str, tuple[str, int]] = {}
    used = 0

    def note(name: str, key: int) -> str:
        nonlocal used
        value = specimen(name, key)
        if asked.setdefault(value, (name, key)) != (name, key):
            raise ValueError(f"{name}{key} and {asked[value]} have one specimen")
        used += 1
        return value

    fields, body = headers.split(compose(note))
    raw = headers.join([field for field in fields if field.name not in OWN]) + b"\r\n" + body
    found = 0
    for value, (name, key) in asked.items():
        raw, count = _pattern(value).subn(lambda match, name=name, key=key: _mark(name, key, match[0]), raw)  # type: ignore[misc]
        found += count
    return HEAD + raw if found == used else None


def _pattern(value: str) -> re.Pattern[bytes]:
    return re.compile(b"(?:=\r\n)?".join(re.escape(letter.encode()) for letter in value))


def _mark(name: str, key: int, coded: bytes) -> bytes:
    at, places = 0, []
    for piece in coded.split(SOFT_BREAK)[:-1]:
        at += len(piece)
        places.append(at)
    return f"\x02{name}{key}{''.join(f'.{place}' for place in places)}\x03".encode()


def is_one(raw: bytes) -> bool:
    """Is this a stencil, and not a letter that is finished?"""
    return raw.startswith(HEAD)


class Stencil:
    """A stencil, taken apart once to be filled for many."""

    def __init__(self, raw: bytes) -> None:
        # Between what stays: the name of a mark, its key, its breaks.
        pieces = MARK.split(raw[len(HEAD) :])
        self._pieces = pieces[::4]
        self._places = [(name, int(key or 0), _cuts(breaks)) for name, key, breaks in zip(pieces[1::4], pieces[2::4], pieces[3::4], strict=True)]
        self._asked = {(name, key): (name.decode(), key) for name, key, _ in self._places}

    def fill(self, head: bytes, value: Value) -> bytes:
        """The letter for one reader: `head` holds the fields that are theirs alone, `value(name, key)` gives their addresses."""
        known = {place: value(*asked).encode() for place, asked in self._asked.items()}
        made = [head]
        for piece, (name, key, cuts) in zip(self._pieces, self._places, strict=False):
            made += (piece, _broken(known[name, key], cuts) if cuts else known[name, key])
        return b"".join((*made, self._pieces[-1]))


def _cuts(breaks: bytes) -> tuple[int, ...]:
    return tuple(map(int, breaks.split(b".")[1:]))


def _broken(value: bytes, cuts: tuple[int, ...]) -> bytes:
    ends = (0, *cuts, len(value))
    return SOFT_BREAK.join(value[first:end] for first, end in pairwise(ends))
