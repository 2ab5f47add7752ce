"""A reader's own past digests, and what one would tell now."""

from flask import Blueprint

from digests import words
from listserv.usecases import digestpages
from listserv.web.forum import page_number
from listserv.web.pages import page
from listserv.web.visit import visit

blueprint = Blueprint("digests", __name__)


@blueprint.get("/<list:name>/digests/")
def past(name: str) -> str:
    """The digests that I have had."""
    return page("digests/past.html", past=digestpages.past(visit().db, name, visit().actor, page=page_number()))


@blueprint.get("/<list:name>/digests/<id:digest_id>")
def told(name: str, digest_id: int) -> str:
    """What one of them told."""
    return page("digests/told.html", told=digestpages.told(visit().db, name, digest_id, visit().actor), words=words)


@blueprint.get("/<list:name>/digests/latest")
def latest(name: str) -> str:
    """What a digest would tell everybody now."""
    return page("digests/told.html", told=digestpages.latest(visit().db, name, visit().actor, visit().now), words=words)
