"""A moderator's word about a meeting that was shown to them: nobody is invited, told or disinvited but by a clear one, proven to be theirs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import Conflict, Refusal
from listserv.mail import commands, meetingwords
from listserv.mail.meetingplan import Plan
from listserv.store import meetings as rows
from listserv.store.meetings import Meeting, MeetingState
from listserv.store.people import Token
from listserv.store.queue import State
from listserv.usecases import (
    deciding,
    issuedoubles,
    meetingasking,
    meetingcame,
    meetingdesk,
    meetingletters,
    meetingmail,
    meetings,
    meetingseats,
    saidagain,
    strangernews,
)
from listserv.usecases.access import Actor
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.deciding import Proof
from listserv.usecases.meetingdecisions import Decision, Word, read
from listserv.usecases.outbox import Cause

OPEN = (MeetingState.DRAFT, MeetingState.ANNOUNCED)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to a letter about a meeting, proven to be a moderator's: what it says, and which revision its letter showed."""

    meeting: Meeting
    letter: Letter
    said: Decision
    actor: Actor
    to: str
    shown: int

    @property
    def cause(self) -> Cause:
        return Cause(self.letter.incoming, proven=True)

    @property
    def stale(self) -> bool:
        return self.shown != self.meeting.revision


def answer(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """Do what a moderator says of a meeting. Raises Conflict where there is none any more."""
    meeting = rows.locked_meeting(db, token.object_id or 0)
    if meeting is None or not meeting.mlist.meetings:
        raise Conflict("already-decided")
    if commands.is_absent(letter.post.reply):
        return NOBODY_ANSWERS_MACHINES
    if issuedoubles.is_answered(db, letter):
        return Outcome(State.DISCARDED, ("double",))
    actor = deciding.actor(db, token)
    if not deciding.still_decides(db, meeting.mlist, actor.user_id):
        return strangernews.pass_on(db, meeting.mlist, letter, now, coordinator=False, tell=meetingletters.not_yours)
    letter.incoming.list_id = meeting.list_id
    said = read(letter.post.reply, letter.post.author_name)
    if deciding.proof(db, token, letter.post, letter.alignment) is not Proof.PROVEN:
        return _ask_back(db, meeting, token, letter, said, now)
    beside = meetingcame.answered(db, meeting, token, letter, now) or meetingasking.said_of_draft(db, meeting, token, letter, now)
    if beside is not None:
        return beside
    return _obey(db, Reply(meeting, letter, said, actor, token.email, saidagain.revision(token)), now)


def _ask_back(db: Session, meeting: Meeting, token: Token, letter: Letter, said: Decision, now: datetime) -> Outcome:
    if said.word is Word.THANKS:
        return Outcome(State.ANSWERED, ("thanks",))
    asked = deciding.ask_back(db, meeting.mlist, token, meeting.title, now, Cause(letter.incoming))
    return Outcome(State.ANSWERED, ("asked-back",) if asked else ("enough-for-today",))


def _obey(db: Session, one: Reply, now: datetime) -> Outcome:
    if one.said.word is Word.THANKS:
        return Outcome(State.ANSWERED, ("thanks",))
    over = one.meeting.state is MeetingState.ANNOUNCED and one.meeting.ends_at is not None and one.meeting.ends_at <= now
    if one.meeting.state not in OPEN or over:
        meetingdesk.told(db, one.meeting, one.to, now, one.cause, "gone")
        return Outcome(State.ANSWERED, ("already-decided",))
    plan = _plan(db, one, now)
    if plan is not None:
        return _change(db, one, plan, now)
    try:
        return _do(db, one, now)
    except Refusal as refusal:
        meetingdesk.refused(db, one.meeting.mlist, one.to, now, one.cause, refusal, "")
        return Outcome(State.ANSWERED, ("draft-refused",))


def _plan(db: Session, one: Reply, now: datetime) -> Plan | None:
    """The meeting as this reply would have it; None where it says nothing of that."""
    if one.said.sends or one.said.word in (Word.UNDO, Word.CALL_OFF, Word.YES):
        return None
    before = meetings.plan_of(db, one.meeting)
    found = meetingmail.of_calendar(one.letter, before.zone, now)
    if found is not None:
        return found
    words, here = one.letter.post.reply, meetingmail.wall(now, before.zone)
    if one.meeting.state is MeetingState.DRAFT and meetingwords.is_whole(words):
        # A letter anew; it may name no title, in an answer to a letter that bears one.
        anew = meetingwords.read(before.title, words, here, before.zone)
        return anew
    return meetingwords.corrected(before, words, here)


def _change(db: Session, one: Reply, plan: Plan, now: datetime) -> Outcome:
    """Shown anew; sent by the next word."""
    if one.meeting.pending == meetings.CANCELS:
        meetings.keep(one.meeting)
    meetings.revise(db, one.meeting, plan, now)
    if meetingdesk.state_of(one.meeting) == "none":
        meetingdesk.told(db, one.meeting, one.to, now, one.cause, "kept")
        return Outcome(State.ANSWERED, ("meeting-kept",))
    meetingdesk.preview(db, one.meeting, one.to, now, one.cause, plan)
    return Outcome(State.ANSWERED, ("meeting-shown",))


def _do(db: Session, one: Reply, now: datetime) -> Outcome:
    meeting, word, waits = one.meeting, one.said.word, meetingdesk.state_of(one.meeting)
    sends = word is Word.SEND or (word is Word.YES and waits == "cancel")
    if sends and waits == "none":
        meetingdesk.told(db, meeting, one.to, now, one.cause, "already")
        return Outcome(State.ANSWERED, ("already-decided",))
    if sends:
        return _send(db, one, waits, now)
    if word in (Word.UNDO, Word.CALL_OFF) and not (word is Word.UNDO and waits in ("update", "cancel")):
        return _call_off(db, one, waits, now)
    if word is Word.UNDO:
        meetings.keep(meeting)
        return _told(db, one, "kept", now)
    meetingdesk.unclear(db, meeting, one.to, now, one.cause, one.letter.words)
    return Outcome(State.ANSWERED, ("not-understood",))


def _call_off(db: Session, one: Reply, waits: str, now: datetime) -> Outcome:
    if waits == "draft":
        meetings.discard(db, one.meeting, one.actor, now)
        return _told(db, one, "discarded", now)
    meetings.wish_to_cancel(one.meeting)
    meetingdesk.preview(db, one.meeting, one.to, now, one.cause, meetings.plan_of_sent(one.meeting))
    return Outcome(State.ANSWERED, ("meeting-shown",))


def _send(db: Session, one: Reply, waits: str, now: datetime) -> Outcome:
    meeting, plan = one.meeting, meetings.plan_of(db, one.meeting)
    if one.stale or plan.troubles:
        meetingdesk.preview(db, meeting, one.to, now, one.cause, plan, changed=one.stale)
        return Outcome(State.ANSWERED, ("changed-since" if one.stale else "meeting-asked",))
    if waits == "draft":
        meetings.announce(db, meeting, one.actor, now)
        return _told(db, one, "announced", now)
    if waits == "cancel":
        meetings.cancel(db, meeting, one.actor, now)
        return _told(db, one, "cancelled", now)
    seats = meeting.seats
    meetings.change(db, meeting, one.actor, now)
    if seats != meeting.seats or meeting.moved == meeting.sequence:
        meetingseats.seats_changed(db, meeting, now)
    return _told(db, one, "changed", now)


def _told(db: Session, one: Reply, outcome: str, now: datetime) -> Outcome:
    meetingdesk.told(db, one.meeting, one.to, now, one.cause, outcome)
    return Outcome(State.ANSWERED, (f"meeting-{outcome}",))
