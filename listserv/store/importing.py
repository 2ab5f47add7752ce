"""History on its way into an archive: gathered under a list of its own that nothing leads to (how it goes over: `store/handover.py`)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

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
