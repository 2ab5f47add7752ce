"""What a query asks of the index: its words in all their forms, within what the person may read."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from listserv.store import finding
from listserv.store.lists import MailingList
from listserv.store.members import memberships
from listserv.store.search import number_from
from listserv.store.wanted import Choice, Wanted
from listserv.usecases.access import Actor, list_and_member, visible_lists
from listserv.usecases.conversations import Veil, as_it_is, mask
from listserv.words import inflecting
from listserv.words.folding import fold, folded
from listserv.words.marking import Sought
from listserv.words.query import Query, Term
from listserv.words.terms import HAS_FILE, bare_address

# The terms by which addresses are found.
ADDRESSES = {"address": ("a_",), "mention": ("a_", "m_")}


@dataclass(frozen=True, slots=True)
class Ground:
    """Where somebody looks: the lists, those of them where addresses are shown to them, whose days, and in front of which thread."""

    lists: dict[int, MailingList]
    open: frozenset[int]
    zone: str
    thread: int

    def veil(self, list_id: int) -> Veil:
        """What texts of that list pass through before they are shown."""
        return as_it_is if list_id in self.open else mask


def ground_of(db: Session, actor: Actor, mlist: MailingList | None, zone: str, thread: int) -> Ground:
    """Where this person may look: on that list, or on all. Raises NotFound for a list that they may not read."""
    if mlist:
        # Asked again, so that no door can forget to.
        here, member = list_and_member(db, mlist.name, actor)
        return Ground({here.id: here}, frozenset({here.id} if member or actor.administrator else ()), zone, thread)
    lists = {one.id: one for one in db.scalars(visible_lists(actor))}
    own = {member.list_id for member in memberships(db, actor.user_id)} if actor.user_id else set()
    return Ground(lists, frozenset(lists if actor.administrator else own & lists.keys()), zone, thread)


@dataclass(frozen=True, slots=True)
class Question:
    """What the index is asked; what is to be marked in texts, and what beside it in authors' names."""

    wanted: Wanted
    sought: Sought
    beside: Sought


def question_of(db: Session, query: Query, ground: Ground, beside: Collection[str] = frozenset()) -> Question:
    """The query as the index understands it. `beside`: words (folded) that stand elsewhere than in messages."""
    terms = query.terms
    forms = _forms(db, {word for term in terms if not term.exact and not term.open for word in term.words}, beside)
    choices = [(term, _choice(term, forms, ground)) for term in terms]
    files = [Choice(words=frozenset({HAS_FILE}))] if query.files is not None else []
    wanted = Wanted(
        lists=frozenset(ground.lists),
        choices=(*(choice for term, choice in choices if not term.negated), *(files if query.files else ())),
        without=(*(choice for term, choice in choices if term.negated), *(files if query.files is False else ())),
        since=_number(query.after, ground.zone),
        until=_number(query.before, ground.zone),
        topics=_topic_ids(db, query, ground, negated=False) if any(not no for _, no in query.topics) else None,
        not_topics=_topic_ids(db, query, ground, negated=True),
        thread=_thread(db, query, ground),
    )
    return Question(wanted, _sought([term for term in terms if term.where in ("text", "subject")], forms), _sought(terms, forms))


def _forms(db: Session, asked: Collection[str], beside: Collection[str]) -> dict[str, frozenset[str]]:
    """Each word with those of its forms that anybody has written, and always itself."""
    known = {word: inflecting.known_forms(word) for word in asked}
    written = finding.written(db, set().union(*known.values())) if known else {}
    starts = {word: inflecting.beginnings(word) for word in asked}
    made = {}
    for word in asked:
        candidates = finding.written_beginning(db, starts[word], len(word) + 8) if starts[word] else ()
        near = {one for one in beside if one.startswith(tuple(starts[word]))} if starts[word] else set()
        there = known[word] & (written.keys() | set(beside))
        made[word] = frozenset({fold(word), *there, *inflecting.same_stem(word, {*candidates, *near})})
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
    return number_from(datetime.combine(day, time(), ZoneInfo(zone))) if day else None


def _topic_ids(db: Session, query: Query, ground: Ground, *, negated: bool) -> frozenset[int]:
    """The topics that are meant: by their address or by words of their title."""
    meant = [value for value, no in query.topics if no is negated]
    found: set[int] = set()
    for topic in finding.topics_on(db, list(ground.lists)) if meant else ():
        if any(is_topic(value, topic) for value in meant):
            found.add(topic.id)
    return frozenset(found)


def is_topic(value: str, topic: finding.Record) -> bool:
    """Is this topic meant: by its address, or by words of its title?"""
    asked = folded(value)
    return value.lower() == topic.slug or bool(asked and set(asked) <= {*folded(topic.title), *folded(topic.slug)})


def _thread(db: Session, query: Query, ground: Ground) -> int | None:
    if query.thread is None:
        return None
    asked = query.thread or ground.thread
    # Where no thread is meant by `in:thread`, it means nothing; where one is that is not here, nothing is found in it.
    return (finding.thread_there(db, asked, list(ground.lists)) or 0) if asked else None
