"""One word in answer to a post, meant for the list's machine and not for the list: WYCISZ, FOLLOW, PRZYŚLIJ WĄTEK, WYPISZ.

Nothing is lost by it: the letter that answers says how the word reaches everybody, if that was meant.
"""

import re
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.mail import asides, lonewish, parse
from listserv.mail.authentication import Alignment
from listserv.mail.commands import Command, Kind
from listserv.mail.folding import fold, plain
from listserv.rules import Action, Reason, Verdict
from listserv.store import threadmail
from listserv.store.archive import Message
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.people import Purpose
from listserv.store.queue import Incoming, State, raw_bytes
from listserv.usecases import mailcommands, posting
from listserv.usecases import threadmail as steered
from listserv.usecases.access import moderates
from listserv.usecases.arrivals import Letter, Outcome, outcome_of
from listserv.usecases.asked import Context
from listserv.usecases.leaving import confirm_first, sender_of
from listserv.usecases.submissions import Submission

OF_THREADS = asides.OF_THREADS
# Why a mail has been answered and not posted; a mail is sent on to everybody only from this state.
ASIDE = "aside"
TOO_MANY = "enough-for-today"
PUBLISH = re.compile(
    r"(?:(?:tak|yes|prosze|please)[\s,]+)?(?:wyslij|opublikuj|wyslij (?:to )?(?:do wszystkich|na liste)"
    r"|send|send it|publish|publish it|post it|send (?:it )?to (?:the list|everybody|all))"
    r"(?:[\s,]+(?:prosze|please))?"
)


def take(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome | None:
    """Do what a lone word to the list's address asks of us; None where the mail is a post, whoever wrote it."""
    if letter.by_a_machine or letter.alignment is Alignment.FAILED or letter.post.loop_marks:
        return None
    command = asides.of(letter.post)
    if command is None and asides.decides(letter.post):
        return _astray(db, mlist, letter, now)
    member = sender_of(db, mlist, letter) if command else None
    if command is None or member is None:
        return None
    if command.kind is Kind.LEAVE:
        context = Context(draft=letter.incoming.id)
        asked = confirm_first(db, mlist, member, Purpose.LEAVE, "leave-confirm", letter, now, context)
        # No room for the question today: a human reads it, as any post that reads like this.
        return None if TOO_MANY in asked.reasons else _kept(asked)
    if command.kind is Kind.PAUSE:
        # Perhaps it was meant for colleagues: nothing is done before they say so.
        asked = confirm_first(db, mlist, member, Purpose.SETTINGS, "confirm-settings", letter, now, Context(draft=letter.incoming.id))
        return None if TOO_MANY in asked.reasons else _kept(asked)
    thread = threadmail.thread_of_ids(db, mlist, letter.post.references)
    if thread is None:
        return None
    context = Context(thread.id, letter.incoming.id)
    if letter.alignment is Alignment.ALIGNED:
        return _kept(mailcommands.obey(db, member, (command,), letter, now, cause=letter.cause, context=context))
    asked = confirm_first(db, mlist, member, Purpose.SETTINGS, "confirm-settings", letter, now, context)
    return _held(db, mlist, letter, now) if TOO_MANY in asked.reasons else _kept(asked)


def _held(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """There is no room for our question today. Nothing is swallowed: a moderator sees the word, and it goes to nobody else by itself."""
    submission = Submission(letter.incoming, letter.raw, letter.incoming.raw_id, letter.post, letter.alignment, letter.munge)
    verdict = Verdict(Action.HOLD, (Reason.UNPROVEN,))
    posting.hold(db, mlist, submission, verdict, now)
    return outcome_of(posting.Result(verdict))


def _astray(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome | None:
    """A moderator's „TAK” that answers none of the list's threads was meant for us; it decides nothing here, and nobody need read it."""
    member = sender_of(db, mlist, letter)
    if not moderates(member) or member is None or threadmail.thread_of_ids(db, mlist, letter.post.references):
        return None
    context = Context(draft=letter.incoming.id)
    return _kept(confirm_first(db, mlist, member, Purpose.SETTINGS, "decision-astray", letter, now, context, keep=False))


def _kept(outcome: Outcome) -> Outcome:
    return Outcome(outcome.state, (ASIDE, *outcome.reasons))


def to_item(db: Session, member: Member, message: Message, text: str, letter: Letter, now: datetime) -> Outcome | None:
    """The same in answer to a digest, whose address proves whose it is; None where it is a post."""
    command = asides.aside(text) or lonewish.lone_wish(text)
    if command is None or command.kind is Kind.LEAVE or letter.by_a_machine:
        return None
    thread = threadmail.shown_thread(db, member.mlist, message.thread_id)
    return mailcommands.obey(db, member, (command,), letter, now, context=Context(thread.id)) if thread else None


def says_publish(reply: str) -> bool:
    """Is it said that the word was meant for everybody?"""
    first = next((line for line in plain(reply).split("\n") if line.strip()), "")
    return PUBLISH.fullmatch(fold(first).strip(" \t*_.!,„”\"'")) is not None


def publish(db: Session, member: Member, context: Context, letter: Letter, now: datetime) -> Outcome | None:
    """The word was meant for everybody: it takes a post's way after all, once. None where there is no such mail any more."""
    draft = db.get(Incoming, context.draft)
    if draft is None or draft.list_id != member.list_id or draft.state is not State.ANSWERED or ASIDE not in draft.reasons.split():
        return None
    if context.thread:
        steered.forget(db, member, context.thread, now)
    raw = raw_bytes(db, draft.raw_id)
    post = parse.parse(raw)
    # What was found out about this letter's sender says nothing of another address.
    munge = letter.munge or letter.strict or [one.address for one in post.authors] != [one.address for one in letter.post.authors]
    submission = Submission(draft, raw, draft.raw_id, post, letter.alignment, munge, meant=True)
    outcome = outcome_of(posting.submit(db, member.mlist, submission, now))
    draft.state, draft.reasons = outcome.state, " ".join(outcome.reasons)
    return Outcome(State.ANSWERED, ("published",))


def command_of(words: str) -> tuple[Command, ...]:
    """The lone word that a letter's token has kept."""
    found = asides.aside(words) or lonewish.lone_wish(words)
    return (found,) if found else ()
