"""The mail that an issue is, twice over: as its readers get it, with pictures from our server and lines for their fields, and
as the archive keeps it, whole in itself: pictures inside, fields filled for nobody.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

from listserv.mail import headers
from listserv.mail.address import Mailbox
from newsletters.filling import Form, coded
from newsletters.printing import Printed


@dataclass(frozen=True, slots=True)
class Envelope:
    """Between whom, when, and under which id (without brackets)."""

    author: Mailbox
    to: str
    message_id: str
    date: datetime
    language: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture: where the HTML shows it from, and what it is."""

    url: str
    name: str
    type: str
    data: bytes


def mailed(printed: Printed, envelope: Envelope) -> bytes:
    """The mail as its readers get it, with a line for each field (newsletters.filling)."""
    html = _html(printed.html, printed)
    return _head(printed.subject, envelope) + _alternative(printed, envelope, html)


def archived(printed: Printed, envelope: Envelope, images: Sequence[Image]) -> bytes:
    """The same as the archive keeps it."""
    page = printed.html
    for number, image in enumerate(images, 1):
        page = page.replace(f'src="{escape(image.url)}"', f'src="cid:{_cid(number, envelope)}"')
    html = _html(page, printed)
    whole = _related(html, envelope, images) if images else html
    return Form(_head(printed.subject, envelope) + _alternative(printed, envelope, whole)).filled("")


def _cid(number: int, envelope: Envelope) -> str:
    return f"{number}.{envelope.message_id}"


def _html(page: str, printed: Printed) -> bytes:
    return _part("text/html; charset=utf-8", "quoted-printable", coded(page, printed.fields, html=True))


def _part(kind: str, encoding: str, content: bytes, more: str = "") -> bytes:
    # The line end in front of a boundary belongs to the boundary.
    return f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n{more}\r\n".encode() + content + b"\r\n"


def _boundary(envelope: Envelope, kind: str) -> str:
    # "=_" never occurs in quoted-printable, so the boundary cannot either (RFC 2046 section 5.1.1).
    return f"=_{kind}.{envelope.message_id.partition('@')[0]}"


def _alternative(printed: Printed, envelope: Envelope, html: bytes) -> bytes:
    text = _part("text/plain; charset=utf-8", "quoted-printable", coded(printed.text, printed.fields, html=False))
    return _joined(_boundary(envelope, "alternative"), (text, html))


def _joined(boundary: str, parts: Sequence[bytes]) -> bytes:
    mark = f"--{boundary}".encode()
    return b"".join(mark + b"\r\n" + part for part in parts) + mark + b"--\r\n"


def _related(html: bytes, envelope: Envelope, images: Sequence[Image]) -> bytes:
    boundary = _boundary(envelope, "related")
    pictures = [_picture(number, image, envelope) for number, image in enumerate(images, 1)]
    return f'Content-Type: multipart/related; type="text/html"; boundary="{boundary}"\r\n\r\n'.encode() + _joined(boundary, (html, *pictures))


def _picture(number: int, image: Image, envelope: Envelope) -> bytes:
    ending = image.type.partition("/")[2]
    name = "".join(letter for letter in image.name if letter.isascii() and (letter.isalnum() or letter in "._-")) or f"picture-{number}.{ending}"
    more = f'Content-ID: <{_cid(number, envelope)}>\r\nContent-Disposition: inline; filename="{name}"\r\n'
    return _part(image.type, "base64", base64.encodebytes(image.data).replace(b"\n", b"\r\n"), more)


def _head(subject: str, envelope: Envelope) -> bytes:
    made, author = headers.make, envelope.author
    name = headers.phrase(author.name)
    fields = [
        made("From", f"{name} <{author.address}>" if name else author.address),
        made("To", envelope.to),
        headers.Field("subject", f"Subject: {headers.words(subject)}\r\n".encode()),
        made("Date", format_datetime(envelope.date)),
        made("Message-ID", f"<{envelope.message_id}>"),
        made("Content-Language", envelope.language),
    ]
    kind = f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{_boundary(envelope, "alternative")}"\r\n\r\n'
    return headers.join(fields) + kind.encode()
