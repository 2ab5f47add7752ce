"""Mail to `r+TOKEN@`: confirmations, decisions, answers, digest items, one-click leaving, bounces."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import Conflict, Expired, NotFound, TooMany
from listserv.links import signing_key
from listserv.mail import address, commands, confirming, decisions, language
from listserv.mail import tokens as shapes
from listserv.mail.authentication import Alignment
from listserv.mail.commands import Answer, Command, Kind
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.moderation import Application, Held, HeldState
from listserv.store.people import Purpose, Token
from listserv.store.queue import State
from listserv.usecases import (
    asides,
    asked,
    askedback,
    bankmail,
    bulkadding,
    bundling,
    confirmreplies,
    digestdrafts,
    digestreplies,
    goodbyes,
    heldreplies,
    invitationmail,
    issuecounts,
    keyletters,
    leaving,
    mailcommands,
    meetinganswers,
    meetingreplies,
    milestones,
    nameanswers,
    newsreplies,
    oneword,
    outbox,
    ownaddress,
    privacy,
    probing,
    reporting,
    rescuing,
    returned,
    successletters,
    surveyanswers,
    surveyreplies,
    thanking,
    tokens,
    unlinking,
)
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.outbox import Cause

ANSWERED = Outcome(State.ANSWERED)
Answering = Callable[[Session, Token, Letter, datetime], Outcome]


def answer(db: Session, token: str, letter: Letter, now: datetime) -> Outcome:
    """Do what the token is for. One that is spent, too old or strange gets a helpful letter, not a bounce."""
    signed = shapes.read(signing_key(outbox.settings_of(db)), token)
    try:
        if signed:
            return _answer_signed(db, *signed, letter, now)
        if kept := surveyanswers.by_receipt(db, token, letter, now):
            return kept
        if letter.by_a_machine:
            unlinking.empty_if_about(db, tokens.known(db, token), letter)
            return NOBODY_ANSWERS_MACHINES
        row = tokens.look_up(db, token, now)
        return BY_PURPOSE[row.purpose](db, row, letter, now)
    except (NotFound, Expired, Conflict) as refusal:
        return too_late(db, letter, now, decided=isinstance(refusal, Conflict), row=tokens.known(db, token))
    except TooMany:
        return Outcome(State.DISCARDED, ("enough-for-today",))


def _answer_signed(db: Session, kind: shapes.Kind, ids: tuple[int, ...], letter: Letter, now: datetime) -> Outcome:
    if kind is shapes.Kind.BOUNCE and not letter.by_a_machine and (copied := db.get(Member, ids[0])) and leaving.asks(letter):
        return leaving.from_copy(db, copied, letter, now)
    if kind in (shapes.Kind.BOUNCE, shapes.Kind.LETTER):
        return returned.told(db, kind, ids, letter, now)
    if kind is shapes.Kind.UNSUBSCRIBE and (member := db.get(Member, ids[0])):
        # Mail programs write this letter by themselves, and some say so.
        return leaving.go(db, member, letter.cause, now, issue=issuecounts.of_copy(db, next(iter(ids[1:]), 0)))
    if kind is shapes.Kind.MEETING:
        # A calendar's answer is a person's, and says that a machine wrote it.
        return meetinganswers.answer(db, ids, letter, now)
    if kind is shapes.Kind.SURVEY:
        return surveyanswers.machine(db, ids, letter) if letter.by_a_machine else surveyanswers.answer(db, ids, letter, now)
    if letter.by_a_machine:
        return NOBODY_ANSWERS_MACHINES
    if kind is shapes.Kind.UNSUBSCRIBE:
        return too_late(db, letter, now)
    return digestreplies.post(db, kind, ids, letter, now)


def too_late(db: Session, letter: Letter, now: datetime, *, decided: bool = False, row: Token | None = None) -> Outcome:
    """The address was good once: say what to do instead, and to whoever answers twice that it is done."""
    if not letter.sender:
        return Outcome(State.DISCARDED, ("no-author",))
    tongue = language.guess(letter.post.reply)
    mlist = db.get(MailingList, row.list_id) if row and row.list_id else None
    # Who has the letter that was sent to this very address has proven it.
    theirs = row is not None and letter.alignment is not Alignment.FAILED and confirmreplies.is_from(letter, row)
    gone, cause = (_done_with(db, row), Cause(letter.incoming, proven=True)) if row and theirs else ("", letter.cause)
    told = outbox.write(db, "too-late", letter.sender, tongue, now, mlist=mlist, cause=cause, decided=decided, gone=gone)
    return Outcome(State.ANSWERED, ("spent-token",) if told else ("spent-token", "enough-for-today"))


def _done_with(db: Session, row: Token) -> str:
    """What has become of a held post, for those who said so themselves: `published`, `withdrawn`; empty for anything else."""
    held = db.get(Held, row.object_id) if row.purpose in (Purpose.CLAIM_HELD, Purpose.WITHDRAW_HELD) else None
    return held.state.value if held and held.state in (HeldState.PUBLISHED, HeldState.WITHDRAWN) else ""


def _confirm_application(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    return confirmreplies.application(db, token, letter, now) or too_late(db, letter, now)


def _answer_application(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    application = db.get(Application, token.object_id)
    if application is None:
        return too_late(db, letter, now)
    return confirmreplies.to_our_answer(db, application, token, letter, now)


def _leave(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    return confirmreplies.leave(db, token, letter, now) or too_late(db, letter, now)


def _settings(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    member = db.get(Member, token.object_id)
    if member is None:
        return too_late(db, letter, now)
    context, words = asked.read(token.detail)
    # The subject of a reply is our own welcome's: only what was written now may command.
    wanted = commands.commands(letter.post.reply)
    if not wanted and words and decisions.nods(letter.post.reply):
        light = askedback.light(askedback.wanted(words))
        return mailcommands.obey(db, member, light, letter, now, context=context) if light else askedback.say_so(db, member, token, letter, now)
    if not _is_own(member, letter):
        return leaving.confirm_elsewhere(db, member, wanted, letter, now, context)
    if context.draft and asides.says_publish(letter.post.reply):
        return asides.publish(db, member, context, letter, now) or too_late(db, letter, now)
    # Below a letter that asked back: what somebody forged stands in it.
    wanted = askedback.repeated(wanted, letter.post.reply) if words else wanted
    return mailcommands.obey(db, member, wanted, letter, now, context=context)


def _is_own(member: Member, letter: Letter) -> bool:
    """Does it come from an address of this person's? Letters are passed on, with the address to answer in them."""
    keys = {place.key for place in member.user.addresses}
    return letter.alignment is not Alignment.FAILED and address.key(letter.sender) in keys


def _keep(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """A reply to the letter that says when somebody will be forgotten: one word stops it."""
    if commands.is_absent(letter.post.reply):
        return NOBODY_ANSWERS_MACHINES
    said, reply = commands.decision(letter.post.reply).answer, letter.post.reply
    if said is Answer.UNDO or confirming.stops(reply) or any(one.kind is Kind.KEEP for one in commands.commands(reply)):
        privacy.keep_by_mail(db, token, now)
        return ANSWERED
    if not commands.only_thanks(reply):
        privacy.say_again(db, token, now)
    return Outcome(State.ANSWERED, ("not-understood",))


def _switch_address(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    member, outcome = ownaddress.answered(db, token, letter, now)
    return mailcommands.obey(db, member, (Command(Kind.WHO),), letter, now) if member else outcome


def _sign_in(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    return too_late(db, letter, now)


def _draft(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    return digestdrafts.place(db, token, letter, now)


def _next_cases(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    if commands.is_absent(letter.post.reply):
        return NOBODY_ANSWERS_MACHINES
    return bundling.next_ones(db, token, letter, now)


BY_PURPOSE: dict[Purpose, Answering] = {
    Purpose.CONFIRM_APPLICATION: _confirm_application,
    Purpose.ANSWER_APPLICATION: _answer_application,
    Purpose.DECIDE_APPLICATION: oneword.answer,
    Purpose.DECIDE_HELD: oneword.answer,
    Purpose.WITHDRAW_HELD: heldreplies.answer,
    Purpose.CLAIM_HELD: rescuing.answer,
    Purpose.LEAVE: _leave,
    Purpose.SETTINGS: _settings,
    Purpose.SIGN_IN: _sign_in,
    Purpose.DRAFT: _draft,
    Purpose.NEXT_CASES: _next_cases,
    Purpose.KEEP_ACCOUNT: _keep,
    Purpose.COME_BACK: goodbyes.answer,
    Purpose.SWITCH_ADDRESS: _switch_address,
    Purpose.DISOWN_ADDRESS: ownaddress.disowned,
    Purpose.DISOWN_PASSKEY: keyletters.answered,
    Purpose.SECOND_STEP: _sign_in,
    Purpose.PROVE_ADDRESS: _sign_in,
    Purpose.PREVIEW: nameanswers.answer,
    Purpose.THANKS: thanking.answer,
    Purpose.INVITATION: invitationmail.answer,
    Purpose.DECIDE_BATCH: bulkadding.answer,
    Purpose.REPORT: reporting.answer,
    Purpose.ISSUE: newsreplies.answer,
    Purpose.MILESTONES: milestones.answer,
    Purpose.MEETING: meetingreplies.answer,
    Purpose.SUCCESSES: successletters.answer,
    Purpose.MATERIAL: bankmail.answer,
    Purpose.SURVEY: surveyreplies.answer,
    Purpose.ADDRESS_LIVES: probing.answered,
}
