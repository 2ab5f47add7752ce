"""Mails at the door: the statements between DATA and 250, so few and so short that a thousand mails a second get past."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from listserv.store.base import table_of
from listserv.store.packing import Content
from listserv.store.queue import Incoming, Raw, State, insert_unless_there


class Arrival(NamedTuple):
    """One mail for one recipient, its bytes kept already."""

    raw_id: int
    message_id: str
    mail_from: str
    rcpt: str
    peer: str


# No ORM here, and no statement made anew: both cost more than the database itself.
RAWS, INCOMING = table_of(Raw), table_of(Incoming)
FOUND = select(RAWS.c.sha256, RAWS.c.id).where(RAWS.c.sha256.in_(bindparam("digests", expanding=True)))
ARRIVED = insert(INCOMING).returning(INCOMING.c.id, sort_by_parameter_order=True)
# By dialect: each has a word of its own for "unless it is there".
NEW: dict[str, Any] = {}
# What is true of every mail that nobody has looked at yet.
FRESH = {"attempts": 0, "state": State.PENDING, "reasons": "", "trouble": ""}


def keep_contents(db: Session, contents: Sequence[Content]) -> list[int]:
    """The ids of the rows of these contents, in order; what has been kept before is not kept again."""
    distinct = {one.sha256: one for one in contents}
    if not distinct:
        return []
    # In the order of their hashes: two processes that insert the same mails wait for each other instead of deadlocking.
    rows = [{"sha256": digest, "size": distinct[digest].size, "packed": distinct[digest].packed} for digest in sorted(distinct)]
    connection = db.connection()
    made = connection.execute(_new_contents(db), rows if len(rows) > 1 else rows[0])
    found = {bytes(digest): raw_id for digest, raw_id in made}
    if len(found) < len(distinct):
        there = connection.execute(FOUND, {"digests": [digest for digest in distinct if digest not in found]})
        found |= {bytes(digest): raw_id for digest, raw_id in there}
    return [found[one.sha256] for one in contents]


def _new_contents(db: Session) -> Any:
    dialect = db.get_bind().dialect.name
    if dialect not in NEW:
        NEW[dialect] = insert_unless_there(db, RAWS).returning(RAWS.c.sha256, RAWS.c.id)
    return NEW[dialect]


def keep(db: Session, mails: Sequence[Arrival], now: datetime, due: int) -> list[int]:
    """A row for each mail, due then (milliseconds since the epoch); their ids, in order."""
    if not mails:
        return []
    rows: list[dict[str, Any]] = [{**mail._asdict(), **FRESH, "received_at": now, "due": due} for mail in mails]
    return list(db.connection().execute(ARRIVED, rows if len(rows) > 1 else rows[0]).scalars())
