"""A post from an unknown address, and the member who was asked whether it is theirs (`likeness`, `posting.ask_whose`).

The question went to the address that we know, so a reply to it is that member's; yet their yes is worth what a message
of theirs from that address would be worth: what would wait then, waits now.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from listserv import rules
from listserv.errors import Conflict, NotFound
from listserv.mail import address, commands
from listserv.mail.authentication import Alignment
from listserv.mail.claims import claims
from listserv.rules import Action, Reason
from listserv.store.members import Member, member_by_key
from listserv.store.moderation import Held
from listserv.store.people import Address, Purpose, Token
from listserv.store.queue import State
from listserv.usecases import contact, deciding, moderation, myaddresses, outbox, posting, submissions, tokens
from listserv.usecases.access import Actor, Door
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.journal import note
from listserv.usecases.outbox import Cause


def answer(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """Do what the member says. Raises NotFound for somebody who has left the list, Conflict where the post is decided."""
    held = db.get_one(Held, token.object_id)
    member = member_by_key(db, held.mlist, address.key(token.email))
    if member is None:
        raise NotFound("this person is not on the list any more")
    if not _is_theirs(letter, member, held):
        return Outcome(State.REFUSED, ("not-the-member",))
    if commands.is_absent(letter.post.reply):
        return NOBODY_ANSWERS_MACHINES
    if held.decided_at:
        raise Conflict("already-decided")
    if claims(letter.post.reply):
        tokens.spend(db, token, now)
        return _claimed(db, member, held, letter, now)
    if commands.denies(letter.post.reply):
        return _denied(db, member, held, token, letter, now)
    return _unclear(db, member, held, token, letter, now)


def from_known(db: Session, held: Held, letter: Letter, now: datetime) -> Outcome | None:
    """The letter that says “it waits” went to an unknown address; a reply to it from a member's own address asks whose both are.

    Whoever has that letter can have a member answer it, about anything: so the member is asked at the address that we
    know, with the message, and nothing else is done. None where it is from nobody on the list.
    """
    member = member_by_key(db, held.mlist, address.key(letter.sender)) if letter.sender else None
    if member is None or held.decided_at or Reason.NONMEMBER not in held.reasons.split() or letter.alignment is Alignment.FAILED:
        return None
    posting.ask_whose(db, member, held, moderation.submission_of(db, held.mlist, held).post, now, letter.cause)
    return Outcome(State.ANSWERED, ("asked-back",))


def _is_theirs(letter: Letter, member: Member, held: Held) -> bool:
    """The token is in one mailbox alone; who answers from the other one by mistake has both."""
    keys = {place.key for place in member.user.addresses} | {address.key(held.author_email)}
    return letter.alignment is not Alignment.FAILED and address.key(letter.sender) in keys


def _claimed(db: Session, member: Member, held: Held, letter: Letter, now: datetime) -> Outcome:
    mlist, actor = held.mlist, Actor(Door.MAIL, member.user_id, proven=True)
    note(db, actor, "rescue-claimed", mlist=mlist, now=now, about=held, detail=held.author_email)
    attached = _attach(db, member, held, actor, now)
    submission = moderation.submission_of(db, mlist, held)
    # It waits here, and so it is known: that makes it no double.
    facts = replace(submissions.facts_for(db, mlist, submission, author=member), double=False, echoes=0)
    verdict = rules.judge(submission.post, facts)
    if verdict.action is Action.ACCEPT:
        moderation.publish(db, held, actor, now, claimed=True)
        told = {"subject": held.subject, "name": member.user.name or member.address.email, "email": held.author_email, "attach": attached}
        deciding.tell_others(db, held, "held-claimed", None, now, **told)
    elif verdict.action is Action.HOLD:
        held.reasons, held.rule = " ".join(verdict.reasons), verdict.rule.short if verdict.rule else ""
    posted = verdict.action is Action.ACCEPT
    _say(db, member, held, "posted" if posted else "waits", letter, now, attached=attached)
    return Outcome(State.ANSWERED, ("claimed",))


def _attach(db: Session, member: Member, held: Held, actor: Actor, now: datetime) -> bool:
    """The address is one more of this person's; their other addresses are told.

    It stays unproven until somebody signs in from it: at one's word it may post, and decides nothing should this person become a moderator.
    """
    if not posting.may_be_attached(db, member):
        return False
    user = member.user
    others = [place.email for place in user.addresses if place.verified_at and place.id != member.address_id]
    new = Address(user=user, email=held.author_email, key=address.key(held.author_email))
    db.add(new)
    db.flush()
    note(db, actor, "address-added", mlist=None, now=now, about=new)
    myaddresses.tell_added(db, user, others, new, now)
    return True


def _denied(db: Session, member: Member, held: Held, token: Token, letter: Letter, now: datetime) -> Outcome:
    """Somebody writes under this person's name: the moderators, who decide, ought to know."""
    note(db, Actor(Door.MAIL, member.user_id, proven=True), "rescue-denied", mlist=held.mlist, now=now, about=held, detail=held.author_email)
    tokens.spend(db, token, now)
    facts: dict[str, Any] = {"who": member.user.name or member.address.email, "email": held.author_email, "subject": held.subject}
    facts |= {"trustable": posting.may_be_trusted(held.reasons)}
    deciding.ask_each(db, held.mlist, Purpose.DECIDE_HELD, held.id, "held-disowned", now, Cause(letter.incoming, proven=True), **facts)
    _say(db, member, held, "denied", letter, now, attached=False)
    return Outcome(State.ANSWERED, ("denied",))


def _unclear(db: Session, member: Member, held: Held, token: Token, letter: Letter, now: datetime) -> Outcome:
    """Ask once more; what is neither yes nor no then is for the moderators to read."""
    if token.detail == deciding.AGAIN:
        note(db, Actor(Door.MAIL, member.user_id), "held-answered", mlist=held.mlist, now=now, about=held, detail=letter.words)
        return contact.forward(db, held.mlist, letter, now)
    posting.ask_whose(db, member, held, moderation.submission_of(db, held.mlist, held).post, now, Cause(letter.incoming, proven=True), again=True)
    return Outcome(State.ANSWERED, ("not-understood",))


def _say(db: Session, member: Member, held: Held, state: str, letter: Letter, now: datetime, *, attached: bool) -> None:
    facts = {"subject": held.subject, "email": held.author_email, "state": state, "attach": attached}
    outbox.to_member(db, "held-yours-done", member, now, mlist=held.mlist, automatic=False, cause=Cause(letter.incoming, proven=True), **facts)
