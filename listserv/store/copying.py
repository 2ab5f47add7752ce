"""A whole site from one database to another: every row of every table, in one transaction, and the proof of it.

It goes by the metadata, so that a table of a later version needs nothing here. Rows travel in bundles of bounded size,
because one raw mail may be as large as ten thousand members.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, LargeBinary, String, Table, delete, func, insert, inspect, literal, select, text, tuple_
from sqlalchemy.exc import IntegrityError

from listserv.errors import Conflict
from listserv.store.migrating import begin, present_revision, upgrade
from listserv.store.schema import metadata
from listserv.store.session import SYNCHRONOUS, for_reading
from listserv.store.storable import storable

# A bundle ends with so many rows, or with so many bytes of text and mail.
ROWS, BYTES = 2_000, 4 << 20
# Told after each bundle: which table, and how many of its rows are there.
Tell = Callable[[str, int], None]
Row = Sequence[Any]


class Sum(NamedTuple):
    """What a table holds: how many rows, and what comes of all their values in order."""

    rows: int
    checksum: str


def copy(source: Engine, target: Engine, url: str, tell: Tell = lambda table, rows: None) -> dict[str, int]:
    """Copy one state of the whole source into an empty target (`url` is its address), and compare; the rows of each table.

    The source may be in use. Whatever happens before the end, the target stays empty. Raises Conflict where it is not.
    """
    make_schema(target, url)
    with for_reading(source).connect() as reading, one_transaction(target) as writing:
        begin(writing)
        require_empty(writing)
        with without_foreign_keys(writing):
            sums = {table.name: _copy_table(reading, writing, table, tell) for table in metadata.tables.values()}
        _carry_on_counting(reading, writing)
        for table in metadata.tables.values():
            _compare(table, sums[table.name], _sum_of(writing, table))
        if writing.dialect.name != "sqlite":
            # The first pages would be planned for empty tables.
            writing.execute(text("ANALYZE"))
    return {name: copied.rows for name, copied in sums.items()}


def make_schema(target: Engine, url: str) -> None:
    """Migrate a database that is empty, or was when somebody migrated it. Raises Conflict."""
    if present_revision(target) is None and inspect(target).get_table_names():
        raise Conflict("{where} holds tables of another program: say a database that is empty", where=target.url)
    upgrade(url)
    with for_reading(target).connect() as connection:
        require_empty(connection)
    # Nobody may have the file open when its journal changes.
    target.dispose()


def require_empty(connection: Connection) -> None:
    """There must be nothing to be lost or mixed up. Raises Conflict."""
    for table in metadata.tables.values():
        if connection.execute(select(literal(1)).select_from(table).limit(1)).first():
            raise Conflict("{where} holds a site already (table {table}): say a database that is empty", where=connection.engine.url, table=table.name)


@contextmanager
def one_transaction(engine: Engine) -> Iterator[Connection]:
    """A connection whose work is there whole or not at all, whatever the size."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                yield connection
            return
        # WAL would hold everything a second time until the commit. The rollback journal of an empty file is small.
        _pragma(connection, "journal_mode=DELETE")
        _pragma(connection, SYNCHRONOUS)
        _pragma(connection, "foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
        finally:
            _pragma(connection, "foreign_keys=ON")
            _pragma(connection, "journal_mode=WAL")


def _pragma(connection: Connection, words: str) -> None:
    # Past SQLAlchemy, which would begin a transaction: there these two have no effect.
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA {words}").fetchall()


FOREIGN_KEYS = """SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"""


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """Rows that refer to rows which come later (the parent of a message) are let in, and looked at in the end. Raises Conflict."""
    if connection.dialect.name == "sqlite":
        yield  # its connection does not look (`one_transaction`)
        wrong = connection.execute(text("PRAGMA foreign_key_check")).first()
        if wrong:
            raise _damaged(f"a row of {wrong[0]} refers to one of {wrong[2]} that is not there")
        return
    keys = connection.execute(text(FOREIGN_KEYS)).all()
    for table, name, _ in keys:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    try:
        for table, name, definition in keys:
            connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    except IntegrityError as wrong:
        raise _damaged(str(wrong.orig)) from wrong


def _damaged(wrong: str) -> Conflict:
    return Conflict("the database to be copied is damaged: {wrong}", wrong=wrong)


def _copy_table(reading: Connection, writing: Connection, table: Table, tell: Tell) -> Sum:
    count, checksum = 0, sha256()
    # What a migration has put there comes from the source as well.
    writing.execute(delete(table))
    for rows in bundles(reading, table):
        writing.execute(insert(table), [dict(zip(table.c.keys(), row, strict=True)) for row in rows])
        for row in rows:
            checksum.update(_as_bytes(row))
        count += len(rows)
        tell(table.name, count)
    return Sum(count, checksum.hexdigest())


def _sum_of(connection: Connection, table: Table) -> Sum:
    count, checksum = 0, sha256()
    for rows in bundles(connection, table):
        for row in rows:
            checksum.update(_as_bytes(row))
        count += len(rows)
    return Sum(count, checksum.hexdigest())


def _compare(table: Table, wanted: Sum, found: Sum) -> None:
    if wanted != found:
        raise Conflict("the copy of {table} differs ({wanted}, {found}): nothing was kept", table=table.name, wanted=wanted, found=found)


def bundles(connection: Connection, table: Table, only: Sequence[ColumnElement[bool]] = ()) -> Iterator[list[Row]]:
    """All rows (`only` those) in the order of the primary key, as many at a time as memory likes."""
    key = tuple_(*table.primary_key)
    rows = select(table).where(*only).order_by(*table.primary_key)
    start: tuple[Any, ...] | None = None
    for end in _ends(connection, table, only):
        where = [key <= tuple_(*map(literal, end))] + ([key > tuple_(*map(literal, start))] if start else [])
        yield [tuple(map(storable, row)) for row in connection.execute(rows.where(*where))]
        start = end


def _ends(connection: Connection, table: Table, only: Sequence[ColumnElement[bool]]) -> Iterator[tuple[Any, ...]]:
    """The last keys of the bundles: first the keys and the sizes of all rows are read, which no large value is for."""
    query = select(*table.primary_key, _size(connection, table)).where(*only).order_by(*table.primary_key)
    rows = size = 0
    key: tuple[Any, ...] = ()
    for *parts, weight in connection.execute(query.execution_options(yield_per=ROWS)):
        if rows and (rows >= ROWS or size + weight > BYTES):
            yield key
            rows = size = 0
        key, rows, size = tuple(parts), rows + 1, size + weight
    if rows:
        yield key


def _size(connection: Connection, table: Table) -> ColumnElement[int]:
    # PostgreSQL knows the bytes of a value without fetching it; SQLite 3.40 has no octet_length.
    measure = func.length if connection.dialect.name == "sqlite" else func.octet_length
    wide = [column for column in table.c if isinstance(column.type, (LargeBinary, String)) and not getattr(column.type, "length", None)]
    return sum((func.coalesce(measure(column), 0) for column in wide), literal(0))


def _as_bytes(row: Row) -> bytes:
    """A row in bytes that no other row has."""
    return b"".join(_value_as_bytes(value) for value in row) + b"\n"


def _value_as_bytes(value: Any) -> bytes:
    if isinstance(value, datetime):
        value = value.isoformat()
    data = value if isinstance(value, bytes) else str(value).encode()
    return b"%s %d " % (type(value).__name__.encode(), len(data)) + data


def _carry_on_counting(reading: Connection, writing: Connection) -> None:
    """The next number of each table: those of rows that are gone must not come again where they were signed (`NEVER_AGAIN`)."""
    for table in metadata.tables.values():
        column = table.autoincrement_column
        if column is None:
            continue
        last = max(last_given(reading, table), reading.execute(select(func.coalesce(func.max(column), 0))).scalar_one())
        if last and writing.dialect.name != "sqlite":
            writing.execute(select(func.setval(func.pg_get_serial_sequence(_quoted(writing, table), column.name), last)))
        elif last and table.dialect_options["sqlite"]["autoincrement"]:
            writing.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
            writing.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), {"name": table.name, "last": last})


def last_given(connection: Connection, table: Table) -> int:
    """The newest number that this table's counter gave away; 0 where it has none or gave none."""
    if connection.dialect.name != "sqlite":
        column = table.autoincrement_column
        sequence = func.pg_get_serial_sequence(_quoted(connection, table), column.name if column is not None else "")
        return int(connection.execute(select(func.coalesce(func.pg_sequence_last_value(sequence), 0))).scalar_one())
    if not table.dialect_options["sqlite"]["autoincrement"]:
        return 0
    found = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name}).scalar()
    return int(found or 0)


def _quoted(connection: Connection, table: Table) -> str:
    return connection.dialect.identifier_preparer.format_table(table)
