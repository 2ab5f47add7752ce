"""Replies to the goodbye: the way back, a word on why, or the wish to be forgotten altogether."""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import Conflict, Expired, NotFound
from listserv.mail import address, commands, confirming, reasons
from listserv.mail.authentication import Alignment
from listserv.mail.commands import Kind
from listserv.store.bans import bars
from listserv.store.erasing import Posts
from listserv.store.lists import MailingList
from listserv.store.people import Token, address_by_key
from listserv.store.queue import State
from listserv.usecases import leaving, outbox, parting, privacy
from listserv.usecases.access import Actor, Door
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.outbox import Cause

ANSWERED = Outcome(State.ANSWERED)


def answer(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """A reply to the goodbye: the way back, or a word on why, which reaches the moderators once."""
    mlist = db.get_one(MailingList, token.list_id)
    if commands.is_absent(letter.post.reply):
        return Outcome(State.DISCARDED, ("automatic",))
    if confirming.comes_back(letter.post.reply):
        return _come_back(db, mlist, token, letter, now)
    wanted, was = {command.kind for command in commands.commands(letter.post.reply)}, parting.Parting.read(token)
    if Kind.ERASE in wanted:
        return _forget(db, token, letter, now)
    if wanted - {Kind.LEAVE}:
        return _heard(db, mlist, token, letter, now, was, passed=False)
    if wanted or commands.only_thanks(letter.post.reply) or not letter.words:
        return Outcome(State.ANSWERED, ("thanks",))
    if was.told:
        # The moderators have heard why. Whatever this is, it does not end in silence.
        return _heard(db, mlist, token, letter, now, was, passed=False)
    leaving.tell_moderators(db, mlist, was.name, token.email, letter.words[: reasons.LONGEST], now)
    token.detail = was.once_told()
    _heard(db, mlist, token, letter, now, was, passed=True)
    return Outcome(State.FORWARDED, ("reason",))


def _heard(db: Session, mlist: MailingList, token: Token, letter: Letter, now: datetime, was: parting.Parting, *, passed: bool) -> Outcome:
    """One line to whoever has left and writes: their words go to the moderators (`passed`), or there is nothing to change; and the way back."""
    cause = Cause(letter.incoming, proven=True)
    outbox.write(db, "left-heard", token.email, was.language, now, mlist=mlist, reply_to=letter.incoming.rcpt, cause=cause, passed=passed)
    return ANSWERED


def _forget(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """Who has left wishes their data to go as well. What is planned already has its own letter."""
    place = address_by_key(db, address.key(token.email))
    if place is not None and privacy.planned(db, place.user_id) is None:
        posts = Posts.REMOVE if any(one.kind is Kind.ERASE and one.words for one in commands.commands(letter.post.reply)) else Posts.KEEP
        privacy.ask(db, place.user_id, posts, Actor(Door.MAIL, place.user_id, proven=True), now)
    return ANSWERED


def _come_back(db: Session, mlist: MailingList, token: Token, letter: Letter, now: datetime) -> Outcome:
    if letter.alignment is Alignment.FAILED or mlist.closed_at or bars(db, mlist, [address.key(token.email)]):
        raise Expired("the way back is closed", purpose=token.purpose)
    try:
        parting.come_back(db, mlist, token, now)
    except Conflict:
        # On the list again already, by another way.
        raise NotFound("there is nothing to come back to") from None
    return Outcome(State.ANSWERED, ("came-back",))
