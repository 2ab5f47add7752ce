"""The rows of what is derived from the bytes of messages, to be made again."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from listserv.store.archive import Attachment, Body, Message
from listserv.store.base import table_of
from listserv.store.lists import MailingList
from listserv.store.people import User
from listserv.store.queue import Raw, insert_unless_there

Record = Any
BLIND = {"synchronize_session": False}


def count(db: Session, mlist: MailingList | None) -> int:
    """How many messages a list, or the whole site, has."""
    return int(db.scalar(_of(select(func.count()).select_from(Message), mlist)) or 0)


def _of(query: Any, mlist: MailingList | None) -> Any:
    return query.where(Message.list_id == mlist.id) if mlist else query


CONTENTS = select(Message.id, Message.raw_id, Raw.sha256, Raw.packed).join(Raw, Raw.id == Message.raw_id).order_by(Message.id)


def contents_after(db: Session, mlist: MailingList | None, after: int, limit: int) -> Sequence[Record]:
    """(id, raw_id, sha256, packed) of the next messages."""
    found: Sequence[Record] = db.execute(_of(CONTENTS, mlist).where(Message.id > after).limit(limit)).all()
    return found


def contents_of(db: Session, ids: Sequence[int]) -> Sequence[Record]:
    """(id, raw_id, sha256, packed) of these messages."""
    return db.execute(CONTENTS.where(Message.id.in_(ids))).all()


def lock_contents(db: Session, ids: Sequence[int]) -> dict[int, Record]:
    """(id, raw_id, sha256, sent_at, hidden_at) of these messages, which nobody can change until the end of the transaction."""
    query = select(Message.id, Message.raw_id, Raw.sha256, Message.sent_at, Message.hidden_at).join(Raw, Raw.id == Message.raw_id)
    return {row.id: row for row in db.execute(query.where(Message.id.in_(ids)).order_by(Message.id).with_for_update())}


def put_body(db: Session, raw_id: int, text: str, html: str | None) -> None:
    """The readable body of a mail, whether or not there was one."""
    db.execute(insert_unless_there(db, table_of(Body)), {"raw_id": raw_id, "text": text, "html": html})
    db.execute(update(Body).where(Body.raw_id == raw_id).values(text=text, html=html), execution_options=BLIND)


def put_message(db: Session, message_id: int, values: Mapping[str, Any]) -> None:
    """Some columns of a message."""
    db.execute(update(Message).where(Message.id == message_id).values(**values), execution_options=BLIND)


def known_as(db: Session, message_id: int) -> str:
    """The name by which the site knows the author of a message; empty where it knows none."""
    return db.scalar(select(User.name).join(Message, Message.user_id == User.id).where(Message.id == message_id)) or ""


def put_attachments(db: Session, message_id: int, files: Sequence[Mapping[str, Any]]) -> None:
    """What a message carries; rows that say the same already stay."""
    columns = (Attachment.number, Attachment.name, Attachment.type, Attachment.size, Attachment.sha256, Attachment.inline)
    there = [dict(row._mapping) for row in db.execute(select(*columns).where(Attachment.message_id == message_id).order_by(Attachment.number))]
    if there == [{name: value for name, value in file.items() if name != "message_id"} for file in files]:
        return
    db.execute(delete(Attachment).where(Attachment.message_id == message_id), execution_options=BLIND)
    if files:
        db.execute(insert(table_of(Attachment)), [dict(file) for file in files])
