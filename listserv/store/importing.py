"""History on its way into an archive: gathered under a list of its own that nothing leads to, then moved in one transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import CursorResult, delete, func, insert, select, text, union, update
from sqlalchemy.orm import Session, aliased

from listserv.store.archive import Attachment, Body, Ghost, Message, Thread
from listserv.store.base import table_of
from listserv.store.lists import MailingList
from listserv.store.people import Address
from listserv.store.queue import Raw, insert_unless_there
from listserv.store.search import Indexed

Row = dict[str, Any]
# Statements over whole archives: what the session has loaded is not looked through for what they change.
BLIND: Row = {"synchronize_session": False}


class Kept(NamedTuple):
    """What tells an archived message from another with the same Message-ID."""

    author_key: str
    subject: str
    sent_at: datetime
    text: str
    files: frozenset[str]


# Kilobytes of SQLite's pages in memory, where its two thousand would be read again for each batch of a large archive's index of words.
PAGES_IN_MEMORY = 32 * 1024


def give_room(db: Session) -> None:
    """Let this connection keep more of the index in memory; PostgreSQL sees to that itself."""
    if db.get_bind().dialect.name == "sqlite":
        db.execute(text(f"PRAGMA cache_size=-{PAGES_IN_MEMORY}"))


def shadow_of(db: Session, mlist: MailingList) -> MailingList | None:
    """Where an unfinished import gathers the list's history."""
    return db.scalar(select(MailingList).where(MailingList.import_of == mlist.id))


def add_shadow(db: Session, mlist: MailingList, source: str, now: datetime) -> MailingList:
    """Make that place. No address and no path can be called `/1`, and its archive is nobody's."""
    shadow = MailingList(name=f"/{mlist.id}", title="", description=source, import_of=mlist.id, created_at=now, language=mlist.language)
    db.add(shadow)
    db.flush()
    return shadow


def empty(db: Session, shadow: MailingList) -> None:
    """Throw away what has been gathered."""
    messages = select(Message.id).where(Message.list_id == shadow.id)
    for statement in (
        delete(Indexed).where(Indexed.message_id.in_(messages)),
        delete(Attachment).where(Attachment.message_id.in_(messages)),
        update(Message).where(Message.list_id == shadow.id).values(parent_id=None),
        delete(Message).where(Message.list_id == shadow.id),
        delete(Ghost).where(Ghost.list_id == shadow.id),
        update(Thread).where(Thread.list_id == shadow.id).values(merged_into=None),
        delete(Thread).where(Thread.list_id == shadow.id),
    ):
        db.execute(statement, execution_options=BLIND)


def archived_contents(db: Session, list_ids: Sequence[int], hashes: Collection[bytes]) -> dict[bytes, datetime]:
    """Which of these bytes (by their SHA-256) one of these lists has in its archive, and when they were written."""
    # In two steps: joined, SQLite looks through the whole archive for the few that are asked for.
    kept = {row.id: row.sha256 for row in db.execute(select(Raw.id, Raw.sha256).where(Raw.sha256.in_(hashes)))}
    used = db.execute(select(Message.raw_id, Message.list_id, Message.sent_at).where(Message.raw_id.in_(kept))) if kept else ()
    return {kept[raw_id]: at for raw_id, list_id, at in used if list_id in list_ids}


def archived_messages(db: Session, list_ids: Sequence[int], message_ids: Collection[str]) -> dict[str, Kept]:
    """What one of these lists has under these Message-IDs; where two have one, the younger list, which is where history is gathered."""
    query = select(Message.id, Message.message_id, Message.author_key, Message.subject, Message.sent_at, Body.text).join(Message.body)
    found = db.execute(query.where(Message.list_id.in_(list_ids), Message.message_id.in_(message_ids)).order_by(Message.list_id)).all()
    files: dict[int, set[str]] = {}
    for message, sha256 in db.execute(select(Attachment.message_id, Attachment.sha256).where(Attachment.message_id.in_([row.id for row in found]))):
        files.setdefault(message, set()).add(sha256)
    return {row.message_id: Kept(*row[2:], frozenset(files.get(row.id, ()))) for row in found}


def users_of(db: Session, keys: Collection[str]) -> dict[str, int]:
    """The people behind these addresses (folded): {key: user id}."""
    rows = db.execute(select(Address.key, Address.user_id).where(Address.key.in_(keys)))
    return {row.key: row.user_id for row in rows}


def new_threads(db: Session, shadow: MailingList, starts: Sequence[datetime]) -> list[int]:
    """The ids of as many new threads."""
    if not starts:
        return []
    table = table_of(Thread)
    made = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    ids = list(db.scalars(made, [_thread(shadow, at) for at in starts]))
    db.execute(update(Thread).where(Thread.id.in_(ids)).values(family=Thread.id), execution_options=BLIND)
    return ids


def _thread(shadow: MailingList, at: datetime) -> Row:
    return {"list_id": shadow.id, "subject": "", "messages": 0, "authors": 0, "first_at": at, "last_at": at, "family": 0, "pinned": False, "closed": False}


def settle_ghosts(db: Session, shadow: MailingList, come: Collection[str], missing: Mapping[str, int]) -> None:
    """Those that have come are ghosts no more; those that are missing are, each in its thread."""
    db.execute(delete(Ghost).where(Ghost.list_id == shadow.id, Ghost.message_id.in_(come)))
    if missing:
        db.execute(insert(table_of(Ghost)), [{"list_id": shadow.id, "message_id": one, "thread_id": thread} for one, thread in missing.items()])


def add_messages(db: Session, rows: Sequence[Row], bodies: Sequence[Row]) -> list[int]:
    """The ids of new messages of one list, whose threads are there already."""
    db.execute(insert(table_of(Message)), rows)
    db.execute(insert_unless_there(db, table_of(Body)), bodies)
    query = select(Message.message_id, Message.id).where(Message.list_id == rows[0]["list_id"])
    ids = {row.message_id: row.id for row in db.execute(query.where(Message.message_id.in_([row["message_id"] for row in rows])))}
    return [ids[row["message_id"]] for row in rows]


def add_attachments(db: Session, rows: Sequence[Row]) -> None:
    """What messages carry."""
    if rows:
        db.execute(insert(table_of(Attachment)), rows)


def families_after(db: Session, shadow: MailingList, after: int, limit: int) -> Sequence[int]:
    """Some families of threads, in their order."""
    query = select(Thread.family).where(Thread.list_id == shadow.id, Thread.family > after).distinct()
    return db.scalars(query.order_by(Thread.family).limit(limit)).all()


def doubled(db: Session, shadow: MailingList) -> Sequence[Any]:
    """(id, message_id, raw_id, sha256 of the bytes) of the gathered messages whose Message-ID has come to the list itself meanwhile."""
    own = aliased(Message)
    query = select(Message.id, Message.message_id, Message.raw_id, Raw.sha256).join(Raw, Raw.id == Message.raw_id)
    there = (own.message_id == Message.message_id) & (own.list_id == shadow.import_of)
    return db.execute(query.join(own, there).where(Message.list_id == shadow.id)).all()


def drop(db: Session, shadow: MailingList, ids: Sequence[int]) -> None:
    """Leave out what has come to the list itself meanwhile."""
    for some in (ids[at : at + 1000] for at in range(0, len(ids), 1000)):
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


def touching(db: Session, shadow: MailingList) -> Sequence[tuple[int, int]]:
    """(family of the history, family of the list) that belong together, because both have heard of the same message."""
    old, own = _heard_of(shadow.id), _heard_of(shadow.import_of)
    query = select(old.c.family, own.c.family).join(own, own.c.message_id == old.c.message_id).distinct()
    return [(a, b) for a, b in db.execute(query)]


def _heard_of(list_id: Any) -> Any:
    parts = (select(model.message_id, Thread.family).join(Thread, Thread.id == model.thread_id).where(model.list_id == list_id) for model in (Message, Ghost))
    return union(*parts).subquery()


def drop_signposts(db: Session, shadow: MailingList) -> None:
    """Threads that were joined to others before anybody saw them leave nothing behind."""
    db.execute(delete(Thread).where(Thread.list_id == shadow.id, Thread.merged_into.is_not(None)), execution_options=BLIND)


def lay_ghosts(db: Session, shadow: MailingList) -> None:
    """A ghost of one side that the other side has, as a message or as a ghost of its own, goes."""
    other = aliased(Ghost)
    come = select(Message.message_id).where(Message.list_id == shadow.id)
    heard = select(Message.message_id).where(Message.list_id == shadow.import_of)
    missed = select(other.message_id).where(other.list_id == shadow.import_of)
    for list_id, ids in ((shadow.import_of, come), (shadow.id, heard), (shadow.id, missed)):
        db.execute(delete(Ghost).where(Ghost.list_id == list_id, Ghost.message_id.in_(ids)), execution_options=BLIND)


def move(db: Session, shadow: MailingList) -> int:
    """Hand all that has been gathered over to the list; how many messages. Their numbers are 0 and less: history is news to nobody."""
    own = shadow.import_of
    lowest = db.scalar(select(func.min(Message.seq)).where(Message.list_id == own))
    newest = min(lowest if lowest is not None else 1, 1) - 1
    there = update(Message).where(Message.list_id == shadow.id).values(list_id=own, seq=Message.seq - shadow.last_seq + newest)
    moved = db.execute(there, execution_options=BLIND)
    for model in (Ghost, Thread):
        db.execute(update(model).where(model.list_id == shadow.id).values(list_id=own), execution_options=BLIND)
    assert isinstance(moved, CursorResult)
    return moved.rowcount
