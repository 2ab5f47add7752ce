"""Engines and sessions: what is SQLite's alone or PostgreSQL's alone stands here, behind one function for each."""

from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url

from listserv.errors import Invalid
from listserv.resources import folder
from listserv.store.lock import WriteLock

# synchronous=FULL: a mail answered with 250 survives a power cut.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000", "journal_size_limit=67108864")


def make_engine(url: str) -> Engine:
    """An engine for the site's database. `execution_options(read_only=True)` gives sessions that never take a write lock."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(url)
    return _postgresql(url)


def _sqlite(url: str) -> Engine:
    database = make_url(url).database
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=8, max_overflow=24)

    @event.listens_for(engine, "connect")
    def _(dbapi: Any, _record: Any) -> None:
        # pysqlite must not BEGIN by itself: on Python 3.11 a SELECT would run outside any transaction.
        dbapi.isolation_level = None
        for pragma in PRAGMAS:
            dbapi.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        # A deferred transaction that reads and then writes is refused or loses updates.
        reading = connection.get_execution_options().get("read_only")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _postgresql(url: str) -> Engine:
    if find_spec("psycopg") is None:
        raise Invalid("PostgreSQL needs its driver: pip install 'listserv[postgresql]'")
    return create_engine(url, pool_size=8, max_overflow=24, pool_pre_ping=True)


def write_lock(engine: Engine) -> AbstractContextManager[Any]:
    """What writers queue at, so that the next is woken at once instead of polling. PostgreSQL needs none."""
    path = engine.url.database
    if engine.dialect.name != "sqlite":
        return nullcontext()
    return WriteLock(f"{path}-lock") if path and path != ":memory:" else Lock()


def alembic_config(url: str) -> Config:
    """Alembic's settings, made in code: there is no ini file to find."""
    config = Config()
    config.set_main_option("script_location", str(folder("migrations")))
    config.attributes["url"] = url
    return config


def wanted_revision() -> str | None:
    """The schema that this version of the program needs."""
    return ScriptDirectory(str(folder("migrations"))).get_current_head()


def present_revision(engine: Engine) -> str | None:
    """The schema that the database has; None when it is empty."""
    with engine.execution_options(read_only=True).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
