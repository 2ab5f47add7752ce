"""Many people put on a list at once: what `administration.add_member` does for one, in a few statements for hundreds.

Whoever has a past here (has applied and waits, has left with a way back) goes the way of one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import Conflict
from listserv.mail import address
from listserv.store import enlisting as rows
from listserv.store.base import slices
from listserv.store.enlisting import Known
from listserv.store.lists import MailingList
from listserv.usecases.access import Actor
from listserv.usecases.administration import LONGEST_NAME, NewMember, add_member, one_line


@dataclass(slots=True)
class _Coming:
    """Somebody who will be on the list with the next statements; `place`: among those who were given."""

    place: int
    new: NewMember
    key: str
    name: str
    known: Known | None


@dataclass(slots=True)
class _Enlisting:
    """Some people on their way onto a list: who is known, who has a past, who comes next, and what has become of each."""

    db: Session
    mlist: MailingList
    actor: Actor
    now: datetime
    known: dict[str, Known]
    past: set[str]
    made: list[int | None]
    coming: dict[str, _Coming] = field(default_factory=dict)
    here: set[int] = field(default_factory=set)


def enlist(db: Session, mlist: MailingList, people: Sequence[NewMember], actor: Actor, now: datetime) -> list[int | None]:
    """Put these people on a list in their order; their addresses have been checked. The number of each membership, None for who is on it. Sends nothing."""
    return [number for some in slices(people) for number in _some(db, mlist, some, actor, now)]


def who_is_here(db: Session, mlist: MailingList, people: Sequence[NewMember]) -> list[bool]:
    """Who of these is on the list, or stands among them before; changes nothing."""
    keys = [address.key(one.email) for one in people]
    known, seen, found = rows.known(db, mlist, keys), set[str](), []
    for key in keys:
        found.append(key in seen or (key in known and known[key].on_it))
        seen.add(key)
    return found


def _some(db: Session, mlist: MailingList, people: Sequence[NewMember], actor: Actor, now: datetime) -> list[int | None]:
    db.flush()
    keys = [address.key(one.email) for one in people]
    work = _Enlisting(db, mlist, actor, now, rows.known(db, mlist, keys), rows.with_a_past(db, mlist, keys), [None] * len(people))
    for place, (key, new) in enumerate(zip(keys, people, strict=True)):
        _take(work, place, key, new)
    _write(work)
    return work.made


def _take(work: _Enlisting, place: int, key: str, new: NewMember) -> None:
    """Decide about one: on the list already, with the next statements, or alone."""
    name, known = one_line(new.name)[:LONGEST_NAME], work.known.get(key)
    waiting = work.coming.get(key)
    if waiting and not waiting.known:
        waiting.name = waiting.name or name
    elif key in work.past or (known and new.name and not known.named):
        _write(work)
        work.made[place] = _alone(work, new)
    elif not known:
        work.coming[key] = _Coming(place, new, key, name, None)
    elif not known.on_it and known.user_id not in work.here:
        work.here.add(known.user_id)
        work.coming[key] = _Coming(place, new, key, name, known)


def _alone(work: _Enlisting, new: NewMember) -> int | None:
    try:
        member = add_member(work.db, work.mlist, new, work.actor, work.now)
    except Conflict:
        return None
    work.here.add(member.user_id)
    return member.id


def _write(work: _Enlisting) -> None:
    """Those who wait are on the list now, in their order."""
    coming, db, now = list(work.coming.values()), work.db, work.now
    strangers = [one for one in coming if not one.known]
    people = [
        {"name": one.name, "language": one.new.language, "email": one.new.email, "key": one.key, "verified_at": now if one.new.verified else None}
        for one in strangers
    ]
    for one, person in zip(strangers, rows.add_people(db, people, now), strict=True):
        one.known = work.known[one.key] = person._replace(on_it=True)
    who = [one.known for one in coming if one.known]
    members = [one.new.row(work.mlist, now) | {"user_id": at.user_id, "address_id": at.address_id} for one, at in zip(coming, who, strict=True)]
    numbers = rows.add_members(db, members)
    about = {"at": now, "user_id": work.actor.user_id, "door": work.actor.door, "what": "member-added", "list_id": work.mlist.id, "about": "member"}
    emails = rows.emails(db, [at.address_id for at in who])
    rows.add_notes(db, [about | {"about_id": number, "detail": emails[at.address_id]} for number, at in zip(numbers, who, strict=True)])
    for one, number in zip(coming, numbers, strict=True):
        work.made[one.place] = number
    work.coming.clear()
