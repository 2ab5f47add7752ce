"""The MAPI properties within a winmail.dat (MS-OXTNEF section 2.1.3.4): a list of typed values, told from each other by their lengths."""

from dataclasses import dataclass
from struct import Struct
from struct import error as StructError

WORD = Struct("<I")
TAG = Struct("<HH")
SEVERAL = 0x1000
STRING, UNICODE, OBJECT, BINARY = 0x001E, 0x001F, 0x000D, 0x0102
# In bytes, padding to four included.
SIZES = {0x0001: 4, 0x0002: 4, 0x0003: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x000A: 4, 0x000B: 4, 0x0014: 8, 0x0040: 8, 0x0048: 16}
FIRST_NAMED = 0x8000


@dataclass(frozen=True, slots=True)
class Property:
    """One property: of several values the first."""

    id: int
    kind: int
    value: bytes


def properties(data: bytes, most: int) -> tuple[list[Property], int]:
    """As many properties as fit their own lengths, and the steps that it took; values count, and no more than `most` are looked at."""
    found: list[Property] = []
    steps = 0
    try:
        (count,) = WORD.unpack_from(data)
        at = WORD.size
        for _ in range(count):
            kind, number = TAG.unpack_from(data, at)
            at = _behind_name(data, at + TAG.size) if number >= FIRST_NAMED else at + TAG.size
            values, at = _values(data, at, kind, most - steps)
            steps += 1 + len(values)
            found += [Property(number, kind & ~SEVERAL, value) for value in values[:1]]
    except StructError:
        pass
    return found, steps


def _behind_name(data: bytes, at: int) -> int:
    """A named property says its name first: a GUID, then a number or a string."""
    (by_string,) = WORD.unpack_from(data, at + 16)
    at += 20
    if not by_string:
        return at + WORD.size
    (length,) = WORD.unpack_from(data, at)
    return at + WORD.size + _padded(length)


def _values(data: bytes, at: int, kind: int, most: int) -> tuple[list[bytes], int]:
    single = kind & ~SEVERAL
    size = SIZES.get(single, 0)
    if not size and single not in (STRING, UNICODE, OBJECT, BINARY):
        raise StructError("no such type")
    if most <= 0:
        raise StructError("too many")
    if size and kind == single:
        return [data[at : at + size]], at + size
    (count,) = WORD.unpack_from(data, at)
    at += WORD.size
    values = []
    for _ in range(min(count, most)):
        length = size
        if not size:
            (length,) = WORD.unpack_from(data, at)
            at += WORD.size
        values.append(data[at : at + length])
        at += _padded(length)
    return values, at


def _padded(length: int) -> int:
    return length + -length % 4
