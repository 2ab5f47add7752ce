"""What those who decide do with a meeting in the browser: prepare, correct, send, cancel, seats, and who came. Nothing is sent before it was shown."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, request

from listserv.errors import Conflict, Invalid, NotFound
from listserv.i18n import N_
from listserv.mail import meetingclock
from listserv.mail.meetingplan import NO_SUCH_HOUR, Plan
from listserv.store.meetings import Meeting, MeetingState
from listserv.usecases import meetingasking, meetingcame, meetingdates, meetingpages, meetings, meetingseats
from listserv.usecases.shown import View
from listserv.web.pages import page
from listserv.web.visit import visit
from listserv.web.ways import Shown, attempt, to, whole

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("meetingforms", __name__)

FIELDS = ("title", "day", "begins", "ends", "place", "url", "seats", "text")
TITLE, DAY, HOUR, SEATS = (
    N_("The meeting needs a title."),
    N_("Please say on which day it is, for example 2026-03-12."),
    N_("Please say when it begins and ends, for example 16:30 and 18:00."),
    N_("The number of seats is a whole number from 1 to 9999, or nothing."),
)
PAST = N_("This date is over already.")
LINK = N_("The link begins with https://.")
# Where a sentence about what is wrong stands; others stand above the form.
FIELD_OF = {TITLE: "title", DAY: "day", PAST: "day", HOUR: "begins", NO_SUCH_HOUR: "begins", LINK: "url", SEATS: "seats"}
LONGEST = {"title": 200, "place": 300, "url": 1_000, "text": 20_000}
MOST_SEATS, FAR = 9_999, 10


def decide(db: "Session", view: View, meeting: Meeting, do: str) -> str:
    """One decision; the word by which the page tells of it. Raises NotFound, Conflict, Invalid."""
    act = ACTS.get(do)
    if act is None:
        raise NotFound("there is no such page")
    return act(db, meetingseats.lock(db, meeting))


def _send(db: "Session", meeting: Meeting) -> str:
    if request.form.get("revision", "") != str(meeting.revision):
        raise Conflict("another draft meanwhile")
    if meeting.options and meeting.state is MeetingState.DRAFT:
        meetingasking.send(db, meeting, visit().actor, visit().now)
        return "asked"
    if meeting.state is MeetingState.ANNOUNCED:
        meetings.change(db, meeting, visit().actor, visit().now)
        meetingseats.seats_changed(db, meeting, visit().now)
        return "changed"
    meetings.announce(db, meeting, visit().actor, visit().now)
    return "announced"


def _keep(_: "Session", meeting: Meeting) -> str:
    meetings.keep(meeting)
    return "kept"


def _cancel(db: "Session", meeting: Meeting) -> str:
    meetings.cancel(db, meeting, visit().actor, visit().now)
    return "cancelled"


def _discard(db: "Session", meeting: Meeting) -> str:
    meetings.discard(db, meeting, visit().actor, visit().now)
    return "discarded"


def _came(db: "Session", meeting: Meeting) -> str:
    if meeting.starts_at is None or meeting.starts_at > visit().now or meeting.state not in (MeetingState.ANNOUNCED, MeetingState.OVER):
        raise Conflict("not over")
    came = {whole(one) for one in request.form.getlist("came") if one.isdecimal() and len(one) < 19}
    came |= meetingcame.members_in(db, meeting, request.form.get("also", "")[: LONGEST["text"]])
    meetingcame.record(db, meeting, came, visit().actor, visit().now)
    return "came"


def _pick(db: "Session", meeting: Meeting) -> str:
    meetingdates.pick(db, meeting, request.form.get("date", 0, type=whole), visit().actor, visit().now)
    return "picked"


def _seats(db: "Session", meeting: Meeting) -> str:
    """More or fewer seats: nobody loses one, and whoever waits moves up at once."""
    if meeting.state is not MeetingState.ANNOUNCED:
        raise Conflict("not announced")
    meeting.seats = seats_of(request.form.get("seats", ""))
    meetingseats.fill(db, meeting, visit().now)
    return "seats"


ACTS: Mapping[str, Callable[["Session", Meeting], str]] = {
    "send": _send,
    "keep": _keep,
    "cancel": _cancel,
    "discard": _discard,
    "came": _came,
    "pick": _pick,
    "seats": _seats,
}


# ---- the form -----------------------------------------------------------------------------------------------


@blueprint.get("/<list:name>/meetings/new")
def form(name: str) -> str:
    """An empty form."""
    return _form(_deciding(name), None, {})


@blueprint.post("/<list:name>/meetings/new")
def make(name: str) -> Shown:
    """A draft, shown before anybody hears of it."""
    view = _deciding(name)
    typed = _typed()
    try:
        plan = plan_of(typed)
    except Invalid as wrong:
        return _form(view, None, typed, wrong=str(wrong)), 400
    with attempt():
        meeting = meetings.draft(visit().db, view.mlist, visit().actor.user_id, plan, visit().now)
    return to(name, f"meetings/{meeting.number}?done=drafted")


@blueprint.get("/<list:name>/meetings/<id:meeting_number>/edit")
def edit(name: str, meeting_number: int) -> str:
    """The same form with what is known."""
    view, meeting = _of(name, meeting_number)
    return _form(view, meeting, _written(meetings.plan_of(visit().db, meeting)))


@blueprint.post("/<list:name>/meetings/<id:meeting_number>/edit")
def correct(name: str, meeting_number: int) -> Shown:
    """Another draft; of a meeting that was announced, a change that is shown first."""
    view, meeting = _of(name, meeting_number)
    typed = _typed()
    try:
        plan = plan_of(typed, meeting.timezone)
        with attempt():
            meetings.revise(visit().db, meetingseats.lock(visit().db, meeting), plan, visit().now)
    except Invalid as wrong:
        return _form(view, meeting, typed, wrong=str(wrong)), 400
    return to(name, f"meetings/{meeting_number}?done=revised")


def _deciding(name: str) -> View:
    view = meetingpages.view_of(visit().db, name, visit().actor)
    if not view.decides:
        raise NotFound("there is no such page")
    return view


def _of(name: str, number: int) -> tuple[View, Meeting]:
    view, meeting = meetingpages.found(visit().db, name, number, visit().actor)
    over = meeting.ends_at is not None and meeting.ends_at <= visit().now and meeting.state is MeetingState.ANNOUNCED
    if not view.decides or over or meeting.options or meeting.state not in (MeetingState.DRAFT, MeetingState.ANNOUNCED):
        raise NotFound("there is no such page")
    return view, meeting


def _form(view: View, meeting: Meeting | None, typed: Mapping[str, str], *, wrong: str = "") -> str:
    typed = {**dict.fromkeys(FIELDS, ""), **typed}
    return page("meetings/form.html", view=view, mlist=view.mlist, meeting=meeting, typed=typed, wrong=wrong, wrong_of=FIELD_OF.get(wrong, ""))


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}


def _written(plan: Plan) -> dict[str, str]:
    day, begins = (f"{plan.starts:%Y-%m-%d}", f"{plan.starts:%H:%M}") if plan.starts else ("", "")
    more = {"ends": f"{plan.ends:%H:%M}" if plan.ends else "", "seats": str(plan.seats or "")}
    return {"title": plan.title, "day": day, "begins": begins, "place": plan.place, "url": plan.url, "text": plan.text, **more}


def plan_of(typed: Mapping[str, str], zone: str = "") -> Plan:
    """What the form says. Raises Invalid with a sentence."""
    zone = zone or visit().settings.timezone
    if not typed["title"]:
        raise Invalid(TITLE)
    starts, ends = _hours(typed, visit().now, zone)
    url = typed["url"]
    if url and not url.lower().startswith(("https://", "http://")):
        raise Invalid(LINK)
    kept = {name: typed[name][:most] for name, most in LONGEST.items()}
    return Plan(kept["title"], starts, ends, zone, kept["place"], kept["url"], kept["text"], seats_of(typed["seats"]))


def _hours(typed: Mapping[str, str], now: datetime, zone: str) -> tuple[datetime, datetime]:
    try:
        day = date.fromisoformat(typed["day"])
    except ValueError:
        raise Invalid(DAY) from None
    # A calendar ends somewhere, and nobody plans so far ahead.
    if not now.year - 1 <= day.year <= now.year + FAR:
        raise Invalid(DAY)
    said = [typed[name].replace(".", ":") for name in ("begins", "ends")]
    try:
        begins, ends = time.fromisoformat(said[0]), time.fromisoformat(said[1] or said[0])
    except ValueError:
        raise Invalid(HOUR) from None
    starts = datetime.combine(day, begins.replace(tzinfo=None))
    until = datetime.combine(day, ends.replace(tzinfo=None)) if typed["ends"] else starts + timedelta(hours=1)
    # Past midnight.
    until = until if until > starts else until + timedelta(days=1)
    if starts <= now.astimezone(meetingpages.zone_of(zone)).replace(tzinfo=None):
        raise Invalid(PAST)
    if meetingclock.is_skipped(starts, zone):
        raise Invalid(NO_SUCH_HOUR)
    return starts, until


def seats_of(typed: str) -> int | None:
    """How many may come; None where nothing is typed. Raises Invalid."""
    if not typed.strip():
        return None
    said = typed.strip()
    if not said.isdecimal() or len(said) > 4 or not 1 <= int(said) <= MOST_SEATS:
        raise Invalid(SEATS)
    return int(said)
