"""Signing in by an e-mailed link, signing out, and what a person may see of themselves."""

from flask import Blueprint, Response, make_response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from listserv.errors import Invalid
from listserv.store.members import memberships
from listserv.usecases import signin
from listserv.web.pages import page
from listserv.web.visit import cookie, secure, visit

blueprint = Blueprint("account", __name__)


@blueprint.get("/sign-in")
def door() -> str | AnyResponse:
    """Where one asks for a link."""
    wanted = signin.local_path(request.args.get("next", ""))
    if visit().person:
        return redirect(wanted or f"{request.script_root}/me", 303)
    return page("account/door.html", wanted=wanted)


@blueprint.post("/sign-in")
def ask() -> str | tuple[str, int]:
    """Send a link to whom we know, and say the same to everybody."""
    email, wanted = request.form.get("email", "").strip(), signin.local_path(request.form.get("next", ""))
    try:
        signin.ask(visit().db, email, visit().language, visit().now, wanted=wanted)
    except Invalid:
        return page("account/door.html", wanted=wanted, email=email, wrong=True), 400
    return page("account/sent.html", email=email, hours=signin.LINK_HOURS)


@blueprint.get("/sign-in/<token>")
def link(token: str) -> str:
    """A button: mail programs look at links before people do, and looking must not use them up."""
    signin.check(visit().db, token, visit().now)
    return page("account/link.html", token=token)


@blueprint.post("/sign-in/<token>")
def enter(token: str) -> AnyResponse:
    """Sign in, once."""
    agent, old = request.headers.get("User-Agent", ""), request.cookies.get(cookie("session"), "")
    remember = "remember" in request.form
    found = signin.enter(visit().db, token, visit().now, remember=remember, agent=agent, old_key=old)
    response = redirect(found.wanted if found.wanted != "/" else f"{request.script_root}/", 303)
    age = int(found.lifetime.total_seconds()) if remember else None
    response.set_cookie(cookie("session"), found.key, max_age=age, httponly=True, samesite="Lax", secure=secure(), path="/")
    response.delete_cookie(cookie("form"), path="/", secure=secure(), httponly=True, samesite="Lax")
    return response


@blueprint.post("/sign-out")
def leave() -> AnyResponse:
    """Sign this browser out, and leave nothing in its cache."""
    signin.leave(visit().db, request.cookies.get(cookie("session"), ""))
    response = redirect(f"{request.script_root}/", 303)
    response.delete_cookie(cookie("session"), path="/", secure=secure(), httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@blueprint.get("/me")
def me() -> Response | AnyResponse:
    """My lists, and the way out."""
    person = visit().person
    if person is None:
        return redirect(f"{request.script_root}/sign-in?next={request.script_root}/me", 303)
    return make_response(page("account/me.html", person=person, memberships=memberships(visit().db, person.user_id)))
