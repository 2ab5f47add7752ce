"""What goes out: single letters, and a post's way to its members. Rows only: the worker talks to the relay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from listserv import jobs, letters, links
from listserv.config import Settings
from listserv.i18n import choose_language
from listserv.mail import address, compose, fields
from listserv.mail import headers as header_fields
from listserv.mail.address import Mailbox
from listserv.mail.mailboxes import mailboxes
from listserv.store import outbox as rows
from listserv.store.archive import Message
from listserv.store.base import put
from listserv.store.lists import Kind, MailingList
from listserv.store.members import Member
from listserv.store.queue import Incoming, Letter, Outgoing, first_bytes, keep_raw
from listserv.store.webhooks import Event
from listserv.usecases import caps, happenings
from newsletters.preview import beneath


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a letter is written: the mail that it answers, whether its sender is proven, and whether they are known to be somebody else."""

    incoming: Incoming | None = None
    proven: bool = False
    forged: bool = False


ACT = Cause(proven=True)
# When a letter is due that may wait: at once, but behind those at 0, so that nobody waits for a sign-in link behind 100,000 digests.
BEHIND = 1
# Ids of what a mail had answered that the answer to it names, the latest ones: enough to find the conversation by.
MOST_ANSWERED = 10


def settings_of(db: Session) -> Settings:
    """The site's settings, which the door put beside the session."""
    settings = db.info["settings"]
    assert isinstance(settings, Settings)
    return settings


def write(
    db: Session,
    letter: str,
    to: str,
    language: str,
    now: datetime,
    *,
    mlist: MailingList | None = None,
    reply_to: str = "",
    automatic: bool = True,
    cause: Cause = ACT,
    attached: Sequence[compose.File] = (),
    below: tuple[str, str] = ("", ""),
    calendar: compose.File | None = None,
    after: str = "",
    **facts: Any,
) -> Letter | None:
    """Word a letter and queue it; `below` our words, text and HTML of what it shows; `after` the id of an earlier letter of ours.

    None where it would be one too many (`usecases.caps`).
    """
    about = caps.About(letter, to, mlist.id if mlist else None, cause.incoming, cause.proven, cause.forged)
    if not caps.allow(db, about, now, automatic=automatic):
        return None
    settings = settings_of(db)
    tongue = choose_language((language, mlist.language if mlist else "", settings.site.language))
    words = letters.render(letter, tongue, **common_facts(settings, mlist), to=to, **facts)
    headers = _headers(settings, mlist, reply_to, cause) | (_following(after) if after else _conversation(db, cause, to))
    body, html = beneath((words.body, words.html), below) if below[1] else (words.body, words.html)
    sender = _sender(settings, mlist)
    raw = compose.letter(sender, Mailbox("", to), words.subject, body, headers=headers, date=now, html=html, files=attached, calendar=calendar)
    return post_bytes(db, letter, raw, to, now, mlist=mlist, automatic=automatic, incoming=cause.incoming)


def may_write(db: Session, letter: str, to: str, now: datetime, *, proven: bool) -> bool:
    """Has this mailbox room for another automatic letter of this kind today?"""
    return caps.has_room(db, letter, to, now, proven=proven)


def common_facts(settings: Settings, mlist: MailingList | None) -> dict[str, Any]:
    """What every letter may name: the site, the list and its addresses."""
    facts: dict[str, Any] = {"site": settings.site.name, "domain": settings.site.domain, "url": settings.site.url}
    facts["zone"] = settings.timezone
    facts["signature"] = mlist.title if mlist else settings.site.name
    if mlist:
        facts |= {
            "title": mlist.title,
            "list_address": links.list_address(settings, mlist.name),
            "join_address": links.list_address(settings, mlist.name, "join"),
            "leave_address": links.list_address(settings, mlist.name, "leave"),
            "request_address": links.list_address(settings, mlist.name, "request"),
            "moderators_address": links.moderators_address(settings, mlist.name),
            "archive_url": links.archive_url(settings, mlist.name),
            "newsletter": mlist.kind is Kind.NEWSLETTER,
            "together": tuple(switch for switch in ("materials", "meetings", "surveys") if getattr(mlist, switch)),
            "materials_address": links.list_address(settings, mlist.name, "bank"),
        }
    return facts


def _sender(settings: Settings, mlist: MailingList | None) -> Mailbox:
    if mlist:
        return Mailbox(mlist.title, links.moderators_address(settings, mlist.name))
    return Mailbox(settings.site.name, f"postmaster@{settings.site.domain}")


def _headers(settings: Settings, mlist: MailingList | None, reply_to: str, cause: Cause) -> dict[str, str]:
    # RFC 3834 section 5.1; and Microsoft's word for the same, so that no holiday notice comes back.
    headers = {"Auto-Submitted": "auto-replied" if cause.incoming else "auto-generated", "X-Auto-Response-Suppress": "All"}
    if mlist:
        headers["List-Id"] = f"<{mlist.name}.{settings.site.domain}>"
        headers["X-Loop"] = links.list_address(settings, mlist.name)
    if reply_to:
        headers["Reply-To"] = reply_to
    return headers


def _conversation(db: Session, cause: Cause, to: str) -> dict[str, str]:
    """Which conversation a letter belongs to: the mail it answers and, for whoever wrote that mail, what it had answered (RFC 5322 section 3.6.4).

    A Message-ID is the sender's own words: nobody unproven gets to put them into somebody else's mailbox.
    """
    incoming = cause.incoming
    if not (incoming and incoming.message_id.isascii() and incoming.message_id and cause.proven):
        return {}
    written = header_fields.split(first_bytes(db, incoming.raw_id))[0]
    authors = mailboxes(field.value.decode("utf-8", "replace") for field in written if field.name == "from")
    its_own = address.key(to) in {address.key(author.address) for author in authors}
    earlier = fields.message_ids(field.value.decode("ascii", "ignore") for field in written if its_own and field.name == "references")
    known = [f"<{one}>" for one in earlier if one != incoming.message_id][-MOST_ANSWERED:]
    return {"In-Reply-To": f"<{incoming.message_id}>", "References": " ".join((*known, f"<{incoming.message_id}>"))}


def _following(after: str) -> dict[str, str]:
    """It stands with the earlier letter, and answers nobody (RFC 3834: what no mail has caused is auto-generated)."""
    return {"References": f"<{after}>"}


def post_bytes(
    db: Session,
    kind: str,
    raw: bytes,
    to: str,
    now: datetime,
    *,
    mlist: MailingList | None = None,
    mail_from: str = "",
    automatic: bool = False,
    incoming: Incoming | None = None,
) -> Letter:
    """Queue a finished letter (CRLF bytes). Without `mail_from`, what bounces comes back to the letter's own address."""
    row = Letter(kind=kind, to=to, to_key=address.key(to), raw_id=keep_raw(db, raw).id, automatic=automatic, created_at=now)
    row.mailbox, row.list_id = address.mailbox(to), mlist.id if mlist else None
    row.message_id = _id_in(raw)
    row.incoming_id = incoming.id if incoming else None
    # At once, also where `now` is the future that `listserv due --at` speaks of.
    row.due = 0
    db.add(row)
    db.flush()
    row.mail_from = mail_from or links.bounce_address(settings_of(db), row.id)
    jobs.enqueue(db, "letters")
    return row


def _id_in(raw: bytes) -> str | None:
    """By which `trace` finds it: what we write has a short one, in a field of its own line."""
    value = next((field.value for field in header_fields.split(raw)[0] if field.name == "message-id"), b"")
    return value.decode("ascii", "replace").strip().strip("<>")[:255] or None


class Parcel(NamedTuple):
    """A letter whose bytes are kept already, and are those of others too."""

    to: str
    raw_id: int
    list_id: int
    mail_from: str
    # Without brackets, by which `trace` finds it; None where it stands in the bytes alone.
    message_id: str | None = None


def post_parcels(db: Session, kind: str, parcels: Sequence[Parcel], now: datetime) -> dict[str, int]:
    """Queue many letters at once, behind all that are written to one person; their numbers by their senders, which must differ."""
    jobs.enqueue(db, "letters")
    same = {"kind": kind, "automatic": False, "created_at": now, "due": BEHIND, "attempts": 0, "code": 0, "answer": ""}
    return rows.keep_all(db, [{**same, **one._asdict(), "to_key": address.key(one.to), "mailbox": address.mailbox(one.to)} for one in parcels])


def milliseconds(moment: datetime) -> int:
    """Milliseconds since the epoch, as claims compare them."""
    return int(moment.timestamp() * 1000)


def to_member(db: Session, letter: str, member: Member, now: datetime, *, mlist: MailingList, **more: Any) -> Letter | None:
    """A letter to somebody on the list, in their language."""
    return write(db, letter, member.address.email, member.user.language, now, mlist=mlist, **more)


def fan_out(db: Session, mlist: MailingList, message: Message, head: bytes, body: bytes | None, now: datetime) -> Outgoing:
    """Put a post on its way to every member who gets each; the worker expands it into rows, in slices."""
    row = Outgoing(list_id=mlist.id, message_id=message.id, raw_id=message.raw_id, head=head, body=body, upto=0, created_at=now)
    put(db, row)
    jobs.enqueue(db, "copies")
    happenings.happened(db, Event.POSTED, mlist.id, message.id, now)
    return row
