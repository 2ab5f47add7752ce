"""Bans: who may neither write to a list nor apply to join it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import Conflict, NotFound
from listserv.mail import address, patterns
from listserv.store import roll
from listserv.store.bans import Ban, ban_with, bars
from listserv.store.lists import MailingList, lock
from listserv.store.members import MODERATING
from listserv.store.moderation import authors_waiting
from listserv.store.queue import State
from listserv.usecases import outbox
from listserv.usecases.access import Actor, Door
from listserv.usecases.administration import one_line
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.journal import note as journal

BANNED = Outcome(State.REFUSED, ("banned",))


def where(mlist: MailingList | None) -> str:
    """What a ban is about, in words."""
    return f"the list {mlist.name}" if mlist else "the whole site"


def ban(db: Session, mlist: MailingList | None, pattern: str, actor: Actor, now: datetime, *, note: str = "") -> Ban:
    """Bar an address, a domain or a pattern from a list, or (None) from all. Raises Invalid, or Conflict when it is."""
    kept = patterns.normal(pattern)
    _hold(db, mlist)
    if ban_with(db, mlist, kept):
        raise Conflict("{pattern} is banned from {where} already", pattern=kept, where=where(mlist))
    row = Ban(list_id=mlist.id if mlist else None, pattern=kept, note=one_line(note)[:200], created_at=now)
    db.add(row)
    db.flush()
    journal(db, actor, "banned", mlist=mlist, now=now, about=row, detail=kept)
    return row


def bar(db: Session, mlist: MailingList, email: str, actor: Actor, now: datetime, *, note: str = "") -> None:
    """Bar one address from a list; harmless where it is barred already, by another of their letters."""
    try:
        ban(db, mlist, address.key(email), actor, now, note=note)
    except Conflict:
        pass


def _hold(db: Session, mlist: MailingList | None) -> None:
    """Of two moderators at once the second finds what the first has done."""
    if mlist:
        lock(db, mlist)


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom a pattern is about: as it is kept, and the addresses on the list that it fits, moderators (who cannot be barred) apart."""

    pattern: str
    members: tuple[str, ...]
    moderators: tuple[str, ...]
    waiting: int


def meant(db: Session, mlist: MailingList, pattern: str) -> Meant:
    """What a ban would bar, said before it does; changes nothing. Raises Invalid, or Conflict where it is there already."""
    kept = patterns.normal(pattern)
    if ban_with(db, mlist, kept):
        raise Conflict("{pattern} is banned from {where} already", pattern=kept, where=where(mlist))
    found = [row for row in roll.everyone(db, mlist.id) if patterns.matches(kept, row.key)]
    waiting = sum(patterns.matches(kept, address.key(email)) for email in authors_waiting(db, mlist) if email)
    ordinary = tuple(row.email for row in found if row.role not in MODERATING)
    return Meant(kept, ordinary, tuple(row.email for row in found if row.role in MODERATING), waiting)


def unban(db: Session, mlist: MailingList | None, pattern: str, actor: Actor, now: datetime) -> None:
    """Take a ban back. Raises NotFound."""
    _hold(db, mlist)
    row = ban_with(db, mlist, pattern.strip()) or ban_with(db, mlist, patterns.normal(pattern))
    if row is None:
        raise NotFound("{pattern} is not banned from {where}", pattern=pattern.strip(), where=where(mlist))
    journal(db, actor, "ban-lifted", mlist=mlist, now=now, about=row, detail=row.pattern)
    db.delete(row)
    db.flush()


def turned_away(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome | None:
    """A wish to join from somebody who is barred: they are told so, and whom to ask. None for everybody else."""
    if not letter.sender or not bars(db, mlist, (address.key(letter.sender),)):
        return None
    journal(db, Actor(Door.MAIL), "application-banned", mlist=mlist, now=now, about=letter.incoming, detail=letter.sender)
    outbox.write(db, "application-banned", letter.sender, "", now, mlist=mlist, cause=letter.cause)
    return BANNED
