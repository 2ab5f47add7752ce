"""A thread's own row: how much of it is shown, by whom and since when, and what its first message is called."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from listserv.store.archive import SHOWN, Message, Thread
from listserv.store.base import put
from listserv.store.lists import MailingList


def new_thread(db: Session, mlist: MailingList, subject: str, topic_id: int | None, at: datetime) -> Thread:
    """An empty thread."""
    thread = Thread(list_id=mlist.id, subject=subject, topic_id=topic_id, first_at=at, last_at=at)
    put(db, thread)
    thread.family = thread.id
    return thread


def begin(thread: Thread, message: Message) -> None:
    """The figures of a thread that this message alone has made."""
    thread.messages, thread.authors, thread.last_message_id = 1, 1, message.id
    thread.first_at = thread.last_at = message.sent_at


def count(db: Session, thread: Thread) -> None:
    """Bring a thread's own figures up to date: how many are shown, by how many, from when to when, and who has the last word.

    A thread of which nothing is shown is hidden, and its last figures stay.
    """
    of_it = Message.thread_id == thread.id
    figures = db.execute(
        select(func.count(), func.count(Message.author_key.distinct()), func.min(Message.sent_at), func.max(Message.sent_at)).where(of_it, SHOWN)
    ).one()
    if not figures[0]:
        thread.messages, thread.hidden_at = 0, db.scalar(select(func.max(Message.hidden_at)).where(of_it))
        return
    newest = select(Message.id).where(of_it, SHOWN).order_by(Message.sent_at.desc(), Message.id.desc()).limit(1)
    thread.last_message_id = db.scalar(newest)
    thread.messages, thread.authors, thread.first_at, thread.last_at = figures
    thread.hidden_at = None


def first_shown(db: Session, thread: Thread) -> str | None:
    """The subject of the first message of a thread that readers see; None where they see none."""
    query = select(Message.subject).where(Message.thread_id == thread.id, SHOWN)
    return db.scalar(query.order_by(Message.parent_id.is_not(None), Message.sent_at, Message.id).limit(1))


def has_lost_its_beginning(db: Session, thread: Thread) -> bool:
    """Is its first message hidden, and nothing left of its subject?"""
    query = select(Message.id).where(Message.thread_id == thread.id, Message.parent_id.is_(None), Message.hidden_at.is_not(None), Message.subject == "")
    return db.scalar(query.limit(1)) is not None
