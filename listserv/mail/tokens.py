"""Tokens: lower-case base32, at most 40 characters, for one purpose, one person and one object.

Random tokens are kept as hashes. Where there are many (a bounce address for every copy, a one-click link for every
member, a reply address for every item of a digest) they are signed instead and need no row.
"""

import hmac
import re
import secrets
from base64 import b32decode, b32encode
from collections.abc import Iterable
from enum import StrEnum
from hashlib import sha256

SHAPE = re.compile(r"[a-z2-7]{16,40}")
# 5 bytes an id: a million million rows. 10 bytes of signature: 80 bits.
ID_BYTES = 5
SIGNATURE_BYTES = 10


class Kind(StrEnum):
    """The first letter of a signed token. Random tokens begin with `x`."""

    BOUNCE = "b"
    UNSUBSCRIBE = "u"
    DIGEST_ITEM = "d"
    # A whole digest: which of its threads is meant, the words of the answer must say.
    DIGEST = "g"
    LETTER = "l"
    # A member's feeds of one list, and which number of them.
    FEED = "f"
    # A member's invitation to a meeting, and a member's ballot of a question to everybody.
    MEETING = "m"
    SURVEY = "v"
    # A person's calendar of meetings, and which number of it.
    CALENDAR = "c"


KINDS = frozenset(str(kind) for kind in Kind)
RANDOM = "x"
# Links and addresses of ours as they are, in HTML's own signs, and as mail programs write them into links of theirs (Safe Links and others).
SLASHES = ("/", "%2f", "%252f", "&#47;", "&#x2f;", "_", "-2f")
PATHS = ("unsubscribe", "subscribe", "sign-in", "me/prove", "me/keep", "me/invitation", "r/meeting", "r/question", "r/calendar")
KEYS = ("?key=", "%3fkey%3d", "%253fkey%253d", "&#63;key&#61;", "-3fkey-3d")
KEYED = ("feed.atom", "meetings.ics")
PLUSES, AT = ("r%2b", "r%252b", "r&#43;", "r&#x2b;", "r-2b"), "(?:@|%40|%2540|&#64;|&#x40;|&commat;|-40)"
_BEFORE = [*(f"{slash}{path.replace('/', slash)}{slash}" for slash in SLASHES for path in PATHS), *(f"{file}{key}" for file in KEYED for key in KEYS)]
_TOKEN = "[a-z2-7]{16,40}"  # nosec B105: what one looks like


def _behind(texts: Iterable[str]) -> str:
    return "|".join(f"(?<={re.escape(text)})" for text in texts)


# Where a token may stand in a mail: a reply address of ours, a link of ours.
IN_TEXT = re.compile(
    # Most letters of a text follow none of these signs, or no token begins with them.
    rf"(?i)\br[+-]{_TOKEN}(?={AT})|(?<=[/;_=fdb])(?={_TOKEN})(?:(?:{_behind(PLUSES)}){_TOKEN}(?={AT})|(?:{_behind(_BEFORE)}){_TOKEN})"
)


def readable(content: bytes) -> str:
    """The bytes of a file as far as tokens are looked for in them, also in texts of two bytes a letter (UTF-16)."""
    return content.replace(b"\0", b"").decode("latin-1")


def looks_right(token: str) -> bool:
    """Could this be a token of ours? Says nothing of its being valid."""
    return SHAPE.fullmatch(token) is not None


def hide(text: str) -> str:
    """The text without any token: what is a key for one person must not reach others."""
    return IN_TEXT.sub("…", text)


def new() -> str:
    """A random token: 120 bits."""
    return RANDOM + b32encode(secrets.token_bytes(15)).decode().lower()


def digest(token: str) -> bytes:
    """What the database keeps of a random token."""
    return sha256(token.lower().encode()).digest()


def sign(key: bytes, kind: Kind, *ids: int) -> str:
    """A signed token that carries one or two row ids (each below 2**40)."""
    payload = b"".join(i.to_bytes(ID_BYTES, "big") for i in ids)
    seal = hmac.digest(key, kind.encode() + payload, "sha256")[:SIGNATURE_BYTES]
    return kind + b32encode(payload + seal).decode().lower().rstrip("=")


def read(key: bytes, token: str) -> tuple[Kind, tuple[int, ...]] | None:
    """Kind and ids of a signed token; None where the signature is not ours."""
    token = token.lower()
    if not looks_right(token) or token[0] not in KINDS:
        return None
    kind, text = Kind(token[0]), token[1:].upper()
    try:
        data = b32decode(text + "=" * (-len(text) % 8))
    except ValueError:
        return None
    payload, seal = data[:-SIGNATURE_BYTES], data[-SIGNATURE_BYTES:]
    good = hmac.digest(key, kind.encode() + payload, "sha256")[:SIGNATURE_BYTES]
    if not hmac.compare_digest(seal, good) or not payload or len(payload) % ID_BYTES:
        return None
    return kind, tuple(int.from_bytes(payload[i : i + ID_BYTES], "big") for i in range(0, len(payload), ID_BYTES))
