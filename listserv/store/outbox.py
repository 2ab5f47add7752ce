"""Single letters that wait to be sent."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from listserv.store.queue import Letter


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
