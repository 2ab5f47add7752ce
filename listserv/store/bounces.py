"""Failed deliveries, as they came back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from listserv.store.base import Base
from listserv.store.moderation import Journal


class Bounce(Base):
    __tablename__ = "bounce"
    __table_args__ = (Index("ix_bounce_kind", "kind", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int | None] = mapped_column(ForeignKey("mailing_list.id"))
    member_id: Mapped[int | None] = mapped_column(index=True)
    # The post whose copy failed, where that is known.
    outgoing_id: Mapped[int | None] = mapped_column(index=True)
    incoming_id: Mapped[int | None] = mapped_column(ForeignKey("incoming.id"), index=True)
    email: Mapped[str] = mapped_column(String(320), default="")
    permanent: Mapped[bool] = mapped_column(Boolean)
    # RFC 3463 status (5.1.1), or the relay's reply code as text.
    status: Mapped[str] = mapped_column(String(16), default="")
    diagnostic: Mapped[str] = mapped_column(Text, default="")
    # Why (mail.bouncekinds.Kind); empty in rows that are older than the word.
    kind: Mapped[str] = mapped_column(String(16), default="", server_default="")
    at: Mapped[datetime]


def of_member(db: Session, member_id: int, limit: int) -> Sequence[Bounce]:
    """What came back from a member, the newest first."""
    return db.scalars(select(Bounce).where(Bounce.member_id == member_id).order_by(Bounce.id.desc()).limit(limit)).all()


def of_kind_since(db: Session, kind: str, since: datetime, limit: int) -> Sequence[Bounce]:
    """Of one kind, behind that moment, the newest first."""
    return db.scalars(select(Bounce).where(Bounce.kind == kind, Bounce.at > since).order_by(Bounce.at.desc(), Bounce.id.desc()).limit(limit)).all()


def first_of_kind(db: Session, kind: str, since: datetime) -> datetime | None:
    """When the first of one kind came, behind that moment."""
    return db.scalar(select(func.min(Bounce.at)).where(Bounce.kind == kind, Bounce.at > since))


def refusals_since(db: Session, what: str, since: datetime) -> list[str]:
    """What the servers said that refused copies since then, the latest first: domain, status, answer."""
    return list(db.scalars(select(Journal.detail).where(Journal.what == what, Journal.at > since).order_by(Journal.id.desc()).limit(100)))
