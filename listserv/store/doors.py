"""Low doors: posts that their authors want to see first, questions asked without a name, and thanks that went to one person alone."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, delete, func, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from listserv.store.archive import SHOWN, Message, Thread
from listserv.store.base import Base, Word
from listserv.store.lists import MailingList
from listserv.store.members import Member, Status
from listserv.store.moderation import Held, Journal
from listserv.store.people import Purpose, Token, User
from listserv.store.queue import Incoming, Letter


class Asks(StrEnum):
    """What a letter that waits for its author's word asks them: whether it is right, whether their name may be seen, and by whom, or which thread it is for."""

    PREVIEW = "preview"
    NAME_ON_LIST = "name-on-list"
    NAME_TO_MODERATORS = "name-to-moderators"
    THREAD = "thread"


class Preview(Base):
    """A post that goes to the list when its author has seen it and says so. The row goes when that is decided; the mail's own state tells how."""

    __tablename__ = "preview"
    __table_args__ = (Index("ix_preview_due_at", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    incoming_id: Mapped[int] = mapped_column(ForeignKey("incoming.id"), unique=True)
    # What would go to the list: the mail itself, or the post made of it.
    raw_id: Mapped[int] = mapped_column(ForeignKey("raw.id"), index=True)
    # Where its author is reached.
    email: Mapped[str] = mapped_column(String(320))
    topic: Mapped[str] = mapped_column(String(64), default="")
    asks: Mapped[Asks] = mapped_column(Word(Asks), default=Asks.PREVIEW)
    munge: Mapped[bool] = mapped_column(default=False)
    # The same, should the signature of the author's mail service be lost.
    strict: Mapped[bool] = mapped_column(default=False)
    # What our own mail server's filter has found (mail.spam).
    spam: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    # Of the reminder; once that is sent, of the end.
    due_at: Mapped[datetime]
    reminded: Mapped[bool] = mapped_column(default=False)

    mlist: Mapped[MailingList] = relationship()
    incoming: Mapped[Incoming] = relationship()
    user: Mapped[User] = relationship()


class Unnamed(Base):
    """Who has asked without a name: kept while the question waits, so that they can be asked back and told, and then no more."""

    __tablename__ = "unnamed"

    id: Mapped[int] = mapped_column(primary_key=True)
    held_id: Mapped[int] = mapped_column(ForeignKey("held.id"), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    email: Mapped[str] = mapped_column(String(320))
    # The emptied row of the mail that asked.
    incoming_id: Mapped[int] = mapped_column(ForeignKey("incoming.id"))

    held: Mapped[Held] = relationship()
    user: Mapped[User] = relationship()


class Thanks(Base):
    """A word of thanks for a message, told to its author and not to everybody."""

    __tablename__ = "thanks"
    __table_args__ = (Index("ix_thanks_told", "told"), Index("ix_thanks_list_id_at", "list_id", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    incoming_id: Mapped[int] = mapped_column(ForeignKey("incoming.id"), unique=True)
    # What would go to everybody, should that be meant: the mail itself, or the post made of it.
    raw_id: Mapped[int] = mapped_column(ForeignKey("raw.id"), index=True)
    words: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    # Has the author heard of it, or can they not?
    told: Mapped[bool] = mapped_column(default=False)

    message: Mapped[Message] = relationship()
    user: Mapped[User] = relationship()


# ---- previews -----------------------------------------------------------------------------------------------


def preview_of(db: Session, incoming_id: int) -> Preview | None:
    """The post that this mail is to be, while its author has not decided; nobody else decides meanwhile."""
    return db.scalar(select(Preview).where(Preview.incoming_id == incoming_id).with_for_update(of=Preview))


def waits_already(db: Session, list_id: int, raw_id: int) -> bool:
    """Does a mail of these very bytes wait for its author already?"""
    query = select(Preview.id).join(Incoming, Incoming.id == Preview.incoming_id)
    return db.scalar(query.where(Preview.list_id == list_id, Incoming.raw_id == raw_id).limit(1)) is not None


def previews_due(db: Session, now: datetime, limit: int, *, lock: bool = True, threads: bool = False) -> Sequence[Preview]:
    """Those whose author is to be reminded, or whose time is over; locked, but for whoever only looks. `threads`: answers to digests, else all others."""
    asks = Preview.asks == Asks.THREAD if threads else Preview.asks != Asks.THREAD
    query = select(Preview).options(joinedload(Preview.user), joinedload(Preview.mlist)).where(Preview.due_at <= now, asks)
    query = query.order_by(Preview.due_at, Preview.id).limit(limit)
    return db.scalars(query.with_for_update(of=Preview, skip_locked=True) if lock else query).all()


def count_threads_asked(db: Session, list_id: int, user_id: int) -> int:
    """How many answers of this person to digests wait until they have said which thread they are for."""
    mine = Preview.list_id == list_id, Preview.user_id == user_id, Preview.asks == Asks.THREAD
    return db.scalar(select(func.count()).select_from(Preview).where(*mine)) or 0


def newest_detail(db: Session, purpose: Purpose, object_id: int) -> str:
    """What the newest key of that purpose to this object was to say besides; empty where there is none."""
    query = select(Token.detail).where(Token.purpose == purpose, Token.object_id == object_id)
    return db.scalar(query.order_by(Token.id.desc()).limit(1)) or ""


# ---- questions without a name -------------------------------------------------------------------------------

# Marks the mail of ours that such a question is made into: where others have the address of whoever brought them.
UNNAMED = "unnamed"


def asker_of(db: Session, incoming_id: int) -> Unnamed | None:
    """Who has asked the question that this mail of ours carries."""
    return db.scalar(select(Unnamed).join(Held, Held.id == Unnamed.held_id).where(Held.incoming_id == incoming_id))


def questions_of(db: Session, list_id: int, user_id: int) -> Sequence[Held]:
    """What this person asks here without a name and what is still linked to them, oldest first."""
    query = select(Held).join(Unnamed, Unnamed.held_id == Held.id).where(Held.list_id == list_id, Unnamed.user_id == user_id)
    return db.scalars(query.order_by(Held.id)).all()


def decided_before(db: Session, moment: datetime, limit: int, *, lock: bool = True) -> Sequence[Unnamed]:
    """Those whose questions were decided before then and cannot be undone any more; locked, but for whoever only looks."""
    query = select(Unnamed).join(Held, Held.id == Unnamed.held_id).where(Held.decided_at <= moment).order_by(Unnamed.id).limit(limit)
    return db.scalars(query.with_for_update(of=Unnamed, skip_locked=True) if lock else query).all()


def secure_delete(db: Session, *, on: bool) -> None:
    """What is deleted from here on is overwritten in the file too, not only forgotten. (PostgreSQL: at the next vacuum.)"""
    if db.get_bind().dialect.name == "sqlite":
        db.execute(text(f"PRAGMA secure_delete={'ON' if on else 'OFF'}"))


def letters_to(db: Session, incoming_ids: Collection[int], to_key: str) -> Sequence[Letter]:
    """The letters to this address because of these mails."""
    return db.scalars(select(Letter).where(Letter.incoming_id.in_(incoming_ids), Letter.to_key == to_key)).all()


def drop_letters(db: Session, ids: Collection[int]) -> None:
    """Letters that have left, as if they had never been."""
    db.execute(delete(Letter).where(Letter.id.in_(ids)))


def blank_tokens(db: Session, purpose: Purpose, object_id: int) -> None:
    """The keys of that purpose to this object no longer say to whom they were sent; what comes with one is still known for what it is."""
    db.execute(update(Token).where(Token.purpose == purpose, Token.object_id == object_id).values(email=""))


def sent_letters(db: Session, kinds: Collection[str], limit: int) -> Sequence[Letter]:
    """Letters of these kinds that have left."""
    # In no order: for one by their numbers, SQLite would walk through all that have left.
    return db.scalars(select(Letter).where(Letter.kind.in_(kinds), Letter.due.is_(None)).limit(limit)).all()


def redate_journal(db: Session, held: Held, moment: datetime) -> None:
    """What was noted of a question before its decision was noted then: the hour of asking says who sat at the desk."""
    about = (Journal.about == "held", Journal.about_id == held.id, Journal.at < moment)
    db.execute(update(Journal).where(*about).values(at=moment))


# ---- thanks -------------------------------------------------------------------------------------------------


def has_thanked(db: Session, list_id: int, user_id: int) -> bool:
    """Has this person's thanks been collected here before?"""
    return db.scalar(select(Thanks.id).where(Thanks.list_id == list_id, Thanks.user_id == user_id).limit(1)) is not None


def thanked_for(db: Session, message_id: int, user_id: int) -> bool:
    """Has this person thanked for this message already?"""
    return db.scalar(select(Thanks.id).where(Thanks.message_id == message_id, Thanks.user_id == user_id).limit(1)) is not None


def authors_in(db: Session, thread_id: int) -> Sequence[str]:
    """The names of everybody who has written in a thread."""
    return [name for name in db.scalars(select(Message.author).where(Message.thread_id == thread_id).distinct()) if name]


def untold(db: Session, limit: int, *, lock: bool = True) -> Sequence[Thanks]:
    """Thanks of which the author has not heard and can, or has left, oldest first; locked, but for whoever only looks.

    What was hidden since then is told nobody; nor is who pauses, or gets no mail, until they get some again.
    """
    query = select(Thanks).options(joinedload(Thanks.message), joinedload(Thanks.user)).join(Message, Message.id == Thanks.message_id)
    author = (Member.user_id == Message.user_id) & (Member.list_id == Thanks.list_id)
    reached = query.outerjoin(Member, author).where(or_(Member.id.is_(None), Member.status == Status.ENABLED))
    some = reached.where(~Thanks.told, SHOWN).order_by(Thanks.id).limit(limit)
    return db.scalars(some.with_for_update(of=Thanks, skip_locked=True) if lock else some).all()


def names_for(db: Session, thread_id: int) -> Sequence[Any]:
    """(message_id, name) of everybody who has thanked for a message of this thread, in the order of their thanks."""
    query = select(Thanks.message_id, User.name).join(User, User.id == Thanks.user_id).join(Message, Message.id == Thanks.message_id)
    return db.execute(query.where(Message.thread_id == thread_id, SHOWN).order_by(Thanks.id)).all()


def thanks_between(db: Session, list_id: int, after: datetime, upto: datetime, limit: int) -> Sequence[Any]:
    """A list's thanks behind one moment and until another, oldest first.

    As (message_id, hash, author, author_email, user_id, thread_id, topic_id, subject, name).
    """
    about = Message.user_id, Message.thread_id, Thread.topic_id, Thread.subject
    columns = Thanks.message_id, Message.hash, Message.author, Message.author_email, *about, User.name
    query = select(*columns).join(Message, Message.id == Thanks.message_id).join(Thread, Thread.id == Message.thread_id).join(User, User.id == Thanks.user_id)
    return db.execute(query.where(Thanks.list_id == list_id, Thanks.at > after, Thanks.at <= upto, SHOWN).order_by(Thanks.id).limit(limit)).all()


def last_letter(db: Session, kind: str, list_id: int, to_key: str) -> datetime | None:
    """When this address was last written such a letter."""
    query = select(func.max(Letter.created_at)).where(Letter.kind == kind, Letter.list_id == list_id)
    return db.scalar(query.where(Letter.to_key == to_key))


def thanks_of(db: Session, incoming_id: int) -> Thanks | None:
    """The thanks that this mail was taken for; nobody else sends it meanwhile."""
    return db.scalar(select(Thanks).where(Thanks.incoming_id == incoming_id).with_for_update(of=Thanks))
