"""Mail to the private address of an invitation: a word, or what a calendar answers by itself. Counted once for each person, or told why not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.orm import Session

from listserv.errors import Conflict, NotFound
from listserv.mail import absences, address, commands
from listserv.mail import meetinganswers as wordings
from listserv.mail.authentication import Alignment
from listserv.mail.meetinganswers import Heard
from listserv.store.meetings import Attendee, Meeting, MeetingState, Said, Way, attendee_of, locked_meeting
from listserv.store.members import Member, member_by_key
from listserv.store.queue import State
from listserv.usecases import limits, meetingdates, meetingletters, meetingquestions, meetingseats
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.outbox import Cause

if TYPE_CHECKING:
    from listserv.mail.calendar import Event

SAID = {Heard.YES: Said.YES, Heard.NO: Said.NO, Heard.MAYBE: Said.MAYBE}
# RFC 5546 section 3.2.3.
PARTSTATS = {"ACCEPTED": Said.YES, "DECLINED": Said.NO, "TENTATIVE": Said.MAYBE}
REPLY, COUNTER = "REPLY", "COUNTER"
# Letters of one invitation that are answered with something other than a plain echo: whoever has the address cannot fill mailboxes.
HOUR, MOST_TOLD = timedelta(hours=1), 4
ENOUGH = Outcome(State.DISCARDED, ("enough-for-today",))

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Answering:
    """Somebody's mail about a meeting."""

    meeting: Meeting
    member: Member
    letter: Letter
    now: datetime

    @property
    def cause(self) -> Cause:
        return Cause(self.letter.incoming, proven=self.letter.alignment is Alignment.ALIGNED)


def answer(db: Session, ids: tuple[int, ...], letter: Letter, now: datetime) -> Outcome:
    """Count what this mail answers. Raises NotFound where the meeting, or its person, is not there any more."""
    event = _calendars_answer(letter)
    if event is None and (letter.by_a_machine or _is_notice(letter.post.reply)):
        return NOBODY_ANSWERS_MACHINES
    member, meeting = _whose(db, ids)
    letter.incoming.list_id = meeting.list_id
    one = Answering(meeting, _author(db, member, letter), letter, now)
    if not _is_own(one.member, letter):
        return _tell(db, one, "elsewhere")
    if meeting.state is MeetingState.CHOOSING:
        return meetingdates.answered(db, meeting, one.member, letter, now)
    if not meetingletters.is_open(meeting, now):
        return _tell(db, one, CLOSED.get(meeting.state, "over"))
    return _of_calendar(db, one, event) if event is not None else _of_words(db, one)


# Why a meeting takes no answers; over it is where nothing else is known.
CLOSED = {MeetingState.CANCELLED: "cancelled", MeetingState.DISCARDED: "cancelled", MeetingState.DRAFT: "draft"}


def _is_notice(reply: str) -> bool:
    """Is it a robot's notice of absence? „Nie dam rady, jestem na urlopie” is a person's answer."""
    return commands.is_absent(reply) and wordings.read(absences.beside(reply)).heard not in SAID


def _calendars_answer(letter: Letter) -> "Event | None":
    """What a calendar answers: RFC 6047 has it in a part of its own."""
    if b"calendar" not in letter.raw.lower() and b".ics" not in letter.raw.lower() and b"winmail.dat" not in letter.raw.lower():
        return None
    from listserv.mail import calendar  # the calendars' library: only for the few mails that carry one

    event = calendar.event(letter.raw)
    return event if event and event.calendar.method in (REPLY, COUNTER) else None


def _whose(db: Session, ids: tuple[int, ...]) -> tuple[Member, Meeting]:
    member = db.get(Member, ids[0])
    meeting = locked_meeting(db, ids[1]) if len(ids) == 2 else None
    if member is None or meeting is None or member.list_id != meeting.list_id or not meeting.mlist.meetings:
        raise NotFound("there is no such meeting")
    return member, meeting


def _author(db: Session, member: Member, letter: Letter) -> Member:
    """Whose answer it is: an invitation that a colleague passed on is answered by whoever answers, where their mail service vouches for them."""
    if _is_own(member, letter) or letter.alignment is not Alignment.ALIGNED or not letter.sender:
        return member
    return member_by_key(db, member.mlist, address.key(letter.sender)) or member


def _is_own(member: Member, letter: Letter) -> bool:
    """Does it come from an address of this person's? Invitations are passed on, with the address to answer in them."""
    keys = {place.key for place in member.user.addresses}
    return letter.alignment is not Alignment.FAILED and address.key(letter.sender) in keys


def _tell(db: Session, one: Answering, heard: str, *, words: str = "") -> Outcome:
    """Say why nothing was counted, a few times an hour."""
    if not limits.within(db, "meeting answer told", f"{one.meeting.id} {one.member.id}", one.now, HOUR, MOST_TOLD):
        return ENOUGH
    # To the address that we know, whoever wrote.
    cause = one.cause if heard != "elsewhere" else Cause(one.letter.incoming)
    meetingletters.echo(db, one.meeting, one.member, _row(db, one), one.now, heard=heard, cause=cause, words=words)
    return Outcome(State.ANSWERED, (f"meeting-{heard}",))


def _row(db: Session, one: Answering) -> Attendee | None:
    return attendee_of(db, one.meeting, one.member.user_id)


def _of_calendar(db: Session, one: Answering, event: "Event") -> Outcome:
    if event.calendar.uid != one.meeting.uid:
        return _pass_on(db, one, one.letter.words)
    if event.calendar.method == COUNTER:
        return _countered(db, one, event)
    if _is_stale(one.meeting, event):
        return _asked_again(db, one)
    if event.calendar.partstat == "DELEGATED":
        return _tell(db, one, "delegated")
    said = PARTSTATS.get(event.calendar.partstat or "")
    return _count(db, one, said, Way.CALENDAR) if said else _pass_on(db, one, one.letter.words)


def _is_stale(meeting: Meeting, event: "Event") -> bool:
    """Is it an answer to a date that is another one by now? Programs that name no sequence name the date."""
    if event.sequence >= meeting.moved:
        return False
    starts = meeting.starts_at.isoformat() if meeting.starts_at else ""
    given = event.calendar.start or ""
    return not given or not starts or not _is_same_moment(given, meeting)


def _is_same_moment(given: str, meeting: Meeting) -> bool:
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        return False
    return moment.tzinfo is not None and moment == meeting.starts_at


def _asked_again(db: Session, one: Answering) -> Outcome:
    """The invitation to the new date once more: the answer was to the old one."""
    if not limits.within(db, "meeting answer told", f"{one.meeting.id} {one.member.id}", one.now, HOUR, MOST_TOLD):
        return ENOUGH
    meetingletters.invite(db, one.meeting, one.member, one.now, news=meetingletters.MOVED, cause=one.cause)
    return Outcome(State.ANSWERED, ("meeting-stale",))


def _countered(db: Session, one: Answering, event: "Event") -> Outcome:
    from listserv.mail import calendarwords

    def proposed(language: str) -> str:
        return calendarwords.when(event, language, one.meeting.timezone)

    if not meetingquestions.pass_on(db, one.meeting, one.member, "counter", one.letter.words, one.now, proposed=proposed):
        return ENOUGH
    return _tell(db, one, "counter")


def _of_words(db: Session, one: Answering) -> Outcome:
    post = one.letter.post
    said = wordings.read(post.reply, post.author_name, post.subject)
    if said.heard is Heard.THANKS:
        return Outcome(State.ANSWERED, ("thanks",))
    if said.heard is Heard.UNCLEAR:
        return _pass_on(db, one, one.letter.words)
    return _count(db, one, SAID[said.heard], Way.MAIL, asks=said.asks)


def _count(db: Session, one: Answering, said: Said, way: Way, *, asks: bool = False) -> Outcome:
    """Count it, and say so; `asks`: other words in it are for a human all the same."""
    try:
        row = meetingseats.say(db, one.meeting, one.member.user_id, said, way, one.now)
    except Conflict:
        return _tell(db, one, "over")
    place = meetingseats.place_in_line(db, one.meeting, row)
    passed_on = asks and meetingquestions.pass_on(db, one.meeting, one.member, "question", one.letter.words, one.now)
    meetingletters.echo(db, one.meeting, one.member, row, one.now, place=place, cause=one.cause, passed_on=passed_on)
    return Outcome(State.ANSWERED, (f"meeting-{said}",))


def _pass_on(db: Session, one: Answering, said: str) -> Outcome:
    """Nobody understood it: humans read it, and whoever wrote it knows that."""
    if not meetingquestions.pass_on(db, one.meeting, one.member, "unclear", said, one.now):
        return ENOUGH
    return _tell(db, one, "unclear", words=said)
