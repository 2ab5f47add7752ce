"""A whole thread, sent once more to one member: the mails themselves, under their own Message-IDs.

Not as attachments: there a reply lands nowhere in most mail programs. As mails they thread by themselves, and each can be answered.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv import links
from listserv.mail import headers, outgoing, parse, tokens
from listserv.mail.tokens import Kind
from listserv.store import threadmail
from listserv.store.archive import Message, Thread
from listserv.store.members import Member
from listserv.store.queue import Outgoing, raw_bytes
from listserv.usecases import limits, outbox, posting, stationery
from listserv.usecases.journal import note
from listserv.usecases.steering import actor_of
from newsletters.filling import Form

# Of one thread, the newest; and threads that one person gets in a day.
MOST, MOST_BYTES = 50, 8 << 20
A_DAY, ONES_A_DAY = 10, 40


@dataclass(frozen=True, slots=True)
class Resent:
    """How many mails are on their way, and how many of the thread are not: for them there is the archive."""

    count: int
    left: int


def send(db: Session, member: Member, thread: Thread, now: datetime) -> Resent | None:
    """Send this thread's mails to this member; None where they have had too many threads today."""
    if not limits.within(db, "threads by mail", str(member.id), now, timedelta(days=1), A_DAY):
        return None
    fitting = threadmail.newest_of(db, thread, MOST)
    while len(fitting) > 1 and sum(row.size for row in fitting) > MOST_BYTES:
        fitting = fitting[1:]
    for message, sent, _ in fitting:
        raw = _copy(db, member, message, sent)
        mail_from = links.token_address(outbox.settings_of(db), _bounce_token(db, member, sent))
        outbox.post_bytes(db, "copy", raw, member.address.email, now, mlist=member.mlist, mail_from=mail_from)
    note(db, actor_of(member), "thread-sent", mlist=member.mlist, now=now, about=thread)
    return Resent(len(fitting), threadmail.count_of(db, thread) - len(fitting))


def send_one(db: Session, member: Member, message: Message, now: datetime) -> bool:
    """Send this one mail to this member; False where they have had too many today."""
    if not limits.within(db, "messages by mail", str(member.id), now, timedelta(days=1), ONES_A_DAY):
        return False
    sent = threadmail.sent_as(db, message)
    mail_from = links.token_address(outbox.settings_of(db), _bounce_token(db, member, sent))
    outbox.post_bytes(db, "copy", _copy(db, member, message, sent), member.address.email, now, mlist=member.mlist, mail_from=mail_from)
    note(db, actor_of(member), "message-sent", mlist=member.mlist, now=now, about=message.thread)
    return True


def _bounce_token(db: Session, member: Member, sent: Outgoing | None) -> str:
    return tokens.sign(links.signing_key(outbox.settings_of(db)), Kind.BOUNCE, member.id, sent.id if sent else 0)


def _copy(db: Session, member: Member, message: Message, sent: Outgoing | None) -> bytes:
    """The mail as members got it, or would have got it; with the way off the list that is this member's own."""
    raw = raw_bytes(db, message.raw_id)
    head, body = (sent.head, sent.body) if sent else _dressed(db, member, raw, message.received_at)
    shared = headers.crlf(head) + b"\r\n" + headers.crlf(body if body is not None else headers.body_of(raw))
    if sent and sent.fields:
        # An issue of a newsletter calls its readers by name, and shows each their own way off the list.
        shared = Form(shared).filled(member.user.name, stationery.Stationery(outbox.settings_of(db)).leave_url(member.id, sent.id))
    return stationery.personal_lines(outbox.settings_of(db), member.id) + shared


def _dressed(db: Session, member: Member, raw: bytes, came: datetime) -> tuple[bytes, bytes | None]:
    """Of a mail that came with the history nobody knows whether its author's domain lets others send it: the list says so in From."""
    copy = outgoing.copy_for_members(raw, parse.parse(raw), posting.dress_of(outbox.settings_of(db), member.mlist), munge=True, came=came)
    return copy.head, copy.body
