"""The bank of materials as a reader finds it: a page of items, one item, a file of it."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy.orm import Session

from listserv.errors import NotFound
from listserv.store import bankpages as rows
from listserv.store import finding
from listserv.store.bank import Material, MaterialKind
from listserv.store.bankpages import Place, Wanted
from listserv.store.lists import MailingList, Topic
from listserv.store.queue import raw_bytes
from listserv.store.search import MASK
from listserv.usecases import bankfiling
from listserv.usecases.access import Actor
from listserv.usecases.asking import ground_of, question_of
from listserv.usecases.bankshown import Asked, Bank, Card, Item, Use, Version
from listserv.usecases.conversations import Veil, speaker
from listserv.usecases.reading import page_of, view_of
from listserv.usecases.shown import View
from listserv.words.query import understood

A_PAGE, MOST_FOUND, LONGEST_QUERY = 25, 400, 200


def open_bank(db: Session, name: str, actor: Actor) -> View:
    """The list whose bank this person may read. Raises NotFound, also where the list has none."""
    view = view_of(db, name, actor)
    if not view.mlist.materials:
        raise NotFound("there is no such page")
    return view


def page(db: Session, name: str, actor: Actor, asked: Asked, number: int = 1) -> Bank:
    """A page of the bank's items, the newest first. Raises NotFound."""
    view = open_bank(db, name, actor)
    asked = _understood(view, asked)
    wanted = wanted_by(db, view.mlist, actor, asked)
    list_id = view.mlist.id
    # Counted once, with all that could be asked for: the list's items are gone through no second time for each filter.
    tally = rows.tally(db, list_id, areas=bool(view.mlist.topics))
    total = (
        rows.count(db, list_id, wanted)
        if asked.q or asked.removed
        else sum(many for kind, topic_id, is_good, many in tally if _fits(wanted, kind, topic_id, is_good))
    )
    at = page_of(number, total, A_PAGE)
    shown = items(db, view.mlist, rows.find(db, list_id, wanted, A_PAGE, (at.number - 1) * A_PAGE) if total else (), view.veil, hidden=asked.removed)
    kinds, areas = Counter[MaterialKind](), Counter[int | None]()
    for kind, topic_id, _, many in tally:
        kinds[kind] += many
        areas[topic_id] += many
    by_kind = tuple((str(kind), kinds[kind]) for kind in MaterialKind if kinds[kind])
    by_area = tuple((topic.slug, topic.title, areas[topic.id]) for topic in view.mlist.topics if areas[topic.id])
    good = sum(many for _, _, is_good, many in tally if is_good)
    removed = rows.count(db, list_id, Wanted(removed=True)) if view.decides else 0
    return Bank(view, asked, shown, at, total, by_kind, by_area, good, removed)


def _fits(wanted: Wanted, kind: MaterialKind, topic_id: int | None, good: bool) -> bool:
    return wanted.kind in (None, kind) and wanted.topic_id in (None, topic_id) and (good or not wanted.recommended)


def _understood(view: View, asked: Asked) -> Asked:
    """Words that mean nothing here are left out."""
    kind = asked.kind if asked.kind in set(MaterialKind) else ""
    area = next((topic.slug for topic in view.mlist.topics if topic.slug == asked.area.lower()), "")
    q = "".join(letter if letter.isprintable() else " " for letter in asked.q)
    return Asked(" ".join(q.split())[:LONGEST_QUERY], kind, area, asked.good, asked.removed and view.decides)


def wanted_by(db: Session, mlist: MailingList, actor: Actor, asked: Asked) -> Wanted:
    """What is asked, as the rows understand it. Words are looked for in titles and in all that the letters and files say."""
    kind = MaterialKind(asked.kind) if asked.kind else None
    topic_id = next((topic.id for topic in mlist.topics if topic.slug == asked.area), None)
    messages: tuple[int, ...] = ()
    words: tuple[tuple[str, ...], ...] = ()
    query = understood(asked.q)
    if asked.q:
        ground = ground_of(db, actor, mlist, "UTC", 0)
        found = finding.newest(db, question_of(db, query, ground).wanted, MOST_FOUND) if query.asks else ()
        messages = tuple(place.number & MASK for place in found)
        said = [word for term in query.terms if not term.negated and term.where in ("text", "subject") for word in term.words]
        words = tuple(_forms(word) for word in said) or ((asked.q,),)
    return Wanted(kind, topic_id, asked.good, words, messages, removed=asked.removed)


def _forms(word: str) -> tuple[str, ...]:
    """A word as a text may have it: databases do not agree on letters beyond ASCII."""
    stem = word[:-2] if len(word) > 6 else word[:-1] if len(word) > 4 else word
    return tuple(dict.fromkeys((stem, stem.lower(), stem.capitalize(), stem.upper())))


def items(db: Session, mlist: MailingList, found: Sequence[Material], veil: Veil, *, hidden: bool = False) -> tuple[Item, ...]:
    """These items as they are shown; one that stands nowhere is none."""
    ids = [one.id for one in found]
    places, uses = rows.places(db, ids, hidden=hidden), rows.uses_counted(db, ids)
    topics = {topic.id: topic for topic in mlist.topics}
    return tuple(_item(one, places[one.id], topics, uses.get(one.id, 0), veil) for one in found if places.get(one.id))


def _item(one: Material, places: Sequence[Place], topics: dict[int, Topic], uses: int, veil: Veil) -> Item:
    first = places[0]
    topic = topics.get(one.topic_id or (first.thread.topic_id if first.thread else None) or 0)
    by_number: dict[int, Place] = {}
    for place in places:
        by_number.setdefault(place.version.number, place)
    versions = tuple(_version(by_number[number], veil) for number in sorted(by_number, reverse=True))
    thread = (first.thread.id, veil(first.thread.subject)) if first.thread else None
    said = {"licence": veil(one.licence), "description": veil(one.description), "url": veil(one.url)}
    return Item(
        id=one.id,
        number=one.number,
        title=veil(one.title) or f"{one.number}",
        kind=str(one.kind),
        area=(topic.slug, topic.title) if topic else None,
        author=author_of(first, veil),
        user_id=first.user_id,
        at=versions[0].at,
        downloads=one.downloads,
        recommended=one.recommended_at is not None,
        removed=one.removed_at is not None,
        uses=uses,
        versions=versions,
        thread=thread,
        **said,
    )


def _version(place: Place, veil: Veil) -> Version:
    version, thread = place.version, place.thread.id if place.thread else None
    shown = veil(version.name), version.type, version.size, version.dated_at
    return Version(version.number, *shown, author_of(place, veil), thread, place.message.hash if place.message else "")


def author_of(place: Place, veil: Veil) -> str:
    """Who brought it, by name; never an address in full."""
    if place.message:
        return speaker(place.message.author, place.message.author_email)
    return veil(speaker(place.user.name if place.user and place.user.name else place.version.author, ""))


def card(db: Session, name: str, number: int, actor: Actor) -> Card:
    """One item. Raises NotFound; what was removed is there for those who may put it back."""
    view = open_bank(db, name, actor)
    material = rows.by_number(db, view.mlist.id, number, hidden=True)
    shown = items(db, view.mlist, [material], view.veil) if material else ()
    if material is None or not shown:
        raise NotFound("there is no such page")
    corrects = may_correct(view, shown[0].user_id, actor)
    if material.removed_at is not None and not corrects:
        raise NotFound("there is no such page")
    uses = rows.uses_of(db, material.id) if view.sees_addresses else ()
    told = tuple(Use(speaker(use.user.name, ""), use.user_id, use.used_at, use.message.hash if use.message else "") for use in uses)
    return Card(view, shown[0], told, corrects, view.mlist.topics)


def may_correct(view: View, author_id: int | None, actor: Actor) -> bool:
    """Moderators put every item in order; who brought one, their own."""
    return view.decides or (view.member is not None and actor.user_id is not None and actor.user_id == author_id)


def file_of(db: Session, name: str, number: int, actor: Actor, version: int = 0) -> tuple[str, str, bytes]:
    """(name, type, bytes) of an item's newest file, or of a version of it. Raises NotFound; only members fetch files, as everywhere."""
    view = open_bank(db, name, actor)
    material = rows.by_number(db, view.mlist.id, number) if view.fetches else None
    place = carrier(db, material, version) if material else None
    found = bytes_of(db, place) if place else None
    if found is None:
        raise NotFound("there is no such page")
    return found


def carrier(db: Session, material: Material, version: int = 0) -> Place | None:
    """Where an item's newest version stands (or that one), as a file that may be fetched; None where there is none."""
    files = [place for place in rows.places(db, [material.id]).get(material.id, []) if place.version.type]
    meant = version or max((place.version.number for place in files), default=0)
    return next((place for place in files if place.version.number == meant), None)


def bytes_of(db: Session, place: Place) -> tuple[str, str, bytes] | None:
    """(name, type, bytes) of the file that stands there; None where the mail does not hold it any more."""
    raw_id = place.message.raw_id if place.message else place.version.raw_id
    found = bankfiling.file_in(raw_bytes(db, raw_id), place.version.part) if raw_id else None
    if found is None or found[0].sha256 != place.version.sha256:
        return None
    return place.version.name or f"{place.version.material_id}", place.version.type, found[1]
