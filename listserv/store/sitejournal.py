"""The journal of a whole site, read backwards in stretches: whatever is looked for, one page costs no more than one stretch."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from listserv.store.journalpages import entries
from listserv.store.lists import MailingList
from listserv.store.moderation import Journal
from listserv.store.stretch import first_since

# Entries that one page looks through.
STRETCH = 20_000


@dataclass(frozen=True, slots=True)
class Sought:
    """Which entries: of a list (0: of none), a person (0: machines), of these kinds, with these words, between these moments."""

    list_id: int | None = None
    person: int | None = None
    whats: Collection[str] = ()
    text: str = ""
    after: datetime | None = None
    before: datetime | None = None


def page(db: Session, sought: Sought, limit: int, below: int | None = None) -> tuple[Sequence[Any], int | None]:
    """Entries that fit, newest first, and below which number it goes on; None at the end."""
    part = _stretch(db, sought, below)
    where: list[Any] = [part.c.what.in_(sought.whats)] if sought.whats else []
    if sought.person is not None:
        where.append(part.c.user_id == sought.person if sought.person else part.c.user_id.is_(None))
    if sought.text:
        where.append(part.c.detail.icontains(sought.text, autoescape=True))
    ids = db.scalars(select(part.c.id).where(*where).order_by(part.c.id.desc()).limit(limit)).all()
    rows = db.execute(entries().add_columns(Journal.list_id).where(Journal.id.in_(ids)).order_by(Journal.id.desc())).all() if ids else ()
    if len(ids) == limit:
        return rows, ids[-1]
    looked_at, lowest = db.execute(select(func.count(), func.min(part.c.id))).one()
    return rows, int(lowest) if looked_at == STRETCH else None


def _stretch(db: Session, sought: Sought, below: int | None) -> Any:
    where: list[Any] = [Journal.id < below] if below is not None else []
    if sought.list_id is not None:
        where.append(Journal.list_id == sought.list_id if sought.list_id else Journal.list_id.is_(None))
    if sought.after:
        where.append(Journal.id >= first_since(db, Journal.id, Journal.at, sought.after))
    if sought.before:
        where.append(Journal.id < first_since(db, Journal.id, Journal.at, sought.before))
    said = select(Journal.id, Journal.what, Journal.user_id, Journal.detail)
    return said.where(*where).order_by(Journal.id.desc()).limit(STRETCH).subquery()


def list_called(db: Session, name: str) -> int | None:
    """The number of the list of that name."""
    return db.scalar(select(MailingList.id).where(MailingList.name == name.lower()))
