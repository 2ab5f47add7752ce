"""Whose posts moderators have said they need not read first."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from listserv.store.base import Base
from listserv.store.lists import MailingList


class Trusted(Base):
    """An address (folded form) that may write to a list unread: a stranger's, or a member's where all others are read first."""

    __tablename__ = "trusted"
    __table_args__ = (UniqueConstraint("list_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    key: Mapped[str] = mapped_column(String(320))
    created_at: Mapped[datetime]


def trusted(db: Session, mlist: MailingList, key: str) -> Trusted | None:
    """The word of a moderator about this address."""
    return db.scalar(select(Trusted).where(Trusted.list_id == mlist.id, Trusted.key == key))


def trusted_of(db: Session, mlist: MailingList) -> Sequence[Trusted]:
    """All such words of a list, by address."""
    return db.scalars(select(Trusted).where(Trusted.list_id == mlist.id).order_by(Trusted.key)).all()


def forget_trust(db: Session, mlist_id: int, key: str) -> None:
    """This address's posts are read first again."""
    db.execute(delete(Trusted).where(Trusted.list_id == mlist_id, Trusted.key == key))
