"""An issue exactly as it will be mailed, beside the buttons that send it, plan it, try it out or throw it away; and its pictures."""

from base64 import b64encode
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, request

from listserv.errors import Conflict, Invalid, NotFound
from listserv.i18n import N_
from listserv.store.issues import GONE, Issue, IssueState, Replies
from listserv.usecases import issuepress, issues, newsdesk, segments
from listserv.usecases.stewards import Steward
from listserv.web import newsforms
from listserv.web.headers import POLICY
from listserv.web.pages import page
from listserv.web.visit import visit
from listserv.web.ways import Shown, attempt, to, whole
from listserv.web.writing import in_words

blueprint = Blueprint("newspreview", __name__)

# A page that shows a mail in a frame; and the mail: its own styles, the pictures within it, and nothing that runs, leads or sends.
WITH_FRAME = f"{POLICY}; frame-src 'self'"
A_MAIL = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox"
# Mail programs keep pictures for themselves; a picture that is taken away is to be gone the next day.
A_DAY = "public, max-age=86400"
CHANGED = N_("Somebody has changed the draft since you looked at it; this is how it is now. Please look again.")
GOES_ALREADY = N_("It has been sent in the meantime.")
NOT_PLANNED = N_("Nothing is planned for it.")
WHY = {newsdesk.CHANGED: CHANGED, "already-sent": GOES_ALREADY, "already-discarded": GOES_ALREADY, "nothing-planned": NOT_PLANNED}


@blueprint.get("/<list:name>/news/<id:issue_id>/preview")
def show(name: str, issue_id: int) -> Shown:
    """The issue as it will be, and what can be done with it."""
    who, issue = newsdesk.issue_here(visit().db, name, issue_id, visit().actor)
    if issue.state in GONE:
        return to(name, f"thread/{issue.message.thread_id}" if issue.message else "news/")
    return _page(who, issue, done=request.args.get("done", ""))


def _page(who: Steward, issue: Issue, **more: object) -> Response:
    db, zone = visit().db, visit().zone
    made, reach, wrong = None, None, ""
    try:
        made, reach = issuepress.made(db, issue, newsdesk.called(db, who)), newsdesk.reach(db, who, issue.segment, visit().language)
    except Invalid as refusal:
        # It was made when it was kept: only what has changed around it can be in the way, a topic that is no more.
        made, wrong = None, in_words(refusal)
    facts: dict[str, object] = {"reach": reach, "planned": issue.state is IssueState.SCHEDULED, "at": issue.at, "audience": issues.audience(issue)}
    facts["answers_to"] = issuepress.author_of(db, issue).address if issue.replies is Replies.AUTHOR else ""
    facts |= {"ready": [(at, _wall(at, zone)) for at in newsforms.ready(visit().now, zone)], "zone": zone, "trial_to": _own_address(who)}
    told = {"wrong": wrong, "typed": request.form, "tomorrow": _wall(newsforms.ready(visit().now, zone)[0], zone)} | facts | more
    response = make_response(page("news/preview.html", mlist=who.mlist, who=who, issue=issue, made=made, **told))
    response.headers["Content-Security-Policy"] = WITH_FRAME
    return response


def _wall(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def _own_address(who: Steward) -> str:
    return who.member.address.email if who.member else ""


@blueprint.get("/<list:name>/news/<id:issue_id>/mail")
def mail(name: str, issue_id: int) -> Response:
    """The mail's HTML by itself: as little as a mail program lets it do."""
    who, issue = newsdesk.issue_here(visit().db, name, issue_id, visit().actor)
    if issue.state in GONE:
        # Its page shows what moderators have left of it.
        raise NotFound("there is no such page")
    try:
        html = issuepress.made(visit().db, issue, newsdesk.called(visit().db, who)).html
    except Invalid:
        raise NotFound("there is no such page") from None
    for image in issue.images:
        data = b64encode(newsdesk.picture(visit().db, image)).decode()
        html = html.replace(issuepress.picture_url(visit().db, issue, image.number), f"data:{image.type};base64,{data}")
    response = Response(html, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = A_MAIL
    return response


@blueprint.post("/<list:name>/news/<id:issue_id>/preview")
def act(name: str, issue_id: int) -> Shown | Response:
    """What the button says, about the draft that the page showed."""
    who, issue = newsdesk.issue_here(visit().db, name, issue_id, visit().actor)
    do = request.form.get("do", "")
    if do == "discard" and "sure" not in request.form:
        return page("news/sure.html", mlist=who.mlist, who=who, issue=issue)
    try:
        with attempt():
            newsdesk.hold(visit().db, issue, request.form.get("revision", 0, type=whole))
            return _done(who, issue, do)
    except (Conflict, Invalid) as wrong:
        visit().db.refresh(issue)
        if issue.state in GONE:
            # Pressed twice, or by two: it has gone once, and that is what everybody wanted.
            return to(name, f"news/?done={'late' if do == 'stop' else 'sent'}")
        said = WHY.get(wrong.reason) if isinstance(wrong, Conflict) else ""
        status = 409 if isinstance(wrong, Conflict) else 400
        return make_response(_page(who, issue, refused=said or in_words(wrong)), status)


def _done(who: Steward, issue: Issue, do: str) -> Shown:
    """Do it; where to go on to."""
    db, actor, now, name = visit().db, who.actor, visit().now, who.mlist.name
    if do == "send":
        issues.send(db, issue, actor, now)
        return to(name, f"news/?done={'apart' if segments.of_coordinators(issue.segment) else 'sent'}")
    if do == "stop":
        return to(name, f"news/?done=stopped&left={issues.stop(db, issue, actor, now)}")
    if do == "discard":
        issues.discard(db, issue, actor, now)
        return to(name, "news/?done=discarded")
    if do == "try":
        issues.try_out(db, issue, _own_address(who), actor, now)
    elif do == "unplan":
        issues.unschedule(db, issue, actor, now)
    elif do == "plan":
        zone = visit().zone
        issues.schedule(db, issue, _moment(), "local" in request.form, actor, now, zone=ZoneInfo(zone))
    else:
        raise NotFound("there is no such button")
    return to(name, f"news/{issue.id}/preview?done={do}")


def _moment() -> datetime:
    """A ready-made moment, or the one that was typed."""
    ready = request.form.get("ready", "")
    day, _, clock = ready.partition("T") if ready else (request.form.get("day", ""), "", request.form.get("clock", ""))
    return newsforms.moment(day, clock, visit().zone)


@blueprint.get("/<list:name>/news/picture/<key>/<int:number>")
def picture(name: str, key: str, number: int) -> Response:
    """A picture of an issue, the same for everybody who has the issue: mail programs bring no cookie."""
    image, data, sent = newsdesk.picture_at(visit().db, name, key, number)
    response = Response(data, content_type=image.type)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = A_DAY if sent else "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
