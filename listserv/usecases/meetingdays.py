"""What the calendar owes meetings: letters in slices, reminders, seats that became free, and what is over.

A reminder a week before goes to whoever comes, may come or has not answered; the one a day before to those who come or may
come. Both are counted by the clock of the meeting's place, so that 16.30 stays 16.30 when clocks are changed. None comes
within a day of the letter that told them of the meeting.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.orm import Session

from listserv.store import calendar
from listserv.store import meetinglists as rows
from listserv.store.meetings import Attendee, Meeting, MeetingState, Said
from listserv.store.members import Member
from listserv.usecases import meetingcame, meetingfacts, meetingletters, meetingnewcomers, meetingseats, meetingsending, outbox
from listserv.usecases.digesting import Owed
from listserv.usecases.rowbyrow import went_well

DAY, WEEK = timedelta(days=1), timedelta(days=7)
# Whom each reminder is for.
REMINDERS = ((WEEK, "week", (Said.YES, Said.MAYBE, Said.NONE)), (DAY, "day", (Said.YES, Said.MAYBE)))
# So many letters in one transaction, so that others can write between them.
SLICE = 20
MOST_OWED = 10_000
REMINDED, OVER = "meeting-reminder", "meeting-over"

log = structlog.get_logger()


def run_due(db: Session, now: datetime, limit: int) -> int:
    """Do what is due, at most `limit` of each kind; how many things were done."""
    invited = meetingsending.run_due(db, now, SLICE) + meetingnewcomers.run_due(db, now, SLICE)
    return invited + remind(db, now) + move_up(db, now, limit) + close(db, now, limit)


def owed(db: Session, until: datetime) -> list[Owed]:
    """What the calendar owes at that time; changes nothing."""
    return [*meetingsending.owed(db, until), *meetingnewcomers.owed(db, until), *_owed_reminders(db, until), *_owed_closing(db, until)]


# ---- reminders ----------------------------------------------------------------------------------------------


def slot_of(meeting: Meeting, before: timedelta) -> datetime:
    """So long before it begins, by the clock on the wall there."""
    zone = ZoneInfo(meeting.timezone)
    assert meeting.starts_at is not None
    local = meeting.starts_at.astimezone(zone).replace(tzinfo=None) - before
    return local.replace(tzinfo=zone).astimezone(meeting.starts_at.tzinfo)


def due_reminder(meeting: Meeting, now: datetime) -> tuple[datetime, str, tuple[Said, ...]] | None:
    """The reminder that is due or in hand: its slot, its name and whom it is for; None where none is."""
    past = [(slot, name, said) for before, name, said in REMINDERS if (slot := slot_of(meeting, before)) <= now]
    if not past or meeting.starts_at is None or meeting.starts_at <= now:
        return None
    slot, name, said = max(past)
    in_hand = meeting.remind_slot == slot
    if in_hand:
        return (slot, name, said) if meeting.remind_upto is not None else None
    return (slot, name, said) if slot - told_at(meeting) >= DAY else None


def told_at(meeting: Meeting) -> datetime:
    """When everybody last heard of it: the invitation, or what was changed since. What moderators only prepare is told to nobody."""
    announced = meeting.announced_at or meeting.created_at
    return max(announced, meeting.changed_at) if meeting.sequence and not meeting.pending else announced


def remind(db: Session, now: datetime) -> int:
    """One slice of the reminders of each meeting; how many letters and meetings were dealt with."""
    return sum(_remind(db, meeting, now) for meeting in rows.starting(db, now, now + WEEK + DAY) if due_reminder(meeting, now))


def _remind(db: Session, meeting: Meeting, now: datetime) -> int:
    meeting = meetingseats.lock(db, meeting)
    due = due_reminder(meeting, now) if meeting.state is MeetingState.ANNOUNCED else None
    if due is None:
        return 0
    slot, name, said = due
    if meeting.remind_slot != slot:
        meeting.remind_slot, meeting.remind_upto = slot, 0
        calendar.ran(db, REMINDED, f"meeting:{meeting.id}", slot, now, list_id=meeting.list_id, detail=name)
    found = rows.to_remind(db, meeting, said, SLICE, upto=meeting.remind_upto or 0)
    for row, member in found:
        if row.invited_at is None or now - row.invited_at >= DAY:
            remind = partial(_write, db, meeting, row, member, now, name=name)
            went_well(db, remind, "reminder failed", meeting=meeting.id, attendee=row.id)
    meeting.remind_upto = found[-1][0].id if len(found) == SLICE else None
    return len(found) + 1


def _write(db: Session, meeting: Meeting, row: Attendee, member: Member, now: datetime, *, name: str) -> None:
    facts = {
        **meetingfacts.facts(db, meeting, meetingfacts.tongue(db, meeting.mlist, member.user.language)),
        "meeting_reminder": name,
        "meeting_said": row.said.value,
    }
    facts["place_in_line"] = meetingseats.place_in_line(db, meeting, row)
    reply_to = meetingletters.answer_address(db, meeting, member)
    facts["answer_url"] = meetingletters.answer_url(db, meeting, member, row.said.value if row.said is not Said.NONE else "yes")
    outbox.to_member(db, "meeting-reminder", member, now, mlist=meeting.mlist, reply_to=reply_to, automatic=False, **facts)


def _owed_reminders(db: Session, until: datetime) -> Iterator[Owed]:
    for meeting in rows.starting(db, until, until + WEEK + DAY):
        due = due_reminder(meeting, until)
        if due is None:
            continue
        slot, name, said = due
        upto = (meeting.remind_upto or 0) if meeting.remind_slot == slot else 0
        for row, member in rows.to_remind(db, meeting, said, MOST_OWED, upto=upto):
            if row.invited_at is None or until - row.invited_at >= DAY:
                yield Owed(slot, REMINDED, meeting.mlist.name, member.address.email, f"meeting {meeting.number}, a {name} before")


# ---- seats, and what is over --------------------------------------------------------------------------------


def move_up(db: Session, now: datetime, limit: int) -> int:
    """Seats of people who left the list meanwhile, or were erased."""
    return sum(meetingseats.seats_changed(db, meeting, now) for meeting in rows.with_somebody_waiting(db, now, limit) if _has_free_seats(db, meeting))


def _has_free_seats(db: Session, meeting: Meeting) -> bool:
    return bool(rows.waiting(db, meeting, 1)) and (meeting.seats is None or rows.seats_taken(db, meeting) < meeting.seats)


def close(db: Session, now: datetime, limit: int) -> int:
    """Meetings that have ended: their moderator is asked who came."""
    over = rows.ended(db, now, limit)
    for meeting in over:
        meeting.state, meeting.remind_upto = MeetingState.OVER, None
        asked = meetingcame.ask(db, meeting, now)
        calendar.ran(db, OVER, f"meeting:{meeting.id}", meeting.ends_at or now, now, list_id=meeting.list_id, detail=f"asked: {asked}")
        log.info("meeting-over", meeting=meeting.id, asked=asked)
    return len(over)


def _owed_closing(db: Session, until: datetime) -> Iterator[Owed]:
    for meeting in rows.ended(db, until, MOST_OWED, lock=False):
        for decider in meetingcame.whom_to_ask(db, meeting):
            yield Owed(meeting.ends_at or until, OVER, meeting.mlist.name, decider.email, f"meeting {meeting.number}: who came")
