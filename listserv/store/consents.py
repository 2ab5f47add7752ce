"""Who agreed to what, when, and by which message (RODO, GDPR article 7)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from listserv.store.base import Base
from listserv.store.lists import MailingList


class Consent(Base):
    """Somebody agreed to a list's sentence. A row stays when it is withdrawn, and goes when the person is erased."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_key", "list_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    email: Mapped[str] = mapped_column(String(320))
    key: Mapped[str] = mapped_column(String(320))
    # The sentence, word for word, as it stood in front of whoever agreed.
    words: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime]
    # In which way (`usecases.consents.How`) and through which door.
    how: Mapped[str] = mapped_column(String(32))
    door: Mapped[str] = mapped_column(String(16))
    # The message that says so: its id, and its bytes as long as they are kept.
    message_id: Mapped[str] = mapped_column(String(998), default="")
    raw_id: Mapped[int | None] = mapped_column(ForeignKey("raw.id"), index=True)
    # When they said that they do not agree after all.
    withdrawn_at: Mapped[datetime | None]

    mlist: Mapped[MailingList] = relationship()


def consents_of(db: Session, keys: Collection[str], list_id: int | None = None) -> Sequence[Consent]:
    """What whoever has these addresses (folded forms) agreed to, newest first; on one list, or on all."""
    query = select(Consent).options(joinedload(Consent.mlist)).where(Consent.key.in_(keys)).order_by(Consent.id.desc())
    return db.scalars(query.where(Consent.list_id == list_id) if list_id else query).all() if keys else ()
