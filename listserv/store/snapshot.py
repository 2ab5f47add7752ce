"""One state of the whole database as parts of a file, whatever database it is, and back into any other.

A transaction that only looks is the snapshot: it sees one state of everything, and nobody who writes waits for it.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Date,
    Double,
    Engine,
    Integer,
    LargeBinary,
    Table,
    Text,
    column,
    func,
    insert,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy.types import TypeEngine

from listserv.errors import Conflict, Invalid
from listserv.store import copying
from listserv.store.base import Moment
from listserv.store.container import MANIFEST, Reader, Writer
from listserv.store.migrating import alembic_config, begin, upgrade, wanted_revision
from listserv.store.schema import metadata
from listserv.store.session import for_reading, make_engine
from listserv.store.surveys import ECHO_UNNAMED

Tell = Callable[[str, int], None]
# What a column holds, in words that need no database; whatever is none of the others is a text.
KINDS: dict[str, TypeEngine[Any]] = {"moment": Moment(), "date": Date(), "bytes": LargeBinary(), "bool": Boolean(), "int": BigInteger(), "float": Double()}
TEXT = Text()
# Who works at the moment: nobody, where it is restored.
FLEETING = ("worker",)
ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
AS_TEXT: dict[str, Callable[[Any], Any]] = {"moment": datetime.isoformat, "date": date.isoformat, "bytes": len}
FROM_TEXT: dict[str, Callable[[Any], Any]] = {"moment": datetime.fromisoformat, "date": date.fromisoformat}


@contextmanager
def looking(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as it is now, however long it looks."""
    with for_reading(engine).connect() as connection:
        # On both databases the state is the one of the first question.
        connection.execute(text("SELECT 1 FROM alembic_version")).first()
        yield connection


def write(connection: Connection, out: Writer, tell: Tell = lambda table, rows: None) -> dict[str, int]:
    """Every row of every table, and the counters; how many rows of each."""
    tables = [one for one in metadata.tables.values() if one.name not in FLEETING]
    counts = {one.name: _write_table(connection, one, out, tell) for one in tables}
    described = {one.name: {"columns": _columns(one), "rows": counts[one.name], **_counter(connection, one)} for one in tables}
    out.add_json(MANIFEST, {"tables": described})
    return counts


def _only(of: Table) -> list[ColumnElement[bool]]:
    """Without letters that say what somebody answered without a name (decision 18): they are nowhere once they have left."""
    if of.name == "letter":
        return [of.c.kind != ECHO_UNNAMED]
    letter = metadata.tables["letter"]
    return [of.c.id.not_in(select(letter.c.raw_id).where(letter.c.kind == ECHO_UNNAMED))] if of.name == "raw" else []


def _columns(of: Table) -> list[list[str]]:
    return [[one.name, _kind(one.type)] for one in of.c]


def _kind(kind: TypeEngine[Any]) -> str:
    return next((name for name, one in KINDS.items() if isinstance(kind, type(one))), "int" if isinstance(kind, Integer) else "text")


def _counter(connection: Connection, of: Table) -> dict[str, Any]:
    """The newest number that was given away: those of rows that are gone must not come again where they were signed."""
    counted = of.autoincrement_column
    if counted is None:
        return {}
    newest = connection.execute(select(func.coalesce(func.max(counted), 0))).scalar_one()
    return {"counter": counted.name, "last": max(copying.last_given(connection, of), newest)}


def _write_table(connection: Connection, of: Table, out: Writer, tell: Tell) -> int:
    kinds, count = [kind for _, kind in _columns(of)], 0
    for number, rows in enumerate(copying.bundles(connection, of, _only(of)), 1):
        name = f"tables/{of.name}/{number:06}"
        out.add(f"{name}.json", _as_json(rows, kinds))
        if "bytes" in kinds:
            out.add(f"{name}.bytes", b"".join(_all_bytes(rows, kinds)))
        count += len(rows)
        tell(of.name, count)
    return count


def _as_json(rows: Iterable[Sequence[Any]], kinds: Sequence[str]) -> bytes:
    ways = [AS_TEXT.get(kind) for kind in kinds]
    plain = ([way(value) if way and value is not None else value for value, way in zip(row, ways, strict=True)] for row in rows)
    return b"\n".join(ENCODE(row).encode() for row in plain) + b"\n"


def _all_bytes(rows: Iterable[Sequence[Any]], kinds: Sequence[str]) -> Iterator[bytes]:
    places = [place for place, kind in enumerate(kinds) if kind == "bytes"]
    return (row[place] for row in rows for place in places if row[place] is not None)


def require_known(backup: Reader) -> None:
    """Was it made by this version or an older one? Raises Conflict."""
    have, want = backup.head["schema"], wanted_revision()
    if have > want:  # their numbers grow
        raise Conflict("the backup is at schema {have}, this program knows {want} at most: it was made by a newer listserv", have=have, want=want)


def require_room(url: str) -> None:
    """The database must be there to be filled, and nothing in it (a file may be missing). Raises Conflict."""
    engine = make_engine(url)
    try:
        with for_reading(engine).connect() as connection:
            there = set(inspect(connection).get_table_names())
            if there and "alembic_version" not in there:
                raise Conflict("{where} holds tables of another program: say a database that is empty", where=engine.url)
            for one in metadata.tables.values():
                if one.name in there and one.name not in FLEETING and connection.execute(select(text("1")).select_from(table(one.name)).limit(1)).first():
                    raise Conflict("{where} holds a site already (table {table}): say a database that is empty", where=engine.url, table=one.name)
    finally:
        engine.dispose()


def load(backup: Reader, url: str, settle: Callable[[Connection], None], tell: Tell = lambda table, rows: None) -> None:
    """Fill an empty database with the backup, bring it to this version's schema and settle it: whole or not at all. Raises Conflict."""
    engine = make_engine(url)
    try:
        if engine.dialect.name == "sqlite":
            _load_file(backup, engine, settle, tell)
        else:
            with engine.begin() as connection:
                _migrate(connection, backup.head["schema"])
                _fill(connection, backup, tell)
                _migrate(connection, "head")
                settle(connection)
            with engine.connect() as connection, connection.begin():
                connection.execute(text("ANALYZE"))  # the first pages would be planned for empty tables
    finally:
        engine.dispose()


def _load_file(backup: Reader, engine: Engine, settle: Callable[[Connection], None], tell: Tell) -> None:
    """SQLite: whoever calls gives a new file, and takes it away again where this fails."""
    url = engine.url.render_as_string(hide_password=False)
    upgrade(url, backup.head["schema"])
    engine.dispose()
    with copying.one_transaction(engine) as connection:
        _fill(connection, backup, tell)
    engine.dispose()
    upgrade(url)
    with engine.begin() as connection:
        settle(connection)


def _migrate(connection: Connection, revision: str) -> None:
    """Within the transaction of the connection; an empty database of a newer schema goes back to the older one."""
    from alembic import command

    begin(connection)
    there = inspect(connection).has_table("alembic_version")
    have = connection.scalar(text("SELECT version_num FROM alembic_version")) if there else ""
    config = alembic_config("")
    config.attributes["connection"] = connection
    (command.downgrade if have and revision < have else command.upgrade)(config, revision)


def _fill(connection: Connection, backup: Reader, tell: Tell) -> None:
    described = backup.manifest["tables"]
    missing = set(described) - set(inspect(connection).get_table_names())
    if missing:
        raise Invalid("the backup holds a table that its version did not have: {names}", names=", ".join(sorted(missing)))
    with copying.without_foreign_keys(connection):
        for name, one in described.items():
            _fill_table(connection, backup, name, tell)
            if one.get("last"):
                _count_on(connection, name, one["counter"], one["last"])


def _fill_table(connection: Connection, backup: Reader, name: str, tell: Tell) -> None:
    columns = backup.manifest["tables"][name]["columns"]
    target, count = table(name, *(column(one, KINDS.get(kind, TEXT)) for one, kind in columns)), 0
    names, kinds = [one for one, _ in columns], [kind for _, kind in columns]
    # What a migration has put there comes from the backup as well.
    connection.execute(target.delete())
    for part in backup.names(f"tables/{name}"):
        if not part.endswith(".json"):
            continue
        rows = [dict(zip(names, row, strict=True)) for row in _rows(backup, part, kinds)]
        connection.execute(insert(target), rows)
        count += len(rows)
        tell(name, count)
    found = connection.execute(select(func.count()).select_from(target)).scalar_one()
    if found != backup.manifest["tables"][name]["rows"]:
        raise Conflict("{name} has {found} rows and should have {rows}: nothing was kept", name=name, found=found, rows=backup.manifest["tables"][name]["rows"])


def _rows(backup: Reader, part: str, kinds: Sequence[str]) -> Iterator[list[Any]]:
    ways = [FROM_TEXT.get(kind) for kind in kinds]
    held, at = (backup.read(part.removesuffix(".json") + ".bytes") if "bytes" in kinds else b""), 0
    for line in backup.read(part).splitlines():
        row = json.loads(line)
        for place, kind in enumerate(kinds):
            if row[place] is None:
                continue
            if kind == "bytes":
                size = row[place]
                row[place], at = held[at : at + size], at + size
            elif way := ways[place]:
                row[place] = way(row[place])
        yield row


def _count_on(connection: Connection, name: str, counted: str, last: int) -> None:
    """The next number of a table is one that was never given away."""
    if connection.dialect.name != "sqlite":
        sequence = func.pg_get_serial_sequence(connection.dialect.identifier_preparer.quote(name), counted)
        connection.execute(select(func.setval(sequence, last)).where(sequence.is_not(None)))
    elif "AUTOINCREMENT" in (connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name}) or ""):
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": name})
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), {"name": name, "last": last})
