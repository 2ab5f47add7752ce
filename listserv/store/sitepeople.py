"""The people of a whole site: looked up by a piece of name or address, and what hangs on one of them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select, union
from sqlalchemy.orm import Session, selectinload

from listserv.mail.folding import words_of
from listserv.store.erasing import Erasure
from listserv.store.failing import Failing
from listserv.store.members import Member, memberships
from listserv.store.people import Address, Browser, User

# So many addresses and names at most that fit: whoever finds more says more.
MOST = 1_000

__all__ = ["administrators_held", "browsers_open", "failing_at", "found", "has_other_keeper", "memberships", "memberships_of"]


def found(db: Session, text: str, limit: int, after: int = 0) -> Sequence[User]:
    """Those with these letters in an address, or with these in the words of their name, by number; more of them `after` one.

    Both are read off an index from end to end: a hundred thousand names are looked through in some milliseconds.
    """
    addresses = select(Address.id).where(Address.key.contains(text.lower(), autoescape=True)).order_by(Address.key).limit(MOST).subquery()
    by_address = select(Address.user_id.label("id")).join(addresses, addresses.c.id == Address.id)
    words = words_of(text)
    names = select(User.id).where(*[User.folded.contains(word, autoescape=True) for word in words]).order_by(User.folded).limit(MOST).subquery()
    either = (union(by_address, select(names.c.id.label("id"))) if words and "@" not in text else by_address).subquery()
    ids = db.scalars(select(either.c.id).where(either.c.id > after).distinct().order_by(either.c.id).limit(limit)).all()
    query = select(User).where(User.id.in_(ids)).options(selectinload(User.addresses))
    return db.scalars(query.order_by(User.id)).all() if ids else ()


def memberships_of(db: Session, user_ids: Collection[int]) -> dict[int, int]:
    """On how many lists each of these is."""
    query = select(Member.user_id, func.count()).where(Member.user_id.in_(user_ids)).group_by(Member.user_id)
    return dict(db.execute(query).all()) if user_ids else {}


def failing_at(db: Session, address_ids: Collection[int]) -> dict[int, Failing]:
    """What is held against each of these addresses."""
    return {row.address_id: row for row in db.scalars(select(Failing).where(Failing.address_id.in_(address_ids)))} if address_ids else {}


def browsers_open(db: Session, user_id: int, now: datetime) -> int:
    """In how many browsers this person is signed in."""
    return db.scalar(select(func.count()).select_from(Browser).where(Browser.user_id == user_id, Browser.expires_at > now)) or 0


def administrators_held(db: Session) -> Sequence[int]:
    """The numbers of all administrators, locked: of two who each end the other's office, the second sees what the first has done."""
    return db.scalars(select(User.id).where(User.administrator).order_by(User.id).with_for_update()).all()


def has_other_keeper(db: Session, user_id: int) -> bool:
    """Is there an administrator beside this one who is not about to be forgotten?"""
    others = [one for one in administrators_held(db) if one != user_id]
    going = set(db.scalars(select(Erasure.user_id).where(Erasure.user_id.in_(others)))) if others else set()
    return bool(set(others) - going)
