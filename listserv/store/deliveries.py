"""The statements of the fan-out: a row for each copy, claimed with a lease, recorded in batches.

They were measured (docs/performance.md): sets instead of rows wherever possible, because each step into the database is
a chance to wait for the interpreter's lock. What differs between the databases stands in one function each.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from json import dumps
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from listserv.store.members import DeliveryMode, Status
from listserv.store.packing import unpack


class Claimed(NamedTuple):
    """A copy that is ours to send until the lease ends. `email` is None where the member has gone."""

    id: int
    outgoing_id: int
    member_id: int
    attempts: int
    email: str | None
    # Of the reader, where the post has fields for it; None where it has none.
    name: str | None = None


class Lease(NamedTuple):
    """Who claims, when, and until when what is claimed is theirs (milliseconds)."""

    holder: int
    now: int
    until: int


class Facts(NamedTuple):
    """What must be known of a post of which copies are taken up; `raw_id` is another one as soon as something of it is taken out."""

    raw_id: int
    begun: int
    issue: bool
    fields: bool
    size: int


class Held(NamedTuple):
    """Of a post whose bytes the worker holds: which bytes these are, and when it set out (milliseconds)."""

    raw_id: int
    begun: int


class Post(NamedTuple):
    """What all copies of a post share, as it is kept."""

    id: int
    raw_id: int
    begun: int
    list_name: str
    head: bytes
    body: bytes | None
    packed: bytes | None

    @property
    def raw(self) -> bytes:
        """The mail as it came; empty where the body was changed."""
        return unpack(self.packed) if self.packed else b""


class Again(NamedTuple):
    """A copy that is to be tried later, or (`due` None) never again; when and what the relay answered."""

    id: int
    due: int | None
    code: int
    answer: str | None = None
    at: int | None = None


def milliseconds(moment: datetime) -> int:
    """Milliseconds since the epoch, as `due` counts them."""
    return int(moment.timestamp() * 1000)


def is_sqlite(db: Session) -> bool:
    """Are these statements for SQLite?"""
    return db.get_bind().dialect.name == "sqlite"


worded = lru_cache(64)(text)


def ask(db: Session, statement: str, values: dict[str, Any]) -> Sequence[Any]:
    """The rows of a statement, as tuples. A turn asks a dozen times: each way around SQLAlchemy's own is 50 µs.

    On SQLite they come as its driver gives them.
    """
    if not is_sqlite(db):
        return db.execute(worded(statement), values).all()
    db.flush()
    driver: Any = db.connection().connection.driver_connection
    rows: Sequence[Any] = driver.execute(statement, values).fetchall()
    return rows


def tell(db: Session, statement: str, values: dict[str, Any]) -> None:
    """The same for a statement that has no rows."""
    if is_sqlite(db):
        ask(db, statement, values)
    else:
        db.execute(worded(statement), values)


def _among(db: Session, ids: Iterable[int]) -> tuple[str, Any]:
    """`id IN …` for any number of ids as one parameter `ids`, and its value."""
    if is_sqlite(db):
        return "IN (SELECT value FROM json_each(:ids))", dumps(list(ids))
    return "= ANY(:ids)", list(ids)


def names_of(db: Session, member_ids: Collection[int]) -> dict[int, str]:
    """What these members are called."""
    among, value = _among(db, member_ids)
    query = f'SELECT member.id, "user".name FROM member JOIN "user" ON "user".id = member.user_id WHERE member.id {among}'
    return {row[0]: row[1] for row in ask(db, query, {"ids": value})}


def facts_of(db: Session, ids: Collection[int]) -> dict[int, Facts]:
    """What must be known of these posts."""
    if not ids:
        return {}
    among, value = _among(db, ids)
    moment = _begun(db)
    query = f"""SELECT outgoing.id, raw_id, {moment}, segment IS NOT NULL, fields, raw.size
        FROM outgoing JOIN raw ON raw.id = outgoing.raw_id WHERE outgoing.id {among}"""
    return {row[0]: Facts(row[1], int(row[2]), bool(row[3]), bool(row[4]), row[5]) for row in ask(db, query, {"ids": value})}


def _begun(db: Session) -> str:
    return "(julianday(outgoing.created_at) - 2440587.5) * 86400000" if is_sqlite(db) else "EXTRACT(EPOCH FROM outgoing.created_at) * 1000"


def begun(db: Session, ids: Collection[int]) -> dict[int, int]:
    """When these posts set out, in milliseconds."""
    if not ids:
        return {}
    among, value = _among(db, ids)
    moment = _begun(db)
    return {row[0]: int(row[1]) for row in ask(db, f"SELECT id, {moment} FROM outgoing WHERE id {among}", {"ids": value})}


def claim(db: Session, lease: Lease, limit: int) -> list[Claimed]:
    """Take up to `limit` copies that are due, in order, until the lease ends. The attempt is counted before it is made."""
    return (_claim_sqlite if is_sqlite(db) else _claim_postgresql)(db, {**lease._asdict(), "limit": limit})


def still_wanted(db: Session, copies: list[Claimed], facts: dict[int, Facts]) -> list[Claimed]:
    """Copies of an issue may wait a day for their reader's hour: who wants no mail since then is like somebody who has gone."""
    issues = {id for id, fact in facts.items() if fact.issue}
    if not issues:
        return copies
    among, value = _among(db, {copy.member_id for copy in copies if copy.outgoing_id in issues})
    still = f"SELECT id FROM member WHERE status = :enabled AND delivery <> :none AND id {among}"
    wanted = {row[0] for row in ask(db, still, {"ids": value, "enabled": Status.ENABLED, "none": DeliveryMode.NONE})}
    return [copy._replace(email=None) if copy.outgoing_id in issues and copy.member_id not in wanted else copy for copy in copies]


WITH_ADDRESS = "LEFT JOIN member ON member.id = d.member_id LEFT JOIN address ON address.id = member.address_id"
# The writing transaction (BEGIN IMMEDIATE) keeps others away between these two.
DUE = f"""SELECT d.id, d.outgoing_id, d.member_id, d.attempts + 1, address.email
    FROM (SELECT * FROM delivery WHERE due <= :now ORDER BY due, id LIMIT :limit) AS d {WITH_ADDRESS}"""
HELD = "UPDATE delivery SET due = :until, holder = :holder, attempts = attempts + 1 WHERE id IN (SELECT value FROM json_each(:ids))"
# Materialized: a plain IN (SELECT … LIMIT … SKIP LOCKED) may be run again and exceed its limit.
TAKEN = f"""WITH picked AS MATERIALIZED (
        SELECT id FROM delivery WHERE due <= :now ORDER BY due, id LIMIT :limit FOR UPDATE SKIP LOCKED),
    d AS (UPDATE delivery SET due = :until, holder = :holder, attempts = attempts + 1
        FROM picked WHERE delivery.id = picked.id
        RETURNING delivery.id, delivery.outgoing_id, delivery.member_id, delivery.attempts)
    SELECT d.id, d.outgoing_id, d.member_id, d.attempts, address.email FROM d {WITH_ADDRESS} ORDER BY d.id"""


def _claim_sqlite(db: Session, values: dict[str, Any]) -> list[Claimed]:
    found = [Claimed(*row) for row in ask(db, DUE, {"now": values["now"], "limit": values["limit"]})]
    if found:
        tell(db, HELD, {"until": values["until"], "holder": values["holder"], "ids": dumps([row.id for row in found])})
    return found


def _claim_postgresql(db: Session, values: dict[str, Any]) -> list[Claimed]:
    return [Claimed(*row) for row in ask(db, TAKEN, values)]


def posts(db: Session, facts: Mapping[int, Facts]) -> dict[int, Post]:
    """What the copies of these posts share."""
    if not facts:
        return {}
    among, value = _among(db, facts)
    # The raw mail is fetched only where its body is what goes out.
    query = f"""SELECT outgoing.id, outgoing.raw_id, mailing_list.name, head, body, CASE WHEN body IS NULL THEN raw.packed END
        FROM outgoing JOIN mailing_list ON mailing_list.id = outgoing.list_id JOIN raw ON raw.id = outgoing.raw_id
        WHERE outgoing.id {among}"""
    return {row[0]: Post(row[0], row[1], facts[row[0]].begun, *row[2:]) for row in ask(db, query, {"ids": value})}


# What was taken back while it was in somebody's hand (recall.stop_copies) is never due again.
UNLESS_STOPPED = "CASE WHEN due IS NULL THEN due ELSE :due END"


def record_sent(db: Session, ids: Sequence[int], at: int | None = None) -> None:
    """The relay has taken these copies."""
    if ids:
        among, value = _among(db, ids)
        tell(db, f"UPDATE delivery SET due = NULL, code = 250, at = :at WHERE id {among}", {"ids": value, "at": at})


def record_again(db: Session, rows: Sequence[Again], holder: int) -> None:
    """These copies were not taken: for now, or for good. One that another holds by now is the other's to tell of."""
    if rows:
        values = [{**row._asdict(), "holder": holder} for row in rows]
        db.execute(
            text(f"UPDATE delivery SET due = {UNLESS_STOPPED}, code = :code, answer = :answer, at = :at, holder = NULL WHERE id = :id AND holder = :holder"),
            values,
        )


def give_back(db: Session, ids: Sequence[int], holder: int, due: int) -> None:
    """These copies were claimed and never tried: as if nothing had happened, or to be claimed a little later."""
    if ids:
        among, value = _among(db, ids)
        free = f"UPDATE delivery SET due = {UNLESS_STOPPED}, holder = NULL, attempts = attempts - 1 WHERE id {among} AND holder = :holder"
        tell(db, free, {"due": due, "holder": holder, "ids": value})


class Waiting(NamedTuple):
    """What there is to do now."""

    incoming: bool
    copies: bool
    letters: bool


def waiting(db: Session, now: int) -> Waiting:
    """Is there a mail to be read, a copy or a letter to be sent? One question, asked each second."""
    query = """SELECT EXISTS (SELECT 1 FROM incoming WHERE due <= :now),
        EXISTS (SELECT 1 FROM delivery WHERE due <= :now) OR EXISTS (SELECT 1 FROM outgoing WHERE upto IS NOT NULL),
        EXISTS (SELECT 1 FROM letter WHERE due <= :now)"""
    return Waiting._make(map(bool, db.execute(text(query), {"now": now}).one()))
