"""Signing in by an e-mailed link, and signing out."""

import logging

from flask import Blueprint, Response, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from listserv.errors import Invalid
from listserv.site import is_unavailable
from listserv.usecases import limits, signin
from listserv.web.pages import page
from listserv.web.secondfactor import entered, hands
from listserv.web.visit import cookie, secure, site_here, visit

log = logging.getLogger(__name__)
blueprint = Blueprint("account", __name__)


@blueprint.after_app_request
def note_use(response: Response) -> Response:
    """Note about once a day that a browser is in use, so that its owner can tell it from one that is lost."""
    found = g.get("visit")
    if found is None or found.person is None or signin.is_fresh(found.person, found.now):
        return response
    try:
        with site_here().writing() as db:
            signin.touch(db, found.person, found.now)
    except Exception as error:
        if not is_unavailable(error):
            raise
        log.warning("not noted: browser=%s", found.person.browser_id)  # the page is made already
    return response


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
        signin.ask(visit().db, email, visit().language, visit().now, wanted=wanted, network=limits.network_of(request.remote_addr or ""))
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
    remember = "remember" in request.form
    return entered(signin.enter(visit().db, token, visit().now, remember=remember, **hands()), remember=remember)


@blueprint.post("/sign-out")
def leave() -> AnyResponse:
    """Sign this browser out, and leave nothing in its cache."""
    signin.leave(visit().db, request.cookies.get(cookie("session"), ""))
    response = redirect(f"{request.script_root}/", 303)
    response.delete_cookie(cookie("session"), path="/", secure=secure(), httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
