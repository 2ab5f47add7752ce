"""Searching the archives: one verb for every door. It finds what the person may read, and says nothing of anything else."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log

from sqlalchemy.orm import Session

from listserv.store import finding
from listserv.store.finding import Place
from listserv.store.lists import MailingList
from listserv.store.search import MASK
from listserv.store.wanted import Choice, Wanted
from listserv.usecases.access import Actor
from listserv.usecases.asking import Ground, ground_of, is_topic, question_of
from listserv.usecases.conversations import speaker
from listserv.usecases.hits import Hit, hits
from listserv.usecases.reading import page_of
from listserv.usecases.shown import Pages
from listserv.usecases.suggesting import suggestions
from listserv.words.query import Query, understood

HITS_A_PAGE = 20
# Found at most: who has more before them says more, or looks at another time.
MOST = 500
# Looked at for the best: the newest, and those whose subject says it.
RANKED, RANKED_BY_SUBJECT = 400, 200
NEWEST, BEST = "new", "best"
# People named beside what was found.
AUTHORS = 8
# Topics named where another was asked for.
TOPICS_NAMED = 12
ONE_PAGE = Pages(1, 1)


@dataclass(frozen=True, slots=True)
class Facet:
    """A way to see fewer: what to say, and how many there would be."""

    title: str
    query: str
    count: int


@dataclass(frozen=True, slots=True)
class Results:
    """What was found. `more`: there are more than were counted. `suggestions` are queries that find something."""

    query: Query
    mlist: MailingList | None
    order: str
    hits: tuple[Hit, ...] = ()
    total: int = 0
    more: bool = False
    pages: Pages = ONE_PAGE
    suggestions: tuple[str, ...] = ()
    topics: tuple[Facet, ...] = ()
    authors: tuple[Facet, ...] = ()
    # `in:thread` was said where no thread is.
    thread_unknown: bool = False
    # Topics that were asked for and are not there; and those that are (slug, title).
    no_topics: tuple[str, ...] = ()
    topics_there: tuple[tuple[str, str], ...] = ()


def search(
    db: Session, actor: Actor, text: str, mlist: MailingList | None = None, *, page: int = 1, order: str = NEWEST, zone: str = "UTC", thread: int = 0
) -> Results:
    """What is found by the words of `text`, on one list or on all that this person may read; 20 at a time, newest first or best first.

    `thread` is the thread in which the box stood, for `in:thread`.
    Whatever the text is, there is an answer. Raises NotFound for a list that the person may not read, and for a page beyond the last.
    """
    ground, query = ground_of(db, actor, mlist, zone, thread), understood(text)
    nothing = Results(query, mlist, BEST if order == BEST else NEWEST, thread_unknown=query.thread == 0 and not thread)
    if not query.asks:
        return replace(nothing, thread_unknown=False)
    asked = question_of(db, query, ground)
    places = _found(db, asked.wanted, nothing.order)
    if not places:
        page_of(page, 0, HITS_A_PAGE)
        return _with_topics(db, replace(nothing, suggestions=suggestions(db, query, ground)), ground)
    total = min(len(places), MOST)
    at = page_of(page, total, HITS_A_PAGE)
    shown = [place.number & MASK for place in places[:total][(at.number - 1) * HITS_A_PAGE : at.number * HITS_A_PAGE]]
    found = replace(nothing, total=total, more=len(places) > MOST, pages=at, hits=hits(db, shown, asked, ground))
    return _with_facets(found, mlist, places[:total]) if mlist else found


def _with_topics(db: Session, nothing: Results, ground: Ground) -> Results:
    """Where nothing is found in a topic that is not there: which there are, of those that this person may see."""
    if not nothing.query.topics:
        return nothing
    there = finding.topics_on(db, list(ground.lists))
    missing = tuple(value for value, _ in nothing.query.topics if not any(is_topic(value, topic) for topic in there))
    return replace(nothing, no_topics=missing, topics_there=tuple((topic.slug, topic.title) for topic in there[:TOPICS_NAMED])) if missing else nothing


def _found(db: Session, wanted: Wanted, order: str) -> Sequence[Place]:
    if order == NEWEST:
        return finding.newest(db, wanted, MOST + 1)
    words = [choice for choice in wanted.choices if choice.words or choice.phrases]
    plain = [Choice(words=frozenset(f"s_{word}" for word in choice.words)) for choice in words if choice.words and not _is_ours(choice)]
    by_subject = finding.newest(db, replace(wanted, choices=(*wanted.choices, *plain)), RANKED_BY_SUBJECT) if plain else ()
    places = list(dict.fromkeys((*finding.newest(db, wanted, RANKED), *by_subject)))
    worth = {number: _worth(terms, words) for number, terms in finding.terms_of(db, [place.number for place in places]).items()}
    return sorted(places, key=lambda place: (-worth.get(place.number, 0), -place.number))


def _is_ours(choice: Choice) -> bool:
    """Are these terms that nobody writes: names, addresses, marks?"""
    return any("_" in word for word in choice.words)


def _worth(terms: str, choices: Sequence[Choice]) -> float:
    """How much a message says of what is looked for: in its subject most, then often, then in few words."""
    all_terms = terms.split(" ")
    there = set(all_terms)
    worth = 0.0
    for choice in choices:
        times = sum(term in choice.words for term in all_terms) + len(choice.phrases)
        worth += log(1 + times) + 3 * any(f"s_{word}" in there for word in choice.words)
    return worth / log(30 + len(all_terms))


def _with_facets(found: Results, mlist: MailingList, places: Sequence[Place]) -> Results:
    """Ways to see fewer: by topic and by author, with what to say."""
    text, asked = found.query.text, {term.where for term in found.query.terms}
    by_topic = Counter(place.topic_id for place in places)
    by_author: Counter[str] = Counter()
    for author, count in Counter(place.author for place in places).items():
        by_author[speaker(author, "")] += count
    topics = () if found.query.topics else tuple(Facet(one.title, f"{text} topic:{one.slug}", by_topic[one.id]) for one in mlist.topics if by_topic[one.id])
    authors = (
        () if "author" in asked else tuple(Facet(name, f'{text} from:"{_quotable(name)}"', count) for name, count in by_author.most_common(AUTHORS + 1) if name)
    )
    return replace(found, topics=topics if len(by_topic) > 1 else (), authors=authors[:AUTHORS] if len(authors) > 1 else ())


def _quotable(name: str) -> str:
    """A name as it can be asked for."""
    return name.replace('"', " ")
