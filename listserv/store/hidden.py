"""What moderators alone see: hidden messages and threads; and the rows that hold a message's words beside the archive."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from listserv.store.archive import Attachment, Message, Thread
from listserv.store.digests import Digest
from listserv.store.lists import MailingList
from listserv.store.moderation import Held
from listserv.store.queue import Incoming, Letter, Outgoing


def hidden_of(db: Session, mlist: MailingList, limit: int, offset: int) -> Sequence[Any]:
    """(id, hash, thread_id, subject, author, author_email, snippet, sent_at, hidden_at) of what is hidden, the latest first."""
    columns = Message.id, Message.hash, Message.thread_id, Message.subject, Message.author, Message.author_email, Message.snippet
    query = select(*columns, Message.sent_at, Message.hidden_at).where(Message.list_id == mlist.id, Message.hidden_at.is_not(None))
    return db.execute(query.order_by(Message.hidden_at.desc(), Message.id.desc()).limit(limit).offset(offset)).all()


def messages_in(db: Session, thread: Thread) -> Sequence[Message]:
    """Every message of a thread, hidden ones too, oldest first."""
    return db.scalars(select(Message).where(Message.thread_id == thread.id).order_by(Message.sent_at, Message.id)).all()


def hide_all(db: Session, thread: Thread, now: datetime) -> list[int]:
    """Hide what is shown of a thread; the ids of that."""
    ids = list(db.scalars(select(Message.id).where(Message.thread_id == thread.id, Message.hidden_at.is_(None))))
    db.execute(update(Message).where(Message.id.in_(ids)).values(hidden_at=now))
    return ids


def show_all(db: Session, thread: Thread) -> list[int]:
    """Show what was hidden together with its thread, not what had been hidden before; the ids of that."""
    ids = list(db.scalars(select(Message.id).where(Message.thread_id == thread.id, Message.hidden_at >= thread.hidden_at)))
    db.execute(update(Message).where(Message.id.in_(ids)).values(hidden_at=None))
    return ids


def incoming_of(db: Session, message: Message) -> Sequence[Incoming]:
    """The mails that became this message, and those of this list with the same bytes."""
    same = (Incoming.list_id == message.list_id) & (Incoming.raw_id == message.raw_id)
    return db.scalars(select(Incoming).where((Incoming.archived_id == message.id) | same).order_by(Incoming.id)).all()


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
