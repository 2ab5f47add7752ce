"""Complaints of mail services (ARF, RFC 5965): whose copy was called spam, as far as the report lets it be known."""

import re
from dataclasses import dataclass

from listserv.mail import mime
from listserv.mail.fields import line
from listserv.mail.mailboxes import mailboxes
from listserv.mail.mime import Part

# RFC 5965 section 7.3 and RFC 6449: what a reader has done. Reports about forgery, viruses or good mail are none of theirs.
COMPLAINING = ("abuse", "opt-out", "opt-out-list", "fraud", "complaint", "other", "")
NAMED = ("original-mail-from", "original-rcpt-to", "removal-recipient")
ORIGINAL = ("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers")
TOKEN = re.compile(r"(?:\br[+-]|/unsubscribe/)([a-z2-7]{16,40})\b", re.IGNORECASE)
LIST_ID = re.compile(r"<?([\w.-]+)>?\s*\Z")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a report says: tokens of ours in it (not yet verified), the recipients, and the original's Message-ID and List-Id."""

    kind: str
    tokens: tuple[str, ...]
    recipients: tuple[str, ...]
    message_id: str
    list_id: str


def read(raw: bytes) -> Complaint | None:
    """The complaint in a feedback report; None where it is no complaint of a reader. Never raises."""
    try:
        return _read(raw)
    except Exception:  # noqa: BLE001 - as in bounces: a report that fails us says nothing
        return None


def _read(raw: bytes) -> Complaint | None:
    root = mime.read(raw)
    parts = list(root.leaves())
    report = _fields(next((part for part in parts if part.type == "message/feedback-report"), None))
    kind = line(report.first("feedback-type")).lower()
    if kind not in COMPLAINING:
        return None
    # Its header names the copy. What stands in its body may be quoted, and another reader's.
    original = _fields(next((part for part in parts if part.type in ORIGINAL), None))
    told = [line(value) for name in NAMED for value in report.all(name)]
    told += [line(value) for name in ("return-path", "list-unsubscribe", "x-original-to") for value in original.all(name)]
    recipients = mailboxes([*report.all("original-rcpt-to"), *report.all("removal-recipient")])
    tokens = dict.fromkeys(token.lower() for token in TOKEN.findall("\n".join([*told, *(line(value) for value in root.all("to"))])))
    list_id = LIST_ID.search(line(original.first("list-id")))
    message_id = line(original.first("message-id")).strip("<> ")
    return Complaint(kind or "complaint", tuple(tokens), tuple(one.address for one in recipients), message_id, list_id[1].lower() if list_id else "")


def _fields(part: Part | None) -> Part:
    return mime.read_head(part.content().lstrip() if part else b"")
