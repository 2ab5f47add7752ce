"""A mail for a relay without 8BITMIME: parts beyond ASCII as quoted-printable or base64 (RFC 6152 section 3, RFC 2045).

Parts that are ASCII stay byte for byte. Where a body had to change, signatures over it are taken off: they would only
fail, and a list's own signature is made over what is really sent.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from hashlib import sha256

from listserv.mail import headers
from listserv.mail.asciifields import ascii_field, ascii_fields
from listserv.mail.fields import media_type, parameters
from listserv.mail.headers import Field

# Deeper than any mail of a person; what is deeper is sent as a file of its own.
DEEPEST = 40
SEALS = frozenset(("dkim-signature", "arc-seal", "arc-message-signature", "arc-authentication-results"))
NO_ASCII = bytes(range(128, 256))
CTE = "content-transfer-encoding"


def seven_bit(data: bytes) -> bytes:
    """A mail (CRLF line ends) in ASCII, saying the same."""
    if data.isascii():
        return data
    fields, body = headers.split(data)
    if body.isascii():
        return ascii_fields(data)
    kept = [field for field in fields if field.name not in SEALS]
    return _entity(kept, body, 0, of_mime=True)


def _entity(fields: list[Field], body: bytes, depth: int, *, of_mime: bool = False) -> bytes:
    """A mail or a part of one: its fields, the empty line and its body."""
    if not body.isascii():
        fields, body = _converted(fields, body, depth)
        if of_mime and headers.first(fields, "mime-version") is None:
            fields = [*fields, headers.make("MIME-Version", "1.0")]
    return headers.join(map(ascii_field, fields)) + b"\r\n" + body


def _converted(fields: list[Field], body: bytes, depth: int) -> tuple[list[Field], bytes]:
    value = _value(fields, "content-type")
    kind = media_type(value) if value else "text/plain"
    boundary = parameters(value).get("boundary", "")
    if depth < DEEPEST and kind.startswith("multipart/") and (made := _multipart(body, boundary, depth)) is not None:
        return _labelled([_with_boundary(field, boundary) for field in fields], "7bit"), made
    if depth < DEEPEST and kind in ("message/rfc822", "message/global"):
        return _labelled(fields, "7bit"), _entity(*headers.split(body), depth + 1)
    if kind.startswith(("multipart/", "message/")):
        # These may not be encoded (RFC 2045 section 6.4), and this one cannot be read: it is sent as a file.
        fields = [*_without(fields, ("content-type",)), headers.make("Content-Type", "application/octet-stream")]
        return _labelled(fields, "base64"), _base64(body)
    return _leaf(fields, body, kind)


def _leaf(fields: list[Field], body: bytes, kind: str) -> tuple[list[Field], bytes]:
    encoding = _value(fields, CTE).lower()
    if encoding == "quoted-printable":
        return fields, re.sub(rb"[\x80-\xff]", lambda found: b"=%02X" % found[0][0], body)
    if encoding == "base64":
        return fields, body.translate(None, NO_ASCII)
    few = len(body.translate(None, NO_ASCII)) * 6 > len(body) * 5
    if kind.startswith("text/") and (few or len(body) < 2_000):
        return _labelled(fields, "quoted-printable"), headers.crlf(binascii.b2a_qp(body, istext=True))
    return _labelled(fields, "base64"), _base64(body)


def _base64(body: bytes) -> bytes:
    return base64.encodebytes(body).replace(b"\n", b"\r\n")


def _multipart(body: bytes, boundary: str, depth: int) -> bytes | None:
    """The parts one by one; None where their boundary is not there."""
    if not boundary:
        return None
    mark = re.escape(boundary.encode("utf-8", "surrogateescape"))
    marks = list(re.finditer(rb"(?:\A|(?<=\r\n))--" + mark + rb"(--)?[ \t]*(?:\r\n|\Z)", body))
    if not marks:
        return None
    made = [_asciified(body[: marks[0].start()])]
    for here, there in zip(marks, [*marks[1:], None], strict=True):
        part = body[here.end() : there.start() if there else len(body)]
        line = here[0].replace(boundary.encode("utf-8", "surrogateescape"), _ascii_boundary(boundary))
        made += [line, _asciified(part) if here[1] else _part(part, depth)]
    return b"".join(made)


def _ascii_boundary(boundary: str) -> bytes:
    data = boundary.encode("utf-8", "surrogateescape")
    return data if data.isascii() else b"=_" + sha256(data).hexdigest()[:32].encode("ascii")


def _with_boundary(field: Field, boundary: str) -> Field:
    if field.name != "content-type" or boundary.isascii():
        return field
    return Field(field.name, field.raw.replace(boundary.encode("utf-8", "surrogateescape"), _ascii_boundary(boundary)))


def _part(part: bytes, depth: int) -> bytes:
    """One part; the line end before the next boundary belongs to that (RFC 2046 section 5.1.1)."""
    if part.isascii():
        return part
    inner, end = (part[:-2], b"\r\n") if part.endswith(b"\r\n") else (part, b"")
    if inner.startswith(b"\r\n"):
        return _entity([], inner[2:], depth + 1) + end
    made = _entity(*headers.split(inner), depth + 1)
    return (made if b"\r\n\r\n" in inner else made.removesuffix(b"\r\n")) + end


def _asciified(data: bytes) -> bytes:
    """What nobody reads: the lines before and behind the parts."""
    return data.translate(bytes(code if code < 128 else ord("?") for code in range(256)))


def _labelled(fields: Iterable[Field], encoding: str) -> list[Field]:
    return [*_without(fields, (CTE,)), headers.make("Content-Transfer-Encoding", encoding)]


def _without(fields: Iterable[Field], names: tuple[str, ...]) -> list[Field]:
    return headers.without(fields, lambda field: field.name in names)


def _value(fields: list[Field], name: str) -> str:
    found = headers.first(fields, name)
    return found.value.decode("utf-8", "surrogateescape") if found else ""
