"""How many letters are too many: nobody can make us write to a victim, and two answering machines fall silent.

Letters that a person's act calls for (a decision, a welcome) are not counted; those that mere mail calls for are.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.config import Settings
from listserv.mail import address
from listserv.store import outbox as sent
from listserv.store.people import person_at
from listserv.store.queue import Incoming
from listserv.usecases import limits, senders, tokens

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# Automatic letters to one mailbox in 24 hours, all kinds together but those below. Somebody proven may ask for more; who is
# neither proven nor known here gets one: it may be that nobody but a forger has written to us.
ONE, FEW, FEW_FOR_THE_PROVEN = 1, 5, 20
# Kinds that are counted by themselves, so that no letter of another kind uses up the way in or out. Whoever has had so many
# of one kind today has letters to answer, or links to open.
OWN = {"sign-in": 10, "address-prove": 5, "leave-confirm": 3, "confirm-settings": 3, "application-confirm": 5, "application-received": 5}
# What answering machines get from us again and again: so many in an hour, in answer to letters about one thing.
RINGS = {"decision-unclear": 2, "not-understood": 2, "help": 2, "settings": 4}
# The same words from the same author are answered so often within so long.
SAME_WORDS, SAME_WITHIN = 2, timedelta(hours=6)
# In an hour, because of mail whose sender nobody has proven: to one domain, and because of one network's mail.
PER_DOMAIN, PER_NETWORK = 100, 60
# What comes to a mailbox once a day as long as nobody has proven that it is theirs: there is nothing new in the second.
ONCE_A_DAY = frozenset({"application-banned", "application-received", "help", "not-a-member"})
# Of invitations, which a moderator calls for: so many to one mailbox within a week, from all lists here.
INVITATION, INVITATIONS_A_WEEK, WEEK = "invitation", 3, timedelta(days=7)
# The question whether an application is theirs: one a day, whatever the list.
ONE_QUESTION = "application-confirm"
# So long, at most, after a complaint about a letter of ours.
COMPLAINED, SILENCE = "complained", timedelta(days=180)
# Not automatic, and yet sent for each mail: a moderator whose machine answers would be told so by it for ever.
FORWARDED = frozenset({"contact", "contact-site"})


@dataclass(frozen=True, slots=True)
class About:
    """A letter that somebody would write: what, to whom, and because of which mail."""

    kind: str
    to: str
    list_id: int | None
    incoming: Incoming | None
    proven: bool
    forged: bool


def allow(db: Session, letter: About, now: datetime, *, automatic: bool) -> bool:
    """May this letter be written? Counts it where a window is counted."""
    if not address.can_receive(letter.to):
        return False
    if not automatic:
        return letter.kind not in FORWARDED or not _is_echo(db, letter, now)
    if letter.forged:
        return False  # backscatter: whoever has this address has not written to us
    if not letter.proven and limits.used(db, COMPLAINED, address.mailbox(letter.to), now, SILENCE):
        return False
    if not has_room(db, letter.kind, letter.to, now, proven=letter.proven) or _is_echo(db, letter, now) or _is_ring(db, letter, now):
        return False
    return letter.proven or (not _came_today(db, letter, now) and _within_windows(db, letter, now))


def silence(db: Session, to: str, now: datetime) -> None:
    """Somebody has called a letter of ours spam: nothing more is sent there because of mail that nobody has proven to be theirs."""
    limits.add(db, COMPLAINED, address.mailbox(to), now, SILENCE, 1)


def has_room(db: Session, kind: str, to: str, now: datetime, *, proven: bool) -> bool:
    """Has this mailbox room for another automatic letter of this kind today?"""
    mailbox = address.mailbox(to)
    if kind in OWN:
        return sent.of_kinds_since(db, mailbox, (kind,), now - DAY) < (FEW_FOR_THE_PROVEN if proven else OWN[kind])
    if not proven and not person_at(db, address.key(to)):
        # The question whether somebody has applied is a letter like any other, to whoever has not.
        return sent.automatic_since(db, mailbox, now - DAY) < ONE
    return sent.automatic_since(db, mailbox, now - DAY, but=tuple(OWN)) < (FEW_FOR_THE_PROVEN if proven else FEW)


def _is_ring(db: Session, letter: About, now: datetime) -> bool:
    """Has this been answered by the same letter again and again, each time in answer to ours? Counts it."""
    most, chain = RINGS.get(letter.kind), _chain(db, letter.incoming)
    return most is not None and bool(chain) and not limits.within(db, f"ring {letter.kind}", f"{address.mailbox(letter.to)} {chain}", now, HOUR, most)


def _chain(db: Session, incoming: Incoming | None) -> str:
    """What the letters of ours are about that this mail answers; empty where it answers none."""
    route = address.read_local_part(address.split(incoming.rcpt)[0]) if incoming else None
    if route is None or route.role is not address.Role.TOKEN:
        return ""
    token = tokens.known(db, route.detail)
    return f"{token.purpose} {token.object_id}" if token else "signed"


def _is_echo(db: Session, letter: About, now: datetime) -> bool:
    """Has the very same been answered before, and again?"""
    echo = letter.incoming.echo if letter.incoming else None
    return echo is not None and sent.answers_since(db, address.mailbox(letter.to), echo, now - SAME_WITHIN) >= SAME_WORDS


def _came_today(db: Session, letter: About, now: datetime) -> bool:
    mailbox = address.mailbox(letter.to)
    if letter.kind == ONE_QUESTION:
        return sent.of_kinds_since(db, mailbox, (letter.kind,), now - DAY) > 0
    return letter.kind in ONCE_A_DAY and sent.of_kinds_since(db, mailbox, (letter.kind,), now - DAY, letter.list_id) > 0


def _within_windows(db: Session, letter: About, now: datetime) -> bool:
    if letter.incoming is None:
        return True  # forms on the web count by themselves
    network = network_of(db, letter.incoming.peer)
    if network and not limits.within(db, "letters because of", network, now, HOUR, PER_NETWORK):
        return False
    return limits.within(db, "letters to", address.domain_of(letter.to), now, HOUR, PER_DOMAIN)


def network_of(db: Session, peer: str) -> str:
    """Where a mail came from; empty where our own MTA brought it, and so nobody knows."""
    settings: Settings = db.info["settings"]
    return "" if senders.is_trusted(peer, settings.auth.peers) else limits.network_of(peer)
