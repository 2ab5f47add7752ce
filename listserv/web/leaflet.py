"""A list on one sheet of paper: what one prints and hands to somebody who is new to it."""

from flask import Blueprint, request

from listserv.i18n import LANGUAGES
from listserv.usecases import joining
from listserv.web.pages import page
from listserv.web.visit import visit

blueprint = Blueprint("leaflet", __name__)


@blueprint.get("/<list:name>/help")
def leaflet(name: str) -> str:
    """What works by mail, with the list's own addresses; `?in=pl` in that language. For all who may ask to join: a leaflet lies on tables."""
    mlist = joining.place(visit().db, name)
    if (wanted := request.args.get("in", "")) in LANGUAGES:
        visit().language = wanted
    return page("leaflet.html", mlist=mlist, by_reply=mlist.reply_to)
