"""RFC 5322 bytes of our own letters. Header injection is impossible: no value may hold a line end."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from listserv.mail.address import Mailbox, split


def message_id(domain: str) -> str:
    """A fresh Message-ID with brackets."""
    return f"<{secrets.token_hex(12)}@{domain}>"


def mailbox(box: Mailbox) -> Address | str:
    """A mailbox as the email package writes it; an address that it does not understand stands alone."""
    local, domain = split(box.address)
    try:
        return Address(one_line(box.name), username=local, domain=domain)
    except (ValueError, IndexError):
        return one_line(box.address)


def one_line(text: str) -> str:
    """No line ends, no control characters, nothing that cannot be encoded."""
    clean = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(clean.encode("utf-8", "replace").decode().split(" ")).strip()


def letter(sender: Mailbox, to: Mailbox, subject: str, body: str, *, headers: Mapping[str, str], date: datetime) -> bytes:
    """A plain-text letter with CRLF line ends. `headers` win over the standard ones."""
    policy = SMTP if (sender.address + to.address).isascii() else SMTPUTF8
    mail = EmailMessage(policy=policy)
    mail["From"] = mailbox(sender)
    mail["To"] = mailbox(to)
    mail["Subject"] = one_line(subject)
    mail["Date"] = format_datetime(date)
    mail["Message-ID"] = message_id(split(sender.address)[1])
    for name, value in headers.items():
        # An address that somebody gave as the sender's and that is none (`0@`) breaks the email package's parser.
        with suppress(MessageError, ValueError, IndexError):
            if value:
                mail[name] = one_line(value)
    mail.set_content(body.encode("utf-8", "replace").decode(), cte="quoted-printable")
    return mail.as_bytes()
