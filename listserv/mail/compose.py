"""RFC 5322 bytes of our own letters, and of posts written in the browser. Header injection is impossible: no value may hold a line end."""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from listserv.mail import headers as fields
from listserv.mail import markup
from listserv.mail.address import Mailbox, split
from listserv.mail.headers import ENCODED, Field
from listserv.mail.text import TURNING

# Keeps the place of a field that is put in afterwards.
SOMEBODY = "nobody@example.invalid"
# Characters of a word that the email package still leaves alone, whatever stands in front of it on its line.
LONGEST_WORD = 50
QUOTE = '<blockquote type="cite">'


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
    """No line ends, no control characters, no turning marks, nothing that cannot be encoded."""
    clean = "".join(c if c.isprintable() else " " for c in TURNING.sub("", text))
    return " ".join(clean.encode("utf-8", "replace").decode().split(" ")).strip()


def letter(
    sender: Mailbox,
    to: Mailbox,
    subject: str,
    body: str,
    *,
    headers: Mapping[str, str],
    date: datetime,
    html: str = "",
    files: Sequence["File"] = (),
    calendar: "File | None" = None,
) -> bytes:
    """A letter with CRLF line ends: its text and, where there are some, the same as HTML and for calendars. `headers` win over the standard ones."""
    policy = SMTP if (sender.address + to.address).isascii() else SMTPUTF8
    mail = EmailMessage(policy=policy)
    typed = _as_typed(sender, to, subject, headers)
    mail["From"] = SOMEBODY if "from" in typed else mailbox(sender)
    mail["To"] = SOMEBODY if "to" in typed else mailbox(to)
    mail["Subject"] = SOMEBODY if "subject" in typed else one_line(subject)
    mail["Date"] = format_datetime(date)
    if not any(name.lower() == "message-id" for name in headers):
        mail["Message-ID"] = message_id(split(sender.address)[1])
    for name, value in headers.items():
        # An address that somebody gave as the sender's and that is none (`0@`) breaks the email package's parser.
        with suppress(MessageError, ValueError, IndexError):
            if value:
                mail[name] = SOMEBODY if name.lower() in typed else one_line(value)
    _fill(mail, body, html, files, calendar)
    if not typed:
        return mail.as_bytes()
    found, content = fields.split(mail.as_bytes())
    return fields.join(typed.get(field.name, field) for field in found) + b"\r\n" + content


def _fill(mail: EmailMessage, body: str, html: str, files: Sequence["File"], calendar: "File | None") -> None:
    """Put what a letter says below its fields."""
    mail.set_content(body.encode("utf-8", "replace").decode(), cte="quoted-printable")
    if html:
        mail.add_alternative(html.encode("utf-8", "replace").decode(), subtype="html", cte="quoted-printable")
    if calendar:
        # RFC 6047 section 2.4: the method stands at the part, too (it is the file's name here).
        mail.add_alternative(calendar.data, maintype="text", subtype="calendar", cte="base64", params={"charset": "utf-8", "method": calendar.name})
    for file in files:
        kind, _, charset = file.type.partition("; charset=")
        main, _, sub = kind.partition("/")
        mail.add_attachment(file.data, maintype=main, subtype=sub, filename=one_line(file.name), params={"charset": charset} if charset else None)


def _as_typed(sender: Mailbox, to: Mailbox, subject: str, headers: Mapping[str, str]) -> dict[str, Field]:
    """The fields in which somebody typed an encoded word, also as (a part of) an address: there it may hold line ends, and the
    email package would read it instead of writing it. A subject that is not ASCII, in which it would lose a space now and then. And what has
    words too long for a line, as Outlook's Message-IDs are: the package would encode them, and no program finds its conversation by that."""
    made = [fields.make(name, _author(box)) for name, box in (("From", sender), ("To", to)) if ENCODED in box.name + box.address]
    if ENCODED in subject or not subject.isascii():
        made.append(_subject(subject))
    made += [fields.make(name, value) for name, value in headers.items() if ENCODED in value]
    made += [_word_by_word(name, value) for name, value in headers.items() if ENCODED not in value and _has_long_words(value)]
    return {field.name: field for field in made}


def _has_long_words(value: str) -> bool:
    return value.isascii() and any(len(word) > LONGEST_WORD for word in value.split())


def _word_by_word(name: str, value: str) -> Field:
    """A field folded at its spaces: each word as it is, on a line of its own."""
    return Field(name.lower(), f"{name}: ".encode() + b"\r\n ".join(word.encode() for word in one_line(value).split()) + b"\r\n")


@dataclass(frozen=True, slots=True)
class File:
    """What goes along with a post."""

    name: str
    type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Writing:
    """A post as somebody wrote it in the browser: `text` is Markdown, `references` are ids without brackets, the answered one last."""

    author: Mailbox
    to: str
    subject: str
    text: str
    message_id: str
    date: datetime
    language: str = ""
    references: Sequence[str] = ()
    files: Sequence[File] = ()


def post(writing: Writing) -> bytes:
    """The mail (CRLF) that says this: the words as they were written and, where they have marks, the same as HTML."""
    answered = [f"<{ref}>".encode("utf-8", "replace") for ref in writing.references]
    made = [
        fields.make("From", _author(writing.author)),
        fields.make("To", writing.to),
        _subject(writing.subject),
        fields.make("Date", format_datetime(writing.date)),
        fields.make("Message-ID", f"<{writing.message_id}>"),
        # The email package would encode ids that are longer than a line, and no client reads those.
        *([Field("in-reply-to", b"In-Reply-To: " + answered[-1] + b"\r\n")] if answered else []),
        *([Field("references", b"References: " + b"\r\n ".join(answered) + b"\r\n")] if answered else []),
        *([fields.make("Content-Language", writing.language)] if writing.language else []),
    ]
    return fields.join(made) + _content(writing)


def _subject(text: str) -> Field:
    return Field("subject", b"Subject: " + fields.words(one_line(text)).encode() + b"\r\n")


def _author(box: Mailbox) -> str:
    name = fields.phrase(one_line(box.name))
    return f"{name} <{box.address}>" if name else box.address


def _content(writing: Writing) -> bytes:
    """Not format=flowed: a space at the end of a line means something in Markdown, and long lines are wrapped by every reader of today."""
    mail = EmailMessage(policy=SMTP)
    text = "\n".join(writing.text.strip("\r\n").splitlines()).encode("utf-8", "replace").decode() + "\n"
    mail.set_content(text, cte="quoted-printable")
    html = markup.to_html(text)
    if markup.has_marks(html):
        mail.add_alternative(page(html, writing.language), subtype="html", cte="quoted-printable")
    for file in writing.files:
        main, _, sub = file.type.partition("/")
        if main in ("message", "multipart") or not sub:
            main, sub = "application", "octet-stream"  # RFC 2046 section 5.2: a message part may not be base64
        mail.add_attachment(file.data, maintype=main, subtype=sub, filename=one_line(file.name) or None)
    return mail.as_bytes()


def page(html: str, language: str) -> str:
    """HTML as mail programs want it: quotes marked as quotes, and nothing that a reader's own style could not change."""
    lang = f' lang="{language}"' if language else ""
    return f'<!doctype html>\n<html{lang}><head><meta charset="utf-8"></head><body>\n{html.replace("<blockquote>", QUOTE)}\n</body></html>\n'
