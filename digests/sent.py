"""A digest as it was sent, read again: what its forms say, and which messages it offers to answer."""

import re
from collections.abc import Iterator
from html import unescape

from digests import stencil
from listserv.mail import bodies, mime, tokens
from listserv.mail.mime import Part

# Of one letter, the mails of a parcel within it included.
MOST_PARTS = 1_000
TAG = re.compile(r"<[^<>]*>")


def texts(raw: bytes) -> tuple[str, ...]:
    """What a digest says, once for each of its forms; a parcel's mails are one text with what stands around them."""
    forms: dict[str, list[str]] = {}
    for part, _ in zip(_leaves(mime.read(_without_marks(raw))), range(MOST_PARTS), strict=False):
        forms.setdefault(part.type, []).append(bodies.text_of(part))
        if part.type == "text/html":
            # Programs that quote a page show what is hidden in it, too.
            forms.setdefault("hidden", []).append(unescape(TAG.sub(" ", part.text.partition("<body")[2])))
    return tuple("\n".join(some) for some in forms.values())


def offered(raw: bytes) -> tuple[int, ...]:
    """The messages that a stencil has reply addresses for, by their ids, in the order in which it tells them."""
    keys = [int(key) for name, key, _ in stencil.MARK.findall(raw) if name == b"reply" and key]
    return tuple(dict.fromkeys(keys))


def addresses(raw: bytes) -> tuple[str, ...]:
    """The tokens of a digest that was finished for one reader alone, in the order in which they stand there."""
    found = [match[0][2:].lower() for text in texts(raw) for match in tokens.IN_TEXT.finditer(text)] if not stencil.is_one(raw) else []
    return tuple(dict.fromkeys(found))


def _without_marks(raw: bytes) -> bytes:
    return stencil.MARK.sub(b"", raw.removeprefix(stencil.HEAD)) if stencil.is_one(raw) else raw


def _leaves(part: Part) -> Iterator[Part]:
    for child in part.children:
        yield from _leaves(child)
    if part.type == "message/rfc822":
        yield from _leaves(mime.read(part.content()))
    elif part.type in ("text/plain", "text/html") and not part.children:
        yield part
