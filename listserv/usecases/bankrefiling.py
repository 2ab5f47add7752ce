"""What is redacted, or erased at its author's wish, is gone from the bank of materials too; what of it stands elsewhere stays."""

from collections.abc import Collection, Iterable

from sqlalchemy.orm import Session

from listserv.mail.parse import Post, parse
from listserv.store import bankpages as rows
from listserv.store.archive import Message
from listserv.store.bank import Material
from listserv.store.queue import raw_bytes
from listserv.usecases import bankfiling


def refile(db: Session, message: Message, post: Post) -> None:
    """A message says less than it did, because something was redacted or erased: what is gone of it is gone from the bank."""
    places = rows.of_message(db, message.id)
    if not places:
        return
    still = {one.sha256: one for one in bankfiling.things_of(db, post)}
    for place in places:
        if place.sha256 not in still:
            db.delete(place)
        else:
            place.name = still[place.sha256].name
    db.flush()
    _retitle(db, message, post, {place.material_id for place in places})


def is_filed(db: Session, raw_id: int) -> bool:
    """Does something of the bank stand in this mail, that came to the bank alone?"""
    return bool(rows.of_mail(db, raw_id))


def refile_mail(db: Session, raw_id: int) -> None:
    """A mail that came to the bank says less than it did: what is gone of it is gone from the bank."""
    places = rows.of_mail(db, raw_id)
    if not places:
        return
    raw = raw_bytes(db, raw_id)
    written = parse(raw)
    links = {one.sha256 for one in bankfiling.brought(db, raw, written) if not one.type}
    for place in places:
        found = bankfiling.file_in(raw, place.part) if place.type else None
        if not (found and found[0].sha256 == place.sha256) and place.sha256 not in links:
            db.delete(place)
    db.flush()
    _clear(db, {place.material_id for place in places})


def _clear(db: Session, material_ids: Iterable[int]) -> None:
    """What stands nowhere any more keeps its number alone."""
    for item in (db.get_one(Material, material_id) for material_id in material_ids):
        if not rows.places(db, [item.id], hidden=True).get(item.id):
            item.title, item.description, item.licence, item.url, item.corrected = "", "", "", "", ""


def _retitle(db: Session, message: Message, post: Post, material_ids: Collection[int]) -> None:
    """What was called by words that may be gone is called anew."""
    mlist = message.thread.mlist
    _clear(db, material_ids)
    for material_id in material_ids:
        item = db.get_one(Material, material_id)
        left = rows.places(db, [item.id], hidden=True).get(item.id, [])
        if left and "title" not in item.corrected.split():
            version, stands = left[0].version, left[0].message
            # What called it so may be gone, and another message has it still.
            told = post if stands is message else parse(raw_bytes(db, (stands.raw_id if stands else version.raw_id) or 0))
            source = bankfiling.Source(mlist, told, version.dated_at, message=stands)
            item.title = bankfiling.title_of(db, source, bankfiling.Thing(version.sha256, version.name, version.type))
