"""How rare is what is looked for? PostgreSQL takes each word that it has no figures of for as common as the rarest that it has, thousands of a million.

Several such words, of which one is enough, then seem to stand nearly everywhere, and it would read all entries from the newest on to find a few. So
the newest are asked first, by their numbers alone: what stands in a share of them is about as common in all the others.
"""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Select, bindparam, column, literal_column, select, table
from sqlalchemy.orm import Session

from listserv.store.session import look

# So many of the newest entries are asked first, where there are so many in all; of what is expected to have fewer, all are taken and put in order.
FIRST, LARGE, FEW = 1_000, 50_000, 8_000


class Newest(NamedTuple):
    """The number above which the newest entries stand, and about how many entries there are in all."""

    above: int
    entries: int

    def is_rare(self, found: int) -> bool:
        """Is what `found` of the newest have so rare that all that have it are soon put in order?"""
        return found * self.entries < FEW * FIRST


@cache
def _asking(until: bool) -> Select[Any]:
    index = table("indexed_fts", column("id", BigInteger))
    numbers = select(index.c.id).order_by(index.c.id.desc()).offset(bindparam("first", type_=BigInteger)).limit(1)
    if until:
        numbers = numbers.where(index.c.id < bindparam("until", type_=BigInteger))
    return (
        select(numbers.scalar_subquery(), literal_column("reltuples::bigint"))
        .select_from(table("pg_class"))
        .where(literal_column("oid") == literal_column("'indexed_fts'::regclass"))
    )


def newest_of(db: Session, until: int | None) -> Newest | None:
    """Where the newest entries below a number begin; None where there are so few that it makes no difference. Of PostgreSQL alone."""
    row: Any = look(db, _asking(until is not None), {"first": FIRST} | ({"until": until} if until is not None else {})).one()
    return Newest(*row) if row[0] is not None and row[1] >= LARGE else None
