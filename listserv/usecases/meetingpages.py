"""Meetings in the browser: what each person sees of them, and what those who decide do there.

Strangers at a public archive see that a meeting takes place and never who comes, nor the link that lets one in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import NotFound
from listserv.mail import tokens
from listserv.mail.calendarwords import LINK
from listserv.store import meetinglists as rows
from listserv.store import meetings as store
from listserv.store import meetingslices
from listserv.store.meetings import Attendee, Meeting, MeetingOption, MeetingState, Said
from listserv.store.members import Member
from listserv.usecases import meetingfacts, meetings, meetingseats, outbox, reading
from listserv.usecases.access import Actor
from listserv.usecases.shown import Pages, View

PAST_A_PAGE = 25
# Of one answer, so many names stand on a page; how many there are in all, its heading says.
NAMED = 300
SECRET = (MeetingState.DRAFT, MeetingState.DISCARDED)


@dataclass(frozen=True, slots=True)
class Line:
    """A meeting in a list of meetings."""

    number: int
    title: str
    when: str
    place: str
    state: str
    said: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """The meetings of a list."""

    view: View
    coming: tuple[Line, ...]
    past: tuple[Line, ...]
    drafts: tuple[Line, ...]
    pages: Pages


@dataclass(frozen=True, slots=True)
class Sheet:
    """One meeting, as somebody may see it; what is not for them is empty."""

    view: View
    meeting: Meeting
    title: str
    when: str
    place: str
    url: str
    text: str
    over: bool
    mine: Attendee | None
    line: int
    counts: dict[str, int]
    people: dict[str, Sequence[Attendee]]
    thread_id: int | None
    # What waits for a word of those who decide, and what must be asked about it.
    pending: dict[str, str] | None
    cancels: bool
    troubles: tuple[str, ...]
    dates: tuple[tuple[int, str, int], ...]
    chosen: frozenset[int]
    choosers: int
    expected: Sequence[Attendee]
    invitable: int

    @property
    def open(self) -> bool:
        """Can it be answered?"""
        return self.meeting.state is MeetingState.ANNOUNCED and not self.over


def view_of(db: Session, name: str, actor: Actor) -> View:
    """The list as this person sees it. Raises NotFound also where it has no meetings."""
    view = reading.view_of(db, name, actor)
    if not view.mlist.meetings:
        raise NotFound("there is no such page")
    return view


def calendar(db: Session, name: str, actor: Actor, now: datetime, language: str, *, page: int = 1) -> Calendar:
    """The meetings of a list: those to come, and those that are over. Raises NotFound."""
    view = view_of(db, name, actor)
    at = reading.page_of(page, rows.count_past(db, view.mlist, now), PAST_A_PAGE)
    coming = [one for one in store.upcoming(db, view.mlist, now) if view.sees_addresses or one.state is not MeetingState.CHOOSING]
    past = store.past(db, view.mlist, now, PAST_A_PAGE, (at.number - 1) * PAST_A_PAGE)
    drafts = store.drafts(db, view.mlist) if view.decides else ()
    mine = rows.answers_of(db, view.member.user_id, [one.id for one in (*coming, *past)]) if view.member else {}

    def lines(some: Sequence[Meeting]) -> tuple[Line, ...]:
        return tuple(_line(one, view, mine.get(one.id), language) for one in some)

    return Calendar(view, lines(coming), lines(past), lines(drafts), at)


def _line(meeting: Meeting, view: View, mine: Attendee | None, language: str) -> Line:
    said = "waiting" if mine and mine.waiting_since else mine.said.value if mine else ""
    return Line(meeting.number, veiled(meeting.title, view), when(meeting, language), veiled(meeting.place, view), meeting.state.value, said)


def when(meeting: Meeting, language: str) -> str:
    """When it is, by the clock of its place; empty while nobody knows."""
    if not meeting.starts_at or not meeting.ends_at:
        return ""
    return meetingfacts.in_words(meeting.starts_at, meeting.ends_at, meeting.timezone, language)


def veiled(words: str, view: View) -> str:
    """As strangers may see it: no address, and no link."""
    return words if view.sees_addresses else view.veil(LINK.sub("…", words))


def found(db: Session, name: str, number: int, actor: Actor) -> tuple[View, Meeting]:
    """A meeting that this person may see. Raises NotFound: of drafts for all but those who decide, of dates being chosen for strangers."""
    view = view_of(db, name, actor)
    meeting = store.meeting_by_number(db, view.mlist, number)
    if meeting is None or meeting.state is MeetingState.DISCARDED or (meeting.state in SECRET and not view.decides):
        raise NotFound("there is no such page")
    if meeting.state is MeetingState.CHOOSING and not view.sees_addresses:
        raise NotFound("there is no such page")
    return view, meeting


def sheet(db: Session, name: str, number: int, actor: Actor, now: datetime, language: str) -> Sheet:
    """One meeting. Raises NotFound."""
    view, meeting = found(db, name, number, actor)
    return sheet_of(db, view, meeting, now, language)


def sheet_of(db: Session, view: View, meeting: Meeting, now: datetime, language: str) -> Sheet:
    """The same of a meeting in hand."""
    member = view.member
    mine = store.attendee_of(db, meeting, member.user_id) if member else None
    totals = rows.choices(db, meeting) if meeting.options else {}
    plan = meetings.plan_of(db, meeting) if meeting.pending and view.decides else None
    message = meeting.message if meeting.message is not None and meeting.message.hidden_at is None else None
    return Sheet(
        view=view,
        meeting=meeting,
        title=veiled(meeting.title, view),
        when=when(meeting, language),
        place=veiled(meeting.place, view),
        url=meeting.url if view.sees_addresses else "",
        text=veiled(meeting.text, view),
        over=meeting.ends_at is not None and meeting.ends_at <= now,
        mine=mine,
        line=meetingseats.place_in_line(db, meeting, mine) if mine else 0,
        counts=store.counts(db, meeting) if view.sees_addresses else {},
        people=_people(db, meeting) if view.sees_addresses else {},
        thread_id=message.thread_id if message else None,
        pending=meetingfacts.of_plan(plan, language) if plan and meeting.pending != meetings.CANCELS else None,
        cancels=meeting.pending == meetings.CANCELS,
        troubles=meetingfacts.remarks(plan.troubles, language) if plan else (),
        dates=tuple((one.number, _dated(meeting, one, language), totals.get(one.number, 0)) for one in meeting.options),
        chosen=rows.chosen_by(db, meeting, member.user_id) if member and meeting.options else frozenset(),
        choosers=rows.count_choosers(db, meeting) if meeting.options else 0,
        expected=rows.expected(db, meeting) if view.decides else (),
        invitable=meetingslices.count_invitable(db, view.mlist) if view.decides else 0,
    )


def _dated(meeting: Meeting, option: MeetingOption, language: str) -> str:
    return meetingfacts.in_words(option.starts_at, option.ends_at, meeting.timezone, language)


def _people(db: Session, meeting: Meeting) -> dict[str, Sequence[Attendee]]:
    """Who answers what, those who wait by themselves; whoever has said nothing is named only where they came."""
    answered = store.attendees(db, meeting, (Said.YES, Said.MAYBE, Said.NO)) if meeting.state is not MeetingState.CHOOSING else ()
    groups: dict[str, list[Attendee]] = {"yes": [], "waiting": [], "maybe": [], "no": []}
    groups["there"] = [one for one in rows.expected(db, meeting) if one.said is Said.NONE]
    for one in answered:
        groups["waiting" if one.waiting_since else one.said.value].append(one)
    return {key: some[:NAMED] for key, some in groups.items()}


def by_key(db: Session, member_id: int, meeting_id: int) -> tuple[Member, Meeting]:
    """Whose key it is, and to which meeting. Raises NotFound where either is gone."""
    member, meeting = db.get(Member, member_id), db.get(Meeting, meeting_id)
    if member is None or meeting is None or member.list_id != meeting.list_id or not meeting.mlist.meetings or meeting.state in SECRET:
        raise NotFound("there is no such page")
    return member, meeting


def key_of(db: Session, token: str) -> tuple[int, int] | None:
    """The member and the meeting that a key is signed for; None where it is none of ours."""
    read = tokens.read(links.signing_key(outbox.settings_of(db)), token)
    return (read[1][0], read[1][1]) if read and read[0] is tokens.Kind.MEETING and len(read[1]) == 2 else None


def zone_of(name: str) -> ZoneInfo:
    """A zone by its name."""
    return ZoneInfo(name)
