"""The letter: both forms in one multipart/alternative, with the fields that a digest needs."""

import binascii
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime

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
    # "=_" never occurs in quoted-printable, so the boundary cannot either (RFC 2046 section 5.1.1).
    boundary = f"=_{envelope.message_id.partition('@')[0]}"
    head = headers.join(_fields(rendered.subject, envelope))
    kind = f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{boundary}"\r\n'
    parts = (_part("plain", rendered.text), _part("html", rendered.html))
    body = b"".join(b"--" + boundary.encode() + b"\r\n" + part for part in parts)
    return head + kind.encode() + b"\r\n" + body + b"--" + boundary.encode() + b"--\r\n"


def _fields(subject: str, envelope: Envelope) -> list[headers.Field]:
    made, address = headers.make, f"{envelope.list_name}@{envelope.domain}"
    return [
        made("From", f"{headers.phrase(envelope.list_title)} <{address}>"),
        made("To", f"{headers.phrase(envelope.to.name)} <{envelope.to.address}>".strip()),
        made("Reply-To", f"<{envelope.reply_to}>"),
        headers.Field("subject", f"Subject: {_subject(subject)}\r\n".encode()),
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


def _subject(text: str) -> str:
    clean = "".join(c if c.isprintable() else " " for c in text).encode("utf-8", "replace").decode()
    # RFC 2047 section 2: encoded words of at most 75 characters, each on its line.
    return Header(clean, "us-ascii" if clean.isascii() else "utf-8", header_name="Subject").encode(linesep="\r\n")


def _part(subtype: str, text: str) -> bytes:
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    coded = binascii.b2a_qp(text.encode("utf-8", "replace"), istext=True).replace(b"\n", b"\r\n")
    # The line end in front of a boundary belongs to the boundary.
    return head.encode() + coded + b"\r\n"
