"""A mail that Mailman kept as a pickled object, back as bytes.

It is put together by hand, field by field: what Mailman kept is not folded, encoded or judged anew.
"""

from email.header import Header
from email.message import Message
from typing import Any, Final

from listserv.mailman.pickles import Record, load
from listserv.mailman.values import Unreadable

LARGEST: Final = 64 << 20
MOST_PARTS: Final = 1000
DEEPEST: Final = 30
# Of a Content-Type no more is looked at.
LONGEST_TYPE: Final = 8000
# To fold and encode a character is this much more work than to copy one.
FOLDING: Final = 15


def mail(raw: bytes) -> bytes:
    """The mail in a file of Mailman's message store: a pickle, or (`.txt`) the mail itself. Raises Unreadable."""
    if not looks_pickled(raw):
        return crlf(raw)
    value = load(raw)
    if isinstance(value, (bytes, str)):
        return crlf(octets(value))
    if not isinstance(value, Record) or not isinstance(value.get("_headers"), list):
        raise Unreadable("holds no mail")
    try:
        return crlf(_Writer().message(value, 0))
    except (ValueError, TypeError, LookupError, AttributeError):
        # Content types can be written so oddly that Python's own reader of them stumbles.
        raise Unreadable("holds a damaged mail") from None


def looks_pickled(raw: bytes) -> bool:
    """A pickle begins with its protocol, or (protocol 1) with a mark and a class; a mail with a letter."""
    return raw.startswith((b"\x80", b"(c", b"(i", b"cc", b"ccopy_reg")) and raw.rstrip(b"\n").endswith(b".")


def crlf(raw: bytes) -> bytes:
    """Lines as mail has them."""
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")


def octets(value: Any) -> bytes:
    """A string of Python 2 or 3 as the bytes that came by mail; nothing for what is no string."""
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        return b""
    try:
        return value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace")


class _Writer:
    """Writes one mail; a file that names the same part again and again comes to an end here."""

    def __init__(self) -> None:
        self.parts = 0
        self.left = LARGEST

    def message(self, record: Record, depth: int) -> bytes:
        self.parts += 1
        if depth > DEEPEST or self.parts > MOST_PARTS:
            raise Unreadable("holds a mail with too many parts")
        kept = record.get("_headers")
        kept = kept if isinstance(kept, list) else []
        self.take(len(kept))
        fields = [(self.counted(name), self.value(value)) for name, value in (pair for pair in kept if isinstance(pair, tuple) and len(pair) == 2)]
        self.take(4 * len(fields))
        head = b"".join(name + b": " + value + b"\n" for name, value in fields)
        return head + b"\n" + self.body(record, _content_type(fields), depth)

    def take(self, size: int) -> None:
        """Count what will be written, before it is. Raises Unreadable when it becomes too much."""
        self.left -= size
        if self.left < 0:
            raise Unreadable("holds a mail larger than any")

    def counted(self, value: Any) -> bytes:
        """A string's bytes."""
        self.take(len(value) if isinstance(value, (bytes, str)) else 0)
        return octets(value)

    def body(self, record: Record, kind: Message, depth: int) -> bytes:
        payload = record.get("_payload")
        if not isinstance(payload, list):
            return self.counted(payload)
        self.take(len(payload))
        parts = [self.message(part, depth + 1) for part in payload if isinstance(part, Record)]
        if kind.get_content_maintype() == "message":
            return b"".join(parts)
        edge = b"--" + octets(kind.get_boundary() or "")
        self.take((len(edge) + 2) * (len(parts) + 2))
        between = (b"\n" + edge + b"\n").join(parts)
        preamble, epilogue = self.counted(record.get("preamble")), self.counted(record.get("epilogue"))
        return b"".join((preamble + b"\n" if preamble else b"", edge, b"\n", between, b"\n", edge, b"--\n", epilogue))

    def value(self, value: Any) -> bytes:
        """A field's value as bytes; what programs kept as an object is written as an encoded word."""
        if not isinstance(value, Record):
            return _folded(self.counted(value))
        chunks = value.get("_chunks")
        if isinstance(chunks, list):
            self.take(len(chunks))
            text = "".join(map(self.chunk, chunks))
            self.take(FOLDING * len(text))
            return Header(text, "utf-8").encode(linesep="\n").encode("ascii", "replace")
        texts = [arg for arg in value.args if isinstance(arg, (str, bytes))]
        return _folded(self.counted(texts[-1])) if texts else b""

    def chunk(self, chunk: Any) -> str:
        """A piece of an `email.header.Header`: text and its charset."""
        text, charset = chunk if isinstance(chunk, tuple) and len(chunk) == 2 else ("", None)
        raw = self.counted(text)
        if isinstance(text, str):
            return text
        name = charset.get("input_charset") if isinstance(charset, Record) else None
        try:
            return raw.decode(octets(name).decode("ascii") or "utf-8", "replace")
        except (LookupError, ValueError):
            return raw.decode("latin-1")


def _content_type(fields: list[tuple[bytes, bytes]]) -> Message:
    """The Content-Type field, for asking what it says."""
    kind = Message()
    for name, value in fields:
        if name.lower() == b"content-type":
            kind["Content-Type"] = " ".join(value[:LONGEST_TYPE].decode("utf-8", "replace").split())
            break
    return kind


def _folded(raw: bytes) -> bytes:
    """A field's value, every further line of it indented."""
    return raw.replace(b"\r\n", b"\n").rstrip(b"\n").replace(b"\n", b"\n ").replace(b"\n  ", b"\n ").replace(b"\n \t", b"\n\t")
