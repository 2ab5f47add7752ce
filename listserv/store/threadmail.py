"""Threads as a letter names them, and their messages as they are sent once more."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from listserv.store.archive import SHOWN, Message, Thread
from listserv.store.lists import MailingList
from listserv.store.queue import Outgoing, Raw

# How many threads' titles are looked through, the newest first.
LOOKED_THROUGH = 2_000


def shown_thread(db: Session, mlist: MailingList, thread_id: int) -> Thread | None:
    """This thread of this list, or the one that it was joined to; None where there is nothing that readers may see."""
    thread = db.get(Thread, thread_id)
    if thread is not None and thread.merged_into is not None:
        thread = db.get(Thread, thread.merged_into)
    if thread is None or thread.list_id != mlist.id or thread.hidden_at is not None:
        return None
    return thread if db.scalar(select(Message.id).where(Message.thread_id == thread.id, SHOWN).limit(1)) else None


def thread_of_hash(db: Session, mlist: MailingList, message_hash: str) -> Thread | None:
    """The thread of the message with this permanent address."""
    found = db.scalar(select(Message.thread_id).where(Message.list_id == mlist.id, Message.hash == message_hash, SHOWN).limit(1))
    return shown_thread(db, mlist, found) if found else None


def thread_of_ids(db: Session, mlist: MailingList, ids: Sequence[str]) -> Thread | None:
    """The thread of the last of these Message-IDs that the list knows."""
    query = select(Message.message_id, Message.thread_id).where(Message.list_id == mlist.id, Message.message_id.in_(ids), SHOWN)
    found = {row.message_id: row.thread_id for row in db.execute(query)} if ids else {}
    nearest = next((found[one] for one in reversed(ids) if one in found), None)
    return shown_thread(db, mlist, nearest) if nearest else None


def message_of_ids(db: Session, mlist: MailingList, ids: Sequence[str]) -> Message | None:
    """The last of the messages with these Message-IDs that the list knows and shows."""
    if not any(ids):
        return None
    query = select(Message).where(Message.list_id == mlist.id, Message.message_id.in_(ids), SHOWN)
    found = {message.message_id: message for message in db.scalars(query)}
    return next((found[one] for one in reversed(ids) if one in found), None)


def titles(db: Session, mlist: MailingList) -> Sequence[Any]:
    """(id, subject) of the list's newest threads."""
    query = select(Thread.id, Thread.subject).where(Thread.list_id == mlist.id, Thread.merged_into.is_(None), Thread.hidden_at.is_(None), Thread.messages > 0)
    return db.execute(query.order_by(Thread.last_at.desc(), Thread.id.desc()).limit(LOOKED_THROUGH)).all()


def sent_as(db: Session, message: Message) -> Outgoing | None:
    """As this message went to members, if it did."""
    return db.scalar(select(Outgoing).where(Outgoing.message_id == message.id).limit(1))


def newest_of(db: Session, thread: Thread, limit: int) -> Sequence[Any]:
    """(message, its Outgoing or None, size in bytes) of the newest messages of a thread, so many, oldest first."""
    query = select(Message, Outgoing, Raw.size).join(Raw, Raw.id == Message.raw_id).outerjoin(Outgoing, Outgoing.message_id == Message.id)
    newest = query.where(Message.thread_id == thread.id, SHOWN).order_by(Message.sent_at.desc(), Message.id.desc()).limit(limit)
    return db.execute(newest).all()[::-1]


def count_of(db: Session, thread: Thread) -> int:
    """How many messages of a thread readers may see."""
    return db.scalar(select(func.count()).select_from(Message).where(Message.thread_id == thread.id, SHOWN)) or 0
