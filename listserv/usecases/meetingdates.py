"""Choosing a date: every member is asked which of some dates suits them, and a word of a moderator makes one of them the meeting's."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.orm import Session

from listserv.errors import Conflict, Invalid
from listserv.mail import datenames, dateoptions
from listserv.mail import meetinganswers as wordings
from listserv.store import meetinglists as rows
from listserv.store import meetings
from listserv.store.meetings import Attendee, Meeting, MeetingChoice, MeetingOption, MeetingState, Way
from listserv.store.members import Member
from listserv.store.queue import State
from listserv.usecases import meetingfacts, meetingletters, meetingquestions, meetingseats, outbox
from listserv.usecases.access import Actor
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.journal import note

log = structlog.get_logger()


def ask(db: Session, meeting: Meeting, member: Member, now: datetime) -> None:
    """The letter to one member: which of these dates suits you?"""
    write(db, "meeting-dates", meeting, member, now)


def write(db: Session, letter: str, meeting: Meeting, member: Member, now: datetime, *, cause: outbox.Cause = outbox.ACT, **more: Any) -> None:
    """A letter about the dates, with an address of the member's own to answer to."""
    facts = facts_of(db, meeting, member.user.language) | more
    facts["answer_url"] = meetingletters.answer_url(db, meeting, member)
    reply_to = meetingletters.answer_address(db, meeting, member)
    outbox.to_member(db, letter, member, now, mlist=meeting.mlist, reply_to=reply_to, automatic=False, cause=cause, **facts)


def facts_of(db: Session, meeting: Meeting, language: str) -> dict[str, Any]:
    """What letters tell of the question: its words and its dates."""
    language = meetingfacts.tongue(db, meeting.mlist, language)
    dates = [{"number": one.number, "when": when(meeting, one, language)} for one in meeting.options]
    return {"meeting_title": meeting.title, "meeting_text": meeting.text, "meeting_page_url": meetingfacts.page_url(db, meeting), "meeting_dates": dates}


def when(meeting: Meeting, option: MeetingOption, language: str) -> str:
    """One date in words, by the clock of the meeting's place."""
    return meetingfacts.in_words(option.starts_at, option.ends_at, meeting.timezone, language)


def totals(db: Session, meeting: Meeting) -> dict[int, int]:
    """How many each date suits, by its number."""
    return rows.choices(db, meeting)


# ---- answers ------------------------------------------------------------------------------------------------


def answered(db: Session, meeting: Meeting, member: Member, letter: Letter, now: datetime) -> Outcome:
    """A member's answer by mail: counted, and told what was understood."""
    if letter.by_a_machine:
        return NOBODY_ANSWERS_MACHINES
    zone = ZoneInfo(meeting.timezone)
    said = datenames.numbered(letter.words, [one.starts_at.astimezone(zone) for one in sorted(meeting.options, key=lambda one: one.number)])
    numbers = dateoptions.chosen(said, len(meeting.options))
    if numbers is not None:
        choose(db, meeting, member.user_id, numbers, Way.MAIL, now)
    asks = numbers is not None and wordings.asks(letter.post.reply, letter.post.author_name)
    passed_on = asks and meetingquestions.pass_on(db, meeting, member, "dates", letter.words, now)
    facts = {"meeting_chosen": sorted(numbers or ()), "meeting_understood": numbers is not None, "passed_on": passed_on}
    write(db, "meeting-dates-noted", meeting, member, now, cause=letter.cause, **facts)
    return Outcome(State.ANSWERED, ("dates-chosen" if numbers is not None else "not-understood",))


def choose(db: Session, meeting: Meeting, user_id: int, numbers: Collection[int], way: Way, now: datetime) -> Attendee:
    """These dates suit somebody, and the others do not. Raises Conflict where no date is being chosen, Invalid for a number that is none of them."""
    meeting = meetingseats.lock(db, meeting)
    if meeting.state is not MeetingState.CHOOSING:
        raise Conflict("this date is settled")
    by_number = {one.number: one for one in meeting.options}
    if not set(numbers) <= by_number.keys():
        raise Invalid("there is no such date")
    meetings.forget_choices(db, meeting, user_id)
    db.add_all(MeetingChoice(option_id=by_number[number].id, user_id=user_id) for number in sorted(set(numbers)))
    row = rows.fresh_attendee(db, meeting, user_id) or Attendee(meeting_id=meeting.id, user_id=user_id)
    row.answered_at, row.way = now, way
    db.add(row)
    db.flush()
    log.info("meeting-dates-answered", meeting=meeting.id, way=way.value, suit=len(set(numbers)))
    return row


# ---- the end of it ------------------------------------------------------------------------------------------


def pick(db: Session, meeting: Meeting, number: int, actor: Actor, now: datetime) -> Meeting:
    """This date is the meeting's: a draft again, to be shown before anybody hears of it. Raises Conflict, Invalid."""
    meeting = meetingseats.lock(db, meeting)
    if meeting.state is not MeetingState.CHOOSING:
        raise Conflict("this date is settled")
    option = next((one for one in meeting.options if one.number == number), None)
    if option is None:
        raise Invalid("there is no such date")
    meeting.starts_at, meeting.ends_at = option.starts_at, option.ends_at
    meeting.state, meeting.changed_at, meeting.invite_upto = MeetingState.DRAFT, now, None
    meeting.revision += 1
    meeting.options.clear()
    meetings.ask_again(db, meeting)
    note(db, actor, "meeting-date-chosen", mlist=meeting.mlist, now=now, about=meeting, detail=str(number))
    db.flush()
    return meeting
