"""Failed deliveries, as they came back."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from listserv.store.base import Base


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
