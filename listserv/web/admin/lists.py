"""All lists: in figures, made, closed, and given somebody who decides."""

from flask import request

from listserv.errors import Conflict, Invalid
from listserv.store.lists import MailingList
from listserv.usecases import administration, sitelists
from listserv.usecases.access import readable_list
from listserv.usecases.sitelists import Wish
from listserv.web.admin.gate import get, post, there
from listserv.web.forum import page_number
from listserv.web.pages import page
from listserv.web.visit import visit
from listserv.web.ways import Shown, attempt


@get("/lists/")
def lists() -> str:
    """Every list, or those that are looked for."""
    found = sitelists.look(visit().db, request.args.get("q", ""), visit().settings.timezone, visit().now, page=page_number())
    return page("admin/lists.html", lists=found, done=request.args.get("done", ""), named=request.args.get("list", "")[:64])


@get("/new-list")
def new_list() -> str:
    """What a new list is to be."""
    return _form(Wish(language=visit().settings.site.language))


def _form(wish: Wish, **more: object) -> str:
    return page("admin/new_list.html", wish=wish, **more)


@post("/new-list")
def make_list() -> Shown:
    """Make it."""
    form = request.form
    wish = Wish(*(form.get(key, "").strip() for key in ("name", "title", "language", "kind", "archive", "owner")))
    try:
        with attempt():
            mlist = sitelists.create(visit().db, wish, visit().actor, visit().now)
    except Invalid as wrong:
        return _form(wish, wrong=wrong.reason, field=wrong.facts.get("field", "title")), 400
    return there(f"lists/{mlist.name}?done=made")


@get("/lists/<list:name>")
def one_list(name: str) -> str:
    """One list, and what is done to it here."""
    return _sheet(readable_list(visit().db, name, visit().actor))


def _sheet(mlist: MailingList, **more: object) -> str:
    row, owners = sitelists.look_at(visit().db, mlist, visit().settings.timezone, visit().now)
    return page("admin/list.html", row=row, the_list=mlist, owners=owners, done=request.args.get("done", ""), **more)


@post("/lists/<list:name>/owner")
def name_owner(name: str) -> Shown:
    """Somebody decides on it from now on."""
    mlist, email = readable_list(visit().db, name, visit().actor), request.form.get("owner", "").strip()
    try:
        with attempt():
            sitelists.name_owner(visit().db, mlist, email, visit().actor, visit().now)
    except Invalid as wrong:
        return _sheet(mlist, wrong=wrong.reason, typed=email), 400
    return there(f"lists/{mlist.name}?done=owner")


@post("/lists/<list:name>/close")
def close_list(name: str) -> Shown:
    """No new posts; asked twice."""
    mlist = readable_list(visit().db, name, visit().actor)
    if mlist.closed_at:
        return there(f"lists/{mlist.name}?done=closed-already")
    if "sure" not in request.form:
        row, _ = sitelists.look_at(visit().db, mlist, visit().settings.timezone, visit().now)
        return page("admin/sure_list.html", the_list=mlist, row=row)
    try:
        with attempt():
            administration.close_list(visit().db, mlist, visit().actor, visit().now)
    except Conflict:
        return there(f"lists/{mlist.name}?done=closed-already")
    return there(f"lists/{mlist.name}?done=closed")
