"""What the pages of a newsletter read: issues that were sent and may be seen, with the thread that each became."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from listserv.store.archive import SHOWN, Message, Thread
from listserv.store.feeds import ENTRIES
from listserv.store.issues import GONE, OPEN, Issue, IssueState
from listserv.store.pages import Record, Rows

SEEN = (Issue.state.in_(GONE), SHOWN, Thread.hidden_at.is_(None))
# Nobody sends one form more often.
ALIKE = 10
LATEST = (Issue.sent_at.desc(), Issue.id.desc())
SENT: Select[Record] = (
    select(Issue.id, Issue.sent_at, Issue.state, Issue.segment, Message.id.label("message_id"), Message.subject, Message.hash, Message.snippet)
    .add_columns(Message.user_id, Message.author, Message.author_email, Message.thread_id, Thread.messages)
    .join(Message, Message.id == Issue.message_id)
    .join(Thread, Thread.id == Message.thread_id)
    .where(*SEEN)
)


def sent_page(db: Session, mlist_id: int, limit: int, offset: int = 0) -> Rows:
    """Issues that were sent, newest first."""
    return db.execute(SENT.where(Issue.list_id == mlist_id).order_by(*LATEST).limit(limit).offset(offset)).all()


def count_sent(db: Session, mlist_id: int) -> int:
    """How many issues there are to read."""
    query = select(func.count()).select_from(Issue).join(Message, Message.id == Issue.message_id).join(Thread, Thread.id == Message.thread_id)
    return db.scalar(query.where(Issue.list_id == mlist_id, *SEEN)) or 0


def open_rows(db: Session, mlist_id: int, limit: int) -> Sequence[Issue]:
    """What is on its way: what has a time first, soonest first, then drafts, the last touched first."""
    query = select(Issue).where(Issue.list_id == mlist_id, Issue.state.in_(OPEN))
    return db.scalars(query.order_by((Issue.state == IssueState.DRAFT), Issue.at, Issue.changed_at.desc(), Issue.id.desc()).limit(limit)).all()


def in_thread(db: Session, mlist_id: int, thread_id: int) -> Record | None:
    """The issue that this thread began with; where several threads were joined, the newest."""
    return db.execute(SENT.where(Issue.list_id == mlist_id, Message.thread_id == thread_id).order_by(*LATEST).limit(1)).one_or_none()


def neighbours(db: Session, mlist_id: int, sent_at: datetime, issue_id: int) -> tuple[Record | None, Record | None]:
    """(earlier, later) of the issues around this one."""
    here = SENT.where(Issue.list_id == mlist_id)
    before = or_(Issue.sent_at < sent_at, (Issue.sent_at == sent_at) & (Issue.id < issue_id))
    after = or_(Issue.sent_at > sent_at, (Issue.sent_at == sent_at) & (Issue.id > issue_id))
    earlier = db.execute(here.where(before).order_by(*LATEST).limit(1)).one_or_none()
    later = db.execute(here.where(after).order_by(Issue.sent_at, Issue.id).limit(1)).one_or_none()
    return earlier, later


def entries(db: Session, mlist_id: int, limit: int) -> Rows:
    """The newest issues as entries of a feed."""
    query = ENTRIES.join(Issue, Issue.message_id == Message.id).where(Issue.list_id == mlist_id, Issue.state.in_(GONE))
    return db.execute(query.order_by(*LATEST).limit(limit)).all()


def begun_alike(db: Session, mlist_id: int, user_id: int, subject: str, source: str, since: datetime) -> Sequence[Issue]:
    """The drafts that this person has begun since then with these very words, the last first: one of them may be a form that was sent twice."""
    query = select(Issue).where(Issue.list_id == mlist_id, Issue.author_id == user_id, Issue.state == IssueState.DRAFT, Issue.created_at >= since)
    return db.scalars(query.where(Issue.subject == subject, Issue.source == source).order_by(Issue.id.desc()).limit(ALIKE)).all()
