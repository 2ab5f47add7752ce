"""What somebody who was invited replies: yes, no, or words for the moderator who invited them."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import NotAllowed, NotFound, TooMany
from listserv.i18n import N_, translations
from listserv.mail import address, commands, invited, language
from listserv.mail.authentication import Alignment
from listserv.mail.invited import Said
from listserv.store.invitations import Invitation, InvitationState
from listserv.store.members import member_by_key
from listserv.store.people import Token, address_by_key
from listserv.store.queue import State
from listserv.usecases import banning, caps, contact, inviting, leaving, limits, mailcommands, membership, outbox
from listserv.usecases.access import Actor, Door
from listserv.usecases.applicants import applicant_from, is_ours
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.outbox import Cause
from listserv.usecases.questions import Pairs

BY_MAIL = Actor(Door.MAIL, proven=True)
# Two machines that answer each other fall silent.
PASSED_ON_A_DAY = 10
# Stands before the invited person's name, where the list's questions stand.
PASSED_ON = N_("This answers an invitation that was sent to somebody else:")


def answer(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """Do what the reply says. Letters are passed on, and so is their key: only from the invited address is it the invited person's yes."""
    one = db.get(Invitation, token.object_id)
    if one is None or not one.key:
        raise NotFound("this invitation is forgotten")
    if commands.is_absent(letter.post.reply):
        return NOBODY_ANSWERS_MACHINES
    if not letter.sender or is_ours(db, letter.sender):
        return Outcome(State.DISCARDED, ("own-address" if letter.sender else "no-author",))
    said = invited.answer(letter.post.reply)
    if one.state is InvitationState.ACCEPTED:
        return _of_a_member(db, one, said, letter, now)
    if said is Said.OTHER:
        return _pass_on(db, one, letter, now)
    return _accept(db, one, letter, now) if said is Said.YES else _decline(db, one, said, letter, now)


def _accept(db: Session, one: Invitation, letter: Letter, now: datetime) -> Outcome:
    if not _is_theirs(db, one, letter):
        return _somebody_elses_yes(db, one, letter, now)
    try:
        inviting.accept(db, one, BY_MAIL, now, email=letter.sender, incoming=letter.incoming)
    except NotAllowed:
        outbox.write(db, "application-banned", letter.sender, "", now, mlist=one.mlist, cause=letter.cause)
        return banning.BANNED
    return Outcome(State.ANSWERED, ("invitation-accepted",))


def _is_theirs(db: Session, one: Invitation, letter: Letter) -> bool:
    """From the address that has the letter; or, where mail services confirm it, the same mailbox spelled otherwise, or another address of that person's."""
    if address.key(letter.sender) == one.key:
        return letter.alignment is not Alignment.FAILED
    if letter.alignment is not Alignment.ALIGNED:
        return False
    invited_person, writer = address_by_key(db, one.key), address_by_key(db, address.key(letter.sender))
    same_person = invited_person is not None and writer is not None and invited_person.user_id == writer.user_id and writer.verified_at is not None
    return same_person or address.mailbox(letter.sender) == address.mailbox(one.email)


def _somebody_elses_yes(db: Session, one: Invitation, letter: Letter, now: datetime) -> Outcome:
    """An application like any other, under the writer's own name: the moderators see who answers whose invitation, and decide."""
    mlist = one.mlist
    inviting.require_answerable(one)
    member = member_by_key(db, mlist, address.key(letter.sender))
    if member:
        return mailcommands.help_letter(db, mlist, letter, member, now)
    refused = banning.turned_away(db, mlist, letter, now)
    if refused:
        return refused
    applicant = applicant_from(letter.post, letter.incoming, letter.alignment, mlist)
    membership.apply(db, mlist, replace(applicant, text=letter.words, answers=_whose(one)), now)
    return Outcome(State.APPLICATION, ("invitation-passed-on",))


def _whose(one: Invitation) -> Pairs:
    """Beside the application, for the moderators: to whom the invitation went."""
    say = translations(one.mlist.language).gettext
    return ((say(PASSED_ON), f"{one.name} <{one.email}>" if one.name else one.email),)


def _decline(db: Session, one: Invitation, said: Said, letter: Letter, now: datetime) -> Outcome:
    everywhere = said is Said.NEVER
    inviting.decline(db, one, BY_MAIL, now, everywhere=everywhere)
    tongue = language.guess(letter.post.reply) or inviting.tongue_of(db, one)
    told = outbox.write(db, "invitation-declined", one.email, tongue, now, mlist=one.mlist, cause=Cause(letter.incoming, proven=True), everywhere=everywhere)
    return Outcome(State.ANSWERED, ("invitation-declined",) if told else ("invitation-declined", "enough-for-today"))


def _of_a_member(db: Session, one: Invitation, said: Said, letter: Letter, now: datetime) -> Outcome:
    """They have accepted: a no is a wish to leave, a command a command, and a second yes gets the words that work."""
    member = member_by_key(db, one.mlist, one.key)
    elsewhere = address.key(letter.sender) != one.key
    if said in (Said.NO, Said.NEVER):
        # The key was sent to their own address, which is proof enough for what concerns them alone.
        own = None if elsewhere else member
        return leaving.go(db, own, Cause(letter.incoming, proven=True), now, words=letter.words) if own else leaving.leave(db, one.mlist, letter, now)
    if commands.commands(letter.post.reply):
        return mailcommands.request(db, one.mlist, letter, now)
    if said is Said.YES and elsewhere:
        return _somebody_elses_yes(db, one, letter, now)
    if said is Said.YES:
        return mailcommands.help_letter(db, one.mlist, letter, member, now)
    return _pass_on(db, one, letter, now)


def _pass_on(db: Session, one: Invitation, letter: Letter, now: datetime) -> Outcome:
    if not limits.within(db, "answers to an invitation", str(one.id), now, caps.DAY, PASSED_ON_A_DAY):
        raise TooMany("enough-for-today")
    return contact.forward(db, one.mlist, letter, now, only=one.invited_by)
