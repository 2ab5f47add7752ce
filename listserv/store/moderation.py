"""What waits for a human: held posts and applications; and the journal of what was decided."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, bindparam, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from listserv.store.base import Base, Word
from listserv.store.lists import MailingList
from listserv.store.people import User
from listserv.store.queue import Incoming, Raw


class HeldState(StrEnum):
    PENDING = "pending"
    PUBLISHED = "published"
    REFUSED = "refused"
    # Spam: nobody is told.
    DISCARDED = "discarded"
    WITHDRAWN = "withdrawn"


class Held(Base):
    """A post that waits for a decision."""

    __tablename__ = "held"
    __table_args__ = (Index("ix_held_state", "list_id", "state"), Index("ix_held_author", "list_id", "author_email"))

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    incoming_id: Mapped[int] = mapped_column(ForeignKey("incoming.id"), unique=True)
    # What would go to the list: the mail itself, or the post made of an answer to a digest.
    raw_id: Mapped[int] = mapped_column(ForeignKey("raw.id"), index=True)
    state: Mapped[HeldState] = mapped_column(Word(HeldState), default=HeldState.PENDING)
    reasons: Mapped[str] = mapped_column(default="")
    author: Mapped[str] = mapped_column(String(320), default="")
    author_email: Mapped[str] = mapped_column(String(320), default="")
    subject: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(8), default="")
    topic: Mapped[str] = mapped_column(String(64), default="")
    # Would the author's alignment be lost on the way? Asked of the network once, on arrival.
    munge: Mapped[bool] = mapped_column(default=False)
    # What was known of the sender: nobody who may be forged is written to later either.
    alignment: Mapped[str] = mapped_column(String(16), default="unknown")
    # Which of the list's own rules has held it: the word of its question, and its value.
    rule: Mapped[str] = mapped_column(Text, default="", server_default="")
    held_at: Mapped[datetime]
    # When its moderators are reminded next; None: as long after `held_at` as the first reminder comes.
    remind_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    mlist: Mapped[MailingList] = relationship()
    incoming: Mapped[Incoming] = relationship()
    decider: Mapped[User | None] = relationship()


class ApplicationState(StrEnum):
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    AWAITING_MODERATOR = "awaiting_moderator"
    ASKED = "asked"
    ADMITTED = "admitted"
    DECLINED = "declined"
    # No application at all: its words have gone to the moderators as an ordinary letter.
    LETTER = "letter"
    # Nobody has confirmed it for two months. A reply still does.
    LAPSED = "lapsed"


OPEN_STATES = (ApplicationState.AWAITING_CONFIRMATION, ApplicationState.AWAITING_MODERATOR, ApplicationState.ASKED)


class Application(Base):
    """Somebody's wish to join, with the letter word for word (`raw`)."""

    __tablename__ = "application"
    __table_args__ = (Index("ix_application_key", "list_id", "key", "state"), Index("ix_application_mailbox", "mailbox", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    raw_id: Mapped[int | None] = mapped_column(ForeignKey("raw.id"), index=True)
    state: Mapped[ApplicationState] = mapped_column(Word(ApplicationState))
    name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(320))
    key: Mapped[str] = mapped_column(String(320))
    # All spellings of one mailbox alike (mail.address.mailbox).
    mailbox: Mapped[str] = mapped_column(String(320), default="", server_default="")
    language: Mapped[str] = mapped_column(String(8), default="")
    subject: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    # How the sender was proven: `aligned` or `replied`.
    proof: Mapped[str] = mapped_column(String(32), default="")
    applied_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    answer: Mapped[str] = mapped_column(Text, default="")
    # The list's questions as they were asked, with what was answered (usecases.questions).
    answers: Mapped[str] = mapped_column(Text, default="", server_default="")
    # Since when it is before moderators, when they are reminded next, and when the applicant was told that it waits still.
    waits_since: Mapped[datetime | None]
    remind_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    # When a letter of ours came back from there: the address does not work.
    returned_at: Mapped[datetime | None]

    mlist: Mapped[MailingList] = relationship()
    raw: Mapped[Raw | None] = relationship()
    decider: Mapped[User | None] = relationship()


# Partings and arrivals, which are few beside all else that is noted.
REMOVED = text("what = 'member-removed'")
ADDED = text("what = 'member-added'")


class Journal(Base):
    """Who did what, when, through which door. Rows are only ever added."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_about", "about", "about_id"),
        Index("ix_journal_list", "list_id", "id"),
        Index("ix_journal_removed", "list_id", "id", sqlite_where=REMOVED, postgresql_where=REMOVED),
        Index("ix_journal_added", "list_id", "at", sqlite_where=ADDED, postgresql_where=ADDED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    list_id: Mapped[int | None] = mapped_column(ForeignKey("mailing_list.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    door: Mapped[str] = mapped_column(String(16))
    what: Mapped[str] = mapped_column(String(64))
    # The kind and id of the row that it is about, e.g. `application`, `held`, `member`, `incoming`.
    about: Mapped[str] = mapped_column(String(32), default="")
    about_id: Mapped[int | None]
    detail: Mapped[str] = mapped_column(Text, default="")


def open_applications_at(db: Session, list_id: int, key: str) -> Sequence[Application]:
    """The undecided applications of this address (folded form) to one list, by its number."""
    return db.scalars(select(Application).where(Application.list_id == list_id, Application.key == key, Application.state.in_(OPEN_STATES))).all()


def open_application(db: Session, mlist: MailingList, key: str) -> Application | None:
    """The undecided application of this address (folded form) to this list."""
    query = select(Application).where(Application.list_id == mlist.id, Application.key == key)
    return db.scalar(query.where(Application.state.in_(OPEN_STATES)).order_by(Application.id.desc()))


def open_applications(db: Session, mlist: MailingList, keys: Collection[str]) -> Sequence[Application]:
    """The undecided applications of these addresses (folded forms) to this list."""
    query = select(Application).where(Application.list_id == mlist.id, Application.key.in_(keys))
    return db.scalars(query.where(Application.state.in_(OPEN_STATES)).order_by(Application.id)).all()


def unconfirmed(db: Session, mailbox: str, mlist: MailingList | None = None) -> Sequence[Application]:
    """The applications in the name of this mailbox (`mail.address.mailbox`) that nobody has confirmed, oldest first; of one list, or of all."""
    query = select(Application).where(Application.mailbox == mailbox, Application.state == ApplicationState.AWAITING_CONFIRMATION)
    return db.scalars((query.where(Application.list_id == mlist.id) if mlist else query).order_by(Application.id)).all()


def journal_of(db: Session, about: str, about_id: int) -> Sequence[Journal]:
    """What happened to one thing, oldest first."""
    return db.scalars(select(Journal).where(Journal.about == about, Journal.about_id == about_id).order_by(Journal.id)).all()


WAITING = select(Held).where(Held.list_id == bindparam("list"), Held.state == HeldState.PENDING)
WAITING_WITH_RAW = WAITING.where(Held.raw_id == bindparam("raw")).limit(1)
WAITING_FROM = WAITING.where(Held.author_email == bindparam("email")).order_by(Held.id)


def held_with_raw(db: Session, mlist: MailingList, raw_id: int) -> Held | None:
    """The post with these bytes that waits for a decision."""
    return db.scalar(WAITING_WITH_RAW, {"list": mlist.id, "raw": raw_id})


def waiting_from(db: Session, mlist: MailingList, email: str) -> Sequence[Held]:
    """The posts of this author that wait for a decision, oldest first."""
    return db.scalars(WAITING_FROM, {"list": mlist.id, "email": email}).all()


def count_journal(db: Session, what: str, about: "Application | Held", since: datetime) -> int:
    """How often this has happened to it since then."""
    query = select(func.count()).select_from(Journal).where(Journal.about == about.__tablename__, Journal.about_id == about.id)
    return db.scalar(query.where(Journal.what == what, Journal.at > since)) or 0


def last_journal(db: Session, what: str, about: "Application | Held") -> Journal | None:
    """The last time that this has happened to it."""
    query = select(Journal).where(Journal.about == about.__tablename__, Journal.about_id == about.id, Journal.what == what)
    return db.scalar(query.order_by(Journal.id.desc()).limit(1))


def took_themselves_off(db: Session, user_id: int, list_id: int, since: datetime) -> bool:
    """Has this person left that list on their own page since then?"""
    query = select(Journal.id).where(Journal.user_id == user_id, Journal.list_id == list_id, Journal.what == "member-removed", Journal.at > since)
    return db.scalar(query.where(Journal.detail.endswith(" me")).limit(1)) is not None


def authors_waiting(db: Session, mlist: MailingList) -> Sequence[str]:
    """The address of the author of each post that waits."""
    return db.scalars(select(Held.author_email).where(Held.list_id == mlist.id, Held.state == HeldState.PENDING)).all()
