"""The bank of materials in the browser: its items, one of them, its files; and what puts an item in order."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from listserv.errors import Invalid, NotAllowed, NotFound
from listserv.store import bankpages
from listserv.usecases import bank, bankcorrecting
from listserv.usecases.bankcorrecting import Correction
from listserv.usecases.bankshown import Asked, Card
from listserv.web import visitors
from listserv.web.pages import page
from listserv.web.threads import BYTES, HARMLESS, download
from listserv.web.visit import visit
from listserv.web.ways import Shown, attempt, to, whole

blueprint = Blueprint("bank", __name__)

FIELDS = ("title", "kind", "area", "licence", "description")


@blueprint.get("/<list:name>/materials/")
def items(name: str) -> str:
    """The bank, or a part of it."""
    args = request.args
    asked = Asked(args.get("q", ""), args.get("kind", ""), args.get("area", ""), args.get("good") == "1", args.get("removed") == "1")
    if asked.q:
        visitors.let_search()
    found = bank.page(visit().db, name, visit().actor, asked, args.get("page", 1, type=whole))
    return page("bank/list.html", bank=found, mlist=found.view.mlist)


@blueprint.get("/<list:name>/materials/<id:material>")
def item(name: str, material: int) -> str:
    """One item."""
    return _shown(bank.card(visit().db, name, material, visit().actor))


def _shown(card: Card, **more: object) -> str:
    return page("bank/item.html", card=card, mlist=card.view.mlist, done=request.args.get("done", ""), **more)


@blueprint.get("/<list:name>/materials/<id:material>/file")
@blueprint.get("/<list:name>/materials/<id:material>/file/<id:version>")
def file(name: str, material: int, version: int = 0) -> Response:
    """The newest file of an item, or that of a version; counted once for a person and a day."""
    called, kind, data = bank.file_of(visit().db, name, material, visit().actor, version)
    return download(data, called, kind if kind in HARMLESS else BYTES)


@blueprint.post("/<list:name>/materials/<id:material>")
def change(name: str, material: int) -> Shown:
    """Put an item in order: by moderators, and by who brought it."""
    db, actor, now = visit().db, visit().actor, visit().now
    card = bank.card(db, name, material, actor)
    if not card.corrects:
        raise NotFound("there is no such page")
    mlist, do = card.view.mlist, request.form.get("do", "correct")
    row = bankpages.by_number(db, mlist.id, material, hidden=True)
    assert row is not None
    try:
        with attempt():
            if do == "remove":
                bankcorrecting.remove(db, mlist, row, actor, now)
            elif do == "restore":
                bankcorrecting.restore(db, mlist, row, actor, now)
            elif do in ("recommend", "not-recommend"):
                bankcorrecting.recommend(db, mlist, row, yes=do == "recommend", moderator=card.view.decides, actor=actor, now=now)
            else:
                do = "correct"
                typed = {field: request.form.get(field) for field in FIELDS}
                bankcorrecting.correct(db, mlist, row, Correction(**typed), actor, now)
    except Invalid as wrong:
        return _shown(card, wrong=wrong.reason, typed=request.form), 400
    except NotAllowed:
        raise NotFound("there is no such page") from None
    return to(mlist.name, f"materials/{material}?done={do}")
