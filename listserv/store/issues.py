"""Issues of a newsletter: what a coordinator has written, what became of it, and the pictures in it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, Select, String, Text, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from listserv.store.archive import Message
from listserv.store.base import NEVER_AGAIN, Base, Word
from listserv.store.calendar import CalendarRun
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.moderation import Journal
from listserv.store.people import User
from listserv.store.queue import Delivery, Incoming, Outgoing, Raw

# Issues on a page of the list of them.
PAGE = 25


class IssueState(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENT = "sent"
    DISCARDED = "discarded"


class SourceKind(StrEnum):
    """What the words of an issue are written in."""

    PLAIN = "plain"
    MARKDOWN = "markdown"
    HTML = "html"


class Template(StrEnum):
    LETTER = "letter"
    NEWS = "news"
    CARDS = "cards"


class Replies(StrEnum):
    """Where an answer to an issue goes."""

    THREAD = "thread"
    AUTHOR = "author"
    COORDINATORS = "coordinators"


# What may still be changed, planned and thrown away.
OPEN = (IssueState.DRAFT, IssueState.SCHEDULED)
GONE = (IssueState.SENT,)


class Issue(Base):
    __tablename__ = "issue"
    __table_args__ = (Index("ix_issue_state", "state", "at"), Index("ix_issue_list_id", "list_id", "state", "sent_at"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    # Nobody any more, where the person has been erased.
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    state: Mapped[IssueState] = mapped_column(Word(IssueState), default=IssueState.DRAFT)
    subject: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[SourceKind] = mapped_column(Word(SourceKind), default=SourceKind.PLAIN)
    template: Mapped[Template] = mapped_column(Word(Template), default=Template.LETTER)
    # For whom (usecases.segments, canonical); empty: everybody who gets mail.
    segment: Mapped[str] = mapped_column(Text, default="")
    replies: Mapped[Replies] = mapped_column(Word(Replies), default=Replies.THREAD)
    language: Mapped[str] = mapped_column(String(8), default="en")
    # In the public addresses of its pictures: whoever has not got the issue cannot guess it.
    key: Mapped[str] = mapped_column(String(32), default="", index=True)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    # Each change is the next one: a word meant for an older draft does not send a newer one.
    revision: Mapped[int] = mapped_column(default=1)
    # When it begins. `local`: its copies go at one clock time ("2026-11-27T08:00"), in each reader's own zone; the first of them then.
    at: Mapped[datetime | None]
    local: Mapped[bool] = mapped_column(default=False)
    clock: Mapped[str] = mapped_column(String(16), default="")
    # Who has planned it.
    planned_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    # The message it became, and when its copies were begun.
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"), index=True)
    sent_at: Mapped[datetime | None]
    # The mail that brought the draft.
    incoming_id: Mapped[int | None] = mapped_column(ForeignKey("incoming.id"))

    mlist: Mapped[MailingList] = relationship()
    author: Mapped[User | None] = relationship(foreign_keys=author_id)
    message: Mapped[Message | None] = relationship()
    images: Mapped[list["IssueImage"]] = relationship(order_by="IssueImage.number", cascade="all, delete-orphan", back_populates="issue")


class IssueImage(Base):
    """A picture of an issue, served from our own server, alike for everybody."""

    __tablename__ = "issue_image"
    __table_args__ = (UniqueConstraint("issue_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id", ondelete="CASCADE"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(255), default="")
    type: Mapped[str] = mapped_column(String(64), default="")
    raw_id: Mapped[int] = mapped_column(ForeignKey("raw.id"), index=True)
    # How the draft names it (`cid:…`), without brackets.
    cid: Mapped[str] = mapped_column(String(255), default="")
    # In pixels; 0 where nobody has looked.
    width: Mapped[int] = mapped_column(Integer, default=0, server_default="0")

    issue: Mapped[Issue] = relationship(back_populates="images")
    raw: Mapped[Raw] = relationship()


# Not in digests: everybody who was to have an issue has had it as a mail of its own.
NO_ISSUE = ~select(Issue.id).where(Issue.message_id == Message.id).exists()


def issue_by_id(db: Session, mlist: MailingList, issue_id: int) -> Issue | None:
    """An issue of this list, whatever became of it."""
    return db.scalar(select(Issue).where(Issue.id == issue_id, Issue.list_id == mlist.id))


def locked_issue(db: Session, issue_id: int) -> Issue | None:
    """The issue as it is now; nobody else decides about it until our transaction ends."""
    query = select(Issue).where(Issue.id == issue_id).with_for_update(of=Issue)
    return db.scalar(query.execution_options(populate_existing=True))


def open_issues(db: Session, mlist: MailingList) -> Sequence[Issue]:
    """Drafts and what is planned, the newest change first."""
    query = select(Issue).options(joinedload(Issue.author)).where(Issue.list_id == mlist.id, Issue.state.in_(OPEN))
    return db.scalars(query.order_by(Issue.changed_at.desc(), Issue.id.desc()).limit(PAGE)).all()


def due_issues(db: Session, now: datetime, limit: int = 100, *, lock: bool = True) -> Sequence[Issue]:
    """Planned issues whose time has come; locked, but for whoever only looks."""
    query = select(Issue).options(joinedload(Issue.mlist)).where(Issue.state == IssueState.SCHEDULED, Issue.at <= now)
    query = query.order_by(Issue.at, Issue.id).limit(limit)
    return db.scalars(query.with_for_update(of=Issue, skip_locked=True) if lock else query).all()


def issue_of_message(db: Session, message_id: int) -> Issue | None:
    """The issue that this message of the archive is."""
    return db.scalar(select(Issue).where(Issue.message_id == message_id))


def issue_of_incoming(db: Session, incoming_id: int) -> Issue | None:
    """The issue that this mail has begun."""
    return db.scalar(select(Issue).where(Issue.incoming_id == incoming_id).order_by(Issue.id).limit(1))


def image_of(db: Session, key: str, number: int) -> IssueImage | None:
    """A picture by its public address; that of a discarded issue is gone."""
    query = select(IssueImage).join(Issue, Issue.id == IssueImage.issue_id).options(joinedload(IssueImage.issue).joinedload(Issue.mlist))
    return db.scalar(query.where(Issue.key == key, Issue.key != "", IssueImage.number == number, Issue.state != IssueState.DISCARDED))


def zones_of(db: Session, readers: Select[int]) -> Sequence[str]:
    """The zones that these members have chosen; an empty one among them where somebody has chosen none."""
    return db.scalars(select(User.timezone).join(Member, Member.user_id == User.id).where(Member.id.in_(readers)).distinct()).all()


def copies_wait(db: Session, message_ids: Collection[int]) -> set[int]:
    """Which of these issues have copies that have not left, or are not made yet."""
    waits = select(Delivery.id).where(Delivery.outgoing_id == Outgoing.id, Delivery.due.is_not(None), Delivery.holder.is_(None)).exists()
    return set(db.scalars(select(Outgoing.message_id).where(Outgoing.message_id.in_(message_ids), Outgoing.upto.is_not(None) | waits)))


def issues_by(db: Session, user_id: int) -> Sequence[Issue]:
    """Everything that somebody has written as an issue of any list, oldest first."""
    return db.scalars(select(Issue).where(Issue.author_id == user_id).order_by(Issue.id)).all()


def forget_author(db: Session, user_id: int, *, words: bool) -> list[int]:
    """Somebody's drafts go, and their name from what was sent; its words and pictures too, if they wish it. The bytes (`raw.id`) that were shown in these."""
    used: list[int] = []
    for issue in issues_by(db, user_id):
        if issue.state not in GONE or words:
            used += [image.raw_id for image in issue.images]
            issue.images.clear()
            issue.subject = issue.source = ""
            unsay(db, issue)
        issue.author_id = None
        if issue.state not in GONE:
            db.delete(issue)
    # What they had planned of others' waits for somebody's word.
    planned = update(Issue).where(Issue.planned_by == user_id, Issue.state == IssueState.SCHEDULED)
    db.execute(planned.values(state=IssueState.DRAFT, at=None, local=False, clock="", revision=Issue.revision + 1))
    db.execute(update(Issue).where(Issue.planned_by == user_id).values(planned_by=None))
    db.flush()
    return used


def mails_of_drafts(db: Session, mlist: MailingList, incoming: Incoming) -> Sequence[int]:
    """The mails (`raw.id`) that have begun issues here and have the bytes or the Message-ID of this one."""
    alike = (Incoming.raw_id == incoming.raw_id) | (Incoming.message_id == incoming.message_id)
    query = select(Incoming.raw_id).join(Issue, Incoming.id == Issue.incoming_id)
    return db.scalars(query.where(Issue.list_id == mlist.id, alike).limit(PAGE)).all()


def unsay(db: Session, issue: Issue) -> None:
    """What was noted of an issue does not say what it was called any more."""
    db.execute(update(CalendarRun).where(CalendarRun.about == f"issue:{issue.id}").values(detail=""))
    db.execute(update(Journal).where(Journal.about == Issue.__tablename__, Journal.about_id == issue.id).values(detail=""))
