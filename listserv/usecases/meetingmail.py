"""`LIST-meeting@`: a plain letter of a moderator becomes a meeting; nothing is sent before a word says so."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from listserv.errors import Invalid
from listserv.i18n import N_
from listserv.mail import meetingwords
from listserv.mail.authentication import Alignment
from listserv.mail.folding import plain
from listserv.mail.meetingpatterns import LONGEST_TEXT
from listserv.mail.meetingplan import Plan
from listserv.mail.spam import Spam
from listserv.store import meetings as rows
from listserv.store.expanding import zone_named
from listserv.store.lists import MailingList
from listserv.store.people import User
from listserv.store.queue import State
from listserv.usecases import deciding, issuedoubles, limits, meetingasking, meetingdesk, meetingletters, meetings, outbox, strangernews
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.deciding import Decider
from listserv.usecases.outbox import Cause

# Drafts of one moderator in an hour; of one whose mail nobody has vouched for.
MANY, FEW, HOUR = 60, 6, timedelta(hours=1)
MANY_DRAFTS = N_("So many drafts came within an hour that this one was not taken, nor will another be until the hour is over. Please send it once more then.")
CLOSED = N_("This list is closed: nothing is sent to it any more.")


def take(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """A mail to this address: a draft where a moderator wrote it; anybody else's reaches the moderators as the letter that it is."""
    who = deciding.who_wrote(db, deciding.deciders(db, mlist), letter.sender)
    doubtful = letter.alignment is Alignment.FAILED or (letter.spam is not Spam.NO and letter.alignment is not Alignment.ALIGNED)
    if who is None or doubtful:
        return strangernews.pass_on(db, mlist, letter, now, coordinator=who is not None, tell=meetingletters.not_yours)
    if letter.by_a_machine:
        return NOBODY_ANSWERS_MACHINES
    if rows.has_begun(db, mlist, letter.incoming) or issuedoubles.is_answered(db, letter):
        return Outcome(State.DISCARDED, ("double",))
    return _draft(db, mlist, letter, who, now)


def _draft(db: Session, mlist: MailingList, letter: Letter, who: Decider, now: datetime) -> Outcome:
    cause = Cause(letter.incoming, proven=letter.alignment is Alignment.ALIGNED)
    most = MANY if cause.proven else FEW
    if not limits.within(db, "meeting draft", f"{mlist.id} {who.user_id}", now, HOUR, most):
        if limits.within(db, "too many meeting drafts", f"{mlist.id} {who.user_id}", now, HOUR, 1):
            meetingdesk.refused(db, mlist, who.email, now, cause, Invalid(MANY_DRAFTS), letter.words)
            return Outcome(State.ANSWERED, ("draft-refused",))
        return Outcome(State.DISCARDED, ("enough-for-today",))
    letter.incoming.list_id = mlist.id
    if mlist.closed_at:
        meetingdesk.refused(db, mlist, who.email, now, cause, Invalid(CLOSED), letter.words)
        return Outcome(State.ANSWERED, ("draft-refused",))
    asked = meetingasking.begin(db, mlist, letter, who.user_id, now)
    if asked:
        return asked
    plan = plan_of_letter(db, letter, zone_for(db, who.user_id), now)
    meeting = meetings.draft(db, mlist, who.user_id, plan, now, letter.incoming)
    meetingdesk.preview(db, meeting, who.email, now, cause, replace(plan, zone=meeting.timezone))
    return Outcome(State.DRAFT, ("meeting",))


def zone_for(db: Session, user_id: int | None) -> str:
    """The zone in which this person says an hour."""
    user = db.get(User, user_id) if user_id else None
    return str(zone_named(user.timezone if user else "", outbox.settings_of(db).timezone))


def wall(now: datetime, zone: str) -> datetime:
    """What the clock shows there."""
    return now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def plan_of_letter(db: Session, letter: Letter, zone: str, now: datetime) -> Plan:
    """What the letter says of a meeting: the calendar file that is attached, else its words."""
    said = of_calendar(letter, zone, now)
    words = letter.post.reply or letter.post.text
    if said is None:
        return meetingwords.read(letter.post.subject, words, wall(now, zone), zone)
    return said if said.text else replace(said, text=plain(words).strip()[:LONGEST_TEXT])


def of_calendar(letter: Letter, zone: str, now: datetime) -> Plan | None:
    """The meeting that an attached calendar file names; None where there is none."""
    if b"BEGIN:VEVENT" not in letter.raw and not any(name in letter.raw.lower() for name in (b"text/calendar", b"application/ics", b".ics")):
        return None
    from listserv.mail import calendar, meetingcalendar  # the calendars' library: only for the few mails that carry one

    event = calendar.event(letter.raw)
    return meetingcalendar.plan_of(event, letter.post.base_subject, zone, wall(now, zone)) if event else None
