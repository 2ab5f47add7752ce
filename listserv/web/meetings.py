"""Meetings of a list: the calendar, a meeting's page, the page that a key opens, and calendars to subscribe to."""

from datetime import date

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from listserv.errors import Conflict, Invalid, NotFound, Refusal
from listserv.i18n import N_, long_date, translations
from listserv.store.meetings import Meeting, MeetingState, Said, Way
from listserv.store.members import Member, memberships
from listserv.store.people import User
from listserv.usecases import meetingdates, meetingfeeds, meetingpages, meetingseats
from listserv.usecases.meetingfeeds import Feed
from listserv.usecases.shown import View
from listserv.web import meetingforms
from listserv.web.feeds import PUBLIC, key
from listserv.web.forum import page_number
from listserv.web.pages import page
from listserv.web.threads import disposition
from listserv.web.unsubscribe import masked
from listserv.web.visit import visit
from listserv.web.ways import Shown, attempt, on, to, to_the_door, whole

blueprint = Blueprint("meetings", __name__)

CALENDAR = "text/calendar; charset=utf-8"
SETTLED = N_("This has been settled meanwhile: the page shows how it is now.")
SAYINGS = {"yes": Said.YES, "no": Said.NO, "maybe": Said.MAYBE}


# ---- for all who may read the list --------------------------------------------------------------------------


@blueprint.get("/<list:name>/meetings/")
def calendar(name: str) -> str:
    """The meetings of a list: those to come, then those that are over."""
    found = meetingpages.calendar(visit().db, name, visit().actor, visit().now, visit().language, page=page_number())
    member = found.view.member
    feed = meetingfeeds.list_address(visit().db, member) if member else ""
    return page("meetings/calendar.html", found=found, view=found.view, feed=feed, done_discarded=request.args.get("done") == "discarded")


@blueprint.get("/<list:name>/meetings/<id:meeting_number>")
def one(name: str, meeting_number: int) -> str:
    """A meeting."""
    return _page(name, meeting_number)


def _page(name: str, number: int, **more: object) -> str:
    sheet = meetingpages.sheet(visit().db, name, number, visit().actor, visit().now, visit().language)
    return page("meetings/meeting.html", sheet=sheet, view=sheet.view, done=request.args.get("done", ""), asks=request.args.get("ask", ""), **more)


@blueprint.get("/<list:name>/meetings/<id:meeting_number>.ics")
def file(name: str, meeting_number: int) -> Response:
    """A meeting for one's own calendar."""
    view, meeting = meetingpages.found(visit().db, name, meeting_number, visit().actor)
    if meeting.starts_at is None or meeting.state in (MeetingState.DRAFT, MeetingState.CHOOSING):
        raise NotFound("there is no such page")
    response = Response(meetingfeeds.one_file(visit().db, meeting, view.member, sees=view.sees_addresses), content_type=CALENDAR)
    response.headers["Content-Disposition"] = disposition(f"{view.mlist.name}-{meeting_number}.ics")
    return response


@blueprint.get("/<list:name>/meetings.ics")
def of_list(name: str) -> Response:
    """The calendar of a list, to subscribe to."""
    return _feed(meetingfeeds.of_list(visit().db, name, visit().actor, visit().now, key()))


@blueprint.get("/r/calendar/<token>.ics")
def of_person(token: str) -> Response:
    """Somebody's own calendar: the key says whose."""
    return _feed(meetingfeeds.of_person(visit().db, token, visit().now))


def _feed(feed: Feed) -> Response:
    response = Response(feed.body, content_type=CALENDAR)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if feed.public:
        response.headers["Cache-Control"] = PUBLIC
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.post("/me/calendar")
def renew() -> AnyResponse:
    """An address of my own calendar, or another one instead."""
    if visit().person is None:
        return to_the_door("/me/feeds")
    user = visit().db.get_one(User, visit().actor.user_id)
    if meetingfeeds.with_meetings(memberships(visit().db, user.id)):
        meetingfeeds.renew(visit().db, user, visit().actor, visit().now)
    return on("/me/feeds?done=calendar#calendar")


# ---- answering ----------------------------------------------------------------------------------------------


@blueprint.post("/<list:name>/meetings/<id:meeting_number>")
def act(name: str, meeting_number: int) -> Shown:
    """A member's answer, or what those who decide do."""
    db = visit().db
    view, meeting = meetingpages.found(db, name, meeting_number, visit().actor)
    do = request.form.get("do", "")
    try:
        with attempt():
            if do == "answer":
                if view.member is None:
                    raise NotFound("there is no such page")
                done = _answer(view.member, meeting)
            elif view.decides:
                done = meetingforms.decide(db, view, meeting, do)
            else:
                raise NotFound("there is no such page")
    except Conflict:
        return _page(name, meeting_number, wrong=_sentence(Conflict(SETTLED))), 409
    except Invalid as wrong:
        return _page(name, meeting_number, wrong=_sentence(wrong), typed=request.form), 400
    return to(name, f"meetings/{meeting_number}?done={done}") if done != "discarded" else to(name, "meetings/?done=discarded")


def _sentence(refusal: Refusal) -> str:
    """Why not, in the visitor's language; its days as people say them."""
    facts = {name: long_date(one, visit().language) if isinstance(one, date) else one for name, one in refusal.facts.items()}
    said = translations(visit().language).gettext(refusal.reason)
    return said.format(**facts) if facts else said


def _answer(member: Member, meeting: Meeting) -> str:
    """What was said, as the page tells it afterwards."""
    db, now = visit().db, visit().now
    if meeting.state is MeetingState.CHOOSING:
        numbers = {whole(one) for one in request.form.getlist("date") if one.isdecimal() and len(one) < 4}
        meetingdates.choose(db, meeting, member.user_id, numbers, Way.WEB, now)
        return "chosen"
    said = SAYINGS.get(request.form.get("say", ""))
    if said is None:
        raise Invalid(N_("Please choose one of the answers."))
    row = meetingseats.say(db, meeting, member.user_id, said, Way.WEB, now)
    return "waiting" if row.waiting_since else said.value


@blueprint.get("/r/meeting/<token>")
def ask(token: str) -> Shown:
    """Buttons for whoever has the letter: links are opened by machines, too."""
    return _key_page(token)


@blueprint.post("/r/meeting/<token>")
def say(token: str) -> Shown:
    """Yes, no or maybe; or which dates suit. Nobody needs to sign in."""
    try:
        member, meeting = _behind(token)
    except NotFound:
        return _key_page(token)
    try:
        with attempt():
            done = _answer(member, meeting)
    except Conflict:
        return _key_page(token)
    except Invalid as wrong:
        return _key_page(token, wrong=str(wrong))
    return _key_page(token, done=done)


def _behind(token: str) -> tuple[Member, Meeting]:
    ids = meetingpages.key_of(visit().db, token)
    if ids is None:
        raise NotFound("there is no such page")
    return meetingpages.by_key(visit().db, *ids)


def _key_page(token: str, *, done: str = "", wrong: str = "") -> Shown:
    db = visit().db
    try:
        member, meeting = _behind(token)
    except NotFound:
        return page("meetings/gone.html"), 404
    view = View(meeting.mlist, member, sees_addresses=True)
    sheet = meetingpages.sheet_of(db, view, meeting, visit().now, visit().language)
    said = request.args.get("say", "")
    facts = {"sheet": sheet, "mlist": meeting.mlist, "token": token, "email": masked(member.address.email)}
    status = 400 if wrong else 200
    return page("meetings/answer.html", preselected=said if said in SAYINGS else "", done=done, wrong=wrong, **facts), status
