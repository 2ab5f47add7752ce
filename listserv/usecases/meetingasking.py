"""A moderator's question which date suits: read from a letter, shown, and sent by a word; another word settles the date."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from digests.schedule import instant
from listserv.errors import Conflict, Invalid
from listserv.i18n import N_
from listserv.mail import dateoptions, meetinghours, meetingplan, meetingwords, tokens
from listserv.mail.folding import fold
from listserv.mail.meetingplan import Plan
from listserv.mail.subject import base_subject
from listserv.store.lists import MailingList
from listserv.store.meetings import Meeting, MeetingOption, MeetingState
from listserv.store.meetingslices import count_invitable
from listserv.store.people import Purpose, Token
from listserv.store.queue import State
from listserv.usecases import deciding, meetingdates, meetingdesk, meetings, meetingseats, outbox
from listserv.usecases import tokens as keys
from listserv.usecases.access import Actor
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.deciding import Decider
from listserv.usecases.journal import note
from newsletters import answers
from newsletters.answers import Says

# The first word of a token's detail; behind it which revision was shown.
SHOWN = "dates"
LONGEST_TITLE = 200
NO_HOURS = N_("Dates to choose from need an hour each, or one in the question for all of them, for example: 1) 12 March, 4.30 pm. Please send it once more.")
Dates = list[tuple[datetime, datetime]]


def begin(db: Session, mlist: MailingList, letter: Letter, user_id: int, now: datetime) -> Outcome | None:
    """A letter of somebody who decides that asks which date suits: kept, and shown to them; None where it asks no such thing."""
    asked = dateoptions.question(letter.post.subject, letter.words)
    decider = next((one for one in deciding.deciders(db, mlist) if one.user_id == user_id), None)
    if asked is None or decider is None:
        return None
    zone = outbox.settings_of(db).timezone
    dates, unreadable = read(asked.options, now, zone, asked.words)
    if len(dates) < 2 and asked.asks_when and _name_days(asked.options):
        # Read as a letter that announces, its first date would be the meeting.
        meetingdesk.refused(db, mlist, decider.email, now, letter.cause, Invalid(NO_HOURS), letter.words)
        return Outcome(State.ANSWERED, ("draft-refused",))
    if len(dates) < 2 or (unreadable and not asked.asks_when):
        return None
    plan = Plan(title=(base_subject(letter.post.subject) or asked.words)[:LONGEST_TITLE], zone=zone, text=_text(asked, letter.post.subject))
    meeting = meetings.draft(db, mlist, user_id, plan, now, incoming=letter.incoming)
    _keep(db, meeting, dates)
    show(db, meeting, decider, now, cause=letter.cause, unreadable=unreadable)
    return Outcome(State.DRAFT, ("dates-shown",))


def _text(asked: dateoptions.Question, subject: str) -> str:
    return asked.words if base_subject(subject) and asked.words != base_subject(subject) else ""


def _name_days(options: Sequence[str]) -> bool:
    """Are these days, at least two of them?"""
    return sum(meetingwords.find("", one).day is not None for one in options) > 1


def read(options: Sequence[str], now: datetime, zone: str, above: str = "") -> tuple[Dates, list[str]]:
    """The dates that these options are, and those that are none to come. `above`: words that may say the hour of all of them."""
    hour = " ".join(above[begin:end] for begin, end in meetinghours.read_hours(fold(above))[1])
    dates, unreadable = Dates(), list[str]()
    here = ZoneInfo(zone)
    local = now.astimezone(here).replace(tzinfo=None)
    for words in options:
        plan = meetingwords.read("", words, local, zone)
        if hour and any(one.words == meetingplan.NO_HOUR for one in plan.troubles):
            plan = meetingwords.read("", f"{words}, {hour}", local, zone)
        doubts = [one for one in plan.troubles if one.words != meetingplan.NO_TITLE]
        starts, ends = (instant(one, here) if one else None for one in (plan.starts, plan.ends))
        if doubts or starts is None or ends is None or starts <= now:
            unreadable.append(words)
        else:
            dates.append((starts, ends))
    return dates, unreadable


def _keep(db: Session, meeting: Meeting, dates: Dates) -> None:
    meeting.options.clear()
    db.flush()
    meeting.options.extend(MeetingOption(number=number, starts_at=starts, ends_at=ends) for number, (starts, ends) in enumerate(dates, 1))
    meeting.pending = ""
    db.flush()


def show(
    db: Session, meeting: Meeting, decider: Decider, now: datetime, *, cause: outbox.Cause = outbox.ACT, unreadable: Sequence[str] = (), unclear: bool = False
) -> None:
    """The question as it would be sent, or as it was, with an address that a word decides at."""
    token = keys.issue(db, Purpose.MEETING, decider.email, now, mlist=meeting.mlist, object_id=meeting.id, detail=f"\n{SHOWN} {meeting.revision}")
    facts = meetingdates.facts_of(db, meeting, decider.language)
    totals = meetingdates.totals(db, meeting)
    dates = [{**one, "suits": totals.get(one["number"], 0)} for one in facts.pop("meeting_dates")]
    more: dict[str, Any] = {"meeting_unreadable": list(unreadable), "meeting_unclear": unclear, "meeting_sent": meeting.state is MeetingState.CHOOSING}
    more["meeting_count"] = count_invitable(db, meeting.mlist)
    outbox.write(
        db,
        "meeting-dates-preview",
        decider.email,
        decider.language,
        now,
        mlist=meeting.mlist,
        reply_to=deciding.reply_address(db, token),
        automatic=False,
        cause=cause,
        meeting_dates=dates,
        **facts,
        **more,
    )


# ---- a moderator's word -------------------------------------------------------------------------------------


def said_of_draft(db: Session, meeting: Meeting, token: Token, letter: Letter, now: datetime) -> Outcome | None:
    """What a proven moderator says of it; None where there are no dates to choose from."""
    meeting = meetingseats.lock(db, meeting)
    if not meeting.options or meeting.state not in (MeetingState.DRAFT, MeetingState.CHOOSING):
        return None
    actor = deciding.actor(db, token)
    decider = next((one for one in deciding.deciders(db, meeting.mlist) if one.user_id == actor.user_id), None)
    if decider is None:
        return Outcome(State.DISCARDED, ("not-a-moderator",))
    name = letter.post.authors[0].name if letter.post.authors else ""
    said = answers.read(letter.words, name).says
    if said is Says.DISCARD or (said is Says.UNDO and meeting.state is MeetingState.CHOOSING):
        meetings.discard(db, meeting, actor, now)
        return Outcome(State.ANSWERED, ("meeting-discarded",))
    if meeting.state is MeetingState.CHOOSING:
        return _settled(db, meeting, letter, decider, actor, now)
    if said is Says.SEND and deciding.kept_words(token) == f"{SHOWN} {meeting.revision}":
        send(db, meeting, actor, now)
        show(db, meeting, decider, now, cause=letter.cause)
        return Outcome(State.ANSWERED, ("dates-sent",))
    return _anew(db, meeting, letter, decider, now)


def _settled(db: Session, meeting: Meeting, letter: Letter, decider: Decider, actor: Actor, now: datetime) -> Outcome:
    number = dateoptions.picked(letter.words, len(meeting.options))
    if number is None:
        show(db, meeting, decider, now, cause=letter.cause, unclear=True)
        return Outcome(State.ANSWERED, ("not-understood",))
    meetingdates.pick(db, meeting, number, actor, now)
    meetingdesk.show(db, meeting, decider.email, now, letter.cause)
    return Outcome(State.ANSWERED, ("date-chosen",))


def _anew(db: Session, meeting: Meeting, letter: Letter, decider: Decider, now: datetime) -> Outcome:
    """Other dates, or words that are no word: it is shown again, and nothing is sent."""
    asked = dateoptions.question("", letter.words)
    dates, unreadable = read(asked.options, now, meeting.timezone, asked.words) if asked else (Dates(), list[str]())
    if dates:
        _keep(db, meeting, dates)
        meeting.revision, meeting.changed_at = meeting.revision + 1, now
    show(db, meeting, decider, now, cause=letter.cause, unreadable=unreadable, unclear=not dates)
    return Outcome(State.ANSWERED, ("dates-shown" if dates else "not-understood",))


def send(db: Session, meeting: Meeting, actor: Actor, now: datetime) -> None:
    """Ask everybody whom mail reaches, in slices. Raises Conflict where that has happened, Invalid with a sentence where it cannot."""
    meeting = meetingseats.lock(db, meeting)
    if meeting.state is not MeetingState.DRAFT or not meeting.options:
        raise Conflict("already-decided")
    if meeting.mlist.closed_at:
        raise Invalid(meetings.CLOSED)
    meeting.state, meeting.changed_at, meeting.invite_upto = MeetingState.CHOOSING, now, 0
    meeting.revision += 1
    note(db, actor, "meeting-dates-asked", mlist=meeting.mlist, now=now, about=meeting, detail=tokens.hide(meeting.title)[:200])
    db.flush()
