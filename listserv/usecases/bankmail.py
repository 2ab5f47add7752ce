"""`LIST-bank@`: what is sent is filed, what is asked for is sent, what moderators say of it is done.

Only people on the list file anything, and only where a message of theirs would go out at once; what others send, moderators read.
"""

import re
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.mail import bankcommands, bankwords, commands
from listserv.mail.authentication import Alignment
from listserv.mail.decisions import after_greeting
from listserv.mail.spam import Spam
from listserv.store import bankpages as rows
from listserv.store.bank import Material
from listserv.store.lists import MailingList, SenderProof
from listserv.store.members import Member
from listserv.store.people import Token
from listserv.store.queue import State
from listserv.usecases import bankasking, bankfiling, bankletters, bankreplies, deciding, limits, strangernews
from listserv.usecases.access import Actor, Door, moderates
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.bankfiling import Source
from listserv.usecases.journal import note
from listserv.usecases.leaving import sender_of

# Mails of one person in an hour from which something is filed.
MOST, HOUR = 60, timedelta(hours=1)
MOST_NAMED = 20
LONGEST_DESCRIPTION = 300
LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
SIGNED = re.compile(r"\n\s*(?:--|pozdrawiam|z pozdrow|z powa|serdecznie|pozdrowienia|best|kind|regards|greetings|cheers)\b", re.IGNORECASE)


def take(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """A mail to this address."""
    if letter.by_a_machine or commands.is_absent(letter.post.reply):
        return NOBODY_ANSWERS_MACHINES
    member = sender_of(db, mlist, letter)
    brings = bool(bankfiling.brought(db, letter.raw, letter.post))
    if member is None:
        asked = not brings and letter.spam is Spam.NO and letter.alignment is not Alignment.FAILED and bool(letter.sender)
        return (asked and bankasking.take(db, mlist, letter, now)) or _to_the_humans(db, mlist, letter, now)
    if letter.alignment is Alignment.FAILED or letter.spam is not Spam.NO:
        return _to_the_humans(db, mlist, letter, now)
    said = bankwords.read(letter.post.reply)
    if said and not brings and (any(one.number for one in said) or bankwords.number_in(letter.post.subject)):
        return _correct(db, mlist, member, letter, now)
    named = bankwords.number_in(letter.post.subject) if brings else 0
    if named:
        # „materiał 12” with a file asks for nothing.
        return _file(db, mlist, member, letter, now, named)
    if bankcommands.asks(letter.post.reply, letter.post.subject):
        answered = bankasking.take(db, mlist, letter, now)
        # „Skorzystałam z 12, w załączniku moja wersja”: both.
        if answered and not brings:
            return answered
    if brings:
        return _file(db, mlist, member, letter, now)
    return bankasking.take(db, mlist, letter, now) or _to_the_humans(db, mlist, letter, now)


def answer(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """A reply to a letter about items: words about them, or a file without any, which is the newest version of the one that it told of."""
    told = deciding.kept_words(token).split()
    item = rows.today(db, int(told[0])) if len(told) == 1 and told[0].isdecimal() else None
    mlist = item and db.get(MailingList, item.list_id)
    member = sender_of(db, mlist, letter) if mlist and mlist.materials and letter.alignment is Alignment.ALIGNED else None
    if item and mlist and member and member.user_id == deciding.actor(db, token).user_id and _is_a_file_alone(db, letter):
        return _file(db, mlist, member, letter, now, item.number)
    return bankreplies.answer(db, token, letter, now)


def _is_a_file_alone(db: Session, letter: Letter) -> bool:
    """From a human, with nothing said that is to be done."""
    if letter.spam is not Spam.NO or letter.by_a_machine or commands.is_absent(letter.post.reply) or bankwords.read(letter.post.reply):
        return False
    return bool(bankfiling.brought(db, letter.raw, letter.post))


def _to_the_humans(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    return strangernews.pass_on(db, mlist, letter, now, coordinator=False, tell=_nothing)


def _nothing(*_: object, **__: object) -> None:
    """Who writes to humans hears from humans."""


def _file(db: Session, mlist: MailingList, member: Member, letter: Letter, now: datetime, named: int = 0) -> Outcome:
    proven = letter.alignment is Alignment.ALIGNED
    waits = member.moderated or mlist.moderate_members or mlist.emergency or mlist.closed_at is not None
    if (waits and not moderates(member)) or (mlist.sender_proof is SenderProof.STRICT and not proven) or mlist.closed_at is not None:
        return _to_the_humans(db, mlist, letter, now)
    if not limits.within(db, "filed in the bank", f"{mlist.id} {member.user_id}", now, HOUR, MOST):
        return Outcome(State.DISCARDED, ("enough-for-today",))
    letter.incoming.list_id = mlist.id
    before = rows.highest_number(db, mlist.id)
    description = described(letter)
    into = _theirs(db, mlist, member, named) if named and proven else None
    source = Source(mlist, letter.post, now, raw_id=letter.incoming.raw_id, user_id=member.user_id, description=description, into=into)
    items = bankfiling.file_mail(db, source, letter.raw, now)
    actor = Actor(Door.MAIL, member.user_id, proven=proven)
    for item in items:
        note(db, actor, "material-filed", mlist=mlist, now=now, about=item, detail=f"{item.number}")
    newer = rows.newly_placed(db, letter.incoming.raw_id)
    there = [item for item in items if item.number <= before]
    facts = {"filed_known": [item.number for item in there if item.id not in newer], "filed_versions": [item.number for item in there if item.id in newer]}
    bankletters.filed(db, mlist, member.address.email, member.user.language, now, letter.cause, items=items, filed_decides=moderates(member), **facts)
    return Outcome(State.ANSWERED, ("material-filed",))


def _theirs(db: Session, mlist: MailingList, member: Member, number: int) -> Material | None:
    """The item with this number, where this person may say what its versions are: a file, and one that moderators or they themselves correct."""
    item = rows.by_number(db, mlist.id, number)
    places = rows.places(db, [item.id]).get(item.id, []) if item and not item.url else []
    return item if places and (moderates(member) or places[0].user_id == member.user_id) else None


def described(letter: Letter) -> str:
    """The sentence that says what it is: what was written now, without greeting, links and name."""
    text = after_greeting(letter.post.reply.strip())
    ended = SIGNED.search("\n" + text)
    words = " ".join(LINK.sub("", text[: max(0, ended.start() - 1)] if ended else text).split()).strip(" ,:;–-")
    return words if len(words) <= LONGEST_DESCRIPTION else words[:LONGEST_DESCRIPTION].rsplit(" ", 1)[0] + "…"


def _correct(db: Session, mlist: MailingList, member: Member, letter: Letter, now: datetime) -> Outcome:
    """A word about an item that the subject or the line names. Of whom nobody vouches, a reply from their own mailbox is asked for."""
    said = bankwords.read(letter.post.reply)
    who = bankreplies.speaker(db, mlist, Actor(Door.MAIL, member.user_id, proven=True), member.address.email)
    named = bankwords.number_in(letter.post.subject)
    numbers = [named] if named else list(dict.fromkeys(one.number for one in said if one.number))
    items = [item for number in numbers[:MOST_NAMED] if (item := bankreplies.item_for(db, mlist, who, number))]
    if letter.alignment is Alignment.ALIGNED:
        return bankreplies.obey(db, mlist, who, said, items if named else [], letter, now)
    facts = {"bank_outcome": "unproven", "words": letter.words}
    told = bankletters.told(db, mlist, who.email, who.tongue, now, letter.cause, items=items, **facts)
    return Outcome(State.ANSWERED, ("asked-back",) if told else ("enough-for-today",))
