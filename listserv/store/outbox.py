"""Single letters: those that wait to be sent, and how many somebody has had."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from listserv.store.queue import Incoming, Letter, State


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


def answered_before(db: Session, mail: Incoming) -> bool:
    """Has this very mail been answered already, at another address of the same list?"""
    query = select(Incoming.id).where(Incoming.raw_id == mail.raw_id, Incoming.list_id == mail.list_id, Incoming.state == State.ANSWERED)
    return db.scalar(query.where(Incoming.id != mail.id).limit(1)) is not None
