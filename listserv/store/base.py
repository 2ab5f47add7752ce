"""The declarative base, the column types that both databases share, and the naming convention of constraints."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import BigInteger, DateTime, Dialect, Insert, Integer, MetaData, String, Table, TypeDecorator, insert
from sqlalchemy.orm import DeclarativeBase, Session, make_transient_to_detached

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite gives row ids only to a column that is exactly INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC without a zone, so that both databases sort and compare it alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database. A naive datetime is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        return value.replace(tzinfo=UTC) if value is not None else None


class Word(TypeDecorator[StrEnum]):
    """One word of a StrEnum, kept as its text: a new word needs no migration."""

    impl = String(32)
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        """To the database; a text that is not one of the words is refused."""
        return None if value is None else str(self.words(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """From the database."""
        return None if value is None else self.words(value)


# SQLite gives the number of a deleted newest row to the next one. Where a signed address in somebody's mailbox names a
# row for years (a one-click link, a bounce address), that must never happen.
NEVER_AGAIN = {"sqlite_autoincrement": True}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Moment, int: Id}

    def __repr__(self) -> str:
        shown: Any = getattr(self, "id", "?")
        return f"<{type(self).__name__} {shown}>"


# Variables in one statement: PostgreSQL takes 65,535, SQLite half of that.
MANY = 500
Value = TypeVar("Value")


def slices(values: Collection[Value], many: int = MANY) -> Iterator[list[Value]]:
    """As many at a time as fit into one statement."""
    whole = list(values)
    return (whole[at : at + many] for at in range(0, len(whole), many))


@lru_cache
def _blank(model: type[Base]) -> tuple[Insert, dict[str, Any]]:
    """The statement that adds a row, and what it says of what nobody has said."""
    columns = [column for column in table_of(model).columns if not column.primary_key]
    return insert(table_of(model)), {column.key: column.default.arg if column.default else None for column in columns}  # type: ignore[attr-defined]


def put(db: Session, row: Base) -> None:
    """Add a row now, and send nothing else: for rows that every post brings, since a flush looks at all that a session has in hand (five times as long).

    The row is known to the session like one that was loaded, and has its number. It names its columns alone, no objects; its numbers come from the database.
    """
    adding, blank = _blank(type(row))
    said = vars(row)
    for key, value in blank.items():
        if key not in said:
            setattr(row, key, value)
    number = db.connection().execute(adding, {key: said[key] for key in blank}).inserted_primary_key
    assert number is not None
    row.id = number[0]  # type: ignore[attr-defined]
    make_transient_to_detached(row)
    db.add(row)


def table_of(model: type[Base]) -> Table:
    """The table of a model, for rows by the thousand: without objects in between an insert takes a third of the time."""
    table = model.__table__
    assert isinstance(table, Table)
    return table
