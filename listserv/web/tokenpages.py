"""My tokens: keys for programs that act for me; made here, shown once, taken back here."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from listserv.errors import Conflict, Invalid
from listserv.i18n import N_
from listserv.store.people import User
from listserv.usecases import apitokens
from listserv.usecases.apitokens import Wanted
from listserv.web import secondfactor
from listserv.web.me import me
from listserv.web.pages import page
from listserv.web.visit import visit
from listserv.web.ways import attempt, on, to_the_door, whole
from listserv.web.writing import in_words

blueprint = Blueprint("tokenpages", __name__)

# What a token may do, as people say it.
MEANINGS = {
    "read": N_("read what I may read"),
    "write": N_("write, join and leave lists, and change my own settings"),
    "moderate": N_("look after the lists that I look after"),
    "admin": N_("administer this server"),
}
LIFETIMES = (7, 30, 90, 180, 365)


@blueprint.get("/me/tokens")
def tokens() -> ResponseReturnValue:
    """Which there are, and the form for one more."""
    return to_the_door("/me") if visit().person is None else _page()


@blueprint.post("/me/tokens")
def change() -> ResponseReturnValue:
    """One more, shown now and never again; or one less."""
    if visit().person is None:
        return to_the_door("/me")
    db, now = visit().db, visit().now
    if "end" in request.form:
        row = apitokens.own(db, me().user_id, request.form.get("end", 0, type=whole))
        apitokens.take_back(db, row, visit().actor, now)
        return on("/me/tokens?saved=1")
    form = request.form
    wanted = Wanted(form.get("name", ""), form.getlist("scope"), form.get("days", 0, type=whole))
    if "admin" in wanted.scopes and me().keeps_site and not secondfactor.is_proven():
        return secondfactor.to_prove("/me/tokens")
    try:
        with attempt():
            row, secret = apitokens.issue(db, db.get_one(User, me().user_id), wanted, visit().actor, now)
    except (Invalid, Conflict) as wrong:
        return _page(wrong=in_words(wrong), typed=wanted), 409 if isinstance(wrong, Conflict) else 400
    # Neither the browser nor anybody on the way keeps the page with the secret.
    return _page(made=row, secret=secret), {"Cache-Control": "no-store"}


def _page(**more: object) -> str:
    now = visit().now
    found = [(row, apitokens.is_good(row, now)) for row in apitokens.of_person(visit().db, me().user_id)]
    scopes = [(word, said) for word, said in MEANINGS.items() if word != "admin" or me().keeps_site]
    more.setdefault("typed", Wanted("", ("read",)))
    return page("account/tokens.html", tokens=found, scopes=scopes, meanings=MEANINGS, lifetimes=LIFETIMES, saved="saved" in request.args, **more)
