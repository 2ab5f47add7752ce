"""Searching: one list, or all that this person may read."""

from flask import Blueprint, request

from listserv.store.lists import MailingList
from listserv.usecases import searching
from listserv.usecases.access import list_and_member
from listserv.web import visitors
from listserv.web.forum import page_number
from listserv.web.pages import page
from listserv.web.visit import visit
from listserv.web.ways import whole

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
def everywhere() -> str:
    """All lists that this person may read."""
    return shown(None)


@blueprint.get("/<list:name>/search")
def on_list(name: str) -> str:
    """One list."""
    return shown(list_and_member(visit().db, name, visit().actor)[0])


def shown(mlist: MailingList | None) -> str:
    """What is found, or how to ask."""
    who, asked = visit(), request.args
    if asked.get("q", "").strip():
        visitors.let_search()
    found = searching.search(
        who.db,
        who.actor,
        asked.get("q", ""),
        mlist,
        page=page_number(),
        order=asked.get("order", ""),
        zone=who.zone,
        thread=asked.get("thread", 0, type=whole),
    )
    return page("search/results.html", found=found, mlist=mlist, searched=found.query.text, in_thread=asked.get("thread", 0, type=whole))
