"""The rules that moderators have given a list."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from listserv.mail.listrules import Asks, Does, ListRule
from listserv.store.archive import SHOWN, Attachment, Body, Message
from listserv.store.base import Base, Word
from listserv.store.lists import MailingList
from listserv.store.pages import Record


class RuleRow(Base):
    """One rule of one list (`mail.listrules`); the older is asked before the younger."""

    __tablename__ = "list_rule"
    __table_args__ = (UniqueConstraint("list_id", "does", "asks", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    does: Mapped[Does] = mapped_column(Word(Does))
    asks: Mapped[Asks] = mapped_column(Word(Asks))
    value: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]

    @property
    def rule(self) -> ListRule:
        """The rule as a value."""
        return ListRule(self.does, self.asks, self.value)


OF_LIST = select(RuleRow).where(RuleRow.list_id == bindparam("list")).order_by(RuleRow.id)


def rules_of(db: Session, mlist: MailingList) -> Sequence[RuleRow]:
    """The rules of a list, in the order in which they were given."""
    return db.scalars(OF_LIST, {"list": mlist.id}).all()


def rule_by_id(db: Session, mlist: MailingList, rule_id: int) -> RuleRow | None:
    """One rule of this list."""
    return db.scalar(select(RuleRow).where(RuleRow.list_id == mlist.id, RuleRow.id == rule_id))


def latest_messages(db: Session, mlist: MailingList, limit: int, longest: int) -> Sequence[Record]:
    """(id, subject, author's address, size, the beginning of the text) of the newest messages of a list."""
    query = select(Message.id, Message.subject, Message.author_email, Message.size, func.substr(Body.text, 1, longest))
    query = query.join(Body, Body.raw_id == Message.raw_id).where(Message.list_id == mlist.id, SHOWN)
    return db.execute(query.order_by(Message.received_at.desc(), Message.id.desc()).limit(limit)).all()


def files_of(db: Session, message_ids: Collection[int]) -> Sequence[Attachment]:
    """The files of these messages."""
    return db.scalars(select(Attachment).where(Attachment.message_id.in_(message_ids)).order_by(Attachment.number)).all() if message_ids else []
