"""Attached pictures, as far as a page shows them: small ones, for those who may fetch the file itself."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from listserv import thumbnails
from listserv.errors import NotFound
from listserv.store import pages
from listserv.store.queue import raw_bytes
from listserv.usecases.access import Actor
from listserv.usecases.reading import HASH, view_of


@dataclass(frozen=True, slots=True)
class Picture:
    """An attached picture: the SHA-256 of its bytes, and where they are."""

    sha256: str
    raw_id: int
    number: int


def picture(db: Session, name: str, message_hash: str, number: int, actor: Actor) -> Picture:
    """An attachment of which a small picture can be tried. Raises NotFound, like `reading.attachment` for whoever may not fetch it."""
    view = view_of(db, name, actor)
    known = view.fetches and HASH.fullmatch(message_hash) is not None and 0 < number < 10_000
    row = pages.attachment_of(db, view.mlist.id, message_hash, number, hidden=view.decides) if known else None
    if row is None or not thumbnails.is_picture(row.name, row.type, row.size):
        raise NotFound("there is no such page")
    return Picture(row.sha256, row.raw_id, number)


def bytes_of(db: Session, wanted: Picture) -> bytes:
    """The file."""
    from listserv.mail.parse import attachment  # the mail parser: only where bytes are asked for

    found = attachment(raw_bytes(db, wanted.raw_id), wanted.number)
    return found[1] if found else b""
