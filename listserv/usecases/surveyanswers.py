"""Answers to a question to everybody, by mail and on its page: one person, one ballot; the last answer before the close counts.

Of an anonymous answer nothing stays that says whose it is: not the mail that brought it, not the letter that tells what was
understood, no moment. Whoever has that letter can change the answer, by the receipt in its address; nobody else can (decision 18).
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import Conflict, Expired, NotFound
from listserv.mail import absences, address, commands, nods, thanks, tokens, voteparts
from listserv.mail.authentication import Alignment
from listserv.mail.votes import Ask, Choice, Read
from listserv.store import ballots
from listserv.store import surveys as rows
from listserv.store.members import Member, member_by_key
from listserv.store.queue import State
from listserv.store.surveys import COMMA, Survey, SurveyState
from listserv.usecases import outbox, surveyasking, surveyechoes, unlinking
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome

ANSWERED_ALREADY = "answered-already"
COUNTED, UNCLEAR, LATE, NOT_THEIRS = "survey-answered", "survey-unclear", "survey-late", "survey-not-theirs"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a key opens: a survey, and whose answer: a member's, or the anonymous ballot of this key."""

    survey: Survey
    member: Member | None
    key: bytes | None


def opened(db: Session, token: str) -> Opened:
    """What this key opens. Raises NotFound where it is none of ours, or nobody's any more."""
    signed = tokens.read(links.signing_key(outbox.settings_of(db)), token)
    if signed and signed[0] is tokens.Kind.SURVEY and len(signed[1]) == 2:
        member, survey = db.get(Member, signed[1][0]), rows.survey_with(db, signed[1][1])
        if member and survey and member.list_id == survey.list_id and _is_on(survey):
            return Opened(survey, member, None)
    ballot = ballots.ballot_by_key(db, tokens.digest(token)) if tokens.looks_right(token) and not signed else None
    survey = rows.survey_with(db, ballot.survey_id) if ballot and ballot.user_id is None else None
    if ballot is None or survey is None or not _is_on(survey):
        raise NotFound("there is no such question")
    return Opened(survey, None, ballot.key)


def _is_on(survey: Survey) -> bool:
    return survey.mlist.surveys and survey.state in (SurveyState.OPEN, SurveyState.CLOSED)


def asks(survey: Survey) -> tuple[Ask, ...]:
    """Its questions, as answers are read by them."""
    return tuple(Ask(one.number, one.text, one.kind, one.choices) for one in survey.questions)


def is_over(survey: Survey, now: datetime) -> bool:
    """Does no answer count any more?"""
    return survey.state is not SurveyState.OPEN or (survey.closes_at is not None and survey.closes_at <= now)


# ---- the ballot ---------------------------------------------------------------------------------------------


def cast(db: Session, survey: Survey, votes: Mapping[int, Choice], now: datetime, *, user_id: int | None = None, key: bytes | None = None) -> str:
    """Put these votes, by the numbers of their questions, on somebody's ballot, or on that of a receipt.

    Of an anonymous survey the new receipt, which nothing else keeps; else nothing. Raises Conflict where somebody answers an anonymous
    survey once more without it, Expired after the close.
    """
    rows.hold_open(db, survey)
    if is_over(survey, now):
        raise Expired("closed")
    receipt = ""
    if key is None:
        key, receipt = _ballot(db, survey, user_id or 0)
    by_number = {one.number: one.id for one in survey.questions}
    ballots.put_votes(db, key, {by_number[number]: (COMMA.join(map(str, one.chosen)), one.words) for number, one in votes.items()})
    return receipt


def _ballot(db: Session, survey: Survey, user_id: int) -> tuple[bytes, str]:
    """This person's ballot, made where they have none; and the receipt of an anonymous one."""
    first = ballots.mark(db, survey.id, user_id)
    if survey.is_anonymous:
        if not first:
            raise Conflict(ANSWERED_ALREADY)
        receipt = tokens.new()
        ballots.add_ballot(db, tokens.digest(receipt), survey.id, None)
        return tokens.digest(receipt), receipt
    known = None if first else ballots.ballot_of(db, survey.id, user_id)
    if known:
        return known.key, ""
    key = secrets.token_bytes(32)
    ballots.add_ballot(db, key, survey.id, user_id)
    return key, ""


def standing(db: Session, survey: Survey, *, user_id: int | None = None, key: bytes | None = None) -> dict[int, Choice]:
    """What stands on somebody's ballot, or on that of a receipt, by the numbers of the questions."""
    ballot = ballots.ballot_of(db, survey.id, user_id) if key is None and user_id is not None else None
    key = ballot.key if ballot else key
    votes = ballots.votes_on(db, key) if key is not None else {}
    numbers = {one.id: one.number for one in survey.questions}
    return {numbers[question]: Choice(vote.chosen, vote.words) for question, vote in votes.items() if question in numbers}


# ---- by mail ------------------------------------------------------------------------------------------------


def answer(db: Session, ids: tuple[int, ...], letter: Letter, now: datetime) -> Outcome:
    """A mail to the address that a member was given for a question."""
    member, survey = (db.get(Member, ids[0]), rows.survey_with(db, ids[1])) if len(ids) == 2 else (None, None)
    if survey is None or not _is_on(survey):
        raise NotFound("there is no such question")
    outcome = _answer(db, survey, member, letter, now)
    return _traceless(db, survey, letter, outcome)


def by_receipt(db: Session, token: str, letter: Letter, now: datetime) -> Outcome | None:
    """A mail to the address in the letter that confirmed an anonymous answer; None where the token is none of these."""
    try:
        found = opened(db, token) if tokens.looks_right(token) else None
    except NotFound:
        return None
    if found is None or found.key is None:
        return None
    # Nobody knows whose answer it is; who has its key must at least have answered.
    member = member_by_key(db, found.survey.mlist, address.key(letter.sender)) if letter.sender else None
    if letter.by_a_machine or _is_notice(found.survey, letter):
        outcome = NOBODY_ANSWERS_MACHINES
    elif member is None or letter.alignment is Alignment.FAILED or not ballots.has_answered(db, found.survey.id, member.user_id):
        outcome = _not_theirs(db, found.survey, None, letter, now)
    else:
        outcome = _count(db, found.survey, member, letter, now, key=found.key, token=token)
    return _traceless(db, found.survey, letter, outcome)


def machine(db: Session, ids: tuple[int, ...], letter: Letter) -> Outcome:
    """What a machine answers to a question counts for nothing; it may quote what was asked, and is kept no longer than the rest."""
    survey = rows.survey_with(db, ids[1]) if len(ids) == 2 else None
    return _traceless(db, survey, letter, NOBODY_ANSWERS_MACHINES) if survey else NOBODY_ANSWERS_MACHINES


def _answer(db: Session, survey: Survey, member: Member | None, letter: Letter, now: datetime) -> Outcome:
    if _is_notice(survey, letter):
        return NOBODY_ANSWERS_MACHINES
    if member is None or member.list_id != survey.list_id or not _is_from(member, letter):
        return _not_theirs(db, survey, member, letter, now)
    return _count(db, survey, member, letter, now)


def _is_notice(survey: Survey, letter: Letter) -> bool:
    """Is it a robot's notice of absence? One that says no number, no option and no question before is."""
    reply = letter.post.reply
    return commands.is_absent(reply) and not voteparts.says_which(asks(survey), absences.before(reply))


def _is_from(member: Member, letter: Letter) -> bool:
    """Does it come from an address of this very person? Letters are passed on, with the address to answer in them."""
    sender = address.key(letter.sender) if letter.sender else ""
    return letter.alignment is not Alignment.FAILED and sender in {place.key for place in member.user.addresses}


def _not_theirs(db: Session, survey: Survey, member: Member | None, letter: Letter, now: datetime) -> Outcome:
    surveyechoes.not_theirs(db, survey, member, letter, now)
    return Outcome(State.REFUSED, (NOT_THEIRS,))


def _count(db: Session, survey: Survey, member: Member, letter: Letter, now: datetime, *, key: bytes | None = None, token: str = "") -> Outcome:
    if is_over(survey, now):
        surveyechoes.late(db, survey, member, letter, now)
        return Outcome(State.ANSWERED, (LATE,))
    found = voteparts.read(asks(survey), letter.post.text, letter.post.reply, lambda: surveyasking.letter_text(db, survey, member, now))
    if _is_only_thanks(survey, letter, found):
        return Outcome(State.ANSWERED, ("thanks",))
    receipt = token
    if found.choices:
        try:
            receipt = cast(db, survey, found.choices, now, user_id=member.user_id, key=key) or token
        except Conflict:
            surveyechoes.again(db, survey, member, letter, now)
            return Outcome(State.ANSWERED, (ANSWERED_ALREADY,))
    stands = standing(db, survey, user_id=member.user_id, key=tokens.digest(receipt) if receipt else key)
    surveyechoes.told(db, survey, member, letter, now, found, stands, receipt=receipt)
    return Outcome(State.ANSWERED, (COUNTED,) if found.choices else (UNCLEAR,))


def _is_only_thanks(survey: Survey, letter: Letter, found: Read) -> bool:
    """A word of thanks for our letter is no answer, and nobody asks what it means."""
    only = thanks.says_only_thanks(letter.post.reply, letter.post.author_name) or nods.only_thanks(letter.post.reply)
    return only and not any(choice.chosen for choice in found.choices.values())


def _traceless(db: Session, survey: Survey, letter: Letter, outcome: Outcome) -> Outcome:
    """Of a mail that answers anonymously nothing stays but that there was one on that day."""
    if survey.is_anonymous:
        unlinking.empty(db, letter.incoming, survey.mlist)
    return outcome
