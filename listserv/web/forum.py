"""The front page and the pages of threads: a list, a topic, a month, a person; and who wrote."""

from flask import Blueprint, request

from listserv.store.lists import Kind
from listserv.usecases import forums, joining, newspages, reading
from listserv.usecases import writers as everyone
from listserv.web.pages import page
from listserv.web.visit import visit

blueprint = Blueprint("forum", __name__)

FARTHEST = 1_000_000_000


def page_number() -> int:
    """`?page=`; what is no number is the first page, and what is far beyond every last one no larger than databases can count."""
    return min(request.args.get("page", 1, type=int), FARTHEST)


@blueprint.get("/")
def front() -> str:
    """The lists that this person may see."""
    return page("forum/front.html", shelves=forums.front(visit().db, visit().actor))


@blueprint.get("/<list:name>/")
def forum(name: str) -> str:
    """A list: topics, and threads by last activity; all, or those that are unread or unanswered."""
    only = request.args.get("only", "")
    found = forums.forum(visit().db, name, visit().actor, page=page_number(), only=only)
    view = found.view
    # A newsletter begins with its issues; its threads are one step away.
    blog = newspages.home(visit().db, view) if not request.args.keys() & {"page", "only"} else None
    sheet = joining.form_of(view.mlist, visit().language) if view.mlist.kind is Kind.NEWSLETTER and not view.member else None
    return page("forum/list.html", forum=found, blog=blog, sheet=sheet)


@blueprint.get("/<list:name>/topic/<slug>")
def topic(name: str, slug: str) -> str:
    """The threads of one topic."""
    return page("forum/list.html", forum=forums.topic(visit().db, name, slug, visit().actor, page=page_number()))


@blueprint.get("/<list:name>/month/")
def months(name: str) -> str:
    """Every month of the archive."""
    view, found = forums.months(visit().db, name, visit().actor)
    return page("forum/months.html", view=view, months=found)


@blueprint.get("/<list:name>/month/<int(fixed_digits=4):year>-<int(fixed_digits=2):number>")
def month(name: str, year: int, number: int) -> str:
    """The threads of one month."""
    return page("forum/list.html", forum=forums.month(visit().db, name, year, number, visit().actor, page=page_number()))


@blueprint.get("/<list:name>/people/")
def people(name: str) -> str:
    """Who has written on this list."""
    order = request.args.get("order", everyone.LATEST)
    return page("forum/people.html", people=everyone.writers(visit().db, name, visit().actor, order=order, page=page_number()))


@blueprint.get("/<list:name>/person/<id:user_id>")
def person(name: str, user_id: int) -> str:
    """What somebody wrote on this list."""
    return page("forum/person.html", person=reading.person(visit().db, name, user_id, visit().actor, page=page_number()))
