"""Mails that wait to be worked on."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from listserv.store.queue import Incoming, State

# What has become of a mail that needs no second look under another address.
DONE = (State.POSTED, State.HELD, State.DRAFT, State.ANSWERED)


def claim(db: Session, now: int, until: int, limit: int, holder: int) -> Sequence[Incoming]:
    """Take up to `limit` mails that are due (milliseconds since the epoch), oldest first, and hold them until then."""
    # PostgreSQL: other workers pass over what this one has taken. SQLite drops the clause; it lets one write at a time.
    due = select(Incoming.id).where(Incoming.due <= now).order_by(Incoming.due, Incoming.id).limit(limit)
    ids = db.scalars(due.with_for_update(skip_locked=True)).all()
    if not ids:
        return ()
    mine = update(Incoming).where(Incoming.id.in_(ids)).values(due=until, holder=holder, attempts=Incoming.attempts + 1)
    db.execute(mine.execution_options(synchronize_session=False))
    rows = select(Incoming).where(Incoming.id.in_(ids)).order_by(Incoming.id)
    return db.scalars(rows.execution_options(populate_existing=True)).all()


def take_back(db: Session, holder: int, now: int) -> int:
    """What this worker held when it died is due again; how many mails that was."""
    held = update(Incoming).where(Incoming.holder == holder, Incoming.due > now).values(due=now, holder=None)
    return len(db.scalars(held.returning(Incoming.id).execution_options(synchronize_session=False)).all())


def earlier_of(db: Session, list_id: int, mail: Incoming) -> Incoming | None:
    """The same mail, where it has come for this list before, at another of its addresses."""
    same = Incoming.message_id == mail.message_id, Incoming.list_id == list_id, Incoming.id < mail.id, Incoming.state.in_(DONE)
    return db.scalar(select(Incoming).where(*same).order_by(Incoming.id).limit(1)) if mail.message_id else None
