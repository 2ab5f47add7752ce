"""Putting people on a list by a moderator's hand: a person a line, looked at before anything happens."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from listserv.errors import Invalid
from listserv.i18n import N_
from listserv.mail import address
from listserv.mail.mailboxes import mailboxes
from listserv.store.bans import bars
from listserv.store.lists import lock
from listserv.store.members import DeliveryMode, member_by_key
from listserv.store.people import address_by_key
from listserv.usecases import digesting, membership, moving
from listserv.usecases.administration import NewMember, add_member, checked_email, one_line
from listserv.usecases.stewards import Steward, is_here_alone

MOST_LINES = 500
TOO_MANY = N_("At most 500 people at a time, please.")
NOBODY = N_("Please write at least one address.")


class Fate(StrEnum):
    """What becomes of a line."""

    ADDED = "added"
    ALREADY = "already"
    TWICE = "twice"
    UNREADABLE = "unreadable"
    A_LIST = "a-list"
    BARRED = "barred"


@dataclass(frozen=True, slots=True)
class Line:
    """One person of what was typed in."""

    number: int
    text: str
    name: str
    email: str
    fate: Fate


def look(db: Session, who: Steward, text: str) -> tuple[Line, ...]:
    """What would become of each line; changes nothing. Raises Invalid for too many, or none."""
    typed = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not typed:
        raise Invalid(NOBODY)
    if len(typed) > MOST_LINES:
        raise Invalid(TOO_MANY)
    seen: set[str] = set()
    return tuple(line for number, words in typed for line in _lines(db, who, number, words, seen))


def _lines(db: Session, who: Steward, number: int, words: str, seen: set[str]) -> Iterator[Line]:
    boxes = mailboxes((words,))
    if not boxes:
        yield Line(number, words, "", "", Fate.UNREADABLE)
    for box in boxes:
        try:
            email = checked_email(box.address)
        except Invalid:
            yield Line(number, words, box.name, box.address, Fate.UNREADABLE)
            continue
        key = address.key(email)
        yield Line(number, words, one_line(box.name)[:200], email, _fate(db, who, email, key, seen))
        seen.add(key)


def _fate(db: Session, who: Steward, email: str, key: str, seen: set[str]) -> Fate:
    if key in seen:
        return Fate.TWICE
    if moving.is_a_list(db, email, who.mlist.name):
        return Fate.A_LIST
    if member_by_key(db, who.mlist, key):
        return Fate.ALREADY
    return Fate.BARRED if bars(db, who.mlist, (key,)) else Fate.ADDED


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
