"""A list's topics in the browser: add, describe, put in order, take away."""

from flask import Blueprint, request

from listserv.errors import Conflict, Invalid, Refusal
from listserv.usecases import topics
from listserv.usecases.stewards import Steward
from listserv.usecases.topics import Wanted
from listserv.web.pages import page
from listserv.web.visit import visit
from listserv.web.ways import Shown, attempt, to, who_asks

blueprint = Blueprint("topics", __name__)

STEPS = {"up": -1, "down": 1}


@blueprint.get("/<list:name>/moderate/topics")
def show(name: str) -> str:
    """All topics."""
    return _page(who_asks(name))


def _page(who: Steward, **more: object) -> str:
    return page("tools/topics.html", topics=topics.all_of(visit().db, who), mlist=who.mlist, who=who, done=request.args.get("done", ""), **more)


def _wanted() -> Wanted:
    form = request.form
    return Wanted(form.get("slug", ""), form.get("title", ""), form.get("description", ""), "moderated" in form)


def _field(wrong: Refusal) -> str:
    """The field that a refusal is about."""
    if wrong.reason in (topics.NO_TITLE, topics.LONG_TITLE):
        return "title"
    return "description" if wrong.reason == topics.LONG_DESCRIPTION else "slug"


@blueprint.post("/<list:name>/moderate/topics")
def add(name: str) -> Shown:
    """One more."""
    who = who_asks(name)
    try:
        with attempt():
            topics.add(visit().db, who, _wanted(), visit().now)
    except (Invalid, Conflict) as wrong:
        return _page(who, wrong=wrong.reason, wrong_of="", wrong_in=_field(wrong), typed=_wanted()), 400 if isinstance(wrong, Invalid) else 409
    return to(name, "moderate/topics?done=add")


@blueprint.post("/<list:name>/moderate/topics/<slug>")
def change(name: str, slug: str) -> Shown:
    """Describe one, move it, or take it away after a question."""
    who, do = who_asks(name), request.form.get("do", "change")
    topic = topics.topic_here(visit().db, who, slug)
    if do == "remove" and "sure" not in request.form:
        count = next(count for one, count in topics.all_of(visit().db, who) if one is topic)
        return page("tools/sure_topic.html", topic=topic, count=count, mlist=who.mlist, who=who)
    if do == "remove":
        topics.remove(visit().db, who, topic, visit().now)
    elif do in STEPS:
        places = [one for one, _ in topics.all_of(visit().db, who)]
        topics.put(visit().db, who, topic, max(0, places.index(topic) + STEPS[do]), visit().now)
    else:
        try:
            topics.change(visit().db, who, topic, _wanted(), visit().now)
        except Invalid as wrong:
            return _page(who, wrong=wrong.reason, wrong_of=slug, wrong_in=_field(wrong), typed=_wanted()), 400
    return to(name, f"moderate/topics?done={do if do in ('remove', *STEPS) else 'change'}")
