"""The schema: which one is there, which one is wanted, and the way from one to the other (`migrations/`)."""

import time
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, func, inspect, select, text

from listserv.errors import Conflict
from listserv.resources import folder
from listserv.store.session import for_reading

if TYPE_CHECKING:
    from alembic.config import Config

# The number by which migrations of one PostgreSQL database know of each other ("list" in ASCII).
SCHEMA_LOCK = 0x6C697374


def alembic_config(url: str) -> "Config":
    """Alembic's settings, made in code: there is no ini file to find."""
    # Loaded where the schema is changed alone: every command and door begins by asking which one is there.
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(folder("migrations")))
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head", *, tell: Callable[[str], None] | None = None) -> None:
    """Bring a database to this program's schema, or to an older one; each step is told. Raises Conflict where it cannot hold text."""
    from alembic import command

    config = alembic_config(url)
    if tell:
        config.attributes["told"] = in_words(tell)
    command.upgrade(config, revision)


def in_words(tell: Callable[[str], None]) -> Callable[..., None]:
    """What alembic calls after each step: from where, to where, what it is about, and how long it took."""
    begun = time.monotonic()

    def told(*, step: Any, **_: Any) -> None:
        nonlocal begun
        took, begun = time.monotonic() - begun, time.monotonic()
        tell(f"{step.up_revision_id} {step.up_revision.doc} ({took:.1f} s)")

    return told


def wanted_revision() -> str:
    """The schema that this version of the program needs: the migrations are numbered."""
    return max(file.name[:4] for file in (folder("migrations") / "versions").glob("[0-9]*_*.py"))


def present_revision(engine: Engine) -> str | None:
    """The schema that the database has; None when it is empty."""
    with for_reading(engine).connect() as connection:
        return connection.scalar(text("SELECT version_num FROM alembic_version")) if inspect(connection).has_table("alembic_version") else None


def begin(connection: Connection) -> None:
    """Let one migration run at a time, until the end of the transaction (SQLite does so by itself). Raises Conflict."""
    if connection.dialect.name == "sqlite":
        return
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        found = "the database {name} is in {encoding}, and mail needs UTF8: createdb --template=template0 --encoding=UTF8 NAME"
        raise Conflict(found, name=connection.engine.url.database, encoding=encoding)
    connection.execute(select(func.pg_advisory_xact_lock(SCHEMA_LOCK)))


TEXTS = """SELECT quote_ident(table_name), quote_ident(column_name) FROM information_schema.columns
    WHERE table_schema = current_schema() AND data_type IN ('text', 'character varying') AND is_generated = 'NEVER'
        AND table_name = ANY(:tables) AND (data_type != 'text' OR collation_name IS DISTINCT FROM 'C')
    ORDER BY table_name, ordinal_position"""


def make_texts_alike(connection: Connection, tables: Collection[str]) -> None:
    """PostgreSQL: let the texts of these tables sort by code points and have any length, as SQLite's do.

    Otherwise the order of names and addresses would hang on how somebody made the database, a mail with a longer name
    than was thought of would be refused by one database and not by the other, and a site could not move.
    """
    if connection.dialect.name == "sqlite":
        return
    changes: dict[str, list[str]] = {}
    for table, column in connection.execute(text(TEXTS), {"tables": list(tables)}):
        changes.setdefault(table, []).append(f'ALTER COLUMN {column} TYPE text COLLATE "C"')
    for table, columns in changes.items():
        connection.exec_driver_sql(f"ALTER TABLE {table} {', '.join(columns)}")
