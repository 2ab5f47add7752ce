"""Failed deliveries, as they came back."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from listserv.store.base import Base
from listserv.store.moderation import Journal


class Bounce(Base):
    __tablename__ = "bounce"

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int | None] = mapped_column(ForeignKey("mailing_list.id"))
    member_id: Mapped[int | None] = mapped_column(index=True)
    # The post whose copy failed, where that is known.
    outgoing_id: Mapped[int | None] = mapped_column(index=True)
    incoming_id: Mapped[int | None] = mapped_column(ForeignKey("incoming.id"))
    email: Mapped[str] = mapped_column(String(320), default="")
    permanent: Mapped[bool] = mapped_column(Boolean)
    # RFC 3463 status (5.1.1), or the relay's reply code as text.
    status: Mapped[str] = mapped_column(String(16), default="")
    diagnostic: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]


def last_refusal(db: Session, list_id: int, what: str, domain: str) -> datetime | None:
    """When the journal last noted that a domain's server refused a list's copies."""
    of_domain = func.substr(Journal.detail, 1, len(domain) + 1) == f"{domain} "
    return db.scalar(select(func.max(Journal.at)).where(Journal.list_id == list_id, Journal.what == what, of_domain))


def refusals_since(db: Session, what: str, since: datetime) -> list[str]:
    """What the servers said that refused copies since then, the latest first: domain, status, answer."""
    return list(db.scalars(select(Journal.detail).where(Journal.what == what, Journal.at > since).order_by(Journal.id.desc()).limit(100)))
