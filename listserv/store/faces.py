"""The people on a list by name and address, and where they have written: to tell whose a message from an unknown address may be."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from listserv.store.archive import SHOWN, Message
from listserv.store.lists import MailingList
from listserv.store.members import MODERATING, Member
from listserv.store.people import Address, User


class Face(NamedTuple):
    """A member under one of their addresses (folded form)."""

    member_id: int
    user_id: int
    name: str
    key: str


def named(db: Session, mlist: MailingList, key: str) -> list[Face]:
    """Whoever on the list has this name (`mail.folding.name_key`), once for each of their addresses."""
    return _faces(db, mlist, User.folded == key)


def with_local_part(db: Session, mlist: MailingList, local: str) -> list[Face]:
    """Whoever on the list has an address with this local part (folded, without what stands behind a plus), anywhere."""
    # All that begins with it up to the next character: both databases sort by code points, and so find it by their index.
    begins = (and_(Address.key >= f"{local}{sign}", Address.key < f"{local}{chr(ord(sign) + 1)}") for sign in "@+")
    return _faces(db, mlist, or_(*begins))


def _faces(db: Session, mlist: MailingList, which: ColumnElement[bool]) -> list[Face]:
    query = select(Member.id, Member.user_id, User.name, Address.key).join(User, User.id == Member.user_id).join(Address, Address.user_id == User.id)
    return [Face(*row) for row in db.execute(query.where(Member.list_id == mlist.id, which).order_by(Member.id))]


def writers_in(db: Session, mlist: MailingList, refs: Sequence[str]) -> set[int]:
    """The people who have written in the threads of these messages."""
    if not refs:
        return set()
    threads = select(Message.thread_id).where(Message.list_id == mlist.id, Message.message_id.in_(refs))
    return set(db.scalars(select(Message.user_id).where(Message.thread_id.in_(threads), Message.user_id.is_not(None), SHOWN).distinct()))


def decides_anywhere(db: Session, user_id: int) -> bool:
    """Is this a moderator or owner of any list, or an administrator?"""
    office = select(Member.id).where(Member.user_id == user_id, Member.role.in_(MODERATING)).limit(1)
    return db.scalar(office) is not None or bool(db.scalar(select(User.administrator).where(User.id == user_id)))
