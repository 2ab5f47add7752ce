"""What a digest may tell beside the new messages: questions that wait for an answer, files, people who have come."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from listserv.store.announcing import announces
from listserv.store.archive import SHOWN, Attachment, Body, Message, Thread
from listserv.store.digests import MUCH
from listserv.store.issues import NO_ISSUE
from listserv.store.members import Member
from listserv.store.people import User


def unanswered(db: Session, list_id: int, since: datetime, limit: int) -> Sequence[Any]:
    """What was written since then, holds a question mark, and nobody else has written below it: the newest first, with its text.

    Of each thread its first message, as (thread_id, topic_id, id, hash, subject, author, author_email, user_id, sent_at, text). What announces asks nobody.
    """
    first = select(func.min(Message.seq)).where(Message.thread_id == Thread.id, SHOWN).correlate(Thread).scalar_subquery()
    text = func.substr(Body.text, 1, MUCH)
    query = select(
        Message.thread_id, Thread.topic_id, Message.id, Message.hash, Thread.subject, Message.author, Message.author_email, Message.user_id, Message.sent_at
    )
    query = query.add_columns(text.label("text")).join(Thread, Thread.id == Message.thread_id).join(Message.body)
    open_still = (
        Thread.list_id == list_id,
        Thread.authors <= 1,
        Thread.closed.is_(False),
        Thread.merged_into.is_(None),
        Thread.hidden_at.is_(None),
        Thread.last_at >= since,
    )
    asks = ~announces(Message.id, Message.thread_id)
    asked = or_(Thread.subject.contains("?"), text.contains("?"))
    return db.execute(
        query.where(*open_still, Message.seq == first, Message.list_id == list_id, SHOWN, asks, asked).order_by(Thread.last_at.desc()).limit(limit)
    ).all()


def attached_since(db: Session, list_id: int, since: datetime, limit: int) -> Sequence[Any]:
    """What messages since then carry and no letter shows in its place, the newest first; issues are told nowhere again.

    As (name, number, size, type, sha256, hash, author, author_email, user_id, thread_id, topic_id).
    """
    query = select(Attachment.name, Attachment.number, Attachment.size, Attachment.type, Attachment.sha256, Message.hash, Message.author, Message.author_email)
    query = query.add_columns(Message.user_id, Message.thread_id, Thread.topic_id)
    query = query.join(Message, Message.id == Attachment.message_id).join(Thread, Thread.id == Message.thread_id)
    query = query.where(Message.list_id == list_id, Message.sent_at >= since, SHOWN, NO_ISSUE, Attachment.inline.is_(False), Attachment.name != "")
    return db.execute(query.order_by(Message.seq.desc(), Attachment.number).limit(limit)).all()


def joined_between(db: Session, list_id: int, after: datetime, upto: datetime, limit: int) -> Sequence[str]:
    """The names of those who have come to the list meanwhile, in the order in which they came; who has given none is not among them."""
    query = select(User.name).join(Member, Member.user_id == User.id)
    query = query.where(Member.list_id == list_id, Member.joined_at > after, Member.joined_at <= upto, User.name != "")
    return db.scalars(query.order_by(Member.joined_at, Member.id).limit(limit)).all()
