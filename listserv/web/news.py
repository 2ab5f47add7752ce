"""The newsletter in the browser, to be read: issues newest first, their feed, and what is on its way for those who write them."""

from flask import Blueprint, Response, request

from listserv.store.issues import IssueState
from listserv.usecases import newspages
from listserv.web import feeds
from listserv.web.forum import page_number
from listserv.web.pages import page
from listserv.web.visit import visit
from listserv.web.ways import whole

blueprint = Blueprint("news", __name__)


@blueprint.get("/<list:name>/news/")
def blog(name: str) -> str:
    """All issues, 25 a page; for coordinators also drafts, and what goes when."""
    found = newspages.blog(visit().db, name, visit().actor, page=page_number())
    figures = newspages.figures(visit().db, found)
    told: dict[str, object] = {"done": request.args.get("done", ""), "left": request.args.get("left", 0, type=whole)}
    told |= {"figures": figures, "waiting": newspages.waiting(visit().db, figures), "scheduled": IssueState.SCHEDULED}
    return page("news/blog.html", blog=found, mlist=found.view.mlist, **told)


@blueprint.get("/<list:name>/news/feed.atom")
def feed(name: str) -> Response:
    """The newest issues."""
    return feeds.answer(newspages.feed(visit().db, name, visit().actor, feeds.key()))
