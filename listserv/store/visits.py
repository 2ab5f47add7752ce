"""Visits: how many people read a list on a day. Who they were is known to nobody, and cannot be found out once the day is over."""

import secrets
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Date, ForeignKey, LargeBinary, delete, false, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from listserv.store.base import Base
from listserv.store.lists import MailingList
from listserv.store.pages import Record
from listserv.store.queue import insert_unless_there


class Visits(Base):
    """How many people came on a day; `brought`: the number comes from another program's books, and is a whole `month`'s on its first day."""

    __tablename__ = "visits"

    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    brought: Mapped[bool] = mapped_column(primary_key=True, default=False)
    month: Mapped[bool] = mapped_column(default=False, server_default=false())
    count: Mapped[int] = mapped_column(default=0)


class Visitor(Base):
    """That somebody has been counted today: a hash under the day's salt. Both go when the day is over."""

    __tablename__ = "visitor"

    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True, index=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)


class DaySalt(Base):
    """What makes the hashes of one day unlike those of every other; all processes share it."""

    __tablename__ = "day_salt"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))


def salt_of(db: Session, day: date) -> bytes:
    """The day's salt; the first who asks makes it."""
    db.execute(insert_unless_there(db, DaySalt), {"day": day, "salt": secrets.token_bytes(32)})
    return db.scalars(select(DaySalt.salt).where(DaySalt.day == day)).one()


def ids_of(db: Session, names: Iterable[str]) -> dict[str, int]:
    """The ids of the lists with these names, as far as there are any."""
    return dict(db.execute(select(MailingList.name, MailingList.id).where(MailingList.name.in_(set(names)))).all())


def add_visitors(db: Session, list_id: int, day: date, hashes: Sequence[bytes]) -> int:
    """Note these visitors; how many of them had not been counted on this day."""
    # One by one: what a statement for many has changed, no driver tells alike.
    insert = insert_unless_there(db, Visitor).returning(Visitor.hash)
    return sum(db.execute(insert, {"list_id": list_id, "day": day, "hash": one}).first() is not None for one in hashes)


def add_to_count(db: Session, list_id: int, day: date, more: int) -> None:
    """Count so many more. Several processes at once are all counted."""
    _upsert(db, list_id, day, more, brought=False)


def bring_count(db: Session, list_id: int, day: date, count: int, *, month: bool) -> None:
    """Keep a number from elsewhere, of a day or of the `month` that begins on it. What is brought later holds: a month for its days, and they for it."""
    last = day.replace(day=monthrange(day.year, day.month)[1])
    brought = delete(Visits).where(Visits.list_id == list_id, Visits.brought, Visits.day >= day.replace(day=1), Visits.day <= last)
    db.execute(brought if month else brought.where(Visits.month))
    _upsert(db, list_id, day, count, brought=True, month=month)


def _upsert(db: Session, list_id: int, day: date, count: int, *, brought: bool, month: bool = False) -> None:
    if db.get_bind().dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    row = insert(Visits).values(list_id=list_id, day=day, brought=brought, month=month, count=count)
    new = row.excluded["count"]
    db.execute(row.on_conflict_do_update(index_elements=[Visits.list_id, Visits.day, Visits.brought], set_={"count": new if brought else Visits.count + new}))


def forget_visitors(db: Session, before: date) -> None:
    """Take away hashes and salts of days before this one: what is left are numbers."""
    db.execute(delete(Visitor).where(Visitor.day < before))
    db.execute(delete(DaySalt).where(DaySalt.day < before))


def days_of(db: Session, list_id: int, first: date, last: date) -> Sequence[Record]:
    """(day, brought, count) of each day with visits, both ends included, oldest first."""
    query = select(Visits.day, Visits.brought, Visits.count.label("visits")).where(Visits.list_id == list_id, Visits.day >= first, Visits.day <= last)
    return db.execute(query.order_by(Visits.day, Visits.brought)).all()


def total_of(db: Session, list_id: int, first: date, last: date) -> int:
    """All visits from one day to another, both included."""
    query = select(func.coalesce(func.sum(Visits.count), 0)).where(Visits.list_id == list_id, Visits.day >= first, Visits.day <= last)
    return int(db.scalar(query) or 0)
