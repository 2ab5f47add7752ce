"""Small pictures of attached ones, on the cards below a message."""

import threading
from collections import OrderedDict
from collections.abc import Callable

from flask import Blueprint, Response, request

from listserv.errors import NotFound
from listserv.thumbnails import PAINTER, TYPE, Busy, Thumbnail
from listserv.usecases import pictures
from listserv.web.visit import visit

blueprint = Blueprint("pictures", __name__)

# Of all small pictures that are kept in memory, in bytes: some thousand. What could not be shown counts too.
KEPT, NOTHING = 16 * 1024 * 1024, 200
# Part of every ETag: of what the same file would be made today.
VERSION = "1"


class Album:
    """The small pictures that were asked for last, by the SHA-256 of the file; None for those that there are none of."""

    def __init__(self, most: int = KEPT) -> None:
        self.most, self.size = most, 0
        self.kept: OrderedDict[str, Thumbnail | None] = OrderedDict()
        self.lock = threading.Lock()

    def find(self, key: str) -> tuple[bool, Thumbnail | None]:
        """(whether it is known, the picture)."""
        with self.lock:
            if key not in self.kept:
                return False, None
            self.kept.move_to_end(key)
            return True, self.kept[key]

    def keep(self, key: str, made: Thumbnail | None) -> None:
        """Keep it, and let go what nobody has asked for the longest."""
        with self.lock:
            self.size += _weight(made) - (_weight(self.kept.pop(key)) if key in self.kept else 0)
            self.kept[key] = made
            while self.size > self.most:
                self.size -= _weight(self.kept.popitem(last=False)[1])


def _weight(made: Thumbnail | None) -> int:
    return NOTHING + (len(made.data) if made else 0)


ALBUM = Album()


@blueprint.get("/<list:name>/message/<message_hash>/attachment/<int:number>/thumbnail")
def thumbnail(name: str, message_hash: str, number: int) -> Response:
    """A picture of at most 480 by 360 pixels, made anew. Raises NotFound for what cannot be shown, too."""
    wanted = pictures.picture(visit().db, name, message_hash, number, visit().actor)
    return painted(f"{wanted.sha256}-{VERSION}", lambda: _made(wanted))


def _made(wanted: pictures.Picture) -> Thumbnail | None:
    known, made = ALBUM.find(wanted.sha256)
    if not known:
        made = PAINTER.paint(pictures.bytes_of(visit().db, wanted))
        ALBUM.keep(wanted.sha256, made)
    return made


def painted(etag: str, make: Callable[[], Thumbnail | None]) -> Response:
    """A picture as it is asked for: not at all by who has it, later where all painters are busy. Raises NotFound where none can be made."""
    if request.if_none_match.contains(etag):
        return picture(b"", etag)
    try:
        made = make()
    except Busy:
        return Response(status=503, headers={"Retry-After": "5"})
    if made is None:
        raise NotFound("there is no such page")
    return picture(made.data, etag)


def picture(data: bytes, etag: str) -> Response:
    """The bytes, or only that they are the same as before."""
    response = Response(data, content_type=TYPE)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.set_etag(etag)
    response.make_conditional(request)
    return response
