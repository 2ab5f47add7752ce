"""What is here already of the things that another program's lists bring."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from listserv.store.archive import Message
from listserv.store.base import slices
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.moderation import Application, ApplicationState, Held, HeldState, Journal
from listserv.store.people import Address, Purpose, Token
from listserv.store.queue import Raw

# As many as both databases take in one question.


def owners_of(db: Session, keys: Iterable[str]) -> dict[str, int]:
    """Whose these addresses (folded forms) are, as far as anybody has them."""
    found: dict[str, int] = {}
    for some in slices(dict.fromkeys(keys)):
        for key, user in db.execute(select(Address.key, Address.user_id).where(Address.key.in_(some))):
            found[key] = user
    return found


def people_on(db: Session, mlist: MailingList) -> set[int]:
    """Everyone on the list, by number."""
    return set(db.scalars(select(Member.user_id).where(Member.list_id == mlist.id)))


def gone_from(db: Session, mlist: MailingList) -> set[str]:
    """Addresses (as written down) of those who were on the list here and are not any more."""
    query = select(Journal.detail).where(Journal.list_id == mlist.id, Journal.what == "member-removed")
    return {detail.partition(" ")[0] for detail in db.scalars(query)}


def lifted(db: Session, mlist: MailingList | None) -> set[str]:
    """Bans that were taken back here."""
    where = Journal.list_id == mlist.id if mlist else Journal.list_id.is_(None)
    return set(db.scalars(select(Journal.detail).where(where, Journal.what == "ban-lifted")))


def was_here(db: Session, mlist: MailingList, raw: bytes) -> bool:
    """Have these bytes been held or archived on the list, whatever has become of them?"""
    raw_id = db.scalar(select(Raw.id).where(Raw.sha256 == sha256(raw).digest()))
    if raw_id is None:
        return False
    held = exists().where(Held.list_id == mlist.id, Held.raw_id == raw_id)
    kept = exists().where(Message.list_id == mlist.id, Message.raw_id == raw_id)
    return bool(db.scalar(select(held | kept)))


def has_applied(db: Session, mlist: MailingList, key: str) -> bool:
    """Has this address (folded form) ever applied to the list?"""
    return bool(db.scalar(select(exists().where(Application.list_id == mlist.id, Application.key == key))))


def unasked_posts(db: Session, mlist: MailingList) -> Sequence[Held]:
    """Posts that wait, and about which no moderator has been asked; oldest first."""
    query = select(Held).where(Held.list_id == mlist.id, Held.state == HeldState.PENDING)
    return db.scalars(query.where(~_asked(Purpose.DECIDE_HELD, Held.id)).order_by(Held.held_at, Held.id)).all()


def unasked_applications(db: Session, mlist: MailingList) -> Sequence[Application]:
    """Applications that wait, and about which no moderator has been asked; oldest first."""
    query = select(Application).where(Application.list_id == mlist.id, Application.state == ApplicationState.AWAITING_MODERATOR)
    return db.scalars(query.where(~_asked(Purpose.DECIDE_APPLICATION, Application.id)).order_by(Application.applied_at, Application.id)).all()


def _asked(purpose: Purpose, number: Any) -> ColumnElement[bool]:
    """Is there a token that decides about it?"""
    return exists().where(Token.purpose == purpose, Token.object_id == number)
