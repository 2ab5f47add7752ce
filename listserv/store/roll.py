"""The roll of a list: everyone on it as its moderators look them up."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, func, or_, select, true, type_coerce
from sqlalchemy.orm import Session, contains_eager

from listserv.store.archive import SHOWN, Message
from listserv.store.members import DeliveryMode, Member, Role, Status
from listserv.store.moderation import Journal
from listserv.store.people import Address, User
from listserv.store.session import look

# Of a hundred thousand each column counts: texts as they lie there, and nothing that only the database compares.
COLUMNS = (Member.id, type_coerce(Member.role, String).label("role"), User.name, Address.email, Address.key)
EVERYONE = select(*COLUMNS).join(User, User.id == Member.user_id).join(Address, Address.id == Member.address_id)
FILTERS: dict[str, Callable[[str], ColumnElement[bool]]] = {
    "role": lambda word: Member.role == Role(word),
    "delivery": lambda word: Member.delivery == DeliveryMode(word),
    "status": lambda word: Member.status == Status(word),
    "bounces": lambda _: or_(Member.bounce_score > 0, Member.status == Status.BOUNCING),
    "moderated": lambda _: Member.moderated == true(),
}
# What both databases put into the same order; of letters that is not so.
ORDERS: dict[str, Sequence[Any]] = {"address": (Address.key,), "joined": (Member.joined_at.desc(), Address.key)}


def everyone(db: Session, list_id: int, only: Collection[tuple[str, str]] = (), order: str = "") -> Sequence[Any]:
    """(id, role, name, email, key) of the members that pass all these filters, in an order that is one of `ORDERS`, or in none."""
    query = EVERYONE.where(Member.list_id == list_id, *(FILTERS[field](word) for field, word in only))
    return look(db, query.order_by(*ORDERS.get(order, ())), {}).all()


def members_by_id(db: Session, ids: Collection[int]) -> dict[int, Member]:
    """These members with person and address."""
    query = select(Member).join(Member.address).join(Member.user).options(contains_eager(Member.address), contains_eager(Member.user))
    return {member.id: member for member in db.scalars(query.where(Member.id.in_(ids)))} if ids else {}


def last_words(db: Session, list_id: int, user_ids: Collection[int]) -> dict[int | None, tuple[int, Any]]:
    """How many messages each of these people has in the archive, and when the last was written."""
    query = select(Message.user_id, func.count(), func.max(Message.sent_at)).where(Message.list_id == list_id, Message.user_id.in_(user_ids), SHOWN)
    return {user_id: (count, last) for user_id, count, last in db.execute(query.group_by(Message.user_id))} if user_ids else {}


def latest_words(db: Session, list_id: int, user_id: int, limit: int) -> Sequence[Any]:
    """(hash, subject, sent_at) of a person's newest messages."""
    query = select(Message.hash, Message.subject, Message.sent_at).where(Message.list_id == list_id, Message.user_id == user_id, SHOWN)
    return db.execute(query.order_by(Message.sent_at.desc(), Message.id.desc()).limit(limit)).all()


def count_hidden(db: Session, list_id: int, user_id: int) -> int:
    """How many of a person's messages only moderators see."""
    return db.scalar(select(func.count()).select_from(Message).where(Message.list_id == list_id, Message.user_id == user_id, ~SHOWN)) or 0


def history(db: Session, member: Member, limit: int) -> Sequence[Any]:
    """(at, what, door, detail, name) of what was done with this membership, newest first."""
    query = select(Journal.at, Journal.what, Journal.door, Journal.detail, User.name).outerjoin(User, User.id == Journal.user_id)
    mine = query.where(Journal.list_id == member.list_id, Journal.about == Member.__tablename__, Journal.about_id == member.id)
    return db.execute(mine.order_by(Journal.id.desc()).limit(limit)).all()
