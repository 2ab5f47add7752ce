"""Putting people on a list by a moderator's hand in the browser: a person a line, looked at before anything happens."""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import Invalid
from listserv.i18n import N_
from listserv.mail import address
from listserv.mail.peoplelines import people
from listserv.store.lists import lock
from listserv.store.members import DeliveryMode
from listserv.store.people import address_by_key
from listserv.usecases import digesting, membership, newcomers
from listserv.usecases.administration import NewMember, add_member
from listserv.usecases.newcomers import Fate, Line
from listserv.usecases.stewards import Steward, is_here_alone

MOST_LINES = 500
TOO_MANY = N_("At most 500 people at a time, please.")
NOBODY = N_("Please write at least one address.")


def look(db: Session, who: Steward, text: str) -> tuple[Line, ...]:
    """What would become of each line; changes nothing. Raises Invalid for too many, or none."""
    typed = [line for line in text.splitlines() if line.strip()]
    if not typed:
        raise Invalid(NOBODY)
    if len(typed) > MOST_LINES:
        raise Invalid(TOO_MANY)
    return newcomers.sort_out(db, who.mlist, people("\n".join(text.splitlines()), whole=True))


def enrol(db: Session, who: Steward, text: str, now: datetime, *, delivery: DeliveryMode = DeliveryMode.EACH, welcome: bool = True) -> tuple[Line, ...]:
    """Do what `look` says. The addresses are proven by nobody yet: whoever reads there can sign in. Raises Invalid."""
    lock(db, who.mlist)
    lines = look(db, who, text)
    for line in lines:
        if line.fate is not Fate.ADDED:
            continue
        member = add_member(db, who.mlist, NewMember(line.email, _name(db, who, line), delivery=delivery, verified=False), who.actor, now)
        digesting.plan(db, member, now)
        if welcome:
            membership.welcome(db, member, now)
    return lines


def _name(db: Session, who: Steward, line: Line) -> str:
    """The name for a person of this list alone: a person's name is the same on every list, and no one list's moderators give it."""
    known = address_by_key(db, address.key(line.email))
    return line.name if known is None or who.actor.administrator or is_here_alone(db, who, known.user_id) else ""
