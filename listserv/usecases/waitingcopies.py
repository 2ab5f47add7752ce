"""Copies of an archived message that still wait: for members, and of threads that somebody asked for. They say what the archive says, or stay here."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.mail import headers, redacting
from listserv.mail.parse import identify
from listserv.mail.redacting import Plan
from listserv.store import hidden as rows
from listserv.store import recall, tools
from listserv.store.archive import Message
from listserv.store.queue import Letter, keep_raw, raw_bytes
from newsletters.filling import Form

# In the place of a letter of ours that told of what has been taken out of sight or redacted.
TAKEN_BACK = b"Subject: -\r\n\r\nThis letter was taken back before it left.\r\n"
# A post that is shown again goes on to those who have had no copy while it is news; later it is in the archive for them.
STILL_NEWS = timedelta(days=1)


def keep_back(db: Session, message: Message) -> int:
    """Nothing of a hidden message goes out any more; how many copies have left."""
    for letter in _asked_for(db, message):
        used, letter.raw_id = letter.raw_id, keep_raw(db, TAKEN_BACK).id
        letter.due, letter.answer = None, "taken back: the message has been hidden"
        tools.destroy_unused(db, [used])
    return recall.stop_copies(db, message.id)


def let_go(db: Session, message: Message, now: datetime) -> None:
    """A message that was hidden for a short while goes on to those who have had no copy."""
    outgoing = rows.outgoing_of(db, message)
    if outgoing is not None and outgoing.created_at > now - STILL_NEWS:
        recall.resume_copies(db, message.id)


def redact(db: Session, message: Message, plan: Plan) -> None:
    """Copies that have not been made or sent yet are made of what is left."""
    for letter in _asked_for(db, message):
        used = letter.raw_id
        letter.raw_id = keep_raw(db, _redacted(raw_bytes(db, used), plan)).id
        tools.destroy_unused(db, [used])
    outgoing = rows.outgoing_of(db, message)
    if outgoing is None:
        return
    raw = raw_bytes(db, outgoing.raw_id)
    body = outgoing.body if outgoing.body is not None else headers.body_of(raw)
    if outgoing.fields:
        # What is taken out is looked for in words, and fields are none yet: from here on all readers are greeted alike.
        body, outgoing.fields = Form(body).filled(""), False
    new = _redacted(outgoing.head + b"\r\n" + body, plan)
    outgoing.head, outgoing.body = headers.join(headers.split(new)[0]), headers.split(new)[1]
    outgoing.raw_id = keep_raw(db, redacting.redact(raw, plan)).id


def _asked_for(db: Session, message: Message) -> Iterator[Letter]:
    """The letters that carry this message to somebody who has asked for its thread, and have not left."""
    for letter in tools.waiting_copies(db, message.list_id):
        if identify(raw_bytes(db, letter.raw_id)) == message.message_id:
            yield letter


def _redacted(copy: bytes, plan: Plan) -> bytes:
    """A copy without it, with the fields of the list that a mail without a body has lost."""
    found, body = headers.split(redacting.redact(copy, plan))
    there = {field.name for field in found}
    ours = [field for field in headers.split(copy)[0] if field.name.startswith(("list-", "archived-at", "precedence", "x-loop", "reply-to"))]
    return headers.join([*(field for field in ours if field.name not in there), *found]) + b"\r\n" + body
