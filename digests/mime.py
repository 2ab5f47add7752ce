"""The letter: both forms in one multipart/alternative, with the fields that a digest needs."""

import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from digests.entries import Form
from digests.parcels import Part, fits
from digests.rendering import Rendered
from listserv.mail import headers
from listserv.mail.address import Mailbox


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a digest's header block says: between which list and which person, and the ways back."""

    list_name: str
    list_title: str
    domain: str
    to: Mailbox
    date: datetime
    message_id: str
    reply_to: str
    unsubscribe_url: str
    unsubscribe_address: str
    archive_url: str


def compose(rendered: Rendered, envelope: Envelope) -> bytes:
    """The digest as RFC 5322 bytes with CRLF line ends. Nothing in it can end a header line early."""
    head = headers.join(_fields(rendered.subject, envelope)) + b"MIME-Version: 1.0\r\n"
    if rendered.form is Form.MIME:
        return head + _parcel(rendered, envelope)
    if rendered.form is not Form.HTML:
        return head + _part("plain", rendered.text)
    return head + _several("alternative", _boundary(envelope), (_part("plain", rendered.text), _part("html", rendered.html)))


def _boundary(envelope: Envelope, inner: str = "") -> str:
    # "=_" never occurs in quoted-printable, so the boundary cannot either (RFC 2046 section 5.1.1).
    return f"=_{inner}{envelope.message_id.partition('@')[0]}"


def _several(subtype: str, boundary: str, parts: Iterable[bytes]) -> bytes:
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode()
    line = b"--" + boundary.encode()
    return head + b"".join(line + b"\r\n" + part for part in parts) + line + b"--\r\n"


def _parcel(rendered: Rendered, envelope: Envelope) -> bytes:
    """What it is, the mails, and how often it comes: programs that know no parcels show three texts."""
    mails = _several("digest", _boundary(envelope, "mails."), (_mail(part, envelope) for part in rendered.parts))
    parts = (_part("plain", rendered.text), *([mails] if rendered.parts else []), _part("plain", rendered.foot))
    return _several("mixed", _boundary(envelope), parts)


def _mail(part: Part, envelope: Envelope) -> bytes:
    made = headers.make
    fields = [
        # The list's address and not the author's: what is answered goes to Reply-To, and nobody's private address is told.
        made("From", f"{headers.phrase(part.author)} <{envelope.list_name}@{envelope.domain}>"),
        headers.Field("subject", f"Subject: {headers.words(part.subject)}\r\n".encode()),
        made("Date", format_datetime(part.at)),
        *(made(name, f"<{told}>") for name, told in (("Message-ID", part.message_id), ("In-Reply-To", part.parent_id)) if fits(told)),
        made("Reply-To", f"<{part.reply}>"),
    ]
    return b"Content-Type: message/rfc822\r\n\r\n" + headers.join(fields) + b"MIME-Version: 1.0\r\n" + _part("plain", part.text)


def _fields(subject: str, envelope: Envelope) -> list[headers.Field]:
    made, address = headers.make, f"{envelope.list_name}@{envelope.domain}"
    return [
        made("From", f"{headers.phrase(envelope.list_title)} <{address}>"),
        made("To", f"{headers.phrase(envelope.to.name)} <{envelope.to.address}>".strip()),
        made("Reply-To", f"<{envelope.reply_to}>"),
        headers.Field("subject", f"Subject: {headers.words(subject)}\r\n".encode()),
        made("Date", format_datetime(envelope.date)),
        made("Message-ID", f"<{envelope.message_id}>"),
        made("List-Id", f"{headers.phrase(envelope.list_title)} <{envelope.list_name}.{envelope.domain}>"),
        # RFC 8058 section 3.1: both fields, or receivers ignore the one-click offer.
        made("List-Unsubscribe", f"<{envelope.unsubscribe_url}>, <mailto:{envelope.unsubscribe_address}>"),
        made("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        made("List-Help", f"<mailto:{envelope.list_name}-help@{envelope.domain}>"),
        made("List-Owner", f"<mailto:{envelope.list_name}-owner@{envelope.domain}>"),
        # No List-Post: "Reply to list" would send an answer to the whole digest into no thread at all.
        made("List-Archive", f"<{envelope.archive_url}>"),
        # RFC 3834 section 5.1; and Microsoft's word for the same, so that no holiday notice comes back.
        made("Auto-Submitted", "auto-generated"),
        made("X-Auto-Response-Suppress", "All"),
        made("Precedence", "bulk"),
        made("X-Loop", address),
    ]


def _part(subtype: str, text: str) -> bytes:
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    coded = binascii.b2a_qp(text.encode("utf-8", "replace"), istext=True).replace(b"\n", b"\r\n")
    # The line end in front of a boundary belongs to the boundary.
    return head.encode() + coded + b"\r\n"
