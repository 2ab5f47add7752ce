"""The front page and the pages of threads: a list, a topic, a month, a person."""

from flask import Blueprint, request

from listserv.usecases import reading
from listserv.web.pages import page
from listserv.web.visit import visit

blueprint = Blueprint("forum", __name__)


def page_number() -> int:
    """`?page=`; what is no number is the first page."""
    return request.args.get("page", 1, type=int)


@blueprint.get("/")
def front() -> str:
    """The lists that this person may see."""
    return page("forum/front.html", shelves=reading.front(visit().db, visit().actor))


@blueprint.get("/<list:name>/")
def forum(name: str) -> str:
    """A list: topics, and threads by last activity."""
    return page("forum/list.html", forum=reading.forum(visit().db, name, visit().actor, page=page_number()))


@blueprint.get("/<list:name>/topic/<slug>")
def topic(name: str, slug: str) -> str:
    """The threads of one topic."""
    return page("forum/list.html", forum=reading.topic(visit().db, name, slug, visit().actor, page=page_number()))


@blueprint.get("/<list:name>/month/")
def months(name: str) -> str:
    """Every month of the archive."""
    view, found = reading.months(visit().db, name, visit().actor)
    return page("forum/months.html", view=view, months=found)


@blueprint.get("/<list:name>/month/<int(fixed_digits=4):year>-<int(fixed_digits=2):number>")
def month(name: str, year: int, number: int) -> str:
    """The threads of one month."""
    return page("forum/list.html", forum=reading.month(visit().db, name, year, number, visit().actor, page=page_number()))


@blueprint.get("/<list:name>/person/<id:user_id>")
def person(name: str, user_id: int) -> str:
    """What somebody wrote on this list."""
    return page("forum/person.html", person=reading.person(visit().db, name, user_id, visit().actor, page=page_number()))
