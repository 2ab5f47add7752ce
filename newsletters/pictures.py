"""What a picture is, from its first bytes: mail programs give files the strangest types, and Outlook must be told how wide one is."""

import re
from collections.abc import Callable
from typing import NamedTuple

# Down to where the measures of a JPEG are looked for: its thumbnail and its profile stand above.
NAMED = re.compile(r"\.(?:png|jpe?g|jfif|gif|webp)$", re.IGNORECASE)
LONGEST_HEAD = 1 << 20


class Seen(NamedTuple):
    """A picture's type and its measures in pixels."""

    type: str
    width: int
    height: int


def may_be(kind: str, name: str) -> bool:
    """May a file of this type and name be a picture? What it is only its bytes say."""
    return kind.startswith("image/") or (kind == "application/octet-stream" and NAMED.search(name) is not None)


def look(data: bytes) -> Seen | None:
    """What this picture is; None for what neither browsers nor mail programs show everywhere, and for what is none."""
    for start, kind, measured in KINDS:
        if data.startswith(start):
            width, height = measured(data[:LONGEST_HEAD])
            return Seen(kind, width, height) if width and height else None
    return None


def _png(data: bytes) -> tuple[int, int]:
    return (_big(data, 16, 4), _big(data, 20, 4)) if data[12:16] == b"IHDR" else (0, 0)


def _gif(data: bytes) -> tuple[int, int]:
    return _little(data, 6, 2), _little(data, 8, 2)


def _webp(data: bytes) -> tuple[int, int]:
    kind = data[12:16] if data[8:12] == b"WEBP" else b""
    if kind == b"VP8X":
        return _little(data, 24, 3) + 1, _little(data, 27, 3) + 1
    if kind == b"VP8L" and len(data) > 24:
        both = _little(data, 21, 4)
        return (both & 0x3FFF) + 1, (both >> 14 & 0x3FFF) + 1
    return (_little(data, 26, 2) & 0x3FFF, _little(data, 28, 2) & 0x3FFF) if kind == b"VP8 " else (0, 0)


def _jpeg(data: bytes) -> tuple[int, int]:
    """From segment to segment (each says how long it is) to the one that begins a frame."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        mark = data[at + 1]
        if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):
            return _big(data, at + 7, 2), _big(data, at + 5, 2)
        at += 1 if mark == 0xFF else 2 + max(2, _big(data, at + 2, 2))
    return 0, 0


def _big(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "big") if at + size <= len(data) else 0


def _little(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little") if at + size <= len(data) else 0


KINDS: tuple[tuple[bytes, str, Callable[[bytes], tuple[int, int]]], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png", _png),
    (b"\xff\xd8\xff", "image/jpeg", _jpeg),
    (b"GIF87a", "image/gif", _gif),
    (b"GIF89a", "image/gif", _gif),
    (b"RIFF", "image/webp", _webp),
)
