"""What became of the posts of one person."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from listserv.store.archive import Message
from listserv.store.lists import MailingList
from listserv.store.moderation import Held, HeldState


def posted_by(db: Session, mlist: MailingList, author_key: str, since: datetime, limit: int) -> Sequence[Message]:
    """The author's latest posts on a list, newest first."""
    query = select(Message).where(Message.list_id == mlist.id, Message.author_key == author_key, Message.received_at > since)
    return db.scalars(query.order_by(Message.received_at.desc(), Message.id.desc()).limit(limit)).all()


def held_of(db: Session, mlist: MailingList, email: str, since: datetime, limit: int) -> Sequence[Held]:
    """The author's posts that wait, or that were refused or taken back, newest first."""
    query = select(Held).where(Held.list_id == mlist.id, Held.author_email == email, Held.held_at > since, Held.state != HeldState.PUBLISHED)
    return db.scalars(query.order_by(Held.held_at.desc(), Held.id.desc()).limit(limit)).all()
