"""What becomes of a meeting: a draft, an announcement, a change, a cancellation. Nobody hears of it before a word says so."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from digests.schedule import instant
from listserv.errors import Conflict, Invalid, NotAllowed
from listserv.i18n import N_
from listserv.mail import meetingplan, tokens
from listserv.mail.meetingplan import Plan
from listserv.store import meetings as rows
from listserv.store.lists import MailingList, lock
from listserv.store.meetings import Meeting, MeetingOption, MeetingState
from listserv.store.meetingslices import count_invitable
from listserv.store.queue import Incoming
from listserv.usecases import deciding, meetingthread, outbox
from listserv.usecases.access import Actor
from listserv.usecases.journal import note

CLOSED = N_("This list is closed: nothing is sent to it any more.")
NOBODY = N_("Nobody would get this invitation: mail reaches nobody on the list at the moment.")
TO_BE_ASKED = N_("Something about it must be said first.")
# In `pending`: it is to be cancelled.
CANCELS = "cancel"


def draft(db: Session, mlist: MailingList, user_id: int | None, plan: Plan, now: datetime, incoming: Incoming | None = None) -> Meeting:
    """A meeting that moderators alone know of; what must be asked of it is kept with it."""
    lock(db, mlist)
    meeting = Meeting(list_id=mlist.id, number=rows.next_number(db, mlist), planned_by=user_id or None, created_at=now, changed_at=now)
    meeting.mlist, meeting.state, meeting.incoming_id = mlist, MeetingState.DRAFT, incoming.id if incoming else None
    meeting.uid = f"{secrets.token_hex(12)}@{outbox.settings_of(db).site.domain}"
    meeting.revision = meeting.sequence = meeting.moved = 0
    _take(db, meeting, plan, now)
    db.add(meeting)
    db.flush()
    return meeting


def plan_of(db: Session, meeting: Meeting) -> Plan:
    """What it says now, or will say once a word has said so."""
    if meeting.pending and meeting.pending != CANCELS:
        return meetingplan.read(meeting.pending)
    zone = ZoneInfo(meeting.timezone)
    starts, ends = (moment.astimezone(zone).replace(tzinfo=None) if moment else None for moment in (meeting.starts_at, meeting.ends_at))
    return Plan(meeting.title, starts, ends, meeting.timezone, meeting.place, meeting.url, meeting.text, meeting.seats)


def revise(db: Session, meeting: Meeting, plan: Plan, now: datetime) -> None:
    """Another draft; of an announced meeting, a change that waits for a word. Raises Conflict where it is neither."""
    _require(meeting, MeetingState.DRAFT, MeetingState.ANNOUNCED)
    if meeting.state is MeetingState.DRAFT:
        _take(db, meeting, plan, now)
        return
    plan = meetingplan.cleaned(plan, tokens.hide)
    same = not plan.troubles and plan == plan_of_sent(meeting)
    meeting.pending, meeting.revision = "" if same else meetingplan.write(plan), meeting.revision + 1


def plan_of_sent(meeting: Meeting) -> Plan:
    """What members know of an announced meeting."""
    zone = ZoneInfo(meeting.timezone)
    assert meeting.starts_at is not None and meeting.ends_at is not None
    starts, ends = (moment.astimezone(zone).replace(tzinfo=None) for moment in (meeting.starts_at, meeting.ends_at))
    return Plan(meeting.title, starts, ends, meeting.timezone, meeting.place, meeting.url, meeting.text, meeting.seats)


def _take(db: Session, meeting: Meeting, plan: Plan, now: datetime) -> None:
    plan = meetingplan.cleaned(plan, tokens.hide)
    plan = replace(plan, zone=plan.zone or outbox.settings_of(db).timezone)
    _write(meeting, plan)
    meeting.pending = meetingplan.write(plan) if plan.troubles else ""
    meeting.revision, meeting.changed_at = meeting.revision + 1, now


def _write(meeting: Meeting, plan: Plan) -> None:
    meeting.title, meeting.place, meeting.url, meeting.text, meeting.seats = plan.title, plan.place, plan.url, plan.text, plan.seats
    meeting.timezone = plan.zone
    zone = ZoneInfo(plan.zone)
    meeting.starts_at, meeting.ends_at = (instant(moment, zone) if moment else None for moment in (plan.starts, plan.ends))


def _require(meeting: Meeting, *states: MeetingState) -> None:
    if meeting.state not in states:
        raise Conflict("already-decided")


def _require_decider(db: Session, meeting: Meeting, actor: Actor) -> None:
    if not actor.administrator and not deciding.still_decides(db, meeting.mlist, actor.user_id):
        raise NotAllowed(N_("Only those who moderate the list can do this."))


def announce(db: Session, meeting: Meeting, actor: Actor, now: datetime) -> None:
    """Invite everybody whom mail reaches, in slices, and open its thread. Raises Invalid with one sentence, Conflict where that has happened."""
    _require_decider(db, meeting, actor)
    _require(meeting, MeetingState.DRAFT, MeetingState.CHOOSING)
    _require_sendable(db, meeting, now)
    if not count_invitable(db, meeting.mlist):
        raise Invalid(NOBODY)
    meeting.state, meeting.announced_at, meeting.changed_at = MeetingState.ANNOUNCED, now, now
    meeting.invite_upto, meeting.revision = 0, meeting.revision + 1
    meeting.message_id = meetingthread.begun(db, meeting, actor, now)
    note(db, actor, "meeting-announced", mlist=meeting.mlist, now=now, about=meeting, detail=meeting.title[:200])
    db.flush()


def _require_sendable(db: Session, meeting: Meeting, now: datetime) -> None:
    plan = plan_of(db, meeting)
    if meeting.mlist.closed_at:
        raise Invalid(CLOSED)
    if plan.troubles or plan.starts is None or not plan.title:
        raise Invalid(TO_BE_ASKED)
    if instant(plan.starts, ZoneInfo(plan.zone)) <= now:
        raise Invalid(meetingplan.PAST, day=plan.starts.date())


def change(db: Session, meeting: Meeting, actor: Actor, now: datetime) -> None:
    """Let what waits be so, and tell everybody who was invited; who answered another date is asked again. Raises Invalid, Conflict."""
    _require_decider(db, meeting, actor)
    _require(meeting, MeetingState.ANNOUNCED)
    if not meeting.pending or meeting.pending == CANCELS:
        raise Conflict("already-decided")
    _require_sendable(db, meeting, now)
    plan, before = plan_of(db, meeting), (meeting.starts_at, meeting.ends_at)
    _write(meeting, plan)
    meeting.pending, meeting.changed_at = "", now
    meeting.sequence, meeting.revision = meeting.sequence + 1, meeting.revision + 1
    meeting.tell_upto, meeting.remind_upto = 0, None
    if before[0] != meeting.starts_at:
        # RFC 5546 section 2.1.4: an answer is to one date.
        meeting.moved, meeting.remind_slot = meeting.sequence, None
        db.flush()
        rows.ask_again(db, meeting)
    note(db, actor, "meeting-changed", mlist=meeting.mlist, now=now, about=meeting, detail=meeting.title[:200])
    db.flush()


def cancel(db: Session, meeting: Meeting, actor: Actor, now: datetime) -> None:
    """It does not take place: everybody who was invited is told. Raises Conflict."""
    _require_decider(db, meeting, actor)
    _require(meeting, MeetingState.ANNOUNCED)
    meeting.state, meeting.pending, meeting.changed_at = MeetingState.CANCELLED, "", now
    meeting.sequence, meeting.revision = meeting.sequence + 1, meeting.revision + 1
    meeting.invite_upto, meeting.tell_upto, meeting.remind_upto = None, 0, None
    note(db, actor, "meeting-cancelled", mlist=meeting.mlist, now=now, about=meeting, detail=meeting.title[:200])
    db.flush()


def wish_to_cancel(meeting: Meeting) -> None:
    """Somebody has said that it is off; a second word makes it so. Raises Conflict."""
    _require(meeting, MeetingState.ANNOUNCED)
    meeting.pending, meeting.revision = CANCELS, meeting.revision + 1


def keep(meeting: Meeting) -> None:
    """What waits for a word is not done."""
    meeting.pending, meeting.revision = "", meeting.revision + 1


def discard(db: Session, meeting: Meeting, actor: Actor, now: datetime) -> None:
    """Throw a draft away. Raises Conflict."""
    _require_decider(db, meeting, actor)
    _require(meeting, MeetingState.DRAFT, MeetingState.CHOOSING)
    meeting.state, meeting.changed_at, meeting.revision = MeetingState.DISCARDED, now, meeting.revision + 1
    meeting.invite_upto = None
    note(db, actor, "meeting-discarded", mlist=meeting.mlist, now=now, about=meeting, detail=meeting.title[:200])


def settle(db: Session, meeting: Meeting, option: MeetingOption, actor: Actor, now: datetime) -> None:
    """One of the dates that people chose from is the date: everybody is invited to it. Raises Invalid, Conflict."""
    _require(meeting, MeetingState.CHOOSING)
    meeting.starts_at, meeting.ends_at, meeting.pending = option.starts_at.astimezone(UTC), option.ends_at.astimezone(UTC), ""
    # Whoever said which dates suit has not answered the invitation yet.
    rows.ask_again(db, meeting)
    announce(db, meeting, actor, now)
