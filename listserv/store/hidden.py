"""What moderators alone see: hidden messages and threads; and the rows that hold a message's words beside the archive."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from listserv.store.archive import Attachment, Message, Thread
from listserv.store.digests import Digest
from listserv.store.drafts import Draft
from listserv.store.lists import MailingList
from listserv.store.moderation import Held, HeldState, Journal
from listserv.store.queue import Incoming, Letter, Outgoing, State

# Taken back by the moderators: its case waits again, or was decided against it. What becomes of it is answered there.
MAIL = select(Incoming.id).where(Incoming.archived_id == Message.id).correlate(Message)
CASE = MAIL.join(Held, Held.incoming_id == Incoming.id).where(Held.state != HeldState.PUBLISHED)
IN_QUEUE: ColumnElement[bool] = exists(CASE) & ~exists(MAIL.where(Incoming.state == State.POSTED))


def hidden_of(db: Session, mlist: MailingList, limit: int, offset: int) -> Sequence[Any]:
    """(id, hash, thread_id, subject, author, author_email, snippet, sent_at, hidden_at) of what is hidden, the latest first."""
    columns = Message.id, Message.hash, Message.thread_id, Message.subject, Message.author, Message.author_email, Message.snippet
    query = select(*columns, Message.sent_at, Message.hidden_at).where(Message.list_id == mlist.id, Message.hidden_at.is_not(None), ~IN_QUEUE)
    return db.execute(query.order_by(Message.hidden_at.desc(), Message.id.desc()).limit(limit).offset(offset)).all()


def case_of(db: Session, message: Message) -> Held | None:
    """The case that a message waits with, or was not let through with."""
    query = select(Held).join(Incoming, Incoming.id == Held.incoming_id).join(Message, Message.id == Incoming.archived_id)
    return db.scalar(query.where(Message.id == message.id, Held.state != HeldState.PUBLISHED, IN_QUEUE).order_by(Held.id.desc()).limit(1))


def messages_in(db: Session, thread: Thread) -> Sequence[Message]:
    """Every message of a thread, hidden ones too, oldest first."""
    return db.scalars(select(Message).where(Message.thread_id == thread.id).order_by(Message.sent_at, Message.id)).all()


def hide_all(db: Session, thread: Thread, now: datetime) -> list[int]:
    """Hide what is shown of a thread; the ids of that."""
    ids = list(db.scalars(select(Message.id).where(Message.thread_id == thread.id, Message.hidden_at.is_(None))))
    db.execute(update(Message).where(Message.id.in_(ids)).values(hidden_at=now))
    return ids


def show_all(db: Session, thread: Thread) -> list[int]:
    """Show what was hidden together with its thread, not what had been hidden before, nor what waits; the ids of that."""
    ids = list(db.scalars(select(Message.id).where(Message.thread_id == thread.id, Message.hidden_at >= thread.hidden_at, ~IN_QUEUE)))
    db.execute(update(Message).where(Message.id.in_(ids)).values(hidden_at=None))
    return ids


def incoming_of(db: Session, message: Message) -> Sequence[Incoming]:
    """The mails that became this message, and those of this list with the same bytes, or the same id where they became no message of their own."""
    here = Incoming.list_id == message.list_id
    double = (Incoming.message_id == message.message_id) & Incoming.archived_id.is_(None)
    mine = (Incoming.archived_id == message.id) | (here & (Incoming.raw_id == message.raw_id)) | (here & double)
    return db.scalars(select(Incoming).where(mine).order_by(Incoming.id)).all()


def held_of(db: Session, message: Message, incoming_ids: Sequence[int]) -> Sequence[Held]:
    """The cases that these mails were before."""
    same = (Held.list_id == message.list_id) & (Held.raw_id == message.raw_id)
    return db.scalars(select(Held).where(Held.incoming_id.in_(incoming_ids) | same)).all()


def outgoing_of(db: Session, message: Message) -> Outgoing | None:
    """What goes out to the members; nobody takes copies of it meanwhile."""
    return db.scalar(select(Outgoing).where(Outgoing.message_id == message.id).with_for_update())


def digests_with(db: Session, list_id: int, seqs: Sequence[int]) -> Sequence[tuple[Digest, Letter]]:
    """The digests that tell of one of these messages, with their letters, locked."""
    span = (Digest.after_seq < max(seqs), Digest.upto_seq >= min(seqs))
    query = select(Digest, Letter).join(Letter, Letter.id == Digest.letter_id).where(Digest.list_id == list_id, *span)
    found = db.execute(query.order_by(Letter.id).with_for_update(of=Letter)).all()
    return [(digest, letter) for digest, letter in found if any(digest.after_seq < seq <= digest.upto_seq for seq in seqs)]


def drop_attachments(db: Session, message: Message) -> None:
    """Forget what a message carries, to tell it anew."""
    db.execute(delete(Attachment).where(Attachment.message_id == message.id))


def attachments_of(db: Session, message: Message) -> Sequence[Attachment]:
    """What a message carries."""
    return db.scalars(select(Attachment).where(Attachment.message_id == message.id).order_by(Attachment.number)).all()


def drafts_in(db: Session, thread: Thread) -> Sequence[Draft]:
    """What people are writing to a thread, or to one that has been joined to it."""
    threads = select(Thread.id).where((Thread.id == thread.id) | (Thread.merged_into == thread.id))
    return db.scalars(select(Draft).where(Draft.list_id == thread.list_id, Draft.thread_id.in_(threads))).all()


def journal_about(db: Session, message: Message, held: Sequence[Held], mails: Sequence[Incoming]) -> Sequence[Journal]:
    """What is noted, in words, of a message, its thread and what it was before."""
    joined = db.scalars(select(Thread.id).where((Thread.id == message.thread_id) | (Thread.merged_into == message.thread_id))).all()
    things = {"message": [message.id], "thread": joined, "held": [one.id for one in held], "incoming": [one.id for one in mails]}
    about = [(Journal.about == name) & Journal.about_id.in_(ids) for name, ids in things.items()]
    return db.scalars(select(Journal).where(or_(*about), Journal.detail != "")).all()
