"""Threads, messages and digests for programs, a page at a time, behind the row at which the last page ended."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Boolean, ColumnElement, Row, literal, select, tuple_
from sqlalchemy.orm import Session

from listserv.store.archive import Message, Thread
from listserv.store.base import Id, Moment
from listserv.store.digests import Digest


def behind(pinned: bool, last_at: datetime, thread_id: int) -> ColumnElement[bool]:
    """Threads that stand behind this one on the list's page: a comparison of rows, so that the index of that page is used."""
    mark = tuple_(literal(pinned, Boolean()), literal(last_at, Moment()), literal(thread_id, Id))
    return tuple_(Thread.pinned, Thread.last_at, Thread.id) < mark


def messages_after(db: Session, list_id: int, seq: int | None, limit: int, *, hidden: bool) -> Sequence[Row[Message]]:
    """A list's messages in the order in which they came into its archive, behind the one of that number."""
    query = select(Message).where(Message.list_id == list_id).order_by(Message.seq).limit(limit)
    if seq is not None:
        query = query.where(Message.seq > seq)
    if not hidden:
        # A thread that is hidden hides what is in it.
        unseen = select(Thread.id).where(Thread.list_id == list_id, Thread.hidden_at.is_not(None))
        query = query.where(Message.hidden_at.is_(None), Message.thread_id.not_in(unseen))
    return db.execute(query).all()


def digests_before(db: Session, member_id: int, digest_id: int | None, limit: int) -> Sequence[Digest]:
    """The digests that a member has had, the newest first, older than that one."""
    query = select(Digest).where(Digest.member_id == member_id, Digest.letter_id.is_not(None))
    if digest_id is not None:
        query = query.where(Digest.id < digest_id)
    return db.scalars(query.order_by(Digest.id.desc()).limit(limit)).all()
