"""Mail to `r+TOKEN@`: confirmations, decisions, answers, digest items, one-click leaving, bounces."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from listserv.errors import Conflict, Expired, NotAllowed, NotFound, TooMany
from listserv.links import signing_key
from listserv.mail import address, commands, language, parse, quotes
from listserv.mail import tokens as shapes
from listserv.mail.commands import Answer, Command, Kind
from listserv.store.lists import MailingList
from listserv.store.members import Member, member_by_key
from listserv.store.moderation import Application, Held
from listserv.store.people import Purpose, Token
from listserv.store.queue import State
from listserv.usecases import contact, deciding, digestreplies, mailcommands, membership, moderation, outbox, returned, tokens
from listserv.usecases.access import Actor, Door
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.deciding import Proof
from listserv.usecases.journal import note
from listserv.usecases.outbox import Cause

ANSWERED = Outcome(State.ANSWERED)
Answering = Callable[[Session, Token, Letter, datetime], Outcome]


def answer(db: Session, token: str, letter: Letter, now: datetime) -> Outcome:
    """Do what the token is for. One that is spent, too old or strange gets a helpful letter, not a bounce."""
    signed = shapes.read(signing_key(outbox.settings_of(db)), token)
    try:
        if signed:
            return _answer_signed(db, *signed, letter, now)
        if letter.by_a_machine:
            return NOBODY_ANSWERS_MACHINES
        row = tokens.look_up(db, token, now)
        return BY_PURPOSE[row.purpose](db, row, letter, now)
    except (NotFound, Expired, Conflict) as refusal:
        return too_late(db, letter, now, decided=isinstance(refusal, Conflict))
    except TooMany:
        return Outcome(State.DISCARDED, ("enough-for-today",))


def _answer_signed(db: Session, kind: shapes.Kind, ids: tuple[int, ...], letter: Letter, now: datetime) -> Outcome:
    if kind in (shapes.Kind.BOUNCE, shapes.Kind.LETTER):
        return returned.told(db, kind, ids, letter, now)
    if kind is shapes.Kind.UNSUBSCRIBE and (member := db.get(Member, ids[0])):
        # Mail programs write this letter by themselves, and some say so.
        return mailcommands.go(db, member, letter.cause, now)
    if letter.by_a_machine:
        return NOBODY_ANSWERS_MACHINES
    if kind is shapes.Kind.UNSUBSCRIBE:
        return too_late(db, letter, now)
    return digestreplies.post(db, kind, ids, letter, now)


def too_late(db: Session, letter: Letter, now: datetime, *, decided: bool = False) -> Outcome:
    """The address was good once: say what to do instead."""
    if not letter.sender:
        return Outcome(State.DISCARDED, ("no-author",))
    tongue = language.guess(letter.post.reply)
    told = outbox.write(db, "too-late", letter.sender, tongue, now, cause=letter.cause, decided=decided)
    return Outcome(State.ANSWERED, ("spent-token",) if told else ("spent-token", "enough-for-today"))


def words_of(letter: Letter) -> str:
    """What the person wrote now, farewell and name included."""
    return quotes.letter(letter.post.text[: parse.LONGEST_REPLY]).strip()


def is_from(letter: Letter, token: Token) -> bool:
    """Does the letter come from the address that the token was sent to?"""
    return address.key(letter.sender) == address.key(token.email)


def _confirm_application(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    application = db.get_one(Application, token.object_id)
    if not is_from(letter, token):
        return too_late(db, letter, now)
    if commands.is_absent(letter.post.reply):
        return NOBODY_ANSWERS_MACHINES
    if commands.denies(letter.post.reply):
        membership.disown(db, application, words_of(letter), now)
        return Outcome(State.APPLICATION, ("not-theirs",))
    membership.confirm(db, application, words_of(letter), Cause(letter.incoming, proven=True), now)
    return Outcome(State.APPLICATION, ("confirmed",))


def _answer_application(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    application = db.get_one(Application, token.object_id)
    membership.answer(db, application, words_of(letter), Cause(letter.incoming, proven=True), now)
    return Outcome(State.APPLICATION, ("answer",))


def _decide(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """A moderator's reply about an application or a held post."""
    row = _case(db, token)
    mlist, proof = row.mlist, deciding.proof(db, token, letter.post, letter.alignment)
    subject = (row.name or row.email) if isinstance(row, Application) else (row.subject or row.author_email)
    if proof is Proof.SOMEBODY_ELSE:
        return Outcome(State.REFUSED, ("not-the-moderator",))
    if proof is Proof.ASK_BACK:
        deciding.ask_back(db, mlist, token, subject, now, letter.cause)
        return Outcome(State.ANSWERED, ("asked-back",))
    if commands.is_absent(letter.post.reply):
        return NOBODY_ANSWERS_MACHINES
    actor = deciding.actor(db, token)
    if not deciding.still_decides(db, mlist, actor.user_id):
        return too_late(db, letter, now)
    try:
        done = _application(db, row, letter, token, now) if isinstance(row, Application) else _held(db, row, letter, token, now)
    except (Conflict, NotAllowed):
        return _decided_already(db, row, mlist, token, letter, subject, now)
    if done:
        return Outcome(State.ANSWERED, (done,))
    if row.decided_at:
        return _decided_already(db, row, mlist, token, letter, subject, now)
    again = tokens.issue(db, token.purpose, token.email, now, mlist=mlist, object_id=row.id)
    _tell_moderator(db, "decision-unclear", mlist, token, letter, now, subject=subject, reply_to=deciding.reply_address(db, again))
    return Outcome(State.ANSWERED, ("not-understood",))


def _case(db: Session, token: Token) -> Application | Held:
    if token.purpose is Purpose.DECIDE_APPLICATION:
        return db.get_one(Application, token.object_id)
    return db.get_one(Held, token.object_id)


def _application(db: Session, application: Application, letter: Letter, token: Token, now: datetime) -> str:
    """The decision done, as a word; empty where nothing could be made of the reply."""
    said, actor = commands.decision(letter.post.reply), deciding.actor(db, token)
    if said.answer is Answer.YES:
        membership.admit(db, application, actor, now)
        return "admitted"
    if said.answer is Answer.NO:
        membership.decline(db, application, said.words, actor, now)
        return "declined"
    if said.answer is Answer.OTHER and words_of(letter):
        membership.ask(db, application, words_of(letter), actor, now)
        return "asked"
    return ""


def _held(db: Session, held: Held, letter: Letter, token: Token, now: datetime) -> str:
    said, actor = commands.decision(letter.post.reply), deciding.actor(db, token)
    if said.answer is Answer.YES:
        moderation.publish(db, held, actor, now)
        return "published"
    if said.answer is Answer.NO:
        moderation.refuse(db, held, said.words, actor, now)
        return "refused"
    return ""


def _decided_already(db: Session, row: Application | Held, mlist: MailingList, token: Token, letter: Letter, subject: str, now: datetime) -> Outcome:
    decider = row.decider.name or row.decider.addresses[0].email if row.decider else ""
    _tell_moderator(db, "decided-already", mlist, token, letter, now, subject=subject, decider=decider, decision=row.state)
    return Outcome(State.ANSWERED, ("decided-already",))


def _tell_moderator(db: Session, kind: str, mlist: MailingList, token: Token, letter: Letter, now: datetime, **facts: Any) -> None:
    member = member_by_key(db, mlist, address.key(token.email))
    tongue = member.user.language if member else ""
    outbox.write(db, kind, token.email, tongue, now, mlist=mlist, cause=Cause(letter.incoming, proven=True), **facts)


def _withdraw(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    held = db.get_one(Held, token.object_id)
    if not commands.asks_to_withdraw(letter.post.reply):
        return _about_held(db, held, letter, now)
    moderation.withdraw(db, held, now)
    outbox.write(db, "held-withdrawn", token.email, held.language, now, mlist=held.mlist, cause=letter.cause, subject=held.subject)
    return ANSWERED


def _about_held(db: Session, held: Held, letter: Letter, now: datetime) -> Outcome:
    """Anything else that the author of a held post writes goes to the moderators, and stays with the case."""
    note(db, Actor(Door.MAIL), "held-answered", mlist=held.mlist, now=now, about=held, detail=words_of(letter))
    return contact.forward(db, held.mlist, letter, now)


def _leave(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    if commands.is_absent(letter.post.reply):
        # Not every program says that it is none but a program which answers.
        return NOBODY_ANSWERS_MACHINES
    member = db.get(Member, token.object_id)
    tokens.spend(db, token, now)
    if member is None:
        return too_late(db, letter, now)
    if commands.denies(letter.post.reply) or commands.begins_with_no(letter.post.reply):
        # Nothing happens; how things stand is said all the same.
        return mailcommands.obey(db, member, (Command(Kind.WHO),), letter, now)
    return mailcommands.go(db, member, Cause(letter.incoming, proven=True), now)


def _settings(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    member = db.get(Member, token.object_id)
    if member is None:
        return too_late(db, letter, now)
    # The subject of a reply is our own welcome's: only what was written now may command.
    wanted = commands.commands(letter.post.reply)
    if not wanted and token.detail and commands.decision(letter.post.reply).answer is Answer.YES:
        wanted = commands.commands(token.detail)
    return mailcommands.obey(db, member, wanted, letter, now)


def _sign_in(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    return too_late(db, letter, now)


def _draft(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    return digestreplies.place(db, token, letter, now)


BY_PURPOSE: dict[Purpose, Answering] = {
    Purpose.CONFIRM_APPLICATION: _confirm_application,
    Purpose.ANSWER_APPLICATION: _answer_application,
    Purpose.DECIDE_APPLICATION: _decide,
    Purpose.DECIDE_HELD: _decide,
    Purpose.WITHDRAW_HELD: _withdraw,
    Purpose.LEAVE: _leave,
    Purpose.SETTINGS: _settings,
    Purpose.SIGN_IN: _sign_in,
    Purpose.DRAFT: _draft,
}
