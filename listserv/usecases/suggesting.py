"""Where nothing is found: other queries that do find something.

A word that is offered stands in a message that this person may read, spelled as it is there: the dictionary of all words
that anybody has written (`finding.written`) only says where to look, and what else it knows changes nothing.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from sqlalchemy.orm import Session

from listserv.store import finding
from listserv.store.finding import Record
from listserv.store.search import MASK
from listserv.store.wanted import Choice, Wanted
from listserv.usecases.asking import ADDRESSES, Ground, question_of
from listserv.usecases.conversations import speaker
from listserv.words import typos
from listserv.words.folding import WORD, composed, fold, words
from listserv.words.query import Query, understood

# So many are shown; so many of each kind are tried for that.
SUGGESTED, TRIED = 3, 6
# Messages in which it is looked how a word is spelled.
LOOKED_AT = 3
# Forms of a word that may have been meant; each costs a look whether it may be read.
MOST_FORMS = 16


def suggestions(db: Session, query: Query, ground: Ground) -> tuple[str, ...]:
    """Other queries that do find something: the same words in any order and form, a word spelled otherwise, or one word less."""
    made: list[str] = []
    for text in chain(_bare(query), islice(_respelled(db, query, ground), TRIED), _shortened(query)[:TRIED]):
        other = understood(text)
        if text not in made and other.asks and finding.newest(db, question_of(db, other, ground).wanted, 1):
            made.append(text)
        if len(made) == SUGGESTED:
            break
    return tuple(made)


def _respelled(db: Session, query: Query, ground: Ground) -> Iterator[str]:
    """The query with one of its words as it may have been meant."""
    for word in [word for term in query.terms if not term.negated for word in term.words if term.where not in ADDRESSES]:
        likely = _likely(db, fold(word))
        for form in islice(_readable(db, likely, ground), 2 * SUGGESTED):
            yield _with_word(query.text, word, _spelled(db, form, ground))


def _likely(db: Session, word: str) -> list[str]:
    """Words that were written somewhere and may have been meant, the likeliest first: spelled like it, or other forms of what is."""
    there = finding.written(db, typos.near(word))
    if len(word) < typos.SHORTEST:
        return []
    forms = typos.inflected(word, finding.written_beginning(db, (word[: typos.BEGINNING],), len(word) + typos.ENDING)) - there.keys() - {word}
    alike, others = (sorted(some, key=lambda form: (typos.likeness(word, form), form)) for some in (there, forms))
    return [*alike, *others[:MOST_FORMS]]


def _readable(db: Session, forms: Sequence[str], ground: Ground) -> Iterator[str]:
    """Those of the forms that stand in something this person may read, in their order.

    A half of them that nobody there has written goes at once: words of other lists cost next to nothing, and no word its place.
    """
    if not forms or not _where(db, forms, ground, 1):
        return
    if len(forms) == 1:
        yield forms[0]
        return
    middle = len(forms) // 2
    yield from _readable(db, forms[:middle], ground)
    yield from _readable(db, forms[middle:], ground)


def _where(db: Session, forms: Sequence[str], ground: Ground, most: int) -> list[int]:
    """The newest messages in which one of the forms stands."""
    wanted = Wanted(lists=frozenset(ground.lists), choices=(Choice(words=frozenset(forms)),))
    return [place.number & MASK for place in finding.newest(db, wanted, most)]


def _spelled(db: Session, form: str, ground: Ground) -> str:
    """How a form is spelled in the newest messages; with all its letters, where one does so."""
    found = finding.hits(db, _where(db, [form], ground, LOOKED_AT))
    times = Counter(word.lower() for row in found.values() for word in words(_shown(row, ground)) if fold(word) == form)
    return max(times, key=lambda word: (not word.isascii(), times[word], word), default=form)


def _shown(row: Record, ground: Ground) -> str:
    return " ".join((ground.veil(row.list_id)(f"{row.thread_subject}\n{row.subject}\n{row.text}"), speaker(row.author, row.author_email)))


def _with_word(text: str, word: str, other: str) -> str:
    """The text with one word for another, and all that stands around it: quotation marks of any kind, and our own names (`od:`)."""
    whole = composed(text)
    return WORD.sub(lambda found: other if fold(found[0]) == fold(word) and whole[found.end() : found.end() + 1] != ":" else found[0], whole)


def _bare(query: Query) -> list[str]:
    """The query without its quotation marks, where it has some."""
    whole = " ".join(query.pieces)
    bare = whole.replace('"', "")
    return [bare] if bare != whole else []


def _shortened(query: Query) -> list[str]:
    """The query without each of its pieces."""
    pieces = query.pieces
    return [" ".join(pieces[:at] + pieces[at + 1 :]) for at in range(len(pieces)) if 1 < len(pieces) <= 8]
