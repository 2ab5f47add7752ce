"""Single letters: those that wait to be sent, and how many somebody has had."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from listserv.store.base import Base
from listserv.store.lists import MailingList
from listserv.store.queue import Incoming, Letter, State

# Of one Message-ID, so many mails are looked at.
ALIKE = 20


def claim(db: Session, holder: int, now: int, until: int, limit: int) -> Sequence[Letter]:
    """Take up to `limit` letters that are due (milliseconds since the epoch), oldest first, and hold them until then."""
    # PostgreSQL: other workers pass over what this one has taken. SQLite drops the clause; it lets one write at a time.
    due = select(Letter.id).where(Letter.due <= now).order_by(Letter.due, Letter.id).limit(limit)
    ids = db.scalars(due.with_for_update(skip_locked=True)).all()
    if not ids:
        return ()
    mine = update(Letter).where(Letter.id.in_(ids)).values(due=until, holder=holder, attempts=Letter.attempts + 1)
    db.execute(mine.execution_options(synchronize_session=False))
    rows = select(Letter).where(Letter.id.in_(ids)).order_by(Letter.id)
    return db.scalars(rows.execution_options(populate_existing=True)).all()


def keep_all(db: Session, letters: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Write down letters that wait, each with an envelope sender of its own, in few statements; their numbers by these senders."""
    # The table and not the model: there is nothing to keep track of, and every column is given. Sorted rows would cost a statement each.
    table = Base.metadata.tables[Letter.__tablename__]
    made = insert(table).returning(table.c.mail_from, table.c.id)
    return {row.mail_from: row.id for row in db.execute(made, letters)} if letters else {}


def automatic_since(db: Session, mailbox: str, since: datetime, but: Sequence[str] = ()) -> int:
    """How many automatic letters of all kinds `but` these have gone to this mailbox (`mail.address.mailbox`) since then."""
    query = select(func.count()).select_from(Letter).where(Letter.mailbox == mailbox, Letter.created_at > since, Letter.automatic, Letter.kind.not_in(but))
    return db.scalar(query) or 0


def of_kinds_since(db: Session, mailbox: str, kinds: Sequence[str], since: datetime, list_id: int | None = None) -> int:
    """How many letters of these kinds have gone to this mailbox since then; with `list_id`, of that list."""
    query = select(func.count()).select_from(Letter).where(Letter.mailbox == mailbox, Letter.created_at > since, Letter.kind.in_(kinds))
    return db.scalar(query if list_id is None else query.where(Letter.list_id == list_id)) or 0


def answers_since(db: Session, mailbox: str, echo: bytes, since: datetime) -> int:
    """How many letters have gone to this mailbox since then because the same words came in."""
    query = select(func.count()).select_from(Letter).join(Incoming, Incoming.id == Letter.incoming_id)
    return db.scalar(query.where(Letter.mailbox == mailbox, Letter.created_at > since, Incoming.echo == echo)) or 0


def wrote_since(db: Session, key: str, since: datetime) -> bool:
    """Has any letter of ours gone to this address (folded form) since then?"""
    return db.scalar(select(Letter.id).where(Letter.to_key == key, Letter.created_at > since).limit(1)) is not None


def forwarded_before(db: Session, mail: Incoming) -> bool:
    """Has this very mail reached the humans already, by another address of the same list?"""
    query = select(Incoming.id).where(Incoming.raw_id == mail.raw_id, Incoming.list_id == mail.list_id, Incoming.state == State.FORWARDED)
    return db.scalar(query.where(Incoming.id != mail.id).limit(1)) is not None


def answered_before(db: Session, mail: Incoming) -> bool:
    """Has this very mail been answered already, at another address of the same list?"""
    query = select(Incoming.id).where(Incoming.raw_id == mail.raw_id, Incoming.list_id == mail.list_id, Incoming.state == State.ANSWERED)
    return db.scalar(query.where(Incoming.id != mail.id).limit(1)) is not None


def answered_alike(db: Session, mail: Incoming) -> Sequence[int]:
    """The mails (`raw.id`) of the same Message-ID that have been answered at the same address."""
    query = select(Incoming.raw_id).where(Incoming.message_id == mail.message_id, Incoming.rcpt == mail.rcpt, Incoming.state == State.ANSWERED)
    return db.scalars(query.where(Incoming.id != mail.id).limit(ALIKE)).all()


def latest_of_kinds(db: Session, mlist: MailingList, keys: Collection[str], kinds: Sequence[str], limit: int) -> Sequence[Letter]:
    """The newest letters of these kinds about a list to these addresses."""
    query = select(Letter).where(Letter.to_key.in_(keys), Letter.list_id == mlist.id, Letter.kind.in_(kinds))
    return db.scalars(query.order_by(Letter.id.desc()).limit(limit)).all()
