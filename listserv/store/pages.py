"""What the archive's pages read: columns, never whole rows, and a small fixed number of statements for each page.

The statements of the busiest pages are built once: building one costs more than running it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, extract, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased, joinedload

from listserv.store.archive import SHOWN, Attachment, Body, Message, Thread
from listserv.store.lists import MailingList, Topic
from listserv.store.members import Member

# A row of the columns that each docstring or select names.
Record = Any
Rows = Sequence[Record]
Where = Sequence[ColumnElement[bool]]

LIST: Any = bindparam("mlist")
THREAD: Any = bindparam("thread")
IDS: Any = bindparam("ids", expanding=True)


def live_threads(mlist_id: Any) -> tuple[ColumnElement[bool], ...]:
    """The threads of a list that were not merged into another, nor hidden."""
    return Thread.list_id == mlist_id, Thread.merged_into.is_(None), Thread.hidden_at.is_(None)


def in_topic(topic_id: int) -> ColumnElement[bool]:
    """Threads filed under a topic."""
    return Thread.topic_id == topic_id


def spoken_between(start: datetime, end: datetime) -> ColumnElement[bool]:
    """Threads with a message written in this stretch of time (start included, end not)."""
    said = exists(select(Message.id).where(Message.thread_id == Thread.id, Message.sent_at >= start, Message.sent_at < end, SHOWN).correlate(Thread))
    # Named so that the index of the list's page can be used, which has them before the time.
    either = Thread.pinned.in_((False, True))
    return either & (Thread.last_at >= start) & (Thread.first_at < end) & said


THREADS = (
    select(Thread.id, Thread.subject, Thread.messages, Thread.authors, Thread.last_at, Thread.pinned, Thread.closed)
    .add_columns(Topic.slug, Topic.title, Message.author, Message.author_email, Message.snippet, Message.seq)
    .outerjoin(Topic, Topic.id == Thread.topic_id)
    .outerjoin(Message, and_(Message.id == Thread.last_message_id, SHOWN))
    .order_by(Thread.pinned.desc(), Thread.last_at.desc(), Thread.id.desc())
)


def threads_page(db: Session, where: Where, limit: int, offset: int) -> Rows:
    """Threads with their newest message and their topic: pinned ones first, then by last activity."""
    return db.execute(THREADS.where(*where).limit(limit).offset(offset)).all()


def count_threads(db: Session, where: Where) -> int:
    """How many threads there are."""
    return db.scalar(select(func.count()).select_from(Thread).where(*where)) or 0


SPEAKERS = (
    select(Message.thread_id, func.max(Message.author).label("author"), func.max(Message.author_email).label("author_email"))
    .where(Message.thread_id.in_(IDS), SHOWN)
    .group_by(Message.thread_id, Message.author_key)
    .order_by(func.min(Message.sent_at))
)


def speakers_of(db: Session, thread_ids: Sequence[int]) -> Rows:
    """(thread_id, author, author_email) of everyone who wrote in these threads, by their first word."""
    return db.execute(SPEAKERS, {"ids": thread_ids}).all()


COUNTS = (
    select(Thread.topic_id, func.count().label("threads"), func.min(Thread.last_at).label("first_at"), func.max(Thread.last_at).label("last_at"))
    .where(*live_threads(LIST))
    .group_by(Thread.topic_id)
)


def topic_counts(db: Session, mlist_id: int) -> Rows:
    """(topic_id, threads, first and last activity) of each topic that has threads; topic_id None for those under none."""
    return db.execute(COUNTS, {"mlist": mlist_id}).all()


def months_of(db: Session, mlist_id: int) -> list[tuple[int, int, int]]:
    """(year, month, messages) of every month in which something was written, newest first. Months are those of UTC."""
    year, month = extract("year", Message.sent_at), extract("month", Message.sent_at)
    query = select(year, month, func.count()).where(Message.list_id == mlist_id, SHOWN).group_by(year, month)
    return [(int(y), int(m), count) for y, m, count in db.execute(query.order_by(year.desc(), month.desc()))]


PART = aliased(Thread)
LISTED_PART = (PART.merged_into.is_(None), PART.hidden_at.is_(None))
# Has anything been split off from it? What, is asked only where something has.
PARTED = exists(select(PART.id).where(PART.split_from == Thread.id, *LISTED_PART).correlate(Thread)).label("parted")
PARTS = select(PART.id, PART.subject).where(PART.split_from == THREAD, *LISTED_PART).order_by(PART.id)

ONE_THREAD = (
    select(Thread.id, Thread.subject, Thread.merged_into, Thread.messages, Thread.first_at, Thread.last_at)
    .add_columns(Thread.pinned, Thread.closed, Thread.hidden_at, Topic.slug, Topic.title, PARTED)
    .outerjoin(Topic, Topic.id == Thread.topic_id)
    .where(Thread.id == THREAD, Thread.list_id == LIST)
)


def thread_on_list(db: Session, mlist_id: int, thread_id: int) -> Record | None:
    """A thread of this list, with its topic's slug and title."""
    return db.execute(ONE_THREAD, {"mlist": mlist_id, "thread": thread_id}).one_or_none()


def parts_of(db: Session, thread_id: int) -> Rows:
    """(id, subject) of the threads that moderators have split off from this one."""
    return db.execute(PARTS, {"thread": thread_id}).all()


HEADS = (
    select(Message.id, Message.parent_id, Message.hash, Message.message_id, Message.user_id, Message.author, Message.author_email)
    .add_columns(Message.author_key, Message.subject, Message.sent_at, Message.has_html, Message.hidden_at)
    .where(Message.thread_id == THREAD)
    .order_by(Message.sent_at, Message.id)
)
SHOWN_HEADS = HEADS.where(SHOWN)


def heads_of(db: Session, thread_id: int, *, hidden: bool = False) -> Rows:
    """Every message of a thread without its text, oldest first; `hidden`: also those that only moderators see."""
    return db.execute(HEADS if hidden else SHOWN_HEADS, {"thread": thread_id}).all()


TEXTS = select(Message.id, Body.text).join(Message.body).where(Message.id.in_(IDS))


def texts_of(db: Session, message_ids: Sequence[int]) -> dict[int, str]:
    """The readable bodies of these messages."""
    return dict(db.execute(TEXTS, {"ids": message_ids}).all())


FILES = (
    select(Attachment.message_id, Attachment.number, Attachment.name, Attachment.type, Attachment.size)
    .join(Message, Message.id == Attachment.message_id)
    .where(Message.thread_id == THREAD)
    .order_by(Attachment.message_id, Attachment.number)
)


def attachments_of(db: Session, thread_id: int) -> Rows:
    """(message_id, number, name, type, size) of what the messages of a thread carry."""
    return db.execute(FILES, {"thread": thread_id}).all()


def _beside(side: str, further: Sequence[ColumnElement[bool]], *order: Any) -> Any:
    part = select(Thread.id, Thread.subject).where(*live_threads(LIST), Thread.pinned == PINNED, *further).order_by(*order).limit(1).subquery()
    return select(literal(side).label("side"), part.c.id, part.c.subject)


AT, PINNED = bindparam("at", type_=Thread.last_at.type), bindparam("pinned", type_=Thread.pinned.type)
# The first condition of each is what an index can be entered by.
NEIGHBOURS = union_all(
    _beside("newer", (Thread.last_at >= AT, (Thread.last_at > AT) | (Thread.id > THREAD)), Thread.last_at, Thread.id),
    _beside("older", (Thread.last_at <= AT, (Thread.last_at < AT) | (Thread.id < THREAD)), Thread.last_at.desc(), Thread.id.desc()),
)


def neighbours(db: Session, mlist_id: int, thread: Record) -> dict[str, Record]:
    """The threads next to this one on the list's page: `newer` and `older`, where there are any."""
    facts = {"mlist": mlist_id, "thread": thread.id, "at": thread.last_at, "pinned": thread.pinned}
    return {row.side: row for row in db.execute(NEIGHBOURS, facts)}


def message_by_hash(db: Session, mlist_id: int, message_hash: str, *, hidden: bool = False) -> Message | None:
    """The message with this Message-ID-Hash (hashes compare without case); `hidden`: also where only moderators see it."""
    query = select(Message).options(joinedload(Message.body)).where(Message.list_id == mlist_id, Message.hash == message_hash.upper())
    return db.scalar(query if hidden else query.where(SHOWN))


def words_of(db: Session, mlist_id: int, user_id: int, limit: int, offset: int) -> Rows:
    """What one person wrote on a list, newest first, with each thread's subject."""
    query = (
        select(Message.hash, Message.author, Message.author_email, Message.sent_at, Message.snippet, Thread.subject)
        .join(Thread, Thread.id == Message.thread_id)
        .where(Message.list_id == mlist_id, Message.user_id == user_id, SHOWN)
    )
    return db.execute(query.order_by(Message.sent_at.desc(), Message.id.desc()).limit(limit).offset(offset)).all()


def count_words_of(db: Session, mlist_id: int, user_id: int) -> int:
    """How many messages one person wrote on a list."""
    query = select(func.count()).select_from(Message)
    return db.scalar(query.where(Message.list_id == mlist_id, Message.user_id == user_id, SHOWN)) or 0


def activity(db: Session, list_ids: Sequence[int]) -> dict[int, tuple[int, datetime]]:
    """Threads and last activity of each of these lists that has any."""
    query = select(Thread.list_id, func.count(), func.max(Thread.last_at)).where(Thread.list_id.in_(list_ids), *live_threads(Thread.list_id))
    return {list_id: (count, last) for list_id, count, last in db.execute(query.group_by(Thread.list_id))}


WROTE = exists(select(Message.id).where(Message.user_id == Member.user_id, Message.list_id == Member.list_id, SHOWN).correlate(Member))
PEOPLE = select(func.count(), func.count(case((WROTE, 1)))).select_from(Member).where(Member.list_id == LIST)


def people_of(db: Session, mlist_id: int) -> tuple[int, int]:
    """How many are on the list, and how many of them have written to it."""
    everyone, writers = db.execute(PEOPLE, {"mlist": mlist_id}).one()
    return everyone, writers


def any_list(db: Session) -> int | None:
    """Some list's id: the smallest question that shows the tables to be there."""
    return db.scalar(select(MailingList.id).limit(1))
