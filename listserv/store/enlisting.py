"""People put on a list by the thousand: what must be known of them, and their rows, in a few statements."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, aliased

from listserv.mail.folding import name_key
from listserv.store.base import slices, table_of
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.moderation import OPEN_STATES, Application, Journal
from listserv.store.people import Address, Purpose, Token, User

Row = dict[str, Any]


class Known(NamedTuple):
    """Somebody who has an address here already. `on_it`: on the list."""

    user_id: int
    address_id: int
    named: bool
    on_it: bool


def known(db: Session, mlist: MailingList, keys: Collection[str]) -> dict[str, Known]:
    """Who has these addresses (folded form): {key: person}."""
    query = select(Address.key, Address.user_id, Address.id, User.name != "", Member.id.is_not(None)).join(User, User.id == Address.user_id)
    query = query.outerjoin(Member, (Member.user_id == Address.user_id) & (Member.list_id == mlist.id))
    return {row[0]: Known(*row[1:]) for some in slices(keys) for row in db.execute(query.where(Address.key.in_(some)))}


def with_a_past(db: Session, mlist: MailingList, keys: Collection[str]) -> set[str]:
    """Those of these addresses (folded form) whose person has applied and waits, or has a letter with a way back to this list."""
    other = aliased(Address)
    theirs = select(Address.key).join(other, other.user_id == Address.user_id)
    applied = theirs.join(Application, (Application.key == other.key) & (Application.list_id == mlist.id) & Application.state.in_(OPEN_STATES))
    strangers = select(Application.key).where(Application.list_id == mlist.id, Application.state.in_(OPEN_STATES))
    way_back = (Token.email == Address.email) & (Token.list_id == mlist.id) & (Token.purpose == Purpose.COME_BACK) & Token.spent_at.is_(None)
    left = select(Address.key).join(Token, way_back)
    found: set[str] = set()
    for some in slices(keys):
        found.update(db.scalars(applied.where(Address.key.in_(some))), db.scalars(left.where(Address.key.in_(some))))
        found.update(db.scalars(strangers.where(Application.key.in_(some))))
    return found


def add_people(db: Session, people: Sequence[Row], now: datetime) -> list[Known]:
    """People with an address each who are here for the first time: `name`, `language`, `email`, `key`, `verified_at` of each."""
    if not people:
        return []
    users, addresses = table_of(User), table_of(Address)
    who = [{"name": one["name"], "folded": name_key(one["name"]), "language": one["language"], "created_at": now} for one in people]
    ids = db.scalars(insert(users).returning(users.c.id, sort_by_parameter_order=True), who).all()
    where = [{"user_id": user, **{name: one[name] for name in ("email", "key", "verified_at")}} for user, one in zip(ids, people, strict=True)]
    places = db.scalars(insert(addresses).returning(addresses.c.id, sort_by_parameter_order=True), where).all()
    return [Known(user, place, bool(one["name"]), on_it=False) for user, place, one in zip(ids, places, people, strict=True)]


def add_members(db: Session, members: Sequence[Row]) -> list[int]:
    """The ids of new members."""
    table = table_of(Member)
    return list(db.scalars(insert(table).returning(table.c.id, sort_by_parameter_order=True), members)) if members else []


def emails(db: Session, addresses: Sequence[int]) -> dict[int, str]:
    """These addresses, as their people write them."""
    query = select(Address.id, Address.email)
    return {number: email for some in slices(addresses) for number, email in db.execute(query.where(Address.id.in_(some)))}


def add_notes(db: Session, notes: Sequence[Row]) -> None:
    """Rows of the journal."""
    if notes:
        db.execute(insert(table_of(Journal)), notes)
