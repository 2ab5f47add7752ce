"""A site as the program with schema 0001 left it: `first_release.json` holds every row that it had written.

A private list and a public one, people of every kind of delivery, a thread with an attachment, a held post, an application, all copies
of three posts sent, and a fourth post whose copies nobody had begun to send; a link to sign in that was not used.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, DateTime, Engine, LargeBinary, MetaData, Table, text

SECRET = "secret-of-the-tests"
# A little later than its last row.
AFTER = datetime(2026, 11, 22, 1, 50, tzinfo=UTC)
KEPT = json.loads((Path(__file__).parent / "first_release.json").read_text("utf-8"))
LINK = KEPT["link"].removeprefix("https://lists.example.org")


def tables(connection: Connection) -> list[Table]:
    """The tables of the first release, as this database has them now, in the order in which rows can be put into them."""
    found = MetaData()
    found.reflect(connection, only=list(KEPT["tables"]))
    return [table for table in found.sorted_tables if table.name in KEPT["tables"]]


def fill(engine: Engine) -> None:
    """Every row, into a database at schema 0001."""
    with engine.begin() as connection:
        for table in tables(connection):
            kept = KEPT["tables"][table.name]
            rows = [{name: value_for(table.c[name], value) for name, value in zip(kept["columns"], row, strict=True)} for row in kept["rows"]]
            if rows:
                connection.execute(table.insert(), rows)
            if rows and engine.dialect.name == "postgresql":
                connection.execute(text(f"""SELECT setval(pg_get_serial_sequence('"{table.name}"', 'id'), {max(row["id"] for row in rows)})"""))


def value_for(column, value):
    """A value of the file as this column takes it."""
    if isinstance(value, dict):
        return bytes.fromhex(value["hex"])
    if value is not None and isinstance(column.type, DateTime):
        return datetime.fromisoformat(value)
    return bool(value) if str(column.type) == "BOOLEAN" and value is not None else value


def rows(engine: Engine) -> dict[str, list[tuple]]:
    """What the columns of the first release hold now."""
    with engine.connect() as connection:
        return {
            table.name: [tuple(bytes(value) if isinstance(table.c[name].type, LargeBinary) and value is not None else value for name, value in row._mapping.items())
                         for row in connection.execute(table.select().order_by(table.c.id))]
            for table in tables(connection)
        }  # fmt: skip
