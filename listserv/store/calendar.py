"""What the calendar has done: a row for every run, so that nothing is done twice and everybody can see what was.

A digest has a row of its own (`store.digests.Digest`); here is everything else.
"""

import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from listserv.store.base import Base
from listserv.store.lists import MailingList
from listserv.store.queue import insert_unless_there

Record = Any
# The first half of the numbers by which workers know of each other's parts ("date" in ASCII).
PARTS = 0x64617465


class CalendarRun(Base):
    """One thing that the calendar owed, done. `about` tells the objects of one kind apart: "member:7", "issue:3"."""

    __tablename__ = "calendar_run"
    __table_args__ = (UniqueConstraint("what", "about", "slot"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # The word that `listserv due` calls it by.
    what: Mapped[str] = mapped_column(String(32))
    about: Mapped[str] = mapped_column(String(64))
    # The moment that the calendar owed it, whenever it was done.
    slot: Mapped[datetime]
    done_at: Mapped[datetime] = mapped_column(index=True)
    list_id: Mapped[int | None] = mapped_column(ForeignKey("mailing_list.id"))
    detail: Mapped[str] = mapped_column(Text, default="")


def ran(db: Session, what: str, about: str, slot: datetime, now: datetime, *, list_id: int | None = None, detail: str = "") -> bool:
    """Note that this was done for that slot; False where it has been already, by whomever."""
    values = {"what": what, "about": about, "slot": slot, "done_at": now, "list_id": list_id, "detail": detail}
    made = db.execute(insert_unless_there(db, CalendarRun).returning(CalendarRun.id), values)
    return made.first() is not None


def looked(db: Session, what: str, about: str, slot: datetime, now: datetime, *, list_id: int, detail: str) -> None:
    """The same of what is looked at again and again: the newest look alone is kept."""
    older = delete(CalendarRun).where(CalendarRun.what == what, CalendarRun.about == about, CalendarRun.slot != slot)
    db.execute(older, execution_options={"synchronize_session": False})
    ran(db, what, about, slot, now, list_id=list_id, detail=detail)


def alone(db: Session, part: str) -> None:
    """Wait until no other worker does this part of the calendar, and keep it until the transaction ends. SQLite lets one write at a time anyhow."""
    if db.get_bind().dialect.name != "sqlite":
        db.execute(select(func.pg_advisory_xact_lock(PARTS, zlib.crc32(part.encode()) & 0x7FFFFFFF)))


def abouts(db: Session, what: str, list_id: int) -> set[str]:
    """What this was ever done about, on this list."""
    return set(db.scalars(select(CalendarRun.about).where(CalendarRun.what == what, CalendarRun.list_id == list_id)))


def has_run(db: Session, what: str, about: str, slot: datetime) -> bool:
    """Was this done for that slot?"""
    return db.scalar(select(CalendarRun.id).where(CalendarRun.what == what, CalendarRun.about == about, CalendarRun.slot == slot)) is not None


def latest(db: Session, limit: int = 100) -> Sequence[Record]:
    """What was done, the newest first: (slot, done_at, what, list, about, detail)."""
    query = select(CalendarRun.slot, CalendarRun.done_at, CalendarRun.what, MailingList.name.label("list"), CalendarRun.about, CalendarRun.detail)
    query = query.outerjoin(MailingList, MailingList.id == CalendarRun.list_id)
    return db.execute(query.order_by(CalendarRun.done_at.desc(), CalendarRun.id.desc()).limit(limit)).all()
