"""What feeds read: the newest messages of a list, a thread, a topic or a person; and what a sitemap names."""

from collections.abc import Sequence

from sqlalchemy import Select, false, select, true
from sqlalchemy.orm import Session, aliased

from listserv.store.archive import SHOWN, Body, Message, Thread
from listserv.store.lists import REAL, Archive, MailingList, Topic
from listserv.store.pages import Record, Rows, live_threads

Above = aliased(Message)
ENTRIES: Select[Record] = (
    select(Message.id, Message.hash, Message.author, Message.author_email, Message.author_key, Message.user_id, Message.subject)
    .add_columns(Message.sent_at, Message.received_at, Message.thread_id, Thread.subject.label("thread"), Topic.slug, Topic.title)
    .add_columns(Body.text, Above.hash.label("above"))
    .join(Thread, Thread.id == Message.thread_id)
    .join(Body, Body.raw_id == Message.raw_id)
    .outerjoin(Topic, Topic.id == Thread.topic_id)
    .outerjoin(Above, (Above.id == Message.parent_id) & Above.hidden_at.is_(None))
    .where(SHOWN, Thread.hidden_at.is_(None))
)
BY_TIME = (Message.sent_at.desc(), Message.id.desc())


def newest_of_list(db: Session, mlist_id: int, limit: int) -> Rows:
    """The newest messages of a list, in the order in which they came."""
    return db.execute(ENTRIES.where(Message.list_id == mlist_id).order_by(Message.seq.desc()).limit(limit)).all()


def newest_of_thread(db: Session, thread_id: int, limit: int) -> Rows:
    """The newest messages of a thread."""
    return db.execute(ENTRIES.where(Message.thread_id == thread_id).order_by(*BY_TIME).limit(limit)).all()


def newest_of_topic(db: Session, mlist_id: int, topic_id: int, limit: int) -> Rows:
    """The newest messages of a topic: they stand in as many of its threads, at most, by last activity."""
    # Pinned ones apart, as the index has them.
    each = [
        select(Thread.id).where(*live_threads(mlist_id), Thread.topic_id == topic_id, Thread.pinned == pinned).order_by(Thread.last_at.desc()).limit(limit)
        for pinned in (true(), false())
    ]
    ids = [number for some in each for number in db.scalars(some)]
    return db.execute(ENTRIES.where(Message.thread_id.in_(ids)).order_by(*BY_TIME).limit(limit)).all() if ids else []


def newest_of_person(db: Session, mlist_id: int, user_id: int, limit: int) -> Rows:
    """What one person wrote on a list last."""
    return db.execute(ENTRIES.where(Message.list_id == mlist_id, Message.user_id == user_id).order_by(*BY_TIME).limit(limit)).all()


def topic_by_slug(db: Session, mlist_id: int, slug: str) -> Topic | None:
    """The topic of this list with this slug."""
    return db.scalar(select(Topic).where(Topic.list_id == mlist_id, Topic.slug == slug))


def public_lists(db: Session) -> Sequence[MailingList]:
    """The lists whose archive anybody may read, by name."""
    return db.scalars(select(MailingList).where(REAL, MailingList.archive == Archive.PUBLIC).order_by(MailingList.name)).all()
