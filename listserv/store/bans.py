"""Who may not write to a list, or to any list of the site."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, bindparam, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from listserv.mail import patterns
from listserv.store.base import Base
from listserv.store.lists import MailingList


class Ban(Base):
    """A pattern of addresses (`mail.patterns`) that is barred from one list; without a list, from all of them."""

    __tablename__ = "ban"
    __table_args__ = (UniqueConstraint("list_id", "pattern"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int | None] = mapped_column(ForeignKey("mailing_list.id"))
    pattern: Mapped[str] = mapped_column(String(500))
    note: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]

    mlist: Mapped[MailingList | None] = relationship()


def bans_of(db: Session, mlist: MailingList | None) -> Sequence[Ban]:
    """The bans of a list alone, or (None) those of the whole site; by pattern."""
    where = Ban.list_id == mlist.id if mlist else Ban.list_id.is_(None)
    return db.scalars(select(Ban).where(where).order_by(Ban.pattern)).all()


BARRING = select(Ban.pattern).where(or_(Ban.list_id == bindparam("list"), Ban.list_id.is_(None)))


def patterns_for(db: Session, mlist: MailingList) -> Sequence[str]:
    """All patterns that bar somebody from this list."""
    return db.scalars(BARRING, {"list": mlist.id}).all()


def bars(db: Session, mlist: MailingList, keys: Iterable[str]) -> bool:
    """Is one of these addresses (folded forms) barred from the list?"""
    asked = list(keys)
    return any(patterns.matches(pattern, key) for pattern in patterns_for(db, mlist) for key in asked)


def ban_with(db: Session, mlist: MailingList | None, pattern: str) -> Ban | None:
    """The ban with exactly this pattern."""
    return next((ban for ban in bans_of(db, mlist) if ban.pattern == pattern), None)
