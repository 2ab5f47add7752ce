"""The journal, a page at a time: who did what, when, about whom."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from listserv.store.archive import Message, Thread
from listserv.store.members import Member
from listserv.store.moderation import Application, Held, Journal
from listserv.store.people import Address, User

# Rows that the export reads at a time.
BUNDLE = 500


def _of(list_id: int, whats: Collection[str], person: int | None, text: str, before: datetime | None, after: datetime | None) -> list[Any]:
    where: list[Any] = [Journal.list_id == list_id]
    if whats:
        where.append(Journal.what.in_(whats))
    if person is not None:
        # Nobody: machines, and people we know by their mail alone.
        where.append(Journal.user_id == person if person else Journal.user_id.is_(None))
    if text:
        where.append(Journal.detail.icontains(text, autoescape=True))
    if after:
        where.append(Journal.at >= after)
    return [*where, Journal.at < before] if before else where


def entries() -> Any:
    """What stands in the journal, with what is still known of the people and things it speaks of."""
    query = select(Journal.id, Journal.at, Journal.what, Journal.door, Journal.detail, Journal.about, Journal.about_id, Journal.user_id)
    query = query.add_columns(User.name.label("who"), Held.author.label("author"), Held.author_email, Held.subject)
    query = query.add_columns(Application.name.label("applicant"), Application.email.label("applicant_email"), Address.email.label("member_email"))
    query = query.add_columns(Thread.subject.label("thread_subject"), Message.subject.label("message_subject"), Message.hash)
    query = query.outerjoin(User, User.id == Journal.user_id)
    query = query.outerjoin(Thread, (Journal.about == "thread") & (Thread.id == Journal.about_id))
    query = query.outerjoin(Message, (Journal.about == "message") & (Message.id == Journal.about_id))
    query = query.outerjoin(Held, (Journal.about == "held") & (Held.id == Journal.about_id))
    query = query.outerjoin(Application, (Journal.about == "application") & (Application.id == Journal.about_id))
    query = query.outerjoin(Member, (Journal.about == "member") & (Member.id == Journal.about_id))
    return query.outerjoin(Address, Address.id == Member.address_id)


def count(db: Session, list_id: int, **wanted: Any) -> int:
    """How many entries fit."""
    return db.scalar(select(func.count()).select_from(Journal).where(*_of(list_id, **wanted))) or 0


def page(db: Session, list_id: int, limit: int, offset: int, **wanted: Any) -> Sequence[Any]:
    """Entries that fit, newest first."""
    return db.execute(entries().where(*_of(list_id, **wanted)).order_by(Journal.id.desc()).limit(limit).offset(offset)).all()


def all_of(db: Session, list_id: int, **wanted: Any) -> Iterator[Any]:
    """All entries that fit, newest first, in bundles."""
    below: int | None = None
    while True:
        query = entries().where(*_of(list_id, **wanted)).order_by(Journal.id.desc()).limit(BUNDLE)
        rows = db.execute(query.where(Journal.id < below) if below else query).all()
        yield from rows
        if len(rows) < BUNDLE:
            return
        below = rows[-1].id


def people_in(db: Session, list_id: int) -> Sequence[Any]:
    """(id, name, email) of everyone who has done something on this list."""
    did = select(Journal.user_id).where(Journal.list_id == list_id, Journal.user_id.is_not(None)).distinct()
    query = select(User.id, User.name, func.min(Address.email).label("email")).outerjoin(Address, Address.user_id == User.id)
    return db.execute(query.where(User.id.in_(did)).group_by(User.id, User.name).order_by(User.name, User.id)).all()
