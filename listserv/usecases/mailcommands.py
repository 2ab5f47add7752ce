"""Commands in plain words: by the list's own addresses, and in reply to our letters."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from listserv.mail import address, commands, confirming
from listserv.mail.authentication import Alignment
from listserv.mail.commands import Answer, Command, Kind
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.outbox import answered_before
from listserv.store.people import Purpose, Token
from listserv.store.queue import State
from listserv.usecases import answering, banning, bulkadding, comingback, contact, deciding, helping, leaving, outbox, privacy, steering, threadmail, tokens
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.asked import NOTHING, Context
from listserv.usecases.leaving import confirm_first, sender_of, tongue
from listserv.usecases.outbox import Cause

ANSWERED = Outcome(State.ANSWERED)
# Nothing is changed by these, and nothing told: who asks for them need not be proven.
HARMLESS = frozenset({Kind.HELP})
# An address that is guessed aloud; a longer one is a trick.
LONGEST_GUESS = 80

leave = leaving.leave


def join(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """A letter to -join: an application, whatever it says. Who is on the list already gets the words that work."""
    if not letter.sender:
        return Outcome(State.DISCARDED, ("no-author",))
    member = sender_of(db, mlist, letter)
    if member:
        return help_letter(db, mlist, letter, member, now, joins=True)
    refused = banning.turned_away(db, mlist, letter, now)
    if refused:
        return refused
    return contact.apply(db, mlist, letter, now)


def request(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """A letter to -request or -help."""
    ordered = bulkadding.take(db, mlist, letter, now)
    if ordered:
        return ordered
    if answered_before(db, letter.incoming):
        # To -request, -help and -pomoc at once: one answer is enough.
        return Outcome(State.ANSWERED, ("double",))
    member, said = sender_of(db, mlist, letter), (letter.post.reply, letter.post.subject)
    wanted = commands.commands(*said) or commands.in_the_old_way(*said, mlist.name)
    kinds = {command.kind for command in wanted}
    if member is None:
        if Kind.JOIN in kinds:
            return join(db, mlist, letter, now)
        if Kind.LEAVE in kinds:
            return leaving.from_elsewhere(db, mlist, letter, now)
        return _to_somebody_else(db, mlist, letter, kinds, now)
    if kinds == {Kind.LEAVE}:
        return leave(db, mlist, letter, now)
    if not letter.post.text.strip() and not letter.post.subject.strip():
        # What mail programs send of themselves where somebody presses List-Help.
        return help_letter(db, mlist, letter, member, now)
    passed_on = Kind.LEAVE in kinds and confirming.is_passed_on(letter.post.text, letter.post.subject)
    if kinds - HARMLESS and (passed_on or letter.alignment is not Alignment.ALIGNED):
        return confirm_first(db, mlist, member, Purpose.SETTINGS, "confirm-settings", letter, now, about_thread(db, mlist, wanted, letter))
    return obey(db, member, wanted, letter, now, cause=letter.cause)


def _to_somebody_else(db: Session, mlist: MailingList, letter: Letter, kinds: set[Kind], now: datetime) -> Outcome:
    """Who is not on the list: what became of the posts from their address, the way back for who has just left, or how to join."""
    posts = answering.posts_facts(db, mlist, letter.sender, now) if letter.sender and Kind.STATUS in kinds else []
    if posts:
        outbox.write(db, "my-posts", letter.sender, tongue(letter), now, mlist=mlist, cause=letter.cause, posts=posts, email=letter.sender)
        return ANSWERED
    back = comingback.way_back(db, mlist, letter.sender, now) if letter.sender else None
    if back and kinds & {Kind.RESUME, Kind.KEEP} and letter.alignment is Alignment.ALIGNED:
        return comingback.take(db, mlist, back, letter, now)
    return help_letter(db, mlist, letter, None, now, back=back)


def about_thread(db: Session, mlist: MailingList, wanted: tuple[Command, ...], letter: Letter) -> Context:
    """What has to be remembered of a letter whose sender is asked back: the thread that it answers."""
    command = next((one for one in wanted if one.kind in threadmail.KINDS and not one.words), None)
    found = threadmail.meant(db, mlist, command, letter, NOTHING).thread if command else None
    return Context(thread=found.id) if found else NOTHING


def help_letter(
    db: Session, mlist: MailingList, letter: Letter, member: Member | None, now: datetime, *, joins: bool = False, back: Token | None = None
) -> Outcome:
    """The addresses and words that work; an answer to it comes back here. `joins`: somebody on the list has asked to be. `back`: the way back."""
    if not letter.sender:
        return Outcome(State.DISCARDED, ("no-author",))
    if member:
        helping.to_member(db, member, letter.cause, now, tongue=tongue(letter, member), joins=joins)
    else:
        helping.to_stranger(db, mlist, letter.sender, tongue(letter), letter.cause, now, back=back)
    return ANSWERED


def obey(
    db: Session, member: Member, wanted: tuple[Command, ...], letter: Letter, now: datetime, *, cause: Cause | None = None, context: Context = NOTHING
) -> Outcome:
    """Do what a proven member asks for, and say how things stand now: one letter, whatever was asked.

    Without `cause` a token of the member's own has proven them.
    """
    cause = cause or Cause(letter.incoming, proven=True)
    if not wanted and commands.only_thanks(letter.post.reply):
        # Thanked for a letter of ours: another one would be one too many.
        return Outcome(State.ANSWERED, ("thanks",))
    if not wanted and commands.decision(letter.post.reply).answer is Answer.UNDO and privacy.planned(db, member.user_id):
        wanted = (Command(Kind.KEEP),)
    asked = wanted
    wanted = tuple(command for command in wanted if not steering.is_over(db, member, command, now) and not steering.is_a_wrong_guess(member, command))
    going = any(command.kind is Kind.LEAVE for command in wanted)
    doing = tuple(command for command in wanted if not going or command.kind is Kind.ERASE)
    answer = answering.carry_out(db, member, doing, letter, context, cause, now)
    if going:
        return leaving.go(db, member, cause, now, words=letter.words)
    if answer.silent and not answer.parts:
        return ANSWERED
    kind, facts = _worded(db, member, answer, wanted, asked, letter)
    detail = Context(context.thread, context.draft, answer.threads or context.threads).with_words()
    token = tokens.issue(db, Purpose.SETTINGS, member.address.email, now, mlist=member.mlist, object_id=member.id, detail=detail)
    reply_to = deciding.reply_address(db, token)
    told = outbox.to_member(db, kind, member, now, mlist=member.mlist, reply_to=reply_to, cause=cause, attached=answer.files, **facts)
    return ANSWERED if told else Outcome(State.ANSWERED, ("enough-for-today",))


def _worded(
    db: Session, member: Member, answer: answering.Answer, wanted: Sequence[Command], asked: Sequence[Command], letter: Letter
) -> tuple[str, dict[str, Any]]:
    """The letter that answers, and its facts."""
    if answer.parts:
        return answer.letter()
    return ("help", helping.facts(member.mlist, known=True)) if wanted else ("not-understood", _guesses(db, member, asked, letter))


def _guesses(db: Session, member: Member, asked: Sequence[Command], letter: Letter) -> dict[str, Any]:
    """What the letter may have been about: a day that cannot be, or another address."""
    said = (letter.post.reply, letter.post.subject)
    strange_day = any(command.kind is Kind.PAUSE for command in asked) or (not asked and commands.has_strange_day(*said))
    strange_hours = not asked and not strange_day and commands.has_strange_schedule(*said)
    named = commands.address_named(letter.post.reply)
    known = not named or steering.is_own(member, named) or address.split(named)[1] == outbox.settings_of(db).site.domain
    return {"strange_day": strange_day, "strange_hours": strange_hours, "new_address": "" if known or len(named) > LONGEST_GUESS else named}
