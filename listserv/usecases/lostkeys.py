"""The way out for whoever sits at the console: what somebody signs in with, and taking it away when a device is lost."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import NotFound
from listserv.mail import address
from listserv.store import passkeys as rows
from listserv.store.people import User, end_browsers, person_at
from listserv.usecases import keyletters, secondfactor
from listserv.usecases.access import CONSOLE
from listserv.usecases.journal import note


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that somebody signs in with: `passkey`, `codes`, or `recovery` with how many are left."""

    kind: str
    number: int
    name: str
    since: datetime
    used: datetime | None = None


def of(db: Session, email: str) -> list[Key]:
    """All that this person has. Raises NotFound."""
    user_id = _person(db, email)
    found = [Key("passkey", one.id, one.name, one.created_at, one.used_at) for one in rows.passkeys_of(db, user_id)]
    one_time = rows.one_time_of(db, user_id)
    if one_time:
        found.append(Key("codes", one_time.id, "in use" if one_time.confirmed_at else "not confirmed", one_time.created_at))
        found.append(Key("recovery", rows.codes_left(db, user_id), "codes left", one_time.confirmed_at or one_time.created_at))
    return found


def remove(db: Session, email: str, now: datetime, *, passkey: int | None = None, codes: bool = False) -> int:
    """Take one passkey, the codes, or (where neither is named) everything away, and sign this person out; how many went. Raises NotFound."""
    user_id = _person(db, email)
    everything = passkey is None and not codes
    mine = [one for one in rows.passkeys_of(db, user_id) if everything or one.id == passkey]
    if passkey is not None and not mine:
        raise NotFound("{email} has no passkey {number}", email=email, number=passkey)
    for one in mine:
        note(db, CONSOLE, "passkey-removed", mlist=None, now=now, about=one)
        db.delete(one)
    gone = len(mine)
    if mine:
        keyletters.tell_changed(db, db.get_one(User, user_id), "dropped", now)
    if (codes or everything) and rows.one_time_of(db, user_id):
        secondfactor.stop(db, user_id, CONSOLE, now)
        gone += 1
    if gone:
        # A lost device may still be signed in.
        end_browsers(db, user_id)
    return gone


def _person(db: Session, email: str) -> int:
    known = person_at(db, address.key(email))
    if known is None:
        raise NotFound("nobody here has the address {email}", email=email)
    return known.user_id
