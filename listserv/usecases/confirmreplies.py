"""Replies to the questions “was it you who applied?” and “shall this address leave?”.

Only a yes or a wish confirms. Whatever else comes is asked about once more, then read by humans, and then nobody is
troubled any more: a robot that does not say so decides nothing and fills nothing.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.mail import address, commands, confirming
from listserv.mail.authentication import Alignment
from listserv.mail.confirming import Said
from listserv.store.members import Member
from listserv.store.moderation import Application, ApplicationState
from listserv.store.people import Token
from listserv.store.queue import State
from listserv.usecases import applicantanswers, applicationletters, asides, asked, contact, leaving, outbox, questions, tokens
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.outbox import Cause

UNCONFIRMED = frozenset({ApplicationState.AWAITING_CONFIRMATION, ApplicationState.LAPSED})
NOT_UNDERSTOOD = Outcome(State.ANSWERED, ("not-understood",))
# How often an answer was unclear: after the second it is read by humans.
ASKED_AGAIN, PASSED_ON = 1, 2


def is_from(letter: Letter, token: Token) -> bool:
    """Does the letter come from the address that the token was sent to?"""
    return address.key(letter.sender) == address.key(token.email)


# ---- applying ----------------------------------------------------------------------------------------------


def application(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome | None:
    """The applicant's answer, from the address they applied with; None where nobody can answer any more."""
    found = db.get(Application, token.object_id)
    if found is None or not is_from(letter, token):
        return None
    if commands.is_absent(letter.post.reply):
        return NOBODY_ANSWERS_MACHINES
    said = _about_joining(found, letter)
    if said is Said.NO:
        applicantanswers.disown(db, found, letter.words, now)
        return Outcome(State.APPLICATION, ("not-theirs",))
    if said is Said.UNCLEAR:
        return _unclear_application(db, found, token, letter, now)
    applicantanswers.confirm(db, found, letter.words, Cause(letter.incoming, proven=True), now, text=letter.post.text)
    return Outcome(State.APPLICATION, ("confirmed",))


def _about_joining(found: Application, letter: Letter) -> Said:
    # „Nie pisałam wcześniej” below one of the list's questions denies nothing; and what is confirmed already may be added to.
    if questions.are_answered_by(found, letter.post.text, letter.words):
        return Said.YES
    said = confirming.about_joining(letter.post.reply)
    return Said.YES if said is Said.UNCLEAR and found.state not in UNCONFIRMED else said


def _unclear_application(db: Session, found: Application, token: Token, letter: Letter, now: datetime) -> Outcome:
    times = int(token.detail or 0) + 1
    token.detail = str(times)
    if times == ASKED_AGAIN:
        # Kept for the moderators, for when it is confirmed.
        found.text = f"{found.text}\n\n{letter.words}".strip()
        applicationletters.ask_to_confirm(db, found, Cause(letter.incoming, proven=True), now, again=letter.incoming.rcpt)
    elif times == PASSED_ON:
        return contact.forward(db, found.mlist, letter, now)
    return NOT_UNDERSTOOD


def to_our_answer(db: Session, found: Application, token: Token, letter: Letter, now: datetime) -> Outcome:
    """A reply to our letter that says what becomes of the application. Raises Conflict once it is decided.

    What was taken for an ordinary letter waits again where they ask to be on the list, and else reaches humans, as it did.
    """
    # Only the person themselves agrees, and no program that says they are away.
    theirs = is_from(letter, token) and letter.alignment is not Alignment.FAILED and not commands.is_absent(letter.post.reply)
    agreed, cause = theirs and token.detail == applicationletters.AGREES, Cause(letter.incoming, proven=True)
    if found.state is ApplicationState.LETTER:
        if theirs and applicantanswers.reopen(db, found, letter.words, cause, now, text=letter.post.text, agreed=agreed):
            return Outcome(State.APPLICATION, ("reopened",))
        return NOBODY_ANSWERS_MACHINES if commands.is_absent(letter.post.reply) else contact.forward(db, found.mlist, letter, now)
    applicantanswers.answer(db, found, letter.words, cause, now, text=letter.post.text, agreed=agreed)
    return Outcome(State.APPLICATION, ("answer",))


# ---- leaving -----------------------------------------------------------------------------------------------


def leave(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome | None:
    """Whoever has the letter that was sent to the address in question; None where nothing can be answered any more."""
    if commands.is_absent(letter.post.reply):
        # Not every program says that it is none but a program which answers.
        return NOBODY_ANSWERS_MACHINES
    member, (context, _) = db.get(Member, token.object_id), asked.read(token.detail)
    if member is None:
        return None
    if context.draft and asides.says_publish(letter.post.reply):
        tokens.spend(db, token, now)
        return asides.publish(db, member, context, letter, now)
    said = confirming.about_leaving(letter.post.reply)
    if said is Said.UNCLEAR:
        return _unclear_leave(db, member, token, letter, now)
    tokens.spend(db, token, now)
    if said is Said.NO:
        outbox.to_member(db, "leave-not", member, now, mlist=member.mlist, cause=Cause(letter.incoming, proven=True))
        return Outcome(State.ANSWERED, ("stays",))
    # What the letter said that somebody sent in their name is nobody's reason.
    return leaving.go(db, member, Cause(letter.incoming, proven=True), now, words=letter.words)


def _unclear_leave(db: Session, member: Member, token: Token, letter: Letter, now: datetime) -> Outcome:
    context, words = asked.read(token.detail)
    context = replace(context, unclear=context.unclear + 1)
    token.detail = context.with_words(words)
    if context.unclear == ASKED_AGAIN:
        # The same address answers this letter: it is the one that was just written to.
        facts = {"reply_to": letter.incoming.rcpt, "draft": bool(context.draft), "again": True}
        outbox.to_member(db, "leave-confirm", member, now, mlist=member.mlist, cause=letter.cause, **facts)
    elif context.unclear == PASSED_ON:
        return contact.forward(db, member.mlist, letter, now)
    return NOT_UNDERSTOOD
