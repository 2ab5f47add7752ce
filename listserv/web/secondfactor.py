"""The second factor: asked for after a mailed link, and at the doors of those who look after others.

Pages for site administrators are wrapped in `administrators_only`; others that need it ask `is_proven`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from listserv.errors import NotFound
from listserv.i18n import translations
from listserv.store.passkeys import asks_for_code
from listserv.usecases import secondfactor, signin
from listserv.usecases.onetime import Said
from listserv.usecases.signin import Person, SignedIn
from listserv.web.pages import page
from listserv.web.visit import cookie, secure, visit
from listserv.web.ways import Shown, as_value, on, to_the_door

blueprint = Blueprint("secondfactor", __name__)
STATUS = {Said.WRONG: 400, Said.MANY: 429}


def is_proven(person: Person | None = None) -> bool:
    """Has the browser in hand shown a second factor within twelve hours, or is none asked of this person?"""
    person = person or visit().person
    return person is not None and secondfactor.is_proven(visit().db, person, visit().now)


def administrators_only(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page of the site's administrators: the door for strangers, nothing for others, and first the second factor where it is not fresh."""

    @wraps(view)
    def guarded(*args: Any, **more: Any) -> Any:
        person = visit().person
        if person is None:
            return to_the_door("/me")
        if not person.keeps_site:
            raise NotFound("there is no such page")
        return view(*args, **more) if is_proven(person) else to_prove()

    return guarded


def to_prove(otherwise: str = "/me") -> Response:
    """First show a second factor, then come back here; after a form that was sent, come to `otherwise`. Who has none is shown how to get one."""
    person = visit().person
    if person is not None and not secondfactor.has_one(visit().db, person):
        return on("/me/keys?required=1")
    back = otherwise if request.method == "POST" else request.full_path.rstrip("?")
    return on(f"/sign-in/code?next={as_value(request.script_root + back)}")


def entered(found: SignedIn, *, remember: bool) -> Response:
    """Give a browser its key and lead it on; to the second factor where one is asked for."""
    if found.step:
        return on(f"/sign-in/code/{found.step}" + ("?remember=1" if remember else ""))
    response = redirect(found.wanted if found.wanted != "/" else f"{request.script_root}/", 303)
    age = int(found.lifetime.total_seconds()) if remember else None
    response.set_cookie(cookie("session"), found.key, max_age=age, httponly=True, samesite="Lax", secure=secure(), path="/")
    response.delete_cookie(cookie("form"), path="/", secure=secure(), httponly=True, samesite="Lax")
    return response


def hands() -> dict[str, str]:
    """What the browser in hand calls itself, and the key that it had."""
    return {"agent": request.headers.get("User-Agent", ""), "old_key": request.cookies.get(cookie("session"), "")}


@blueprint.get("/sign-in/code/<token>")
def ask(token: str) -> Shown:
    """After a link: the code of the app."""
    secondfactor.step_of(visit().db, token, visit().now)
    return _page(remember="remember" in request.args)


@blueprint.post("/sign-in/code/<token>")
def enter(token: str) -> Shown:
    """Sign in, where the code is right. What was wrong is counted, so that it is answered and not refused."""
    remember = "remember" in request.form
    said, found = secondfactor.finish(visit().db, token, request.form.get("code", ""), visit().now, remember=remember, **hands())
    return entered(found, remember=remember) if found else _wrong(said, remember=remember)


@blueprint.get("/sign-in/code")
def ask_again() -> Shown:
    """Somebody who is signed in is asked once more before something that matters."""
    if visit().person is None:
        return to_the_door()
    return _page(wanted=signin.local_path(request.args.get("next", "")), again=True)


@blueprint.post("/sign-in/code")
def prove() -> Shown:
    """The same, answered."""
    person, wanted = visit().person, signin.local_path(request.form.get("next", ""))
    if person is None:
        return to_the_door("/me")
    said = secondfactor.prove(visit().db, person, request.form.get("code", ""), visit().now)
    if said is not Said.RIGHT:
        return _wrong(said, wanted=wanted, again=True)
    return renewed(person, wanted)


def renewed(person: Person, wanted: str) -> Response:
    """Somebody who is signed in has shown a second factor: their browser gets a new key (ASVS 3.2.1), and goes on."""
    found, remember = signin.renew(visit().db, person.browser_id, wanted or f"{request.script_root}/me", visit().now)
    return entered(found, remember=remember)


def _wrong(said: Said, *, again: bool = False, **more: object) -> tuple[str, int]:
    return _page(again=again, wrong=translations(visit().language).gettext(secondfactor.in_words(said)), **more), STATUS[said]


def _page(*, again: bool = False, **more: object) -> str:
    person = visit().person
    codes = not again or (person is not None and asks_for_code(visit().db, person.user_id))
    return page("account/code.html", again=again, codes=codes, **more)
