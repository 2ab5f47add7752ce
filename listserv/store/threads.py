"""Where a message belongs: the graph of ids that refer to each other, kept in rows."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from listserv.mail.parse import Post
from listserv.mail.threads import Node
from listserv.store.archive import Body, Ghost, Message, Thread
from listserv.store.lists import MailingList


class Known(NamedTuple):
    """An id that this list has heard of: its thread, and its row where it is a message and not a ghost."""

    thread_id: int
    row: int | None
    parent: int | None = None


def next_seq(db: Session, mlist: MailingList) -> int:
    """The number of the next message of this list; two at once wait for each other."""
    query = update(MailingList).where(MailingList.id == mlist.id).values(last_seq=MailingList.last_seq + 1)
    seq = db.execute(query.returning(MailingList.last_seq)).scalar_one()
    db.refresh(mlist, ["last_seq"])
    return seq


def known_ids(db: Session, mlist: MailingList, ids: Collection[str]) -> dict[str, Known]:
    """Which of these ids the list has heard of."""
    messages = select(Message.message_id, Message.thread_id, Message.id, Message.parent_id)
    found = {m: Known(thread, row, parent) for m, thread, row, parent in db.execute(messages.where(Message.list_id == mlist.id, Message.message_id.in_(ids)))}
    ghosts = select(Ghost.message_id, Ghost.thread_id).where(Ghost.list_id == mlist.id, Ghost.message_id.in_(ids))
    return found | {m: Known(t, None) for m, t in db.execute(ghosts)}


def message_by_id(db: Session, mlist: MailingList, message_id: str) -> Message | None:
    """The archived message with this Message-ID (without brackets)."""
    return db.scalar(select(Message).where(Message.list_id == mlist.id, Message.message_id == message_id))


def message_with_raw(db: Session, mlist: MailingList, raw_id: int) -> Message | None:
    """The archived message with these bytes, under whatever id it is kept."""
    return db.scalar(select(Message).where(Message.raw_id == raw_id, Message.list_id == mlist.id).limit(1))


def count_echoes(db: Session, mlist: MailingList, author_key: str, post: Post, since: datetime) -> int:
    """How many messages with this very subject and these very words this author has had archived since then."""
    query = select(func.count()).select_from(Message).join(Message.body).where(Message.list_id == mlist.id, Message.author_key == author_key)
    return db.scalar(query.where(Message.received_at > since, Message.subject == post.subject, Body.text == post.text)) or 0


def add_ghosts(db: Session, mlist: MailingList, thread_id: int, ids: Iterable[str]) -> None:
    """Remember ids that were referred to and have not come."""
    db.add_all(Ghost(list_id=mlist.id, message_id=message_id, thread_id=thread_id) for message_id in ids)


def lay_ghost(db: Session, mlist: MailingList, message_id: str) -> None:
    """The message has come: it is no ghost any more."""
    db.execute(delete(Ghost).where(Ghost.list_id == mlist.id, Ghost.message_id == message_id))


def merge(db: Session, keep: int, others: Collection[int]) -> None:
    """Make one thread of several; the others stay behind as signposts."""
    db.execute(update(Message).where(Message.thread_id.in_(others)).values(thread_id=keep))
    db.execute(update(Ghost).where(Ghost.thread_id.in_(others)).values(thread_id=keep))
    db.execute(update(Thread).where(Thread.merged_into.in_(others)).values(merged_into=keep))
    db.execute(update(Thread).where(Thread.id.in_(others)).values(merged_into=keep, messages=0))


def nodes_of(db: Session, thread_id: int) -> list[Node]:
    """All messages of a thread, as the threading algorithm wants them."""
    query = select(Message.id, Message.message_id, Message.refs, Message.sent_at).where(Message.thread_id == thread_id)
    return [Node(row, message_id, tuple(refs.split()), at) for row, message_id, refs, at in db.execute(query)]


def set_parents(db: Session, parents: Mapping[int, int | None]) -> None:
    """Write down who hangs under whom, where that has changed."""
    now = {row.id: row.parent_id for row in db.execute(select(Message.id, Message.parent_id).where(Message.id.in_(parents)))}
    for row, parent in parents.items():
        if now[row] != parent:
            db.execute(update(Message).where(Message.id == row).values(parent_id=parent))


def count(db: Session, thread: Thread) -> None:
    """Bring a thread's own figures up to date: how many, by how many, from when to when, and who has the last word."""
    of_it = Message.thread_id == thread.id
    figures = db.execute(
        select(func.count(), func.count(Message.author_key.distinct()), func.min(Message.sent_at), func.max(Message.sent_at)).where(of_it)
    ).one()
    thread.messages, thread.authors, thread.first_at, thread.last_at = figures
    newest = select(Message.id).where(of_it).order_by(Message.sent_at.desc(), Message.id.desc()).limit(1)
    thread.last_message_id = db.scalar(newest)


def root_of(db: Session, thread_id: int) -> Message:
    """The message that began the thread, as far as it has come."""
    top = select(Message).where(Message.thread_id == thread_id, Message.parent_id.is_(None))
    return db.scalars(top.order_by(Message.sent_at, Message.id).limit(1)).one()


def new_thread(db: Session, mlist: MailingList, subject: str, topic_id: int | None, at: datetime) -> Thread:
    """An empty thread."""
    thread = Thread(list_id=mlist.id, subject=subject, topic_id=topic_id, first_at=at, last_at=at)
    db.add(thread)
    db.flush()
    return thread
