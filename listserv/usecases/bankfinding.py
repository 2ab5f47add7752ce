"""Materials by words: what the letter to the bank asks for. Inflected like every search here; what a title says comes first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from listserv import links
from listserv.mail import bankkinds
from listserv.store import bankasks as asks
from listserv.store import bankpages as rows
from listserv.store import finding
from listserv.store.bank import Material, MaterialKind
from listserv.store.bankasks import Scanned
from listserv.store.bankpages import Place, Wanted
from listserv.store.lists import MailingList
from listserv.store.search import MASK
from listserv.store.wanted import Choice
from listserv.usecases import asking, outbox
from listserv.usecases.access import Actor
from listserv.usecases.conversations import speaker
from listserv.usecases.suggesting import suggestions
from listserv.words.folding import fold, folded
from listserv.words.query import Query, understood

# Messages that say it; and items whose titles are read, the newest.
MESSAGES, SCANNED = 500, 5_000
# Words of a question that name nothing.
SMALL = frozenset({*folded("a i o u w z na do ze od po za dla nad pod przy oraz lub the and for of on in to with about from by")})
IN_TITLE, IN_DESCRIPTION, IN_POST, GOOD = 8, 4, 1, 2


@dataclass(frozen=True, slots=True)
class Shown:
    """An item as a letter tells of it."""

    number: int
    title: str
    author: str
    at: datetime
    kind: MaterialKind
    url: str
    recommended: bool
    # Where it is a link: what it leads to.
    link: str


@dataclass(frozen=True, slots=True)
class Found:
    """The items that say it, the best first; or other words that may find some."""

    ids: tuple[int, ...]
    suggestions: tuple[str, ...] = ()


def find(db: Session, mlist: MailingList, actor: Actor, text: str) -> Found:
    """The items of which somebody asks by these words. Raises NotFound where they may not read the list."""
    ground, query = asking.ground_of(db, actor, mlist, "UTC", 0), understood(_named(text))
    if not query.terms:
        return Found(())
    scanned = asks.scanned(db, mlist.id, SCANNED)
    # What was sent to the bank alone stands in no message.
    wanted = asking.question_of(db, query, ground, {word for one in scanned for word in folded(f"{one.title} {one.description} {one.names}")}).wanted
    asked = [term for term in query.terms if not term.negated]
    # What is asked beside words (`has:attachment`) stands behind them.
    pairs = list(zip(asked, wanted.choices, strict=False))
    worth = {one.id: _worth(one, [(choice, _kinds(term.words)) for term, choice in pairs], wanted.without) for one in scanned}
    there = {one.id: one for one in scanned}
    places = finding.newest(db, wanted, MESSAGES)
    forms = tuple(tuple(sorted(choice.words)) for choice in wanted.choices if choice.words)
    said = rows.find(db, mlist.id, Wanted(words=forms, messages=tuple(place.number & MASK for place in places)), MESSAGES)
    unwanted = {one.id for one in scanned if any(_says(folded(f"{one.title} {one.description} {one.names}"), choice) for choice in wanted.without)}
    for material in (one for one in said if one.id not in unwanted):
        worth[material.id] = max(worth.get(material.id, 0), IN_POST)
        there.setdefault(material.id, _plainly(material))
    found = [there[id] for id, value in worth.items() if value]
    found.sort(key=lambda one: (-worth[one.id] - GOOD * one.recommended, -one.newest_at.timestamp(), -one.id))
    return Found(tuple(one.id for one in found), () if found else _otherwise(db, query, ground))


def _named(text: str) -> str:
    """The question without the words that name nothing, unless there are no others."""
    kept = [word for word in text.split() if fold(word) not in SMALL]
    return " ".join(kept) or text


def _kinds(words: Iterable[str]) -> frozenset[str]:
    """„scenariusze” asks for a kind as much as for a word."""
    return frozenset(str(kind) for word in words if (kind := bankkinds.kind_named(word)))


def _worth(one: Scanned, asked: Sequence[tuple[Choice, frozenset[str]]], without: Sequence[Choice]) -> int:
    """How well an item says all of it, and nothing of what it must not say; 0 where it does not."""
    title, more = folded(one.title), folded(f"{one.description} {one.names}")
    if any(_says([*title, *more], choice) for choice in without):
        return 0
    worth = IN_TITLE
    for choice, kinds in asked:
        if _says(title, choice) or one.kind in kinds:
            continue
        if not _says([*title, *more], choice):
            return 0
        worth = IN_DESCRIPTION
    return worth if asked else 0


def _says(words: Sequence[str], choice: Choice) -> bool:
    there = set(words)
    if any(form.removeprefix("s_") in there for form in choice.words):
        return True
    if any(word.startswith(tuple(choice.beginnings)) for word in words if choice.beginnings):
        return True
    line = f" {' '.join(words)} "
    return any(f" {' '.join(row)} " in line for row in choice.phrases)


def _plainly(one: Material) -> Scanned:
    return Scanned(one.id, one.title, one.description, "", one.kind, one.recommended_at is not None, one.newest_at)


def _otherwise(db: Session, query: Query, ground: asking.Ground) -> tuple[str, ...]:
    return tuple(words.strip(' "„”“«»') for words in suggestions(db, query, ground))


def shown(db: Session, mlist: MailingList, ids: Sequence[int]) -> list[Shown]:
    """These items, in this order."""
    items = asks.items(db, ids)
    places = rows.places(db, ids)
    return [tell(db, mlist, items[id], places[id]) for id in ids if id in items and id in places]


def tell(db: Session, mlist: MailingList, item: Material, places: Sequence[Place]) -> Shown:
    """An item as a letter tells of it."""
    url = links.material_url(outbox.settings_of(db), mlist.name, item.number)
    return Shown(
        item.number, item.title or places[0].version.name, author_of(places[0]), item.newest_at, item.kind, url, item.recommended_at is not None, item.url
    )


def author_of(place: Place) -> str:
    """Who brought it, by name."""
    if place.message:
        return speaker(place.message.author, place.message.author_email)
    return (place.user.name if place.user else "") or place.version.author
