"""How the bytes of a mail are kept: packed, under their hash. No database here: the processes that read archives need none."""

import zlib
from dataclasses import dataclass
from hashlib import sha256

# Of zlib: beyond, a mail takes twice the time for a twentieth less.
LEVEL = 3
BEGINNING = 1 << 18


@dataclass(frozen=True, slots=True)
class Content:
    """A mail's bytes, ready to be kept: made outside the transaction, because packing costs time."""

    sha256: bytes
    size: int
    packed: bytes


def pack(raw: bytes) -> bytes:
    """Compressed bytes, as `Raw.packed` keeps them."""
    return zlib.compress(raw, LEVEL)


def unpack(packed: bytes) -> bytes:
    """The bytes that `pack` was given."""
    return zlib.decompress(packed)


def unpack_beginning(packed: bytes) -> bytes:
    """The first bytes of those that `pack` was given, from the first of what it made: 256 KiB at most."""
    return zlib.decompressobj().decompress(packed, BEGINNING)


def content(raw: bytes) -> Content:
    """What there is to keep of these bytes."""
    return Content(sha256(raw).digest(), len(raw), pack(raw))
