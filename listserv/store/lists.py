"""Mailing lists and their topics."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, bindparam, false, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from listserv.store.base import Base, Word
from listserv.store.session import look


class Kind(StrEnum):
    DISCUSSION = "discussion"
    NEWSLETTER = "newsletter"


class Archive(StrEnum):
    MEMBERS = "members"
    PUBLIC = "public"


class Joining(StrEnum):
    APPLICATION = "application"
    OPEN = "open"


class ReplyTo(StrEnum):
    LIST = "list"
    AUTHOR = "author"


class SenderProof(StrEnum):
    LENIENT = "lenient"
    STRICT = "strict"


class FirstPost(StrEnum):
    """What becomes of the first message of somebody new."""

    ACCEPT = "accept"
    HOLD = "hold"


class ThankYous(StrEnum):
    """What becomes of an answer that says nothing but thanks."""

    POST = "post"
    COLLECT = "collect"


class CertainSpam(StrEnum):
    """What becomes of what the mail server's filter is certain about."""

    HOLD = "hold"
    DISCARD = "discard"


class Reports(StrEnum):
    """When coordinators get a letter with the list's figures: each month and each school year, once a school year, never."""

    MONTH = "month"
    YEAR = "year"
    NONE = "none"


class MailingList(Base):
    __tablename__ = "mailing_list"
    __table_args__ = (Index("uq_mailing_list_import_of", "import_of", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(String(8), default="en")
    kind: Mapped[Kind] = mapped_column(Word(Kind), default=Kind.DISCUSSION)
    archive: Mapped[Archive] = mapped_column(Word(Archive), default=Archive.MEMBERS)
    joining: Mapped[Joining] = mapped_column(Word(Joining), default=Joining.APPLICATION)
    reply_to: Mapped[ReplyTo] = mapped_column(Word(ReplyTo), default=ReplyTo.LIST)
    sender_proof: Mapped[SenderProof] = mapped_column(Word(SenderProof), default=SenderProof.LENIENT)
    subject_tag: Mapped[str] = mapped_column(String(64), default="")
    footer: Mapped[str] = mapped_column(default="")
    # Addresses of other domains, forwarded to us, that mean the same as ours: one a line.
    alias: Mapped[str] = mapped_column(default="")
    max_size: Mapped[int] = mapped_column(default=10_485_760)
    emergency: Mapped[bool] = mapped_column(default=False)
    moderate_members: Mapped[bool] = mapped_column(default=False)
    first_post: Mapped[FirstPost] = mapped_column(Word(FirstPost), default=FirstPost.ACCEPT, server_default="accept")
    certain_spam: Mapped[CertainSpam] = mapped_column(Word(CertainSpam), default=CertainSpam.HOLD, server_default="hold")
    thanks: Mapped[ThankYous] = mapped_column(Word(ThankYous), default=ThankYous.POST, server_default="post")
    # Digests name who is new on the list.
    tell_newcomers: Mapped[bool] = mapped_column(default=False, server_default=false())
    # What applicants are asked, one question a line; and the sentence that they agree to (usecases.consents).
    questions: Mapped[str] = mapped_column(Text, default="", server_default="")
    consent: Mapped[str] = mapped_column(Text, default="", server_default="")
    # What a network makes together, each off until the list turns it on: a bank of materials, meetings, questions to everybody.
    materials: Mapped[bool] = mapped_column(default=False, server_default=false())
    meetings: Mapped[bool] = mapped_column(default=False, server_default=false())
    surveys: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Up to which message (`message.id`) the archive has been looked through for materials.
    bank_upto: Mapped[int] = mapped_column(default=0, server_default="0")
    # More people than that are invited on the following days.
    invitations_a_day: Mapped[int] = mapped_column(default=100, server_default="100")
    report: Mapped[Reports] = mapped_column(Word(Reports), default=Reports.MONTH, server_default="month")
    # The number of the newest archived message; what is new to somebody is counted by it, never by the clock.
    last_seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    # Where history is gathered until all of it has come: a list of its own that nothing leads to, for the list with this id.
    import_of: Mapped[int | None] = mapped_column(ForeignKey("mailing_list.id"))
    # Once that goes over: what is added to the numbers of its messages, so that they end below those the list has.
    import_shift: Mapped[int | None]

    topics: Mapped[list["Topic"]] = relationship(order_by="Topic.position, Topic.id", back_populates="mlist")


class Topic(Base):
    __tablename__ = "topic"
    __table_args__ = (UniqueConstraint("list_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    slug: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    # Messages of ordinary members are read first here.
    moderated: Mapped[bool] = mapped_column(default=False, server_default=false())

    mlist: Mapped[MailingList] = relationship(back_populates="topics")


# Not where an import gathers history.
REAL = MailingList.import_of.is_(None)


BY_NAME = select(MailingList).where(MailingList.name == bindparam("name"), REAL)


def list_by_name(db: Session, name: str) -> MailingList | None:
    """The list of that name; names compare without case."""
    return db.scalar(BY_NAME, {"name": name.lower()})


def all_lists(db: Session) -> Sequence[MailingList]:
    """Every list, by name."""
    return db.scalars(select(MailingList).where(REAL).order_by(MailingList.name)).all()


def first_day(db: Session) -> datetime | None:
    """When the first list was made."""
    return db.scalar(select(func.min(MailingList.created_at)).where(REAL))


def lock(db: Session, mlist: MailingList) -> None:
    """Whoever else would judge or add something here waits until our transaction ends; readers do not.

    What is asked of the list before ("is this a double?") still holds when it is acted on. SQLite has one writer anyway.
    """
    # Not the whole row: others may go on referring to it.
    if db.get_bind().dialect.name == "sqlite":
        return
    db.execute(select(MailingList.id).where(MailingList.id == mlist.id).with_for_update(key_share=True))


def lists_with_alias(db: Session) -> Sequence[MailingList]:
    """The lists that answer to addresses of other domains."""
    return db.scalars(select(MailingList).where(MailingList.alias != "")).all()


READ_FIRST = select(Topic.slug).where(Topic.list_id == bindparam("list"), Topic.moderated)


def topics_read_first(db: Session, mlist: MailingList) -> set[str]:
    """The short names of the topics whose posts a moderator reads first."""
    return set(look(db, READ_FIRST, {"list": mlist.id}).scalars())


def topic_by_slug(db: Session, mlist: MailingList, slug: str) -> Topic | None:
    """A list's topic; slugs compare without case."""
    return db.scalar(select(Topic).where(Topic.list_id == mlist.id, Topic.slug == slug.lower()))


def count_topics(db: Session, mlist: MailingList) -> int:
    """How many topics the list has."""
    return db.scalar(select(func.count()).select_from(Topic).where(Topic.list_id == mlist.id)) or 0
