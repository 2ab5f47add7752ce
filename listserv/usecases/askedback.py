"""A wish that came unproven is told to the member in our own words, so that a yes is a yes to something.

What gives somebody's place away or ends it is never done at a bare yes: one says yes to many letters, and anybody can make
us write this one. It has to be asked for again.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from listserv.i18n import N_
from listserv.mail import asides, commands, lonewish
from listserv.mail.commands import Command, Kind
from listserv.store.members import Member
from listserv.store.people import Token
from listserv.store.queue import State
from listserv.usecases import asked, outbox
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.outbox import Cause

GRAVE = frozenset({Kind.ADDRESS, Kind.ERASE, Kind.NAME})
# Whoever asks for such a thing again does so in a few words; an answer with our own letter in it is longer.
MOST_WORDS = 30
LONGEST_SHOWN = 100
TOPICS = N_("another choice of topics")
# None of these is itself a command: programs send our letters back to us.
WORDS = {
    Kind.JOIN: N_("a place on the list"),
    Kind.LEAVE: N_("an end to the membership"),
    Kind.DAILY: N_("one digest a day"),
    Kind.WEEKLY: N_("one digest a week"),
    Kind.MONTHLY: N_("one digest a month"),
    Kind.EACH: N_("each message by itself"),
    Kind.PAUSE: N_("a rest from mail"),
    Kind.RESUME: N_("an end to the pause"),
    Kind.HELP: N_("the words that work here"),
    Kind.WHO: N_("how things stand"),
    Kind.STATUS: N_("news of one’s own messages"),
    Kind.ARCHIVE: N_("no letters, only reading on the web"),
    Kind.FOLLOW: N_("every message of one thread"),
    Kind.MUTE: N_("no more messages of one thread"),
    Kind.UNMUTE: N_("one thread as all the others"),
    Kind.THREAD: N_("a whole thread by mail"),
    Kind.TOPICS: TOPICS,
    Kind.ONLY_TOPICS: TOPICS,
    Kind.NO_TOPICS: TOPICS,
    Kind.ALL_TOPICS: TOPICS,
    Kind.WHICH_TOPICS: N_("the names of the topics"),
    Kind.SIGN_IN: N_("a link to sign in by"),
    Kind.SEARCH: N_("something from the archive"),
    Kind.NAME: N_("another name on the list"),
    Kind.ADDRESS: N_("mail to another address from now on"),
    Kind.LANGUAGE: N_("letters in another language"),
    Kind.ZONE: N_("the hours of another time zone"),
    Kind.DATA: N_("a copy of everything kept here about its owner"),
    Kind.ERASE: N_("the erasure of everything kept here about its owner"),
    Kind.KEEP: N_("no erasure after all"),
    Kind.PREVIEW: N_("a look at one’s own messages before they leave"),
    Kind.AT_LEAST: N_("a digest only of several messages"),
    Kind.OWN_AT_ONCE: N_("some threads without delay"),
    Kind.OWN_LATER: N_("one’s own threads as all the others"),
    Kind.DIGEST_FORM: N_("digests of another kind"),
    Kind.NO_PREVIEW: N_("no look at one’s own messages before they leave"),
}


def wanted(words: str) -> tuple[Command, ...]:
    """What the words ask for that a letter's token has kept."""
    lone = asides.aside(words) or lonewish.lone_wish(words)
    return commands.commands(words) or ((lone,) if lone else ())


def facts(words: str) -> dict[str, Any]:
    """What the letter says of these words: each wish once, and which of them a yes alone does not fulfil."""
    found = wanted(words)
    grave = [command.kind.value for command in found if command.kind in GRAVE]
    return {"wishes": [_shown(command) for command in found], "grave": grave, "only_grave": bool(grave) and len(grave) == len(found)}


def _shown(command: Command) -> dict[str, str]:
    """The wish in our words, and of what it names the address alone: other words are those of whoever wrote, perhaps to deceive."""
    return {"words": WORDS[command.kind], "address": command.words[:LONGEST_SHOWN] if command.kind is Kind.ADDRESS else ""}


def light(found: Sequence[Command]) -> tuple[Command, ...]:
    """What a bare yes does."""
    return tuple(command for command in found if command.kind not in GRAVE)


def repeated(found: tuple[Command, ...], reply: str) -> tuple[Command, ...]:
    """What an answer to such a letter asks for again; in a long one the grave words may be our own, sent back."""
    return found if len(reply.split()) <= MOST_WORDS else light(found)


def say_so(db: Session, member: Member, token: Token, letter: Letter, now: datetime) -> Outcome:
    """A yes alone came where it is not enough: that is said once, and a reply goes to the same address."""
    context, words = asked.read(token.detail)
    if not context.unclear:
        token.detail = replace(context, unclear=1).with_words(words)
        more: dict[str, Any] = {**facts(words), "draft": bool(context.draft), "again": True, "elsewhere": False, "sure": False}
        cause = Cause(letter.incoming, proven=True)
        outbox.to_member(db, "confirm-settings", member, now, mlist=member.mlist, reply_to=letter.incoming.rcpt, cause=cause, **more)
    return Outcome(State.ANSWERED, ("not-enough",))
