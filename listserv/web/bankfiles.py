"""Beside a material's page: its first page as a small picture, and the button of whoever has used it."""

from flask import Blueprint, Response
from werkzeug.wrappers import Response as Answer

from listserv.errors import NotFound
from listserv.thumbnails import PAINTER, Thumbnail
from listserv.usecases import bankthumbs, bankuses
from listserv.usecases.access import list_and_member
from listserv.web.pictures import ALBUM, painted
from listserv.web.visit import visit
from listserv.web.ways import to

blueprint = Blueprint("bankfiles", __name__)

# Part of every ETag: of what the same file would be made today.
VERSION = "p1"


@blueprint.get("/<list:name>/materials/<id:material>/thumbnail")
def thumbnail(name: str, material: int) -> Response:
    """A picture of at most 480 by 360 pixels, made anew. Raises NotFound for what cannot be shown, too."""
    wanted = bankthumbs.first_page(visit().db, name, material, visit().actor)
    return painted(f"{wanted.sha256}-{VERSION}", lambda: _made(wanted))


def _made(wanted: bankthumbs.FirstPage) -> Thumbnail | None:
    # A file may be a picture by one name and a document by another.
    key = f"{wanted.sha256}-{VERSION}" if wanted.pages else wanted.sha256
    known, made = ALBUM.find(key)
    if not known:
        made = PAINTER.paint(bankthumbs.bytes_of(visit().db, wanted), page=wanted.pages)
        ALBUM.keep(key, made)
    return made


@blueprint.post("/<list:name>/materials/<id:material>/used")
def used(name: str, material: int) -> Answer:
    """„I used it”: for people on the list."""
    mlist, member = list_and_member(visit().db, name, visit().actor)
    said = bankuses.use_on_page(visit().db, member, material, visit().now) if member and mlist.materials else None
    if said is None:
        raise NotFound("there is no such page")
    return to(mlist.name, f"materials/{material}?used={said.noted}#used")
