"""Signed tokens by the hundred: the same as `tokens.sign` makes, at a tenth of its cost.

Each copy of a post has two of its own, so that they were a third of what a copy cost (measured, benchmarks/fanout.py).
Base 32 is made of all bytes at once: a big number is spread over lanes of eight bytes with a few shifts.
"""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

from listserv.mail.tokens import ID_BYTES, SIGNATURE_BYTES, Kind

# HMAC (RFC 2104): the block of SHA-256, and what the key is mixed with.
BLOCK, INNER, OUTER = 64, 0x36, 0x5C
# What five bits of a byte of its own stand for.
ALPHABET = b"abcdefghijklmnopqrstuvwxyz234567".ljust(256)
# Bits of a lane of 64: those that move up, how far, and those that stay; halves of 20, 10 and 5 bits.
SPREADS = ((0x000000FFFFF00000, 12, 0x00000000000FFFFF), (0x000FFC00000FFC00, 6, 0x000003FF000003FF), (0x03E003E003E003E0, 3, 0x001F001F001F001F))


@lru_cache(16)
def _masks(lanes: int) -> tuple[tuple[int, int, int], ...]:
    return tuple((int.from_bytes(up.to_bytes(8, "big") * lanes, "big"), by, int.from_bytes(stay.to_bytes(8, "big") * lanes, "big")) for up, by, stay in SPREADS)


def base32(data: bytes) -> str:
    """Base 32 in lower case, of a multiple of five bytes."""
    lanes = len(data) // 5
    spread = bytearray(8 * lanes)
    for place in range(5):
        spread[3 + place :: 8] = data[place::5]
    number = int.from_bytes(spread, "big")
    for up, by, stay in _masks(lanes):
        number = (number & up) << by | number & stay
    return number.to_bytes(8 * lanes, "big").translate(ALPHABET).decode("ascii")


class Sealer:
    """Makes the two tokens of each copy: what its bounce comes back to, and its way off the list."""

    def __init__(self, key: bytes) -> None:
        block = (sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
        begun = sha256(bytes(byte ^ INNER for byte in block))
        self._bounce, self._leave = begun.copy(), begun.copy()
        self._bounce.update(Kind.BOUNCE.encode())
        self._leave.update(Kind.UNSUBSCRIBE.encode())
        self._outer = sha256(bytes(byte ^ OUTER for byte in block))

    def pairs(self, ids: Sequence[tuple[int, int]]) -> list[tuple[str, str]]:
        """For each member and post the token of its bounces, and that of the way off the list."""
        bounce, leave, outer = self._bounce.copy, self._leave.copy, self._outer.copy
        parts = []
        for member, post in ids:
            payload = (member << 8 * ID_BYTES | post).to_bytes(2 * ID_BYTES, "big")
            parts.append(payload)
            for inner in (bounce(), leave()):
                inner.update(payload)
                seal = outer()
                seal.update(inner.digest())
                parts.append(seal.digest()[:SIGNATURE_BYTES])
        text = base32(b"".join(parts))
        # 16 letters of what is signed, 16 of the one seal and 16 of the other.
        return [(f"b{text[at : at + 32]}", f"u{text[at : at + 16]}{text[at + 32 : at + 48]}") for at in range(0, len(text), 48)]
