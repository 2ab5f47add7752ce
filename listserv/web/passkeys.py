"""Passkeys in the browser: signing in with one, and `/me/keys`, where they are added, named and taken away.

With a script, because devices talk to nothing else; and the codes of `web.secondfactor` are set up here.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, request

from listserv.errors import Conflict, Invalid
from listserv.i18n import translations
from listserv.store import passkeys as rows
from listserv.usecases import challenges, keyletters, limits, passkeys, secondfactor, signin
from listserv.usecases.onetime import Said
from listserv.usecases.signin import Person
from listserv.web import devices, forms
from listserv.web.me import me
from listserv.web.pages import page
from listserv.web.secondfactor import entered, hands, renewed, to_prove
from listserv.web.visit import visit
from listserv.web.ways import Shown, attempt, on, to_the_door, whole
from listserv.web.writing import in_words

if TYPE_CHECKING:
    from listserv.usecases.secondfactor import Shown as KeyShown

blueprint = Blueprint("passkeys", __name__)
JSON = "application/json"


def here() -> bool:
    """Can passkeys be used on this site?"""
    return challenges.place_of(visit().settings) is not None


def _asked(options: str) -> Response:
    # Never the same twice, and nobody else's business.
    return Response(options, content_type=JSON, headers={"Cache-Control": "no-store"})


# ---- signing in ---------------------------------------------------------------------------------------------


@blueprint.get("/sign-in/passkey")
def options() -> Response:
    """What the script asks the browser with. It is signed and not kept: looking changes nothing."""
    return _asked(passkeys.options_to_sign_in(visit().db, forms.token(), visit().now))


@blueprint.post("/sign-in/passkey")
def enter() -> Shown:
    """Sign in with what the device has answered."""
    wanted, remember = signin.local_path(request.form.get("next", "")), "remember" in request.form
    db, now, person = visit().db, visit().now, visit().person
    try:
        shown = passkeys.seen(db, request.form.get("answer", ""), forms.token(), limits.network_of(request.remote_addr or ""), now)
        with attempt():
            found = passkeys.enter(db, shown, now, person=person, remember=remember, wanted=wanted, **hands())
    except Invalid as wrong:
        # (Not refused but answered, so that it stays counted.)
        return page("account/door.html", wanted=wanted, wrong_passkey=in_words(wrong)), 400
    if found:
        return entered(found, remember=remember)
    return renewed(person, wanted) if person and shown.verified else redirect(wanted or f"{request.script_root}/me", 303)


# ---- one's own ----------------------------------------------------------------------------------------------


@blueprint.get("/me/keys")
def keys() -> Shown:
    """My passkeys, and for those who look after others one-time codes."""
    if visit().person is None:
        return to_the_door()
    return _keys(saved="saved" in request.args, required="required" in request.args)


def _keys(**more: object) -> str:
    mine = secondfactor.standing(visit().db, me())
    key = secondfactor.shown(visit().db, me(), mine.one_time) if mine.one_time and _may_change() else None
    return page("account/keys.html", keys=rows.passkeys_of(visit().db, me().user_id), mine=mine, key=key, picture=_picture(key), **more)


def _picture(key: "KeyShown | None") -> str:
    """The key as a picture for the camera of a telephone: `data:image/svg+xml,…`."""
    if key is None:
        return ""
    import segno

    return segno.make(key.uri, error="m", micro=False).svg_data_uri(scale=4, dark="#000", light="#fff", border=4)


@blueprint.get("/me/keys/passkey")
def options_to_add() -> Shown:
    """What the script asks the browser for a new passkey with."""
    if visit().person is None:
        return to_the_door("/me/keys")
    return _asked(passkeys.options_to_add(visit().db, me(), forms.token(), visit().now))


@blueprint.post("/me/keys")
def change() -> Shown:
    """A passkey more, fewer, or called otherwise; codes set up, or not asked for any more."""
    if visit().person is None:
        return to_the_door("/me/keys")
    if not _may_change():
        return to_prove("/me/keys")
    do = request.form.get("do", "")
    if do == "confirm":
        return _confirm()
    if do == "codes" and secondfactor.standing(visit().db, me()).confirmed:
        return _told(secondfactor.new_codes(visit().db, me().user_id, visit().now), again=True)
    if do not in ACTS:
        return on("/me/keys")
    try:
        with attempt():
            ACTS[do](me())
    except (Invalid, Conflict) as wrong:
        return _keys(wrong=in_words(wrong), wrong_do=do), 409 if isinstance(wrong, Conflict) else 400
    return on("/me/keys#codes" if do == "begin" else "/me/keys?saved=1")


def _may_change() -> bool:
    return secondfactor.may_change(visit().db, me(), visit().now)


def _number() -> int:
    return request.form.get("key", 0, type=whole)


def _name() -> str:
    """What its owner calls a new passkey; else the browser that it was made in, so that two without a name can be told apart."""
    return request.form.get("name", "").strip() or devices.device(request.headers.get("User-Agent", ""))


ACTS: dict[str, Callable[[Person], object]] = {
    "add": lambda person: passkeys.add(visit().db, person, request.form.get("answer", ""), _name(), forms.token(), visit().now),
    "rename": lambda person: passkeys.rename(visit().db, person, _number(), request.form.get("name", "")),
    "remove": lambda person: passkeys.remove(visit().db, person, _number(), visit().now),
    "begin": lambda person: secondfactor.begin(visit().db, person, visit().now),
    "stop": lambda person: secondfactor.stop(visit().db, person.user_id, person.actor, visit().now),
}


def _confirm() -> Shown:
    said, codes = secondfactor.confirm(visit().db, me(), request.form.get("code", ""), visit().now)
    if said is Said.RIGHT:
        return _told(codes)
    words = translations(visit().language).gettext(secondfactor.in_words(said))
    return _keys(wrong=words, wrong_do="confirm"), 429 if said is Said.MANY else 400


def _told(codes: tuple[str, ...], *, again: bool = False) -> Shown:
    """Recovery codes are seen this once, and kept by nobody on the way."""
    response = Response(page("account/codes.html", codes=codes, again=again))
    response.headers["Cache-Control"] = "no-store"
    return response


# ---- taking back --------------------------------------------------------------------------------------------


@blueprint.get("/me/keys/back/<token>")
def look_back(token: str) -> str:
    """The link in the letter about a new passkey: a button, because mail programs open links too."""
    row = keyletters.by_link(visit().db, token, visit().now)
    passkey = keyletters.disowned(visit().db, row, visit().now)
    return page("account/key_back.html", passkey=passkey, token=token, last=keyletters.is_last(visit().db, passkey))


@blueprint.post("/me/keys/back/<token>")
def take_back(token: str) -> str:
    """“That was not me”: who has the letter is who it was for."""
    last = keyletters.take_back(visit().db, keyletters.by_link(visit().db, token, visit().now), visit().now)
    return page("account/key_gone.html", last=last)
