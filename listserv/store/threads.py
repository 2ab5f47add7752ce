"""Where a message belongs: the graph of ids that refer to each other, kept in rows."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from listserv.mail.parse import Post
from listserv.mail.threads import Node
from listserv.store import following, positions
from listserv.store.archive import SHOWN, Body, Ghost, Message, Thread
from listserv.store.base import Base
from listserv.store.lists import MailingList, Topic
from listserv.store.session import look
from listserv.store.tools import Placement


class Known(NamedTuple):
    """An id that this list has heard of: its thread and that one's family, and its row where it is a message and not a ghost."""

    thread_id: int
    family: int
    row: int | None
    parent: int | None = None


class Told(NamedTuple):
    """A message as its thread is made of it."""

    node: Node
    thread_id: int
    parent_id: int | None
    author_key: str
    subject: str
    hidden_at: datetime | None = None


# Statements that every post asks are made once (`bindparam`): to make one costs more than to ask it.
NEXT_SEQ = update(MailingList).where(MailingList.id == bindparam("list")).values(last_seq=MailingList.last_seq + 1).returning(MailingList.last_seq)
BY_MESSAGE_ID = select(Message).where(Message.list_id == bindparam("list"), Message.message_id == bindparam("id"))
HAS_ID = select(Message.id).where(Message.list_id == bindparam("list"), Message.message_id == bindparam("id"))
BY_RAW = select(Message).where(Message.raw_id == bindparam("raw"), Message.list_id == bindparam("list")).limit(1)
KNOWN = (
    select(Message.message_id, Message.thread_id, Thread.family, Message.id, Message.parent_id)
    .join(Thread, Thread.id == Message.thread_id)
    .where(Message.list_id == bindparam("list"), Message.message_id.in_(bindparam("ids", expanding=True)))
)
GHOSTS = (
    select(Ghost.message_id, Ghost.thread_id, Thread.family)
    .join(Thread, Thread.id == Ghost.thread_id)
    .where(Ghost.list_id == bindparam("list"), Ghost.message_id.in_(bindparam("ids", expanding=True)))
)
LAY = delete(Ghost).where(Ghost.list_id == bindparam("list"), Ghost.message_id == bindparam("id"))
PLACED = select(Placement.message_id, Placement.under).where(Placement.list_id == bindparam("list"), Placement.message_id.in_(bindparam("ids", expanding=True)))


def next_seq(db: Session, mlist: MailingList) -> int:
    """The number of the next message of this list; two at once wait for each other."""
    seq = db.connection().execute(NEXT_SEQ, {"list": mlist.id}).scalar_one()
    set_committed_value(mlist, "last_seq", seq)
    return seq


def known_ids(db: Session, mlist: MailingList, ids: Collection[str]) -> dict[str, Known]:
    """Which of these ids the list has heard of."""
    asked = {"list": mlist.id, "ids": list(ids)}
    found = {row[0]: Known(*row[1:]) for row in look(db, KNOWN, asked)}
    missing = {row[0]: Known(*row[1:], None) for row in look(db, GHOSTS, asked)}
    return found | missing


def message_by_id(db: Session, mlist: MailingList, message_id: str) -> Message | None:
    """The archived message with this Message-ID (without brackets)."""
    return db.scalar(BY_MESSAGE_ID, {"list": mlist.id, "id": message_id})


def has_id(db: Session, mlist: MailingList, message_id: str) -> bool:
    """Is there an archived message with this Message-ID (without brackets)?"""
    return look(db, HAS_ID, {"list": mlist.id, "id": message_id}).first() is not None


def message_with_raw(db: Session, mlist: MailingList, raw_id: int) -> Message | None:
    """The archived message with these bytes, under whatever id it is kept."""
    return db.scalar(BY_RAW, {"list": mlist.id, "raw": raw_id})


def count_echoes(db: Session, mlist: MailingList, author_key: str, post: Post, since: datetime) -> int:
    """How many messages with this very subject and these very words this author has had archived since then."""
    query = select(func.count()).select_from(Message).join(Message.body).where(Message.list_id == mlist.id, Message.author_key == author_key)
    return db.scalar(query.where(Message.received_at > since, Message.subject == post.subject, Body.text == post.text)) or 0


def add_ghosts(db: Session, mlist: MailingList, thread_id: int, ids: Iterable[str]) -> None:
    """Remember ids that were referred to and have not come."""
    db.add_all(Ghost(list_id=mlist.id, message_id=message_id, thread_id=thread_id) for message_id in ids)


def lay_ghost(db: Session, mlist: MailingList, message_id: str) -> None:
    """The message has come: it is no ghost any more."""
    db.connection().execute(LAY, {"list": mlist.id, "id": message_id})


def merge(db: Session, keep: int, others: Collection[int]) -> None:
    """Make one thread of several; the others stay behind as signposts."""
    positions.carry(db, [(other, keep) for other in others])
    db.execute(update(Message).where(Message.thread_id.in_(others)).values(thread_id=keep))
    db.execute(update(Ghost).where(Ghost.thread_id.in_(others)).values(thread_id=keep))
    db.execute(update(Thread).where(Thread.merged_into.in_(others)).values(merged_into=keep))
    db.execute(update(Thread).where(Thread.id.in_(others)).values(merged_into=keep, messages=0))
    following.join_threads(db, keep, others)


def join_families(db: Session, keep: int, others: Collection[int]) -> None:
    """Messages of these families have been named together."""
    if others:
        db.execute(update(Thread).where(Thread.family.in_(others)).values(family=keep))


def threads_in(db: Session, families: Collection[int]) -> dict[int, list[int]]:
    """The threads of these families that are no signposts."""
    found: dict[int, list[int]] = {family: [] for family in families}
    for family, thread in db.execute(select(Thread.family, Thread.id).where(Thread.family.in_(families), Thread.merged_into.is_(None))):
        found[family].append(thread)
    return found


def sizes_of(db: Session, families: Collection[int]) -> dict[int, int]:
    """How many messages each of these families has."""
    query = select(Thread.family, func.sum(Thread.messages)).where(Thread.family.in_(families)).group_by(Thread.family)
    return {family: int(count or 0) for family, count in db.execute(query)}


def told_in(db: Session, families: Collection[int]) -> dict[int, list[Told]]:
    """The messages of these families."""
    found: dict[int, list[Told]] = {family: [] for family in families}
    columns: Any = (Message.id, Message.message_id, Message.refs, Message.sent_at, Message.thread_id, Message.parent_id)
    query = select(Thread.family, *columns, Message.author_key, Message.subject, Message.hidden_at).join(Thread, Thread.id == Message.thread_id)
    for family, row, message_id, refs, at, thread, parent, author, subject, hidden_at in db.execute(query.where(Thread.family.in_(families))):
        found[family].append(Told(Node(row, message_id, tuple(refs.split()), at), thread, parent, author, subject, hidden_at))
    return found


def placed_in(db: Session, families: Collection[int]) -> dict[str, str]:
    """What moderators say of messages of the lists of these families (`store.tools.Placement`)."""
    lists = select(func.coalesce(MailingList.import_of, MailingList.id)).join(Thread, Thread.list_id == MailingList.id).where(Thread.family.in_(families))
    return {row.message_id: row.under for row in db.execute(select(Placement.message_id, Placement.under).where(Placement.list_id.in_(lists)))}


def is_locked(db: Session, mlist: MailingList, refs: Sequence[str]) -> bool:
    """Is the thread of the nearest known of these ids (oldest first) closed, or hidden?"""
    if not refs:
        return False
    query = select(Message.message_id, Thread.closed, Thread.hidden_at).join(Thread, Thread.id == Message.thread_id)
    found = {row.message_id: row for row in db.execute(query.where(Message.list_id == mlist.id, Message.message_id.in_(refs)))}
    nearest = next((found[ref] for ref in reversed(refs) if ref in found), None)
    return nearest is not None and (nearest.closed or nearest.hidden_at is not None)


def topic_answered(db: Session, mlist: MailingList, refs: Sequence[str]) -> str:
    """The short name of the topic under which the nearest known of these ids (oldest first) is filed; empty where there is none."""
    if not refs:
        return ""
    query = select(Message.message_id, Topic.slug).join(Thread, Thread.id == Message.thread_id).outerjoin(Topic, Topic.id == Thread.topic_id)
    found = {row.message_id: row.slug for row in db.execute(query.where(Message.list_id == mlist.id, Message.message_id.in_(refs)))}
    return next((found[ref] or "" for ref in reversed(refs) if ref in found), "")


def has_posted(db: Session, mlist: MailingList, user_id: int, keys: Collection[str]) -> bool:
    """Is there a message of this person, under one of these addresses (folded forms), in the archive?"""
    shown = select(Message.id).where(Message.list_id == mlist.id, SHOWN)
    first = db.scalar(shown.where(Message.user_id == user_id).limit(1)) or db.scalar(shown.where(Message.author_key.in_(keys)).limit(1))
    return first is not None


def slugs_in(db: Session, families: Collection[int]) -> frozenset[str]:
    """The short names of the topics of these families' lists: what `#topic` in a subject may say."""
    lists = select(func.coalesce(MailingList.import_of, MailingList.id)).join(Thread, Thread.list_id == MailingList.id).where(Thread.family.in_(families))
    return frozenset(db.scalars(select(Topic.slug).where(Topic.list_id.in_(lists))))


def placement_of(db: Session, mlist: MailingList, ids: Collection[str]) -> dict[str, str]:
    """What moderators say of these ids: {id: the id that it belongs under, or ""}."""
    return {row.message_id: row.under for row in look(db, PLACED, {"list": mlist.import_of or mlist.id, "ids": list(ids)})}


def renamed_in(db: Session, families: Collection[int]) -> set[int]:
    """The threads of these families that moderators have given a title."""
    return set(db.scalars(select(Thread.id).where(Thread.family.in_(families), Thread.renamed)))


def hidden_in(db: Session, families: Collection[int]) -> set[int]:
    """The threads of these families that are hidden as a whole."""
    return set(db.scalars(select(Thread.id).where(Thread.family.in_(families), Thread.hidden_at.is_not(None))))


def hide(db: Session, messages: Sequence[dict[str, Any]]) -> None:
    """Hide messages: `id`, `hidden_at`."""
    if messages:
        db.execute(update(Message), messages)
        _forget(db, Message)


def write_places(db: Session, places: Sequence[dict[str, Any]]) -> None:
    """Where messages belong: `id`, `thread_id`, `parent_id`."""
    if places:
        db.execute(update(Message), places)
        _forget(db, Message)


def write_figures(db: Session, figures: Sequence[dict[str, Any]]) -> None:
    """What is known of threads: `id` and columns of `thread`."""
    if figures:
        db.execute(update(Thread), figures)
        _forget(db, Thread)


def _forget(db: Session, model: type[Base]) -> None:
    """What the session has loaded of these is out of date."""
    for row in [row for row in db.identity_map.values() if isinstance(row, model)]:
        db.expire(row)


def part_from(db: Session, thread_id: int) -> Thread:
    """A new thread for what turns out not to belong to this one."""
    old = db.get_one(Thread, thread_id)
    new = Thread(list_id=old.list_id, topic_id=old.topic_id, first_at=old.first_at, last_at=old.last_at, family=old.family)
    db.add(new)
    db.flush()
    return new


def part_with(db: Session, message: Message) -> Thread:
    """A thread for a message and its answers: its own of earlier, where it has been joined to this one; else a new one."""
    old = db.get_one(Thread, message.thread_id)
    signposts = select(Thread).where(Thread.merged_into == old.id, Thread.first_at == message.sent_at, Thread.family == old.family)
    new = db.scalar(signposts.order_by(Thread.id).limit(1)) or part_from(db, old.id)
    new.merged_into = None
    rows = {row.id: row.parent_id for row in db.execute(select(Message.id, Message.parent_id).where(Message.thread_id == old.id))}
    below = {message.id}
    while more := {row for row, parent in rows.items() if parent in below} - below:
        below |= more
    db.execute(update(Message).where(Message.id.in_(below)).values(thread_id=new.id))
    db.flush()
    positions.carry(db, [(old.id, new.id)])
    return new


def keep_number(db: Session, wanted: int, has: int) -> None:
    """A thread takes the number of one that has been merged into it, and leaves its own behind as a signpost."""
    if wanted == has:
        return
    figures = select(Thread.subject, Thread.messages, Thread.authors, Thread.first_at, Thread.last_at, Thread.last_message_id, Thread.hidden_at)
    known = db.execute(figures.where(Thread.id == has)).one()
    merge(db, wanted, [has])
    db.execute(update(Thread).where(Thread.id == wanted).values(merged_into=None, **known._mapping))
    _forget(db, Thread)
    _forget(db, Message)
