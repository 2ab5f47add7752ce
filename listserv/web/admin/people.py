"""People: looked up, and what is done to one of them. Everything that is done is in the journal; a look is not."""

from flask import request

from listserv.errors import Conflict, NotFound
from listserv.mail import bouncekinds
from listserv.store.erasing import Posts
from listserv.store.people import User
from listserv.usecases import keepers, sitepeople
from listserv.web.admin.gate import get, post, there
from listserv.web.pages import page
from listserv.web.visit import visit
from listserv.web.ways import LARGEST, Shown, attempt, whole

# What is asked about a second time.
GRAVE = ("name", "release", "erase")
KNOWN = (*GRAVE, "keep", "sign-out", "lift")


def behind(name: str) -> int:
    """Behind which number a page begins; what is none is the first page."""
    return min(max(0, request.args.get(name, 0, type=whole)), LARGEST)


@get("/people/")
def people() -> str:
    """Those who fit; without a question those who keep the site."""
    return page("admin/people.html", found=sitepeople.look_up(visit().db, request.args.get("q", ""), behind("after")))


@get("/people/<id:user_id>")
def person(user_id: int) -> str:
    """One of them."""
    return _sheet(user_id)


def _sheet(user_id: int, **more: object) -> str:
    sheet = sitepeople.sheet(visit().db, user_id, visit().now)
    return page("admin/person.html", sheet=sheet, user=sheet.user, bounce_said=bouncekinds.said, done=request.args.get("done", ""), **more)


@post("/people/<id:user_id>")
def act(user_id: int) -> Shown:
    """Do one thing; the grave ones after a second question."""
    user, do = keepers.person_here(visit().db, user_id), request.form.get("do", "")
    if do not in KNOWN or (do == "erase" and request.form.get("posts") not in list(Posts)):
        return _sheet(user_id, wrong=True), 400
    if do in GRAVE and "sure" not in request.form:
        return page("admin/sure_person.html", sheet=sitepeople.sheet(visit().db, user_id, visit().now), user=user, do=do, posts=request.form.get("posts", ""))
    try:
        with attempt():
            _do(user, do)
    except Conflict as wrong:
        visit().db.expire(user)
        return _sheet(user_id, wrong=wrong.reason, facts=wrong.facts), 409
    return there(f"people/{user_id}?done={do}")


def _do(user: User, do: str) -> None:
    who = (visit().actor, visit().now)
    if do == "name":
        keepers.name_keeper(visit().db, user, *who)
    elif do == "release":
        keepers.release_keeper(visit().db, user, *who)
    elif do == "erase":
        keepers.forget(visit().db, user, Posts(request.form["posts"]), *who)
    elif do == "keep":
        keepers.keep(visit().db, user, *who)
    elif do == "sign-out":
        keepers.sign_out(visit().db, user, *who)
    else:
        keepers.lift_pause(visit().db, user, _address(), *who)


def _address() -> int:
    number = request.form.get("address", 0, type=whole)
    if not number:
        raise NotFound("there is no such page")
    return number
