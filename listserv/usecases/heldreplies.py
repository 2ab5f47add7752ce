"""Replies to the letter that says “it waits”: its author takes the message back, or adds something that stays with the case.

Who has that letter may be anybody: a stranger may have had somebody else answer it. So nothing is posted from here, and
only the author's own address takes a message back.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from listserv.errors import Conflict
from listserv.mail import address, commands
from listserv.mail.authentication import Alignment
from listserv.mail.commandwords import Kind
from listserv.store.moderation import Held, HeldState, count_journal
from listserv.store.people import Purpose, Token, address_by_key
from listserv.store.queue import State
from listserv.usecases import deciding, moderation, nameasked, outbox, posting, rescuing, unlinking, unnamed
from listserv.usecases.access import Actor, Door
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.journal import note
from listserv.usecases.outbox import Cause

# What an author adds in a day beyond this stays with the case and fills no mailbox.
MOST_ADDED = 5


def answer(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """Do what the author of a held post says."""
    held = db.get_one(Held, token.object_id)
    if unnamed.is_one(held):
        return _about_unnamed(db, held, token, letter, now)
    if commands.is_absent(letter.post.reply):
        return NOBODY_ANSWERS_MACHINES
    if letter.alignment is Alignment.FAILED:
        return Outcome(State.REFUSED, ("forged",))
    theirs = _is_author(db, token, letter)
    if theirs and commands.asks_to_withdraw(letter.post.reply):
        return _withdrawn(db, held, token, letter, now)
    asked = None if theirs else rescuing.from_known(db, held, letter, now)
    # „ANONIMOWO …”: a question of its own, which moderators must not get beside a name.
    asked = asked or unnamed.taken(db, held.mlist, letter, letter.post, now, to_list=False) or nameasked.of_letter(db, held.mlist, letter, now)
    return asked or _added(db, held, letter, now)


def _is_author(db: Session, token: Token, letter: Letter) -> bool:
    """From the address that has the letter, or from another one of the same person's."""
    mine, other = (address_by_key(db, address.key(email)) for email in (token.email, letter.sender))
    return address.key(letter.sender) == address.key(token.email) or (mine is not None and other is not None and mine.user_id == other.user_id)


def _withdrawn(db: Session, held: Held, token: Token, letter: Letter, now: datetime) -> Outcome:
    again = held.state is HeldState.WITHDRAWN
    if not again:
        moderation.withdraw(db, held, now)
    cause = Cause(letter.incoming, proven=True)
    outbox.write(db, "held-withdrawn", token.email, held.language, now, mlist=held.mlist, cause=cause, subject=held.subject, again=again)
    return Outcome(State.ANSWERED)


def _added(db: Session, held: Held, letter: Letter, now: datetime) -> Outcome:
    """Whatever else the author writes reaches the moderators, who can decide right there. Raises Conflict once it is decided."""
    if held.decided_at:
        raise Conflict("already-decided")
    often = count_journal(db, "held-answered", held, now - timedelta(days=1)) >= MOST_ADDED
    note(db, Actor(Door.MAIL), "held-answered", mlist=held.mlist, now=now, about=held, detail=letter.words)
    if often or not letter.words:
        return Outcome(State.FORWARDED, ("kept-back",))
    author = letter.post.authors[0] if letter.post.authors else address.Mailbox("", letter.incoming.mail_from)
    facts: dict[str, Any] = {"name": author.name, "email": author.address, "subject": held.subject, "text": letter.words}
    facts |= {"trustable": posting.may_be_trusted(held.reasons)}
    deciding.ask_each(db, held.mlist, Purpose.DECIDE_HELD, held.id, "held-added", now, Cause(letter.incoming, proven=True), **facts)
    return Outcome(State.FORWARDED, ("held-answered",))


def _about_unnamed(db: Session, held: Held, token: Token, letter: Letter, now: datetime) -> Outcome:
    """The same of a question without a name, which stays without one."""
    try:
        outcome = _from_the_unnamed(db, held, token, letter, now)
    except Conflict:
        outcome = unnamed.too_late(db, letter, now)
    unlinking.empty(db, letter.incoming, held.mlist)
    return outcome


def _from_the_unnamed(db: Session, held: Held, token: Token, letter: Letter, now: datetime) -> Outcome:
    # „Jestem na urlopie do 5 maja” asks for a pause elsewhere; here it would tell everybody who has the same notice who asks.
    if commands.is_absent(letter.post.reply) or {one.kind for one in commands.commands(letter.post.reply)} == {Kind.PAUSE}:
        return NOBODY_ANSWERS_MACHINES
    if not commands.asks_to_withdraw(letter.post.reply):
        return unnamed.answered(db, held, letter, now)
    moderation.withdraw(db, held, now)
    return unnamed.withdrawn(db, held, token.email, now)
