"""From the bytes of a mail to a Post: everything that is asked of a mail later, as plain values."""

import re
from base64 import b32encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha1, sha256
from typing import TypeVar

from listserv.mail import bodies, fields, filenames, htmlsignatures, mime, quotes
from listserv.mail.address import Mailbox
from listserv.mail.automatic import FIELDS, automatic
from listserv.mail.bodies import Contents
from listserv.mail.mailboxes import first_name, mailboxes
from listserv.mail.mime import Part
from listserv.mail.subject import base_subject

MADE_DOMAIN = "made.invalid"
LONGEST_SUBJECT = 1_000
# In characters. Telling quotes apart takes a microsecond a character at worst; nobody writes this much in one answer.
LONGEST_REPLY = 500_000
LANGUAGE = re.compile(r"\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\b")
LOOP_FIELDS = ("x-loop", "list-id", "list-post", "x-beenthere")

S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Attachment:
    """What a mail carries beside its text. Size in bytes and SHA-256 (hex) are those of the decoded content."""

    number: int
    name: str
    type: str
    size: int
    sha256: str
    # Shown in its place by the letter's HTML, which names it by this id.
    inline: bool = False
    content_id: str = ""
    # Of an attached message: what its own files are called.
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """A parsed mail. All strings can be written as UTF-8, and all but the bodies are one line without control characters.

    Message ids have no brackets and no white space; dates are aware. `made_id` says that the mail brought no usable id.
    """

    size: int
    message_id: str
    made_id: bool
    authors: tuple[Mailbox, ...]
    sender: str
    reply_to: tuple[Mailbox, ...]
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    subject: str
    base_subject: str
    date: datetime | None
    in_reply_to: str
    references: tuple[str, ...]
    text: str
    reply: str
    html: str | None
    attachments: tuple[Attachment, ...]
    automatic: str | None
    loop_marks: tuple[str, ...]
    content_language: str
    problems: tuple[str, ...]
    # What From calls its first author, even where it gives no address that could be used.
    author_name: str = ""


def parse(raw: bytes) -> Post:
    """Read a mail. Any bytes at all give a Post; what was odd about them is in its `problems`."""
    try:
        return _post(raw)
    except Exception:  # noqa: BLE001 - the last net: a mail that nobody foresaw is kept and held, not lost
        return _unreadable(raw)


def attachment(raw: bytes, number: int) -> tuple[Attachment, bytes] | None:
    """One attachment, numbered as `parse` does, and its decoded content; None where there is none of that number."""
    try:
        contents = bodies.sort(mime.read(raw))
        part = contents.attached[number - 1] if number > 0 else None
        return _attachment(part, number, bodies.named(contents)) if part else None
    except Exception:  # noqa: BLE001 - as in parse: a mail that could not be read has no attachments
        return None


def attachments(raw: bytes) -> Iterator[tuple[Attachment, bytes]]:
    """Every attachment with its decoded content, in the order of their numbers; the mail is read once."""
    try:
        contents = bodies.sort(mime.read(raw))
        named = bodies.named(contents)
    except Exception:  # noqa: BLE001 - as in parse: a mail that could not be read has no attachments
        return
    for number, part in enumerate(contents.attached, 1):
        with suppress(Exception):
            yield _attachment(part, number, named)


def identify(raw: bytes, digest: bytes = b"") -> str:
    """The Message-ID that `parse` would give, from the header alone: cheap enough to be done while the sender waits.

    Where only the header is at hand, `digest` is the SHA-256 of the whole mail.
    """
    try:
        found = fields.message_id(mime.read_head(raw).first("message-id"))
    except Exception:  # noqa: BLE001 - as in parse
        found = ""
    return found or _id_from(digest or sha256(raw).digest())


def message_hash(message_id: str) -> str:
    """Mailman's Message-ID-Hash: base32 of the SHA-1 of the id without brackets."""
    return b32encode(sha1(message_id.encode("utf-8", "replace"), usedforsecurity=False).digest()).decode()


def _post(raw: bytes) -> Post:
    root = mime.read(raw)
    contents = bodies.sort(root)
    plain = _joined([_or(part.text, bodies.text_of, part) for part in contents.as_text])
    text = _or(plain, partial(htmlsignatures.set_off, sources=bodies.sources(contents)), plain)
    date = fields.date(root.first("date"))
    authors = mailboxes(root.all("from"))
    message_id = fields.message_id(root.first("message-id"))
    to, cc, reply_to = (mailboxes(root.all(name)) for name in ("to", "cc", "reply-to"))
    people = {mailbox.address.lower() for mailbox in (*authors, *to, *cc, *reply_to)}
    referred, answered = fields.message_ids(root.all("references")), fields.answered(root.all("in-reply-to"), people)
    subject = fields.line(root.first("subject"))[:LONGEST_SUBJECT].rstrip()
    return Post(
        size=len(raw),
        message_id=message_id or _made_id(raw),
        made_id=not message_id,
        authors=authors,
        sender=next((mailbox.address for mailbox in mailboxes(root.all("sender"))), ""),
        reply_to=reply_to,
        to=to,
        cc=cc,
        subject=subject,
        base_subject=base_subject(subject),
        date=date,
        in_reply_to=next(iter(answered), ""),
        # What References know is believed; what is answered comes last where they do not know it.
        references=referred if set(answered) & set(referred) else referred + answered[:1],
        text=text,
        reply=_or(text, quotes.reply, text[:LONGEST_REPLY]),
        html=_or(None, bodies.safe_html, contents.as_html),
        attachments=_attachments(contents),
        automatic=automatic(_asked(root), text, {_kind(part) for part in root.leaves()}),
        loop_marks=tuple(fields.line(value) for name in LOOP_FIELDS for value in root.all(name)),
        content_language=_language(root),
        problems=(*_missing(root, message_id, date, authors), *root.problems),
        author_name=first_name(root.all("from")),
    )


def _unreadable(raw: bytes) -> Post:
    """What is left of a mail on which our own code failed: its bytes, and nobody's name on them."""
    return replace(_post(b""), size=len(raw), message_id=_made_id(raw), problems=("unreadable",))


def _or(otherwise: T, reader: Callable[[S], T], value: S) -> T:
    """What a reader makes of a body, or something else where it fails: one bad part must not hide the rest."""
    try:
        return reader(value)
    except Exception:  # noqa: BLE001 - HTML parsers and a hundred kinds of quoting
        return otherwise


def _joined(texts: list[str]) -> str:
    """The readable parts of one letter, an empty line between them."""
    return "\n\n".join([*(text.rstrip("\n") for text in texts[:-1]), *texts[-1:]])


def _attachments(contents: Contents) -> tuple[Attachment, ...]:
    named = bodies.named(contents)
    return tuple(_attachment(part, number, named)[0] for number, part in enumerate(contents.attached, 1))


def _attachment(part: Part, number: int, named: frozenset[str]) -> tuple[Attachment, bytes]:
    data = part.content()
    content_id = bodies.content_id(part)
    name, kind = filenames.file_name(part, number), bodies.shown_type(part)
    return Attachment(number, name, kind, len(data), sha256(data).hexdigest(), content_id in named, content_id, filenames.names_within(part, kind)), data


def _made_id(raw: bytes) -> str:
    return _id_from(sha256(raw).digest())


def _id_from(digest: bytes) -> str:
    return f"{digest.hex()[:32]}@{MADE_DOMAIN}"


def _asked(root: Part) -> dict[str, list[str]]:
    """The fields that tell a machine from a person."""
    return {name: [fields.line(value) for value in root.all(name)] for name in FIELDS if name in root.fields}


def _kind(part: Part) -> str:
    """A part's media type; of a calendar also what it does (RFC 6047 section 2.4)."""
    method = part.parameters.get("method", "").strip().lower() if part.type == "text/calendar" else ""
    return f"{part.type}; method={method}" if method else part.type


def _language(root: Part) -> str:
    found = LANGUAGE.match(root.first("content-language"))
    return found[1].lower() if found else ""


def _missing(root: Part, message_id: str, date: datetime | None, authors: tuple[Mailbox, ...]) -> list[str]:
    problems = []
    if not message_id:
        problems.append("bad-message-id" if root.first("message-id") else "no-message-id")
    if date is None:
        problems.append("bad-date" if root.first("date") else "no-date")
    if len(authors) != 1:
        problems.append("several-authors" if authors else "no-author")
    return problems
