"""The copy that members get: the author's mail with the list's fields put on top.

The body and the author's own fields stay byte for byte, so that DKIM survives. What differs from member to member
(the one-click unsubscribe fields) is put on when a copy is sent.
"""

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from listserv.mail import headers
from listserv.mail.address import Mailbox
from listserv.mail.authentication import claims_to_be
from listserv.mail.footer import with_footer
from listserv.mail.headers import Field
from listserv.mail.parse import Post, message_hash

# Ours replaces theirs; receipts would answer for 45 people; Approved is a password; the rest belongs to one hop alone.
DROPPED = frozenset(
    ("archived-at", "precedence", "x-loop", "disposition-notification-to", "return-receipt-to", "x-confirm-reading-to")
    + ("approved", "approve", "x-approved", "return-path", "delivered-to", "x-original-to", "bcc", "resent-bcc", "errors-to")
)


@dataclass(frozen=True, slots=True)
class Dress:
    """What a list puts on a post; made from its settings, so that no database is needed here."""

    name: str
    title: str
    domain: str
    archive_url: str
    newsletter: bool = False
    reply_to_list: bool = True
    subject_tag: str = ""
    footer: str = ""
    trust: str = ""

    @property
    def address(self) -> str:
        """Where posts go."""
        return f"{self.name}@{self.domain}"

    def mailto(self, suffix: str) -> str:
        """`<mailto:siecibp-help@D>`."""
        return f"<mailto:{self.name}-{suffix}@{self.domain}>"


@dataclass(frozen=True, slots=True)
class Copy:
    """The header block that all copies share (CRLF, no empty line), and a body where it had to change."""

    head: bytes
    body: bytes | None = None


def copy_for_members(raw: bytes, post: Post, dress: Dress, *, munge: bool = False, came: datetime | None = None) -> Copy:
    """The shared part of all copies of a post. `munge`: the author's own From would be refused (DMARC); `came`: its Date where it has none."""
    fields, body = headers.split(raw)
    kept = headers.without(fields, lambda field: _unwanted(field, dress))
    changed = None
    if dress.footer:
        kept, changed = with_footer(kept, body, dress.footer)
    if dress.subject_tag and dress.subject_tag not in post.subject:
        kept = _tagged(kept, dress.subject_tag)
    answers = reply_to(post, dress, munge=munge)
    if answers:
        kept = headers.without(kept, lambda field: field.name == "reply-to")
    if munge or not post.authors:
        kept = headers.without(kept, lambda field: field.name == "from")
        answers = [_munged_from(post, dress), *answers]
    return Copy(headers.join([*list_fields(post, dress), *answers, *_missing(post, kept, came), *kept]), changed)


def _unwanted(field: Field, dress: Dress) -> bool:
    if field.name in DROPPED or field.name.startswith("list-"):
        return True
    value = field.value.decode("latin-1")
    return field.name == "authentication-results" and any(claims_to_be(value, ours) for ours in (dress.trust, dress.domain) if ours)


def list_fields(post: Post, dress: Dress) -> list[Field]:
    """RFC 2369, 2919 and 5064, and the mark by which a loop is known."""
    made = headers.make
    fields = [
        made("List-Id", f"{headers.phrase(dress.title)} <{dress.name}.{dress.domain}>".strip()),
        made("List-Post", "NO" if dress.newsletter else f"<mailto:{dress.address}>"),
        made("List-Help", dress.mailto("help")),
        made("List-Subscribe", dress.mailto("join")),
        made("List-Owner", dress.mailto("owner")),
        made("List-Archive", f"<{dress.archive_url}>"),
        made("Archived-At", f"<{dress.archive_url}message/{message_hash(post.message_id)}>"),
        made("Precedence", "list"),
        made("X-Loop", dress.address),
    ]
    return fields


def reply_to(post: Post, dress: Dress, *, munge: bool) -> list[Field]:
    """Reply-To: a plain "Reply" reaches the thread; the author's own stays in front; empty where nothing is to change."""
    to_list = dress.reply_to_list and not dress.newsletter
    boxes = list(post.reply_to) or (list(post.authors) if munge else [])
    if not to_list and not munge:
        return []
    if to_list:
        boxes.append(Mailbox("", dress.address))
    distinct = {box.address.lower(): box for box in reversed(boxes)}.values()
    return [headers.make("Reply-To", ", ".join(_mailbox(box) for box in reversed(distinct)))]


def _mailbox(box: Mailbox) -> str:
    name = headers.phrase(box.name)
    return f"{name} <{box.address}>" if name else box.address


def _munged_from(post: Post, dress: Dress) -> Field:
    name = post.authors[0].name or post.authors[0].address.split("@")[0] if post.authors else ""
    shown = f"{name} via {dress.title}" if name and name != dress.title else dress.title
    return headers.make("From", f"{headers.phrase(shown)} <{dress.address}>")


def _tagged(fields: list[Field], tag: str) -> list[Field]:
    mark = headers.words(tag).encode()
    old = headers.first(fields, "subject")
    if old is None:
        return [*fields, Field("subject", b"Subject: " + mark + b"\r\n")]
    # The author's own bytes stay behind the tag, encoded as they were.
    new = Field("subject", b"Subject: " + mark + b" " + old.raw.split(b":", 1)[1].lstrip(b" \t"))
    return [new if field is old else field for field in fields]


def _missing(post: Post, fields: list[Field], came: datetime | None) -> list[Field]:
    """What RFC 5322 section 3.6 demands and the author's program left out."""
    added = []
    if headers.first(fields, "message-id") is None or post.made_id:
        added.append(headers.make("Message-ID", f"<{post.message_id}>"))
    if headers.first(fields, "date") is None and came is not None:
        added.append(headers.make("Date", format_datetime(came)))
    return added


def body_on_the_wire(raw: bytes) -> bytes:
    """The author's body as members get it: byte for byte, but for bare line ends."""
    return headers.crlf(headers.body_of(raw))
