"""Asking the index of words. One expression, put in the words of either database; the newest come first."""

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, String, Text, bindparam, case, cast, column, false, func, literal, literal_column, select, table
from sqlalchemy.orm import Session

from listserv.store.archive import SHOWN, Attachment, Body, Message, Thread
from listserv.store.base import slices
from listserv.store.deep import entries_of
from listserv.store.fewentries import fitting
from listserv.store.lists import Topic
from listserv.store.rarewords import Newest, newest_of
from listserv.store.search import MANY, MASK, FileText, Form, Indexed, list_term
from listserv.store.session import look
from listserv.store.wanted import Choice, Wanted

Record = Any
# Of a body, in characters: what is found far below is not shown.
MOST_OF_BODY = 40_000
# Entries in one statement.
MOST_AT_ONCE = 20_000


class _Sqlite:
    """FTS5's language. Every term stands in quotation marks: none is taken for an operator."""

    both, either, lacking = " AND ", " OR ", " NOT "

    @staticmethod
    def word(term: str) -> str:
        return f'"{term}"'

    @staticmethod
    def phrase(terms: Sequence[str]) -> str:
        return f'"{" ".join(terms)}"'

    @staticmethod
    def beginning(term: str) -> str:
        return f'"{term}" *'


class _Postgresql:
    """PostgreSQL's language (tsquery), without any dictionary."""

    both, either, lacking = " & ", " | ", " & !"

    @staticmethod
    def word(term: str) -> str:
        return f"'{term}'"

    @staticmethod
    def phrase(terms: Sequence[str]) -> str:
        return "(" + " <-> ".join(f"'{term}'" for term in terms) + ")"

    @staticmethod
    def beginning(term: str) -> str:
        return f"'{term}':*"


def expression(wanted: Wanted, dialect: str) -> str:
    """The whole question in the index's language. Terms hold letters, digits and the low line alone."""
    tongue = _Sqlite if dialect == "sqlite" else _Postgresql
    where = tongue.either.join(tongue.word(list_term(one)) for one in sorted(wanted.lists))
    asked = tongue.both.join(f"({part})" for part in (*(_choice(one, tongue) for one in wanted.choices), where))
    if not wanted.without:
        return asked
    return f"({asked}){tongue.lacking}({tongue.either.join(f'({_choice(one, tongue)})' for one in wanted.without)})"


def _choice(choice: Choice, tongue: type[_Sqlite] | type[_Postgresql]) -> str:
    parts = [tongue.word(term) for term in sorted(choice.words)]
    parts += [tongue.phrase(terms) for terms in sorted(choice.phrases)]
    parts += [tongue.beginning(term) for term in sorted(choice.beginnings)]
    made = tongue.either.join(parts)
    if choice.lists is None:
        return made
    # An address is found only where the person may see addresses; where that is nowhere, no list has the number 0.
    return f"({made}){tongue.both}({tongue.either.join(tongue.word(list_term(one)) for one in sorted(choice.lists or {0}))})"


class Place(NamedTuple):
    """An entry that fits: its number, and whose message in which thread of which topic it is."""

    number: int
    author: str
    topic_id: int | None


def newest(db: Session, wanted: Wanted, limit: int) -> Sequence[Place]:
    """The newest entries that fit, newest first.

    The index gives some, newest first; of these, what the person may not see or did not mean is left out; then the next.
    """
    if not wanted.lists:
        return ()
    dialect = db.get_bind().dialect.name
    given = {"asked": expression(wanted, dialect), "lists": sorted(wanted.lists), "since": wanted.since, "until": wanted.until}
    given |= {"thread": wanted.thread, "topics": sorted(wanted.topics or ()), "other": sorted(wanted.not_topics)}
    narrow = (wanted.since is not None, wanted.thread is not None, wanted.topics is not None, bool(wanted.not_topics))
    found: list[Place] = []
    rows: Any
    some, rare = limit, False
    if dialect != "sqlite" and (first := newest_of(db, wanted.until)):
        rows, given["until"] = _among(db, first, given | {"most": some}, narrow)
        found, rare = _fitting(rows), len(rows) < some and first.is_rare(len(rows))
    while len(found) < limit:
        rows = look(db, _question(dialect, given["until"] is not None, *narrow, rare=rare), given | {"most": some}).all()
        found += _fitting(rows)
        if len(rows) < some:
            break
        given["until"], some = rows[-1][0], min(4 * some, MOST_AT_ONCE)
        # Once: behind the first.
        few = entries_of(db, wanted.thread, wanted.topics, rows[-1][0]) if some == 4 * limit and len(found) < limit else None
        if few is not None:
            # Of these threads there is little, so it is quicker to look at all that stands in them.
            among = _question(dialect, False, *narrow, among=True) if dialect != "sqlite" else _of_few(wanted, *narrow)
            for several in slices(few, MANY):
                found += _fitting(look(db, among, given | {"most": MANY, "among": several}))
            break
    return found[:limit]


def _among(db: Session, first: Newest, given: dict[str, Any], narrow: tuple[bool, ...]) -> tuple[Sequence[Any], int]:
    """What fits among the newest entries, and below which number everything else stands."""
    since = max(first.above, given["since"] or first.above)
    rows: Any = look(db, _question("postgresql", given["until"] is not None, True, *narrow[1:]), given | {"since": since}).all()
    return rows, rows[-1][0] if len(rows) == given["most"] else since


def _fitting(rows: Iterable[Any]) -> list[Place]:
    return [Place(number, author, topic_id) for number, author, topic_id, fits in rows if fits]


@cache
def _question(dialect: str, until: bool, since: bool, thread: bool, topics: bool, other: bool, among: bool = False, rare: bool = False) -> Select[Any]:
    """The statement with these bounds, built once: building it takes as long as running it. `rare`: all that fit are found, and then put in order.

    The index is asked by itself: joined with other tables, PostgreSQL would look at all that it has.
    """
    index, number, fits = _index(dialect)
    inner = select(number.label("number")).select_from(index).where(fits)
    if since:
        inner = inner.where(number >= bindparam("since", type_=BigInteger))
    if until:
        inner = inner.where(number < bindparam("until", type_=BigInteger))
    if among:
        inner = inner.where(number.in_(bindparam("among", expanding=True, type_=BigInteger)))
    # No index is in the order of a sum.
    order = (number + 0).desc() if rare else number.desc()
    return _told(inner.order_by(order).limit(bindparam("most", type_=BigInteger)), thread, topics, other)


def _of_few(wanted: Wanted, since: bool, *narrow: bool) -> Select[Any]:
    """The same of a few entries, for SQLite: their terms are read, the index is left alone."""
    inner = select(Indexed.id.label("number")).where(Indexed.id.in_(bindparam("among", expanding=True, type_=BigInteger)), fitting(wanted))
    if since:
        inner = inner.where(Indexed.id >= bindparam("since", type_=BigInteger))
    return _told(inner, *narrow)


def _told(numbers: Select[int], thread: bool, topics: bool, other: bool) -> Select[Any]:
    """Whose message these entries are, where they stand, and whether that is what was meant, newest first."""
    some = numbers.subquery()
    meant = SHOWN & Message.list_id.in_(bindparam("lists", expanding=True))
    if thread:
        meant &= Message.thread_id == bindparam("thread")
    if topics:
        meant &= Thread.topic_id.in_(bindparam("topics", expanding=True))
    if other:
        meant &= func.coalesce(Thread.topic_id, 0).not_in(bindparam("other", expanding=True))
    query = select(some.c.number, Message.author, Thread.topic_id, func.coalesce(meant, false()).label("fits")).select_from(some)
    query = query.outerjoin(Message, Message.id == some.c.number.op("&")(literal(MASK, BigInteger))).outerjoin(Thread, Thread.id == Message.thread_id)
    return query.order_by(some.c.number.desc())


def _index(dialect: str) -> tuple[Any, Any, ColumnElement[bool]]:
    if dialect == "sqlite":
        index = table("indexed_fts", column("rowid", BigInteger))
        return index, index.c.rowid, literal_column("indexed_fts").op("MATCH")(bindparam("asked", type_=String))
    from sqlalchemy.dialects.postgresql import TSQUERY

    index = table("indexed_fts", column("id", BigInteger), column("words"))
    return index, index.c.id, index.c.words.op("@@")(cast(bindparam("asked", type_=Text), TSQUERY))


HITS = (
    select(Message.id, Message.list_id, Message.hash, Message.subject, Message.sent_at, Message.author, Message.author_email, Message.user_id)
    .add_columns(Message.message_id, Message.has_html)
    .add_columns(Message.thread_id, Thread.subject.label("thread_subject"), func.substr(Body.text, 1, MOST_OF_BODY).label("text"))
    .join(Thread, Thread.id == Message.thread_id)
    .join(Message.body)
    .where(Message.id.in_(bindparam("ids", expanding=True)), SHOWN)
)


def hits(db: Session, message_ids: Sequence[int]) -> dict[int, Record]:
    """What is shown of these messages."""
    return {row.id: row for row in look(db, HITS, {"ids": message_ids})} if message_ids else {}


FILES = (
    select(Attachment.message_id, Attachment.number, Attachment.name, func.substr(FileText.text, 1, MOST_OF_BODY).label("text"))
    .outerjoin(FileText, FileText.sha256 == Attachment.sha256)
    .where(Attachment.message_id.in_(bindparam("ids", expanding=True)))
    .order_by(Attachment.message_id, Attachment.number)
)


def files_of(db: Session, message_ids: Sequence[int]) -> Sequence[Record]:
    """(message_id, number, name, text) of what these messages carry."""
    return look(db, FILES, {"ids": message_ids}).all() if message_ids else ()


def terms_of(db: Session, numbers: Sequence[int]) -> dict[int, str]:
    """The terms of these entries."""
    return dict(db.execute(select(Indexed.id, Indexed.terms).where(Indexed.id.in_(numbers))).all()) if numbers else {}


WRITTEN = select(Form.form, Form.spelling).where(Form.form.in_(bindparam("forms", expanding=True)))


def written(db: Session, forms: Collection[str]) -> dict[str, str]:
    """Which of these words (folded) have ever been written, and how they are spelled."""
    found: dict[str, str] = {}
    for some in slices(sorted(forms), MANY):
        found |= dict(look(db, WRITTEN, {"forms": some}).all())
    return found


BEGINNING = (
    select(Form.form)
    .where(Form.form >= bindparam("start"), Form.form < bindparam("end"), func.length(Form.form) <= bindparam("longest"))
    .order_by(Form.form)
    .limit(2_000)
)


def written_beginning(db: Session, beginnings: Collection[str], longest: int) -> Sequence[str]:
    """Words (folded) that begin so and are not longer; not more than two thousand of each."""
    found: list[str] = []
    for start in sorted(beginnings):
        # After all that begin so: the last character there is stands in no word.
        found += db.scalars(BEGINNING, {"start": start, "end": start + "\U0010ffff", "longest": longest})
    return found


def topics_on(db: Session, list_ids: Collection[int]) -> Sequence[Record]:
    """(id, list_id, slug, title) of the topics of these lists."""
    return db.execute(select(Topic.id, Topic.list_id, Topic.slug, Topic.title).where(Topic.list_id.in_(list_ids)).order_by(Topic.position, Topic.id)).all()


def thread_there(db: Session, thread_id: int, list_ids: Collection[int]) -> int | None:
    """The thread, or the one that it was joined to, where it stands on one of these lists."""
    query = select(case((Thread.merged_into.is_not(None), Thread.merged_into), else_=Thread.id))
    return db.scalar(query.where(Thread.id == thread_id, Thread.list_id.in_(list_ids)))
