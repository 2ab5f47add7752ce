"""What somebody is writing in the browser, with its files; and what they have sent from there."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, Session, aliased, contains_eager, joinedload, mapped_column, relationship

from listserv.store.archive import Thread
from listserv.store.base import Base
from listserv.store.lists import MailingList
from listserv.store.people import User
from listserv.store.queue import Incoming, State


class Draft(Base):
    """Words that are not sent yet: at most one for each person and thread, and one for a new topic of each list."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("user_id", "list_id", "thread_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    # 0: a new topic. No foreign key, because NULL would let one person have many.
    thread_id: Mapped[int] = mapped_column(default=0)
    # The Message-ID-Hash of what is answered.
    answers: Mapped[str] = mapped_column(String(32), default="")
    # From which of the person's addresses; empty: the one that the list writes to.
    address_id: Mapped[int | None]
    subject: Mapped[str] = mapped_column(Text, default="")
    topic: Mapped[str] = mapped_column(String(64), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    saved_at: Mapped[datetime]

    mlist: Mapped[MailingList] = relationship()
    user: Mapped[User] = relationship()
    files: Mapped[list["DraftFile"]] = relationship(order_by="DraftFile.id", cascade="all, delete-orphan")


class DraftFile(Base):
    """A file that will go out with a draft."""

    __tablename__ = "draft_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"), index=True)
    name: Mapped[str] = mapped_column(Text, default="")
    type: Mapped[str] = mapped_column(String(255), default="application/octet-stream")
    size: Mapped[int] = mapped_column(default=0)
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Written(Base):
    """A form that was sent off: sent again (a double click, the back button), it leads to what became of the first."""

    __tablename__ = "written"
    __table_args__ = (Index("ix_written_user_id_at", "user_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    incoming_id: Mapped[int] = mapped_column(ForeignKey("incoming.id"))
    # Of all that was written: a browser that goes back makes a new form of the old words.
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    at: Mapped[datetime]

    mlist: Mapped[MailingList] = relationship()
    incoming: Mapped[Incoming] = relationship()


def draft_of(db: Session, user_id: int, list_id: int, thread_id: int) -> Draft | None:
    """What this person is writing there, as it is now."""
    query = select(Draft).where(Draft.user_id == user_id, Draft.list_id == list_id, Draft.thread_id == thread_id)
    return db.scalar(query.execution_options(populate_existing=True))


class DraftLine(NamedTuple):
    """A draft in the list of somebody's own: the list, the thread (0: none yet), its own subject and words.

    `title` is what the thread is called, for those who may read it: where it is `hidden`, moderators alone.
    """

    mlist: MailingList
    thread_id: int
    subject: str
    text: str
    saved_at: datetime
    title: str = ""
    hidden: bool = False


def drafts_of(db: Session, user_id: int) -> list[DraftLine]:
    """What this person has begun to write, newest first."""
    own = aliased(Thread)
    # Of a thread that was joined to another, the other counts.
    query = select(Draft, Thread.subject, Thread.hidden_at).join(Draft.mlist).outerjoin(own, own.id == Draft.thread_id)
    query = query.outerjoin(Thread, Thread.id == func.coalesce(own.merged_into, own.id))
    rows = db.execute(query.options(contains_eager(Draft.mlist)).where(Draft.user_id == user_id).order_by(Draft.saved_at.desc(), Draft.id.desc()))
    return [DraftLine(one.mlist, one.thread_id, one.subject, one.text, one.saved_at, title or "", hidden_at is not None) for one, title, hidden_at in rows]


def drafts_by(db: Session, user_id: int) -> Sequence[Draft]:
    """Everything that this person has begun to write."""
    return db.scalars(select(Draft).where(Draft.user_id == user_id).order_by(Draft.id)).all()


def count_drafts(db: Session, user_id: int) -> int:
    """How many drafts this person keeps."""
    return db.scalar(select(func.count()).select_from(Draft).where(Draft.user_id == user_id)) or 0


def drafts_before(db: Session, moment: datetime, limit: int) -> Sequence[Draft]:
    """Drafts that nobody has touched since then."""
    return db.scalars(select(Draft).where(Draft.saved_at < moment).order_by(Draft.id).limit(limit)).all()


def written_by_key(db: Session, key: str) -> Written | None:
    """What was sent by the form with this key, with its mail."""
    return db.scalar(select(Written).options(joinedload(Written.incoming)).where(Written.key == key))


def written_alike(db: Session, user_id: int, digest: bytes, since: datetime) -> Written | None:
    """What this person sent since then with these very words, where it was posted or waits."""
    query = select(Written).join(Written.incoming).options(contains_eager(Written.incoming))
    alike = query.where(Written.user_id == user_id, Written.at > since, Written.digest == digest, Incoming.state.in_((State.POSTED, State.HELD)))
    return db.scalar(alike.order_by(Written.id.desc()).limit(1))


def forget_written(db: Session, moment: datetime) -> None:
    """Forms that were sent before then will not be sent again."""
    db.execute(delete(Written).where(Written.at < moment))
