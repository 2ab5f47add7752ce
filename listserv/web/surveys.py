"""Questions to everybody in the browser: what is open, what came of others, answering, and for those who decide asking."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, request

from listserv import links
from listserv.errors import Conflict, Expired, NotFound
from listserv.i18n import N_
from listserv.mail.votes import Choice
from listserv.store.people import User
from listserv.store.surveys import SurveyState
from listserv.usecases import surveyanswers, surveypages, surveys, surveytables
from listserv.usecases.surveypages import Sheet
from listserv.web import ballots
from listserv.web.ballots import Filled
from listserv.web.forum import page_number
from listserv.web.pages import page
from listserv.web.threads import download
from listserv.web.visit import visit
from listserv.web.ways import Shown, attempt, to

blueprint = Blueprint("surveys", __name__)

# Ten answers of some pages each, as forms send them.
LARGEST = 1024 * 1024
OVER = N_("It is closed in the meantime, so this answer could not be counted.")
ALREADY = N_("An answer has been given already. It is anonymous, so it can only be changed by the link that came with its receipt.")


@blueprint.before_request
def make_room() -> None:
    """Sentences are longer than other forms."""
    if request.method == "POST":
        request.max_content_length = request.max_form_memory_size = LARGEST


@blueprint.get("/<list:name>/questions/")
def shelf(name: str) -> str:
    """All of them: those that are open on top."""
    found = surveypages.shelf(visit().db, name, visit().actor, page=page_number())
    return page("surveys/shelf.html", shelf=found, view=found.view, mlist=found.view.mlist, done=request.args.get("done", ""))


@blueprint.get("/<list:name>/questions/<id:survey_id>")
def show(name: str, survey_id: int) -> Shown:
    """One of them: its questions, or what came of them."""
    found = surveypages.sheet(visit().db, name, survey_id, visit().actor)
    return _page(found, ballots.preselected(found.asks, request.args, found.standing), done=request.args.get("done", ""))


def _page(found: Sheet, filled: Filled, **more: Any) -> str:
    facts: dict[str, Any] = {"sheet": found, "view": found.view, "mlist": found.view.mlist, "survey": found.survey, "filled": filled}
    facts |= {"wrong": "", "done": "", "receipt": "", "until_day": "", "people": ()} | more
    if surveypages.names_seen(found.survey, found.view) and not found.withheld and found.state != SurveyState.DRAFT:
        facts["people"] = surveytables.said_by(visit().db, found.survey, surveypages.MOST_NAMES)
    if found.state == SurveyState.DRAFT:
        facts |= {"reach": surveypages.reach(visit().db, found.survey), "days": surveys.DAYS}
    if found.survey.closes_at:
        facts["until_day"] = found.survey.closes_at.astimezone(ZoneInfo(visit().zone)).date().isoformat()
    return page("surveys/sheet.html", **facts)


@blueprint.get("/<list:name>/questions/<id:survey_id>.csv")
def table(name: str, survey_id: int) -> Response:
    """What came of it for a spreadsheet; `?people=1`: who said what, for those who may see it. Raises NotFound."""
    found, language = surveypages.sheet(visit().db, name, survey_id, visit().actor), visit().language
    by_name = "people" in request.args
    if found.withheld or found.state == SurveyState.DRAFT or (by_name and not surveypages.names_seen(found.survey, found.view)):
        raise NotFound("there is no such page")
    made = surveytables.people if by_name else surveytables.totals
    called = f"{found.view.mlist.name}-{survey_id}{'-people' if by_name else ''}.csv"
    return download(made(visit().db, found.survey, language).encode("utf-8", "replace"), called, "text/csv; charset=utf-8")


@blueprint.post("/<list:name>/questions/<id:survey_id>")
def vote(name: str, survey_id: int) -> Shown | Response:
    """Answer, or answer anew. What is wrong stays in the form, with a sentence beside it."""
    found = surveypages.sheet(visit().db, name, survey_id, visit().actor)
    if found.view.member is None or found.state == SurveyState.DRAFT:
        raise NotFound("there is no such page")
    filled = ballots.typed(found.asks, request.form)
    if filled.wrong or not filled.choices:
        return _page(found, filled, wrong="" if filled.wrong else ballots.NOTHING), 400
    try:
        with attempt():
            receipt = surveyanswers.cast(visit().db, found.survey, filled.choices, visit().now, user_id=found.view.member.user_id)
    except (Conflict, Expired) as refused:
        now = surveypages.sheet(visit().db, name, survey_id, visit().actor)
        return _page(now, filled, wrong=OVER if isinstance(refused, Expired) else ALREADY), 409
    if not receipt:
        return to(name, f"questions/{survey_id}?done=answered")
    return _receipt(surveypages.sheet(visit().db, name, survey_id, visit().actor), filled, receipt)


def _receipt(found: Sheet, filled: Filled, receipt: str) -> Response:
    """The only time that the way back to an anonymous answer is shown."""
    response = make_response(_page(found, filled, done="counted", receipt=links.question_url_of(visit().settings, receipt)))
    response.headers["Cache-Control"] = "no-store"
    return response


# ---- the link in a letter -----------------------------------------------------------------------------------


@blueprint.get("/r/question/<token>")
def ask(token: str) -> Shown:
    """The form for whoever has the letter, without signing in; `?q1=2` only fills it in: mail programs open links too."""
    opened = _opened(token)
    here = surveyanswers.standing(visit().db, opened.survey, user_id=_user_of(opened), key=opened.key)
    return _by_key(opened, token, ballots.preselected(surveyanswers.asks(opened.survey), request.args, here), mine=bool(here))


@blueprint.post("/r/question/<token>")
def answer(token: str) -> Shown | Response:
    """The answer: counted, and shown as it was understood."""
    opened, db = _opened(token), visit().db
    filled = ballots.typed(surveyanswers.asks(opened.survey), request.form)
    if filled.wrong or not filled.choices:
        return _by_key(opened, token, filled, wrong="" if filled.wrong else ballots.NOTHING), 400
    try:
        with attempt():
            receipt = surveyanswers.cast(db, opened.survey, filled.choices, visit().now, user_id=_user_of(opened), key=opened.key)
    except Expired:
        return _by_key(opened, token, filled, wrong=OVER), 409
    except Conflict:
        return _by_key(opened, token, filled, wrong=ALREADY), 409
    way_back = links.question_url_of(visit().settings, receipt) if receipt else ""
    response = make_response(_by_key(opened, token, _all_of(opened, filled), done="counted", receipt=way_back))
    response.headers["Cache-Control"] = "no-store"
    return response


def _opened(token: str) -> surveyanswers.Opened:
    """What the key opens, where questions are turned on. Raises NotFound."""
    opened = surveyanswers.opened(visit().db, token)
    if not opened.survey.mlist.surveys or opened.survey.state not in (SurveyState.OPEN, SurveyState.CLOSED):
        raise NotFound("there is no such page")
    return opened


def _user_of(opened: surveyanswers.Opened) -> int | None:
    return opened.member.user_id if opened.member else None


def _all_of(opened: surveyanswers.Opened, filled: Filled) -> Filled:
    """All that stands on the ballot now, also what was answered before and left alone this time."""
    if opened.survey.is_anonymous and opened.key is None:
        return filled
    here: dict[int, Choice] = dict(surveyanswers.standing(visit().db, opened.survey, user_id=_user_of(opened), key=opened.key))
    return ballots.standing(surveyanswers.asks(opened.survey), here or dict(filled.choices))


def _by_key(opened: surveyanswers.Opened, token: str, filled: Filled, **more: Any) -> str:
    survey, db = opened.survey, visit().db
    used = surveypages.is_used(db, opened)
    name = db.get_one(User, opened.member.user_id).name if opened.member else ""
    facts: dict[str, Any] = {"survey": survey, "mlist": survey.mlist, "asks": surveyanswers.asks(survey), "filled": filled, "token": token, "who": name}
    facts |= {"used": used, "wrong": "", "done": "", "receipt": "", "mine": False, "sign_in_here": True} | more
    return page("surveys/key.html", **facts)
