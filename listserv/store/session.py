"""Engines and sessions: what is SQLite's alone or PostgreSQL's alone stands here, behind one function for each."""

import os
from contextlib import AbstractContextManager, nullcontext, suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, TypeVarTuple

from sqlalchemy import Connection, Engine, Result, create_engine, event, make_url
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import TypedReturnsRows

from listserv.errors import Invalid
from listserv.store.lock import WriteLock
from listserv.store.storable import keep_text_storable

PRAGMAS = ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=15000", "journal_size_limit=67108864")
# A mail answered with 250 survives a power cut. With FULL SQLite waits for the disk at each commit, and everybody else at the lock meanwhile; with
# NORMAL it leaves that to us (`settle`), and keeps only the order in which things come to the disk, so that the file is sound whenever the power goes.
SYNCHRONOUS, SETTLED = "synchronous=FULL", "synchronous=NORMAL"
# Not every system has the shorter way.
TO_DISK = getattr(os, "fdatasync", os.fsync)

# What PostgreSQL's driver is told, where the URL says nothing of it: a server that never answers is no reason to wait
# for minutes, nor is a server that is cut off; and who looks at its connections sees whose they are.
LINE = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000}
# The server is to find out as soon about a machine that is cut off, because its locks hold up all others; and who
# says nothing in the middle of a transaction for as long as a lease lasts (milliseconds) hangs.
SERVER = {"tcp_keepalives_idle": 15, "tcp_keepalives_interval": 5, "tcp_keepalives_count": 3, "idle_in_transaction_session_timeout": 900_000}
OPTIONS = " ".join(f"-c {name}={value}" for name, value in SERVER.items())
CONNECTING = {"connect_timeout": 10, "application_name": "listserv", **LINE, "options": OPTIONS}


Columns = TypeVarTuple("Columns")


def make_engine(url: str, *, settles: bool = False) -> Engine:
    """An engine for the site's database. `for_reading` gives sessions that never take a write lock.

    `settles`: whoever commits calls `settle` before anybody is told. Else a commit is on the disk when it is done.
    """
    engine = _sqlite(url, settles=settles) if make_url(url).get_backend_name() == "sqlite" else _postgresql(url)
    keep_text_storable(engine)
    return engine


def _sqlite(url: str, *, settles: bool) -> Engine:
    database = make_url(url).database
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=8, max_overflow=24, execution_options={"settles": settles})

    @event.listens_for(engine, "connect")
    def _(dbapi: Any, record: Any) -> None:
        # pysqlite must not BEGIN by itself: on Python 3.11 a SELECT would run outside any transaction.
        dbapi.isolation_level = None
        for pragma in (*PRAGMAS, SETTLED if settles else SYNCHRONOUS):
            dbapi.execute(f"PRAGMA {pragma}")
        if settles:
            # SQLite's own word for where the file is: behind a link the log lies elsewhere than the URL says.
            file = dbapi.execute("PRAGMA database_list").fetchone()[2]
            record.info["log"] = f"{file}-wal" if file else ""

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        # A deferred transaction that reads and then writes is refused or loses updates.
        reading = connection.get_execution_options().get("read_only")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
        if settles and not reading:
            connection.info["changes"] = _changes(connection)

    return engine


def _postgresql(url: str) -> Engine:
    if find_spec("psycopg") is None:
        raise Invalid("PostgreSQL needs its driver: pip install 'listserv[postgresql]'")
    given = make_url(url).query
    words = {name: value for name, value in CONNECTING.items() if name not in given}
    return create_engine(url, pool_size=8, max_overflow=24, pool_pre_ping=True, connect_args=words)


def for_reading(engine: Engine) -> Engine:
    """The same database, to look at: a transaction takes no write lock and sees one state of everything."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(read_only=True)
    # As SQLite does it by itself: a page must not tell half of what was committed while it was made.
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def write_lock(engine: Engine) -> AbstractContextManager[Any]:
    """What writers queue at, so that the next is woken at once instead of polling. PostgreSQL needs none."""
    path = engine.url.database
    if engine.dialect.name != "sqlite":
        return nullcontext()
    return WriteLock(f"{path}-lock") if path and path != ":memory:" else Lock()


def _changes(connection: Connection) -> int:
    """How many rows SQLite has changed over this connection since it was opened."""
    driver: Any = connection.connection.driver_connection
    return int(driver.total_changes)


def log_to_settle(db: Session) -> str:
    """The log that this session's commit will not wait for; empty where it has written nothing, or waits by itself."""
    if not db.get_bind().get_execution_options().get("settles"):
        return ""
    db.flush()
    connection = db.connection()
    return str(connection.info["log"]) if _changes(connection) != connection.info["changes"] else ""


def settle(log: str) -> None:
    """Return when the disk has all that was committed until now. Raises OSError.

    The commit stands in the log beside the file (WAL), or is in the file already: then SQLite has waited for the disk. One that builds on it may come
    before: the log is read from its beginning as far as it is whole, so that what the disk has of a later one it has of all earlier ones.
    """
    with suppress(FileNotFoundError):
        file = os.open(log, os.O_RDONLY | os.O_CLOEXEC)
        try:
            TO_DISK(file)
        finally:
            os.close(file)


def look(db: Session, statement: TypedReturnsRows[*Columns], facts: dict[str, Any]) -> Result[*Columns]:
    """The rows of a statement that asks for columns and for no whole rows of a class.

    A session looks for classes in every answer: a third of what a small question costs, and a page or a post asks several.
    What one that writes has not sent yet is sent first, so that it is not overlooked.
    """
    if db.autoflush:
        db.flush()
    return db.connection().execute(statement, facts)


def only_looks(db: Session) -> bool:
    """Is this a session that cannot change anything, nor lock a row?"""
    return bool(db.get_bind().get_execution_options().get("postgresql_readonly"))
