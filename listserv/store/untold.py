"""Cases that a moderator has not been written about one by one, because there were too many: told together, and lost never."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from listserv.store.base import Base, Word
from listserv.store.lists import MailingList
from listserv.store.people import Purpose


class Untold(Base):
    """One case of which one moderator has had no letter of its own."""

    __tablename__ = "untold"
    __table_args__ = (UniqueConstraint("email", "purpose", "object_id"), Index("ix_untold_list_id", "list_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    email: Mapped[str] = mapped_column(String(320))
    purpose: Mapped[Purpose] = mapped_column(Word(Purpose))
    object_id: Mapped[int]
    kept_at: Mapped[datetime]
    # When it was told of together with others.
    told_at: Mapped[datetime | None]

    mlist: Mapped[MailingList] = relationship()


def keep(db: Session, mlist: MailingList, email: str, purpose: Purpose, object_id: int, now: datetime, *, told: bool = False) -> None:
    """Remember that this moderator is still to get a letter about this case alone; once, however often it is said. `told`: they know that it waits."""
    same = (Untold.email == email, Untold.purpose == purpose, Untold.object_id == object_id)
    if db.scalar(select(Untold.id).where(*same)) is None:
        db.add(Untold(list_id=mlist.id, email=email, purpose=purpose, object_id=object_id, kept_at=now, told_at=now if told else None))
        db.flush()


def waiting_for(db: Session, list_id: int, email: str) -> Sequence[Untold]:
    """What this moderator of this list has had no letter of its own about, the longest waiting first."""
    return db.scalars(select(Untold).where(Untold.list_id == list_id, Untold.email == email).order_by(Untold.id)).all()


def to_tell(db: Session, before: datetime, limit: int) -> Sequence[tuple[int, str]]:
    """The lists and moderators with cases kept before then that they have heard nothing of."""
    query = select(Untold.list_id, Untold.email).where(Untold.told_at.is_(None)).group_by(Untold.list_id, Untold.email)
    query = query.having(func.min(Untold.kept_at) <= before).order_by(func.min(Untold.id)).limit(limit)
    return [(list_id, email) for list_id, email in db.execute(query)]


def mark_told(db: Session, list_id: int, email: str, now: datetime) -> None:
    """This moderator knows now that they wait."""
    db.execute(update(Untold).where(Untold.list_id == list_id, Untold.email == email).values(told_at=now))


def forget(db: Session, ids: Sequence[int]) -> None:
    """These need no more telling."""
    db.execute(delete(Untold).where(Untold.id.in_(ids)))
