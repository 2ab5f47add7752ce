"""Gathered history on its way into the list: families of threads, some at a time, each portion in a transaction of its own."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import CursorResult, Select, delete, func, select, update
from sqlalchemy.orm import Session, aliased

from listserv.store import threads
from listserv.store.archive import Attachment, Ghost, Message, Thread
from listserv.store.base import slices
from listserv.store.importing import BLIND, settle_ghosts
from listserv.store.lists import MailingList
from listserv.store.queue import Raw
from listserv.store.search import Indexed

# Messages and families in one transaction: others wait for it. A family goes whole, however large it is.
MOST, FAMILIES = 1_000, 500
# Families looked up at once, of which transactions get their portions.
AHEAD = 10_000


def is_going_over(shadow: MailingList) -> bool:
    """Has all been gathered, and has some of it perhaps become the list's history already?"""
    return shadow.import_shift is not None


def fix_numbers(db: Session, shadow: MailingList) -> None:
    """Settle which numbers the messages get: 0 and less (history is news to nobody), in their order, below those of what was brought before."""
    if shadow.import_shift is None:
        lowest = db.scalar(select(func.min(Message.seq)).where(Message.list_id == shadow.import_of))
        shadow.import_shift = min(lowest if lowest is not None else 1, 1) - 1 - shadow.last_seq


def portions(db: Session, shadow: MailingList, after: int) -> list[list[int]]:
    """The next families behind this one, in their order, in portions for one transaction each; empty where there is none."""
    query = select(Thread.family, func.count(Message.id)).outerjoin(Message, Message.thread_id == Thread.id)
    query = query.where(Thread.list_id == shadow.id, Thread.family > after).group_by(Thread.family).order_by(Thread.family)
    return list(_portions(db.execute(query.limit(AHEAD)).all()))


def _portions(families: Sequence[Any]) -> Iterator[list[int]]:
    some: list[int] = []
    size = 0
    for family, messages in families:
        if some and (size + messages > MOST or len(some) == FAMILIES):
            yield some
            some, size = [], 0
        some.append(family)
        size += messages
    if some:
        yield some


def _threads_of(shadow: MailingList, families: Sequence[int]) -> Select[int]:
    return select(Thread.id).where(Thread.family.in_(families), Thread.list_id == shadow.id)


def first_of(db: Session, shadow: MailingList, families: Sequence[int]) -> int | None:
    """The lowest number that a message of these families has in its table."""
    return db.scalar(select(func.min(Message.id)).where(Message.thread_id.in_(_threads_of(shadow, families))))


def doubled(db: Session, shadow: MailingList, families: Sequence[int]) -> Sequence[Any]:
    """(id, message_id, raw_id, sha256 of the bytes) of the messages of these families whose Message-ID has come to the list itself meanwhile."""
    own = aliased(Message)
    query = select(Message.id, Message.message_id, Message.raw_id, Raw.sha256).join(Raw, Raw.id == Message.raw_id)
    there = (own.message_id == Message.message_id) & (own.list_id == shadow.import_of)
    return db.execute(query.join(own, there).where(Message.thread_id.in_(_threads_of(shadow, families)))).all()


def drop(db: Session, shadow: MailingList, ids: Sequence[int]) -> None:
    """Leave out what has come to the list itself meanwhile."""
    for some in slices(ids):
        db.execute(delete(Indexed).where(Indexed.message_id.in_(some)), execution_options=BLIND)
        db.execute(delete(Attachment).where(Attachment.message_id.in_(some)), execution_options=BLIND)
        db.execute(update(Message).where(Message.parent_id.in_(some)).values(parent_id=None), execution_options=BLIND)
        # Its thread is still heard of by its id, so that answers to it stay together with it.
        places = db.execute(select(Message.message_id, Message.thread_id).where(Message.id.in_(some))).all()
        db.execute(delete(Message).where(Message.id.in_(some)), execution_options=BLIND)
        settle_ghosts(db, shadow, (), {row.message_id: row.thread_id for row in places})


def rename(db: Session, shadow: MailingList, doubled: Any, message_id: str, hashed: str) -> None:
    """Keep a message under another id; answers to the id that it had belong to the one that the list has."""
    place = db.execute(select(Message.thread_id).where(Message.id == doubled.id)).scalar_one()
    db.execute(update(Message).where(Message.id == doubled.id).values(message_id=message_id, hash=hashed), execution_options=BLIND)
    settle_ghosts(db, shadow, (), {doubled.message_id: place})


def touching(db: Session, shadow: MailingList, mlist: MailingList, families: Sequence[int]) -> set[tuple[int, int]]:
    """(one of these families, family of the list) that belong together, because both have heard of the same message."""
    heard: dict[str, int] = {}
    for model in (Message, Ghost):
        query = select(model.message_id, Thread.family).join(Thread, Thread.id == model.thread_id)
        heard |= dict(db.execute(query.where(model.thread_id.in_(_threads_of(shadow, families)))).all())
    known = (pair for some in slices(list(heard)) for pair in threads.known_ids(db, mlist, some).items())
    return {(heard[one], place.family) for one, place in known}


def drop_signposts(db: Session, shadow: MailingList, families: Sequence[int]) -> None:
    """Threads that were joined to others before anybody saw them leave nothing behind."""
    mine = Thread.id.in_(_threads_of(shadow, families))
    db.execute(delete(Thread).where(mine, Thread.merged_into.is_not(None)), execution_options=BLIND)


def lay_ghosts(db: Session, shadow: MailingList, families: Sequence[int]) -> None:
    """A ghost of one side that the other side has, as a message or as a ghost of its own, goes."""
    mine = _threads_of(shadow, families)
    come = select(Message.message_id).where(Message.thread_id.in_(mine))
    db.execute(delete(Ghost).where(Ghost.list_id == shadow.import_of, Ghost.message_id.in_(come)), execution_options=BLIND)
    other = aliased(Ghost)
    for model in (Message, other):
        there = select(model.id).where(model.list_id == shadow.import_of, model.message_id == Ghost.message_id).correlate(Ghost).exists()
        db.execute(delete(Ghost).where(Ghost.thread_id.in_(mine), there), execution_options=BLIND)


def move(db: Session, shadow: MailingList, families: Sequence[int]) -> int:
    """Hand these families over to the list; how many messages."""
    mine, own = _threads_of(shadow, families), shadow.import_of
    there = update(Message).where(Message.thread_id.in_(mine)).values(list_id=own, seq=Message.seq + shadow.import_shift)
    moved = db.execute(there, execution_options=BLIND)
    db.execute(update(Ghost).where(Ghost.thread_id.in_(mine)).values(list_id=own), execution_options=BLIND)
    # Last, because it is by their list that they are known.
    db.execute(update(Thread).where(Thread.family.in_(families), Thread.list_id == shadow.id).values(list_id=own), execution_options=BLIND)
    assert isinstance(moved, CursorResult)
    return moved.rowcount


def count_brought(db: Session, shadow: MailingList) -> int:
    """How many messages the list has of those that were gathered."""
    shift = shadow.import_shift or 0
    here = Message.list_id == shadow.import_of, Message.seq > shift, Message.seq <= shift + shadow.last_seq
    return db.scalar(select(func.count()).select_from(Message).where(*here)) or 0
