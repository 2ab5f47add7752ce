"""What became of the posts of one person."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from listserv.store.archive import SHOWN, Message
from listserv.store.lists import REAL, MailingList
from listserv.store.moderation import Held, HeldState


def posted_by(db: Session, mlist: MailingList, author_key: str, since: datetime, limit: int) -> Sequence[Message]:
    """The author's latest posts on a list, newest first."""
    query = select(Message).where(Message.list_id == mlist.id, Message.author_key == author_key, Message.received_at > since, SHOWN)
    return db.scalars(query.order_by(Message.received_at.desc(), Message.id.desc()).limit(limit)).all()


def held_of(db: Session, mlist: MailingList, email: str, since: datetime, limit: int) -> Sequence[Held]:
    """The author's posts that wait, or that were refused or taken back, newest first."""
    query = select(Held).where(Held.list_id == mlist.id, Held.author_email == email, Held.held_at > since, Held.state != HeldState.PUBLISHED)
    return db.scalars(query.order_by(Held.held_at.desc(), Held.id.desc()).limit(limit)).all()


def held_of_incoming(db: Session, incoming_id: int) -> Held | None:
    """What became of this mail, where it had to wait."""
    return db.scalar(select(Held).where(Held.incoming_id == incoming_id))


def latest_of(db: Session, user_id: int, limit: int) -> Sequence[Any]:
    """(list's name, title and language, subject, received_at, hash) of somebody's latest posts on all lists, newest first."""
    query = select(MailingList.name, MailingList.title, MailingList.language, Message.subject, Message.received_at, Message.hash)
    query = query.join(MailingList, MailingList.id == Message.list_id).where(Message.user_id == user_id, SHOWN, REAL)
    return db.execute(query.order_by(Message.received_at.desc(), Message.id.desc()).limit(limit)).all()


def undecided_of(db: Session, emails: Collection[str], limit: int) -> Sequence[Any]:
    """(list's name, title and language, subject, held_at, state) of somebody's posts that wait, were refused or taken back, newest first."""
    query = select(MailingList.name, MailingList.title, MailingList.language, Held.subject, Held.held_at, Held.state)
    query = query.join(MailingList, MailingList.id == Held.list_id).where(Held.author_email.in_(emails), Held.state != HeldState.PUBLISHED)
    return db.execute(query.order_by(Held.held_at.desc(), Held.id.desc()).limit(limit)).all()
