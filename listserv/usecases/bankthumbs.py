"""What a material looks like: the first page of its newest version, for those who may fetch the file itself."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from listserv import firstpages, thumbnails
from listserv.errors import NotFound
from listserv.store import bankpages as rows
from listserv.store.bank import MaterialVersion
from listserv.store.queue import raw_bytes
from listserv.usecases import bankfiling
from listserv.usecases.access import Actor
from listserv.usecases.reading import view_of

LARGEST_NUMBER = 10_000_000


@dataclass(frozen=True, slots=True)
class FirstPage:
    """A file of which a small picture can be tried: the SHA-256 of its bytes, where they are, and whether it has pages."""

    sha256: str
    raw_id: int
    part: int
    pages: bool


def can_be_shown(name: str, type: str, size: int) -> bool:
    """May this file have a small picture?"""
    return thumbnails.is_picture(name, type, size) or (0 < size <= thumbnails.LARGEST and firstpages.is_document(name, type))


def first_page(db: Session, name: str, number: int, actor: Actor) -> FirstPage:
    """The newest version of an item that readers may see. Raises NotFound for whoever may not fetch it, and for what has no picture."""
    view = view_of(db, name, actor)
    known = view.mlist.materials and view.fetches and 0 < number < LARGEST_NUMBER
    material = rows.by_number(db, view.mlist.id, number) if known else None
    places = rows.places(db, [material.id]).get(material.id, []) if material else []
    if not places:
        raise NotFound("there is no such page")
    place = max(places, key=lambda one: (one.version.number, one.version.id))
    raw_id = place.message.raw_id if place.message else place.version.raw_id
    if not raw_id or not _may(place.version):
        raise NotFound("there is no such page")
    picture = thumbnails.is_picture(place.version.name, place.version.type, place.version.size)
    return FirstPage(place.version.sha256, raw_id, place.version.part, not picture)


def _may(version: MaterialVersion) -> bool:
    return bool(version.type) and can_be_shown(version.name, version.type, version.size)


def bytes_of(db: Session, wanted: FirstPage) -> bytes:
    """The file."""
    found = bankfiling.file_in(raw_bytes(db, wanted.raw_id), wanted.part)
    return found[1] if found and found[0].sha256 == wanted.sha256 else b""
