"""Asking a list in the browser: words as in a letter, shown as they were understood, and sent by a second button."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, request

from listserv.errors import Conflict, Invalid, NotFound
from listserv.i18n import N_
from listserv.mail import surveywords
from listserv.mail.surveycloses import Closes
from listserv.mail.surveywords import Asked
from listserv.store.surveys import Survey
from listserv.usecases import surveypages, surveys, surveytemplates
from listserv.usecases.stewards import Steward
from listserv.web.pages import page
from listserv.web.visit import visit
from listserv.web.ways import Shown, attempt, to, whole
from listserv.web.writing import in_words

blueprint = Blueprint("surveydesk", __name__)

NO_TITLE = N_("Please give it a title: it is the subject of the letter.")
NO_DAY = N_("This day cannot be read: please choose one, for example 2026-11-27.")
CHANGED = N_("Somebody has changed or sent it in the meantime. Below are your words; sent once more, they hold.")
LONGEST = 40_000


@blueprint.before_request
def make_room() -> None:
    """Letters are longer than other forms."""
    if request.method == "POST":
        request.max_content_length = request.max_form_memory_size = 8 * LONGEST


@blueprint.get("/<list:name>/questions/new")
def new(name: str) -> Shown:
    """An empty letter, or one of those that are ready."""
    who = surveypages.asker(visit().db, name, visit().actor)
    found = surveytemplates.named(request.args.get("template", ""))
    title, text = surveytemplates.as_typed(found, _language(who), _topics(who)) if found else ("", "")
    return _write(who, title, text, chosen=found.name if found else "")


@blueprint.post("/<list:name>/questions/new")
def begin(name: str) -> Shown:
    """A draft of it; what cannot be understood is said above the words, which stay."""
    who = surveypages.asker(visit().db, name, visit().actor)
    try:
        with attempt():
            made = surveys.draft(visit().db, who.mlist, who.actor.user_id or 0, _asked(), visit().now, zone=_zone())
    except Invalid as wrong:
        return _write(who, *_typed(), wrong=in_words(wrong)), 400
    return to(name, f"questions/{made.id}?done=kept")


@blueprint.get("/<list:name>/questions/<id:survey_id>/edit")
def edit(name: str, survey_id: int) -> Shown:
    """A draft as a letter again."""
    who = surveypages.asker(visit().db, name, visit().actor)
    survey = surveypages.draft_of(visit().db, who, survey_id)
    return _write(who, survey.title, surveypages.as_letter(survey, _language(who), visit().zone), survey=survey, revision=survey.revision)


@blueprint.post("/<list:name>/questions/<id:survey_id>/edit")
def change(name: str, survey_id: int) -> Shown:
    """The draft anew."""
    who = surveypages.asker(visit().db, name, visit().actor)
    survey = surveypages.draft_of(visit().db, who, survey_id)
    try:
        with attempt():
            surveypages.hold(visit().db, survey, request.form.get("revision", 0, type=whole))
            surveys.change(visit().db, survey, _asked(), visit().now, zone=_zone())
    except (Invalid, Conflict) as wrong:
        said = CHANGED if isinstance(wrong, Conflict) else in_words(wrong)
        visit().db.refresh(survey)
        return _write(who, *_typed(), survey=survey, revision=survey.revision, wrong=said), 409 if isinstance(wrong, Conflict) else 400
    return to(name, f"questions/{survey_id}?done=kept")


@blueprint.post("/<list:name>/questions/<id:survey_id>/decide")
def decide(name: str, survey_id: int) -> Shown:
    """Send it, throw it away, close it, leave it open longer: what the button says, about what the page showed."""
    who = surveypages.asker(visit().db, name, visit().actor)
    survey = surveypages.theirs(visit().db, who, survey_id)
    try:
        with attempt():
            surveypages.hold(visit().db, survey, request.form.get("revision", 0, type=whole))
            done = _done(who, survey, request.form.get("do", ""))
    except Conflict:
        # Pressed twice, or by two: the page says how it stands.
        return to(name, f"questions/{survey_id}?done=changed")
    except Invalid as wrong:
        return to(name, f"questions/{survey_id}?done={'day' if wrong.reason == NO_DAY else 'over'}")
    return to(name, f"questions/?done={done}" if done == "discarded" else f"questions/{survey_id}?done={done}")


def _done(who: Steward, survey: Survey, do: str) -> str:
    db, now = visit().db, visit().now
    if do == "send":
        surveys.send(db, survey, who.actor, now)
        return "sent"
    if do == "discard":
        surveys.discard(db, survey, who.actor, now)
        return "discarded"
    if do == "close":
        surveys.close(db, survey, who.actor, now)
        return "closed"
    if do == "extend":
        day = _day(request.form.get("until", ""))
        surveys.extend(db, survey, surveys.closing(Closes("", day.day, day.month, day.year), now, _zone()), who.actor, now)
        return "extended"
    raise NotFound("there is no such button")


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise Invalid(NO_DAY) from None


def _typed() -> tuple[str, str]:
    return request.form.get("title", "")[:300].strip(), request.form.get("text", "")[:LONGEST]


def _asked() -> Asked:
    """What was typed, as a letter is understood. Raises Invalid."""
    title, text = _typed()
    if not title:
        raise Invalid(NO_TITLE)
    return surveywords.read(title, text.replace("\r\n", "\n"))


def _zone() -> ZoneInfo:
    return ZoneInfo(visit().zone)


def _language(who: Steward) -> str:
    """What is asked is read by everybody: in the list's language."""
    return who.mlist.language or visit().language


def _topics(who: Steward) -> tuple[str, ...]:
    return tuple(topic.title for topic in who.mlist.topics)


def _write(who: Steward, title: str, text: str, **more: Any) -> str:
    facts: dict[str, Any] = {"survey": None, "revision": 0, "wrong": "", "chosen": "", "typed": {"title": title, "text": text}} | more
    ready = [surveytemplates.worded(one, visit().language) for one in surveytemplates.TEMPLATES]
    return page("surveys/write.html", mlist=who.mlist, who=who, templates=ready, **facts)
