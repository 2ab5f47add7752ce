"""The press: what an issue looks like, exactly as it is mailed, kept in the archive, and shown before it goes."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from listserv import links
from listserv.mail import headers
from listserv.mail.address import Mailbox
from listserv.mail.outgoing import Dress
from listserv.mail.parse import message_hash, parse
from listserv.store.issues import Issue, Replies
from listserv.store.members import member_of
from listserv.store.queue import Incoming, raw_bytes
from listserv.usecases import outbox
from newsletters import Face, Printed, mime, print_issue
from newsletters.bodies import Picture
from newsletters.filling import Form

# Of the mail that has begun a draft: its sender is who it says.
PROVEN = "proven"
TRIAL = {"pl": "[Próba]", "en": "[Trial]"}


@dataclass(frozen=True, slots=True)
class Made:
    """An issue as one reader gets it, and what its author should know of it."""

    subject: str
    text: str
    html: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mails:
    """The two mails that an issue is: for its readers, and for the archive."""

    mailed: bytes
    archived: bytes
    fields: bool


def made(db: Session, issue: Issue, name: str = "") -> Made:
    """What is mailed to a reader of this name, exactly; without one, to those who gave none. Raises Invalid."""
    printed = pressed(db, issue)
    text, html = printed.filled(name)
    return Made(printed.subject, text, html, printed.notes)


def pressed(db: Session, issue: Issue, *, kept: bool = False) -> Printed:
    """The issue with marks where its fields stand (`kept`: in the archive, without title and foot). Raises Invalid with one sentence."""
    pictures = [Picture(image.number, image.name, image.cid, picture_url(db, issue, image.number), image.width) for image in issue.images]
    return print_issue(issue.subject, issue.source, issue.kind.value, pictures, replace(_face(db, issue), kept=kept))


def _face(db: Session, issue: Issue) -> Face:
    settings, mlist = outbox.settings_of(db), issue.mlist
    page = links.message_url(settings, mlist.name, message_hash(message_id(db, issue)))
    return Face(
        title=mlist.title,
        language=issue.language,
        template=issue.template.value,
        page_url=page,
        archive_url=links.archive_url(settings, mlist.name),
        leave_address=links.list_address(settings, mlist.name, "leave"),
        replies=issue.replies.value,
    )


def message_id(db: Session, issue: Issue) -> str:
    """The id under which the issue goes out, without brackets: known before it goes, so that it can name its own page."""
    # Not the key itself: who knows the id of a mail shall not know where its pictures are.
    return f"issue.{issue.id}.{sha256(issue.key.encode()).hexdigest()[:16]}@{outbox.settings_of(db).site.domain}"


def picture_url(db: Session, issue: Issue, number: int) -> str:
    """Where a picture is shown from: the same for everybody who has the issue."""
    settings = outbox.settings_of(db)
    return f"{settings.site.url}/{issue.mlist.name}/news/picture/{issue.key}/{number}"


def author_of(db: Session, issue: Issue) -> Mailbox:
    """Whose name stands on it, and the address that they are on this list with: another of theirs is nobody's business.

    The list's own where they are not on it any more, or have been forgotten; its title where no name is known: nothing is made of an address.
    """
    member = member_of(db, issue.mlist, issue.author_id) if issue.author_id else None
    name = _name_of(db, issue) or issue.mlist.title
    return Mailbox(name, member.address.email if member else links.list_address(outbox.settings_of(db), issue.mlist.name))


def _name_of(db: Session, issue: Issue) -> str:
    """What the author is called here, else as the mail says that has begun the draft, where their mail service has vouched for it."""
    if issue.author is None or issue.author.name:
        return issue.author.name if issue.author else ""
    incoming = db.get(Incoming, issue.incoming_id) if issue.incoming_id else None
    if incoming is None or PROVEN not in incoming.reasons.split():
        return ""
    name = next((box.name for box in parse(raw_bytes(db, incoming.raw_id)).authors), "")
    return "" if "@" in name else name


def mails(db: Session, issue: Issue, now: datetime) -> Mails:
    """Both mails, to be sent now. Raises Invalid."""
    printed, settings = pressed(db, issue), outbox.settings_of(db)
    to = links.list_address(settings, issue.mlist.name)
    envelope = mime.Envelope(author_of(db, issue), to, message_id(db, issue), now, issue.language)
    images = [
        mime.Image(picture_url(db, issue, image.number), image.name or f"{image.number}", image.type, raw_bytes(db, image.raw_id)) for image in issue.images
    ]
    return Mails(mime.mailed(printed, envelope), mime.archived(pressed(db, issue, kept=True), envelope, images), bool(printed.fields))


def undressed(dress: Dress) -> Dress:
    """An issue has a subject and a foot of its own: what the list puts on posts it does not need."""
    return replace(dress, subject_tag="", footer="")


def with_answers(db: Session, issue: Issue, head: bytes) -> bytes:
    """The header block with the way that answers to this issue take."""
    settings, name = outbox.settings_of(db), issue.mlist.name
    ways = {
        Replies.THREAD: links.list_address(settings, name),
        Replies.AUTHOR: author_of(db, issue).address,
        Replies.COORDINATORS: links.moderators_address(settings, name),
    }
    found = headers.without(headers.split(head + b"\r\n")[0], lambda field: field.name == "reply-to")
    return headers.join([headers.make("Reply-To", ways[issue.replies]), *found])


def body_of(mail: bytes) -> bytes:
    """What stands below the header block."""
    return headers.body_of(mail)


def trial(db: Session, issue: Issue, to: str, name: str, now: datetime, *, reply_to: str) -> bytes:
    """One copy for one coordinator, as it would go out; its subject says that it is a trial, and an answer comes to us as one to the preview does."""
    settings = outbox.settings_of(db)
    printed = pressed(db, issue)
    shown = replace(printed, subject=f"{TRIAL.get(issue.language, TRIAL['en'])} {printed.subject}")
    box = Mailbox(issue.mlist.title, links.moderators_address(settings, issue.mlist.name))
    # An id of its own, so that no reader's program takes the issue for a mail that it has already.
    number = re.sub(r"\D", "", now.isoformat())
    envelope = mime.Envelope(box, to, f"trial.{issue.id}.{issue.revision}.{number}@{settings.site.domain}", now, issue.language)
    return headers.join([headers.make("Reply-To", reply_to)]) + Form(mime.mailed(shown, envelope)).filled(name)
