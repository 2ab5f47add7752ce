"""Which file is a version of which item: by its name at once, and by what it says as soon as it has been read.

What a human has put together or put in order, no machine takes apart or joins with another.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy.orm import Session

from listserv.mail import bankfiles, bankkinds
from listserv.store import bankpages
from listserv.store import bankversions as rows
from listserv.store.bank import Material, MaterialKind, MaterialVersion
from listserv.store.lists import lock
from listserv.words.alike import CHARACTERS_READ, alike, rows_of
from listserv.words.folding import folded

log = structlog.get_logger()

# Two texts are versions of one; or have nothing to do with each other, whatever the files are called.
ALIKE, DIFFERENT = 0.6, 0.2
# Items whose names are looked at; files whose texts are compared; versions of one item that are.
LATELY, COMPARED, VERSIONS = 200, 12, 12
# In `Material.corrected`: a human has said what its versions are.
PUT_TOGETHER = "versions"


def older(db: Session, list_id: int, name: str, sha256: str, *, whose: Mapping[str, Any], used: Collection[int]) -> Material | None:
    """The item of which a new file is another version. By name: called alike, in the same thread or by the same person, unless it says something else."""
    near = [one for one in bankpages.near(db, list_id, **whose) if one.material_id not in used]
    called = bankfiles.stem(name)
    named = [one for one in near if called and bankfiles.stem(one.name) == called]
    said = _said(db, [sha256])
    if not said:
        return named[0].material if named else None
    texts = _said(db, [one.sha256 for one in named[:COMPARED]])
    for one in named[:COMPARED]:
        likeness = alike(said[sha256], texts.get(one.sha256, frozenset()))
        if likeness is None or likeness >= DIFFERENT:
            return one.material
    return _most_alike(db, said[sha256], [one for one in _candidates(db, list_id, name, near) if one.material_id not in used])


def compare(db: Session, sha256: str) -> None:
    """A file has been read: it leaves an item with which it shares no more than the name, and joins one that says the same."""
    for item in bankpages.with_content(db, sha256):
        lock(db, item.mlist)
        for one in (*_part(db, item), item):
            _join(db, one)


# ---- joining ------------------------------------------------------------------------------------------------


def _join(db: Session, item: Material) -> None:
    places = rows.versions_of(db, item.id)
    contents = {one.sha256 for one in places if one.type}
    if item.removed_at or not places or len(contents) != 1 or not (said := _said(db, contents)):
        return
    first = places[0]
    message = first.message
    whose = {"user_id": message.user_id, "author_key": message.author_key, "thread_id": message.thread_id} if message else {"user_id": first.user_id}
    near = bankpages.near(db, item.list_id, **whose)
    here = {one.message_id or -(one.raw_id or 0) for one in places}
    found = [
        one
        for one in _candidates(db, item.list_id, first.name, near)
        # What came in one letter are things beside each other.
        if one.material_id != item.id and (one.message_id or -(one.raw_id or 0)) not in here
    ]
    other = _most_alike(db, next(iter(said.values())), found)
    if other is None:
        return
    newer, into = (other, item) if (other.first_at, other.number) > (item.first_at, item.number) else (item, other)
    if _is_untouched(newer) and len({one.sha256 for one in rows.versions_of(db, newer.id)}) == 1:
        _move(db, newer, into)


def _is_untouched(item: Material) -> bool:
    return not (item.corrected or item.recommended_at or item.removed_at or item.topic_id)


def _move(db: Session, newer: Material, into: Material) -> None:
    for place in rows.versions_of(db, newer.id):
        place.material = into
    rows.move_uses(db, newer.id, into.id)
    into.downloads += newer.downloads
    into.licence = into.licence or newer.licence
    into.description = into.description or newer.description
    into.newest_at = max(into.newest_at, newer.newest_at)
    newer.title, newer.description, newer.licence, newer.downloads, newer.became = "", "", "", 0, into.number
    _count_versions(db, into)
    log.info("material-joined", list=into.mlist.name, number=newer.number, into=into.number)


def _count_versions(db: Session, item: Material) -> None:
    """1, 2, 3 by their dates."""
    dated: dict[str, Any] = {}
    db.flush()
    places = rows.versions_of(db, item.id)
    for place in places:
        dated[place.sha256] = min(dated.get(place.sha256, (place.dated_at, place.number, place.id)), (place.dated_at, place.number, place.id))
    order = {sha256: number for number, sha256 in enumerate(sorted(dated, key=dated.__getitem__), start=1)}
    for place in places:
        place.number = order[place.sha256]
    db.flush()


# ---- parting ------------------------------------------------------------------------------------------------


def _part(db: Session, item: Material) -> list[Material]:
    """The versions of an item that say something else than all before them become items of their own."""
    places = rows.versions_of(db, item.id)
    contents = list(dict.fromkeys(one.sha256 for one in places if one.type))
    if len(contents) < 2 or len(contents) > VERSIONS or PUT_TOGETHER in item.corrected.split():
        return []
    said, made, kept = _said(db, contents), list[Material](), contents[:1]
    for sha256 in contents[1:]:
        likeness = [alike(said.get(sha256, frozenset()), said.get(one, frozenset())) for one in kept]
        if all(one is not None and one < DIFFERENT for one in likeness):
            made.append(_own(db, item, [one for one in places if one.sha256 == sha256]))
        else:
            kept.append(sha256)
    if made:
        _count_versions(db, item)
        item.newest_at = max(one.dated_at for one in rows.versions_of(db, item.id))
    return made


def _own(db: Session, item: Material, places: Sequence[MaterialVersion]) -> Material:
    title, text = bankpages.text_of(db, places[0].sha256)
    name, kind = places[0].name, places[0].type
    called = bankfiles.own_title(title) or bankfiles.title_of(name) or item.title
    new = Material(mlist=item.mlist, number=bankpages.highest_number(db, item.list_id) + 1, title=called, licence=bankkinds.licence_in(text))
    new.kind = MaterialKind(bankkinds.kind_of(called, name, name=name, type=kind))
    new.first_at = min(one.dated_at for one in places)
    new.newest_at = new.first_at
    db.add(new)
    for place in places:
        place.material, place.number = new, 1
    db.flush()
    log.info("material-parted", list=item.mlist.name, number=new.number, of=item.number)
    return new


# ---- what is compared ---------------------------------------------------------------------------------------


def _said(db: Session, sha256s: Iterable[str]) -> dict[str, frozenset[int]]:
    found = rows.texts(db, set(sha256s), CHARACTERS_READ)
    return {sha256: made for sha256, text in found.items() if (made := rows_of(text))}


def _candidates(db: Session, list_id: int, name: str, near: Sequence[MaterialVersion]) -> list[MaterialVersion]:
    """What may be the same thing: files of this thread and person; and others of the list that are called somewhat alike. Those called most alike first."""
    words = _words(name)
    others = [one for one in rows.lately(db, list_id, LATELY) if words and _overlap(words, _words(one.name)) >= 0.5]
    found = {one.id: one for one in (*near, *others)}
    return sorted(found.values(), key=lambda one: (-_overlap(words, _words(one.name)), -one.id))


def _words(name: str) -> frozenset[str]:
    return frozenset(folded(bankfiles.stem(name).rpartition(".")[0]))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


def _most_alike(db: Session, said: frozenset[int], candidates: Sequence[MaterialVersion]) -> Material | None:
    open_to = rows.seen(db, {one.material_id for one in candidates})
    files = [one for one in candidates if one.material_id in open_to]
    texts = _said(db, list(dict.fromkeys(one.sha256 for one in files))[:COMPARED])
    best = max(files, key=lambda one: alike(said, texts.get(one.sha256, frozenset())) or 0.0, default=None)
    return best.material if best and (alike(said, texts.get(best.sha256, frozenset())) or 0.0) >= ALIKE else None
