"""Who has left a list, and by whose wish."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from string import ascii_lowercase, ascii_uppercase
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from listserv.mail import address
from listserv.store.base import slices
from listserv.store.moderation import REMOVED, Journal
from listserv.store.people import Address

# All that the databases fold (PostgreSQL by the collation of our columns).
SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)


class Parting(NamedTuple):
    """Somebody with this address (folded form) left, by this person's doing."""

    place: str
    user_id: int | None
    complained: bool
    at: datetime


def left_by_themselves(db: Session, list_id: int, places: Collection[str]) -> dict[str, datetime]:
    """Whose last parting from the list was their own wish (also: the button “this is spam”), by each folded address of theirs, and when.

    Of these addresses alone, and of the others that whoever has one of them has.
    """
    theirs, spelled = _people(db, {address.key(place) for place in places})
    gone: dict[str, datetime] = {}
    for one in _last(db, list_id, {*places, *spelled}):
        own = theirs.get(one.user_id, set()) if one.user_id is not None else set()
        if one.complained or one.place in own:
            gone |= dict.fromkeys({one.place, *own} if one.place in own else {one.place}, one.at)
    return gone


def _people(db: Session, keys: Collection[str]) -> tuple[dict[int, set[str]], set[str]]:
    """Whoever has one of these addresses, with all that they have (folded); and how each of those is spelled."""
    known = aliased(Address)
    query = select(Address.user_id, Address.key, Address.email).join(known, known.user_id == Address.user_id).distinct()
    theirs: defaultdict[int, set[str]] = defaultdict(set)
    spelled: set[str] = set()
    for some in slices(keys):
        for owner, key, email in db.execute(query.where(known.key.in_(some))):
            theirs[owner].add(key)
            spelled |= {key, email}
    return theirs, spelled


def _last(db: Session, list_id: int, places: Collection[str]) -> Collection[Parting]:
    """How each of these left last, in the order in which they did first."""
    wanted = {form.translate(SMALL) for place in places for form in (place, address.key(place))}
    query = select(Journal.id, Journal.user_id, Journal.detail, Journal.at).where(Journal.list_id == list_id, REMOVED)
    found = [row for some in slices(wanted) for row in db.execute(query.where(func.lower(_address_in(db)).in_(some)))]
    last: dict[str, Parting] = {}
    for row in sorted(found, key=lambda row: row.id):
        place = address.key(row.detail.partition(" ")[0])
        last[place] = Parting(place, row.user_id, row.detail.endswith(" complaint"), row.at)
    return last.values()


def _address_in(db: Session) -> ColumnElement[Any]:
    """The first word of what is noted: who has left. Behind it may stand why."""
    if db.get_bind().dialect.name == "sqlite":
        return func.substr(Journal.detail, 1, func.instr(Journal.detail.concat(" "), " ") - 1)
    return func.split_part(Journal.detail, " ", 1)
