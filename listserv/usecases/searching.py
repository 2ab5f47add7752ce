"""Searching the archives: one verb for every door. It finds what the person may read, and says nothing of anything else."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from math import log
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from listserv.store import finding
from listserv.store.finding import Choice, Place, Record, Wanted
from listserv.store.lists import MailingList
from listserv.store.members import memberships
from listserv.store.search import MASK, number_from
from listserv.usecases.access import Actor, list_and_member, visible_lists
from listserv.usecases.conversations import Veil, as_it_is, mask, speaker
from listserv.usecases.reading import page_of
from listserv.usecases.shown import Pages
from listserv.words import inflecting, typos
from listserv.words.folding import fold, folded
from listserv.words.marking import Part, Sought, excerpt, marked
from listserv.words.query import Query, Term, understood
from listserv.words.terms import HAS_FILE, bare_address

HITS_A_PAGE = 20
# Found at most: who has more before them says more, or looks at another time.
MOST = 500
# Looked at for the best: the newest, and those whose subject says it.
RANKED, RANKED_BY_SUBJECT = 400, 200
NEWEST, BEST = "new", "best"
# Other queries that are shown where nothing is found, and tried for that; people named beside what was found.
SUGGESTED, TRIED, AUTHORS = 3, 6, 8
# The terms by which addresses are found.
ADDRESSES = {"address": ("a_",), "mention": ("a_", "m_")}


ONE_PAGE = Pages(1, 1)


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found."""

    list_name: str
    list_title: str
    language: str
    hash: str
    thread_id: int
    subject: tuple[Part, ...]
    author: tuple[Part, ...]
    sent_at: datetime
    words: tuple[Part, ...]
    # Names of files that say it, or in which it was found.
    files: tuple[tuple[Part, ...], ...]


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


@dataclass(frozen=True, slots=True)
class Ground:
    """Where somebody may look: the lists, and those of them where addresses are shown to them."""

    lists: dict[int, MailingList]
    open: frozenset[int]

    def veil(self, list_id: int) -> Veil:
        """What texts of that list pass through before they are shown."""
        return as_it_is if list_id in self.open else mask


def search(
    db: Session, actor: Actor, text: str, mlist: MailingList | None = None, *, page: int = 1, order: str = NEWEST, zone: str = "UTC", thread: int = 0
) -> Results:
    """What is found by the words of `text`, on one list or on all that this person may read; 20 at a time, newest first or best first.

    `thread` is the thread in which the box stood, for `in:thread`.
    Whatever the text is, there is an answer. Raises NotFound for a list that the person may not read, and for a page beyond the last.
    """
    ground = _ground(db, actor, mlist)
    query = understood(text)
    order = BEST if order == BEST else NEWEST
    nothing = Results(query, mlist, order)
    if not query.asks:
        return nothing
    wanted, sought, beside = _wanted(db, query, ground, zone, thread)
    nothing = replace(nothing, thread_unknown=query.thread == 0 and not thread)
    places = _found(db, wanted, order)
    if not places:
        page_of(page, 0, HITS_A_PAGE)
        return replace(nothing, suggestions=_suggestions(db, query, ground, zone, thread))
    total, more = min(len(places), MOST), len(places) > MOST
    at = page_of(page, total, HITS_A_PAGE)
    shown = [place.number & MASK for place in places[(at.number - 1) * HITS_A_PAGE : min(at.number * HITS_A_PAGE, MOST)]]
    found = replace(nothing, total=total, more=more, pages=at, hits=_hits(db, shown, sought, beside, ground))
    return _with_facets(found, mlist, places[:MOST]) if mlist else found


def _ground(db: Session, actor: Actor, mlist: MailingList | None) -> Ground:
    if mlist:
        # Asked again, so that no door can forget to.
        here, member = list_and_member(db, mlist.name, actor)
        return Ground({here.id: here}, frozenset({here.id} if member or actor.administrator else ()))
    lists = {one.id: one for one in db.scalars(visible_lists(actor))}
    own = {member.list_id for member in memberships(db, actor.user_id)} if actor.user_id else set()
    return Ground(lists, frozenset(lists if actor.administrator else own & lists.keys()))


def _wanted(db: Session, query: Query, ground: Ground, zone: str, thread: int) -> tuple[Wanted, Sought, Sought]:
    """The question to the index; and what is to be marked in texts, and in authors' names."""
    terms = query.terms
    forms = _forms(db, {word for term in terms if not term.exact and not term.open for word in term.words})
    choices = [(term, _choice(term, forms, ground)) for term in terms]
    files = [Choice(words=frozenset({HAS_FILE}))] if query.files is not None else []
    chosen = frozenset(_topic_ids(db, query, ground, negated=False)) if any(not no for _, no in query.topics) else None
    wanted = Wanted(
        lists=frozenset(ground.lists),
        choices=(*(choice for term, choice in choices if not term.negated), *(files if query.files else ())),
        without=(*(choice for term, choice in choices if term.negated), *(files if query.files is False else ())),
        since=_number(query.after, zone),
        until=_number(query.before, zone),
        topics=chosen,
        not_topics=frozenset(_topic_ids(db, query, ground, negated=True)),
        thread=_thread(db, query, ground, thread),
    )
    return wanted, _sought([term for term in terms if term.where in ("text", "subject")], forms), _sought(terms, forms)


def _forms(db: Session, asked: Collection[str]) -> dict[str, frozenset[str]]:
    """Each word with those of its forms that anybody has written, and always itself."""
    known = {word: inflecting.known_forms(word) for word in asked}
    written = finding.written(db, set().union(*known.values())) if known else {}
    starts = {word: inflecting.beginnings(word) for word in asked}
    made = {}
    for word in asked:
        candidates = finding.written_beginning(db, starts[word], len(word) + 8) if starts[word] else ()
        made[word] = frozenset({fold(word), *(known[word] & written.keys()), *inflecting.same_stem(word, candidates)})
    return made


def _choice(term: Term, forms: dict[str, frozenset[str]], ground: Ground) -> Choice:
    sign = {"author": "f_", "subject": "s_"}.get(term.where, "")
    if term.where in ADDRESSES:
        bare = bare_address("@".join(term.words))
        return Choice(words=frozenset(sign + bare for sign in ADDRESSES[term.where]), lists=ground.open)
    if term.open:
        return Choice(beginnings=frozenset({sign + fold(term.words[0])}))
    if term.exact:
        row = tuple(folded(" ".join(term.words)))
        return Choice(words=frozenset(row)) if len(row) == 1 else Choice(phrases=frozenset({row}))
    return Choice(words=frozenset(sign + form for word in term.words for form in forms[word]))


def _sought(terms: Iterable[Term], forms: dict[str, frozenset[str]]) -> Sought:
    positive = [term for term in terms if not term.negated and term.where not in ADDRESSES]
    words = {form for term in positive if not term.exact and not term.open for word in term.words for form in forms[word]}
    rows = {tuple(folded(" ".join(term.words))) for term in positive if term.exact}
    words |= {row[0] for row in rows if len(row) == 1}
    return Sought(frozenset(words), tuple(fold(term.words[0]) for term in positive if term.open), frozenset(row for row in rows if len(row) > 1))


def _number(day: date | None, zone: str) -> int | None:
    return number_from(datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)) if day else None


def _topic_ids(db: Session, query: Query, ground: Ground, *, negated: bool) -> set[int]:
    """The topics that are meant: by their address or by words of their title."""
    meant = [value for value, no in query.topics if no is negated]
    found: set[int] = set()
    for topic in finding.topics_on(db, list(ground.lists)) if meant else ():
        for value in meant:
            asked, title = folded(value), folded(topic.title)
            if value.lower() == topic.slug or (asked and set(asked) <= {*title, *folded(topic.slug)}):
                found.add(topic.id)
    return found


def _thread(db: Session, query: Query, ground: Ground, thread: int) -> int | None:
    if query.thread is None:
        return None
    asked = query.thread or thread
    # Where no thread is meant by `in:thread`, it means nothing; where one is that is not here, nothing is found in it.
    return (finding.thread_there(db, asked, list(ground.lists)) or 0) if asked else None


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


def _hits(db: Session, message_ids: Sequence[int], sought: Sought, beside: Sought, ground: Ground) -> tuple[Hit, ...]:
    rows = finding.hits(db, message_ids)
    files: dict[int, list[Record]] = {}
    for file in finding.files_of(db, message_ids):
        files.setdefault(file.message_id, []).append(file)
    return tuple(_hit(rows[id], files.get(id, ()), sought, beside, ground) for id in message_ids if id in rows)


def _hit(row: Record, files: Sequence[Record], sought: Sought, beside: Sought, ground: Ground) -> Hit:
    mlist, veil = ground.lists[row.list_id], ground.veil(row.list_id)
    words, there = excerpt(veil(row.text), sought)
    named = []
    for file in files:
        name = marked(veil(file.name), sought)
        said = bool(sought) and not there and bool(file.text) and excerpt(veil(file.text), sought)
        if said and said[1]:
            words, there = said
        if (said and said[1]) or any(part.marked for part in name):
            named.append(name)
    return Hit(
        list_name=mlist.name,
        list_title=mlist.title,
        language=mlist.language,
        hash=row.hash,
        thread_id=row.thread_id,
        subject=marked(veil(row.thread_subject or row.subject), sought),
        author=marked(speaker(row.author, row.author_email), beside),
        sent_at=row.sent_at,
        words=words,
        files=tuple(named),
    )


def _with_facets(found: Results, mlist: MailingList, places: Sequence[Place]) -> Results:
    """Ways to see fewer: by topic and by author, with what to say."""
    text, asked = found.query.text, {term.where for term in found.query.terms}
    by_topic = Counter(place.topic_id for place in places)
    by_author = Counter(speaker(place.author, "") for place in places).most_common(AUTHORS + 1)
    topics = () if found.query.topics else tuple(Facet(one.title, f"{text} topic:{one.slug}", by_topic[one.id]) for one in mlist.topics if by_topic[one.id])
    authors = () if "author" in asked else tuple(Facet(name, f'{text} from:"{folded_name(name)}"', count) for name, count in by_author if name)
    return replace(found, topics=topics if len(by_topic) > 1 else (), authors=authors[:AUTHORS] if len(authors) > 1 else ())


def folded_name(name: str) -> str:
    """A name as it can be asked for."""
    return name.replace('"', " ")


def _suggestions(db: Session, query: Query, ground: Ground, zone: str, thread: int) -> tuple[str, ...]:
    """Other queries that do find something: a word spelled otherwise, or one word less."""
    made: list[str] = []
    for text in dict.fromkeys((*_respelled(db, query)[:TRIED], *_shortened(query)[:TRIED])):
        other = understood(text)
        if len(made) < SUGGESTED and other.asks and finding.newest(db, _wanted(db, other, ground, zone, thread)[0], 1):
            made.append(text)
    return tuple(made)


def _respelled(db: Session, query: Query) -> list[str]:
    """The query with one of its words as it may have been meant."""
    made = []
    for word in [word for term in query.terms if not term.negated for word in term.words if term.where not in ADDRESSES]:
        there = finding.written(db, typos.near(fold(word)))
        likely = sorted(there, key=lambda form: (typos.likeness(fold(word), form), form))
        made += [_with_word(query.text, word, there[form]) for form in likely[: 2 * SUGGESTED]]
    return made


def _with_word(text: str, word: str, other: str) -> str:
    return " ".join(other if fold(piece) == fold(word) else piece.replace(word, other) for piece in text.split(" "))


def _shortened(query: Query) -> list[str]:
    """The query without its quotation marks, and without each of its pieces."""
    pieces = query.pieces
    whole = " ".join(pieces)
    bare = whole.replace('"', "")
    return ([bare] if bare != whole else []) + [" ".join(pieces[:at] + pieces[at + 1 :]) for at in range(len(pieces)) if 1 < len(pieces) <= 8]
