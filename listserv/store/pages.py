"""What the archive's pages read: columns, never whole rows, and a small fixed number of statements for each page.

The statements of the busiest pages are built once: building one costs more than running it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased, joinedload

from listserv.store.announcing import announces
from listserv.store.archive import SHOWN, Attachment, Body, Message, Thread
from listserv.store.issues import Issue
from listserv.store.lists import MailingList, Topic
from listserv.store.members import Member
from listserv.store.positions import MARKS
from listserv.store.session import look

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


def among(thread_ids: Sequence[int]) -> ColumnElement[bool]:
    """These threads."""
    return Thread.id.in_(thread_ids)


LATEST = (Thread.pinned.desc(), Thread.last_at.desc(), Thread.id.desc())
LINES = (
    select(Thread.id, Thread.subject, Thread.messages, Thread.authors, Thread.last_at, Thread.pinned, Thread.closed)
    .add_columns(Topic.slug, Topic.title, Message.author, Message.author_email, Message.snippet, Message.seq)
    .add_columns(announces(Thread.last_message_id, Thread.id).label("announces"))
    .outerjoin(Topic, Topic.id == Thread.topic_id)
    .outerjoin(Message, and_(Message.id == Thread.last_message_id, SHOWN))
    .order_by(*LATEST)
)


def _page(mlist_id: Any, only: Where, limit: Any, offset: Any) -> Any:
    # First which threads, by an index alone: what is skipped before a late page must cost no more than that.
    some = select(Thread.id).where(*live_threads(mlist_id), *only).order_by(*LATEST).limit(limit).offset(offset).subquery()
    return LINES.join(some, some.c.id == Thread.id)


ALL_THREADS = _page(LIST, (), bindparam("limit"), bindparam("offset"))


def threads_page(db: Session, mlist_id: int, only: Where, limit: int, offset: int) -> Rows:
    """A list's threads with their newest message and their topic: pinned ones first, then by last activity; `only` some of them."""
    if not only:
        return db.execute(ALL_THREADS, {"mlist": mlist_id, "limit": limit, "offset": offset}).all()
    return db.execute(_page(mlist_id, only, limit, offset)).all()


def lines_of(db: Session, thread_ids: Sequence[int]) -> Rows:
    """The same of these threads."""
    return db.execute(LINES.where(Thread.id.in_(list(thread_ids)))).all()


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
    return look(db, SPEAKERS, {"ids": thread_ids}).all()


PART = aliased(Thread)
LISTED_PART = (PART.merged_into.is_(None), PART.hidden_at.is_(None))
# Has anything been split off from it? What, is asked only where something has.
PARTED = exists(select(PART.id).where(PART.split_from == Thread.id, *LISTED_PART).correlate(Thread)).label("parted")
# Did it begin with an issue of the newsletter?
ISSUED = exists(select(Issue.id).join(Message, Message.id == Issue.message_id).where(Message.thread_id == Thread.id).correlate(Thread)).label("issued")
PARTS = select(PART.id, PART.subject).where(PART.split_from == THREAD, *LISTED_PART).order_by(PART.id)

ONE_THREAD = (
    select(Thread.id, Thread.subject, Thread.merged_into, Thread.messages, Thread.first_at, Thread.last_at)
    .add_columns(Thread.pinned, Thread.closed, Thread.hidden_at, Topic.slug, Topic.title, PARTED, ISSUED)
    .outerjoin(Topic, Topic.id == Thread.topic_id)
    .where(Thread.id == THREAD, Thread.list_id == LIST)
)
MARKED_THREAD = ONE_THREAD.add_columns(*MARKS)


def thread_on_list(db: Session, mlist_id: int, thread_id: int, *, reader: Member | None = None) -> Record | None:
    """A thread of this list, with its topic's slug and title; for a `reader` with their marks (`store.positions`)."""
    facts = {"mlist": mlist_id, "thread": thread_id}
    if reader is None:
        return look(db, ONE_THREAD, facts).one_or_none()
    return look(db, MARKED_THREAD, facts | {"user": reader.user_id, "start": reader.digest_seq}).one_or_none()


def parts_of(db: Session, thread_id: int) -> Rows:
    """(id, subject) of the threads that moderators have split off from this one."""
    return look(db, PARTS, {"thread": thread_id}).all()


# How many files it carries.
CARRIED = select(func.count()).where(Attachment.message_id == Message.id).correlate(Message).scalar_subquery().label("files")
HEADS = (
    select(Message.id, Message.seq, Message.parent_id, Message.hash, Message.message_id, Message.user_id, Message.author, Message.author_email)
    .add_columns(Message.author_key, Message.subject, Message.sent_at, Message.has_html, Message.hidden_at, CARRIED)
    .where(Message.thread_id == THREAD)
    .order_by(Message.sent_at, Message.id)
)
WORDED = HEADS.add_columns(Body.text).join(Message.body)
# By (with their texts, also those that only moderators see).
EVERY_HEAD = {(False, True): HEADS, (False, False): HEADS.where(SHOWN), (True, True): WORDED, (True, False): WORDED.where(SHOWN)}


def heads_of(db: Session, thread_id: int, *, hidden: bool = False, texts: bool = False) -> Rows:
    """Every message of a thread, oldest first; `hidden`: also those that only moderators see; `texts`: with their readable bodies."""
    return look(db, EVERY_HEAD[texts, hidden], {"thread": thread_id}).all()


TEXTS = select(Message.id, Body.text).join(Message.body).where(Message.id.in_(IDS))


def texts_of(db: Session, message_ids: Sequence[int]) -> dict[int, str]:
    """The readable bodies of these messages."""
    return dict(look(db, TEXTS, {"ids": message_ids}).all())


FILES = (
    select(Attachment.message_id, Attachment.number, Attachment.name, Attachment.type, Attachment.size, Attachment.inline)
    .join(Message, Message.id == Attachment.message_id)
    .where(Message.thread_id == THREAD)
    .order_by(Attachment.message_id, Attachment.number)
)


def attachments_of(db: Session, thread_id: int) -> Rows:
    """(message_id, number, name, type, size, inline) of what the messages of a thread carry."""
    return look(db, FILES, {"thread": thread_id}).all()


def attachment_of(db: Session, mlist_id: int, message_hash: str, number: int, *, hidden: bool = False) -> Record | None:
    """(name, type, size, sha256, raw_id) of what the message with this Message-ID-Hash carries under this number; `hidden` as in `message_by_hash`."""
    query = select(Attachment.name, Attachment.type, Attachment.size, Attachment.sha256, Message.raw_id).join(Message, Message.id == Attachment.message_id)
    query = query.where(Message.list_id == mlist_id, Message.hash == message_hash.upper(), Attachment.number == number)
    return db.execute(query if hidden else query.where(SHOWN)).first()


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
    return {row.side: row for row in look(db, NEIGHBOURS, facts)}


def message_by_hash(db: Session, mlist_id: int, message_hash: str, *, hidden: bool = False) -> Message | None:
    """The message with this Message-ID-Hash (hashes compare without case); `hidden`: also where only moderators see it."""
    query = select(Message).options(joinedload(Message.body)).where(Message.list_id == mlist_id, Message.hash == message_hash.upper())
    return db.scalar(query if hidden else query.where(SHOWN))


def _written_by(query: Any, mlist_id: int, user_id: int, hidden: bool) -> Any:
    query = query.where(Message.list_id == mlist_id, Message.user_id == user_id)
    return query if hidden else query.where(SHOWN)


def words_of(db: Session, mlist_id: int, user_id: int, limit: int, offset: int, *, hidden: bool = False) -> Rows:
    """What one person wrote on a list, newest first, with each thread's subject; `hidden`: also what only moderators see."""
    order = (Message.sent_at.desc(), Message.id.desc())
    # First which, by an index alone, as for threads.
    some = _written_by(select(Message.id), mlist_id, user_id, hidden).order_by(*order).limit(limit).offset(offset).subquery()
    told = select(Message.hash, Message.author, Message.author_email, Message.sent_at, Message.snippet, Message.hidden_at, Thread.subject)
    return db.execute(told.join(Thread, Thread.id == Message.thread_id).join(some, some.c.id == Message.id).order_by(*order)).all()


def count_words_of(db: Session, mlist_id: int, user_id: int, *, hidden: bool = False) -> int:
    """How many messages one person wrote on a list; `hidden`: also those that only moderators see."""
    return db.scalar(_written_by(select(func.count()).select_from(Message), mlist_id, user_id, hidden)) or 0


def any_list(db: Session) -> int | None:
    """Some list's id: the smallest question that shows the tables to be there."""
    return db.scalar(select(MailingList.id).limit(1))
