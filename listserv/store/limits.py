"""How often something was done: counted under hashes, so that no list of who did it can be read off."""

from datetime import datetime

from sqlalchemy import LargeBinary, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from listserv.store.base import Base


class Tally(Base):
    """So many times within one window; the key tells (to whoever has the site's secret) of what, of whom and when."""

    __tablename__ = "tally"

    key: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    until: Mapped[datetime] = mapped_column(index=True)


def add(db: Session, key: bytes, until: datetime, times: int = 1) -> int:
    """Count once more, or so many times; how many times it has been by now. Two at once are both counted."""
    if db.get_bind().dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    row = insert(Tally).values(key=key, count=times, until=until)
    more = row.on_conflict_do_update(index_elements=[Tally.key], set_={"count": Tally.count + times})
    return db.execute(more.returning(Tally.count)).scalar_one()


def count_of(db: Session, key: bytes) -> int:
    """How many times it has been by now."""
    return db.scalar(select(Tally.count).where(Tally.key == key)) or 0


def forget_tallies(db: Session, now: datetime) -> None:
    """Windows that are over."""
    db.execute(delete(Tally).where(Tally.until < now))
