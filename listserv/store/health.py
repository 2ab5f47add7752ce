"""Is the database whole, can it be written, and how young is the youngest thing in it?"""

import re
import sqlite3
from contextlib import closing
from datetime import datetime
from urllib.parse import quote

from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from listserv.store.migrating import wanted_revision
from listserv.store.queue import Incoming


def integrity(db: Session) -> str:
    """What is damaged; empty when nothing is. PostgreSQL watches over itself."""
    if db.get_bind().dialect.name != "sqlite":
        return ""
    found = [row[0] for row in db.execute(text("PRAGMA quick_check(5)"))]
    if found != ["ok"]:
        return "; ".join(map(str, found))
    orphans = db.execute(text("PRAGMA foreign_key_check")).first()
    return f"a row of {orphans[0]} refers to one of {orphans[2]} that is not there" if orphans else ""


# SQLite's words for what meets everybody and not one statement.
MEETS_ALL = ("SQLITE_BUSY", "SQLITE_FULL", "SQLITE_CANTOPEN", "SQLITE_READONLY")


def is_away(error: BaseException) -> bool:
    """Is the database gone, locked or full, so that whatever is asked next will fail the same way?"""
    orig = getattr(error, "orig", None)
    if orig is None or not isinstance(error, OperationalError):
        return False
    if isinstance(orig, sqlite3.Error):
        return orig.sqlite_errorname.startswith(MEETS_ALL)
    # PostgreSQL's driver has no word of the server's where there is none; class 57 is a server that ends or begins.
    state = getattr(orig, "sqlstate", None)
    return state is None or state.startswith(("57", "53", "08"))


# What a database says of itself when it cannot be used, and the mend.
MENDS = (
    (re.compile('database "(.+?)" does not exist'), "make it: createdb --template=template0 --encoding=UTF8 {0}"),
    (re.compile("password|role|authentication"), "set the right user and password in database.url"),
    (re.compile("connection failed|connection is bad|failed to resolve|connection timeout"), "start the server, or set database.url"),
    (re.compile("permission denied|must be owner"), "let the user of database.url own the database"),
    (re.compile("database is locked"), "another program has it open: end that, or wait"),
    (re.compile("duplicate key|deadlock|could not serialize"), "somebody else did the same at the same moment: try again"),
)


def in_words(error: Exception) -> tuple[str, str]:
    """What the database's driver complains of, on one line, and how it is mended; that is empty where nobody knows."""
    first = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    said = " ".join(first.removeprefix("connection failed: ").removeprefix("connection is bad: ").split())
    for pattern, mend in MENDS:
        if found := pattern.search(first):
            return said, mend.format(*found.groups())
    return said, ""


def describe(db: Session) -> str:
    """The database in a few words: kind, version, place."""
    url = db.get_bind().engine.url
    version = "sqlite_version()" if url.get_backend_name() == "sqlite" else "split_part(version(), ' ', 2)"
    number = db.execute(text(f"SELECT {version}")).scalar_one()
    return f"{url.get_backend_name()} {number}, {url.database}"


def octets(db: Session) -> int:
    """How large the database is."""
    if db.get_bind().dialect.name != "sqlite":
        return int(db.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    pages, size = (int(db.execute(text(f"PRAGMA {one}")).scalar_one()) for one in ("page_count", "page_size"))
    return pages * size


def revision(db: Session) -> str:
    """The schema that the database has."""
    return str(db.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def youngest(db: Session) -> datetime | None:
    """When the last mail came in."""
    return db.scalar(select(func.max(Incoming.received_at)))


def why_not_writable(engine: Engine) -> str:
    """What keeps anybody from writing; empty where nothing does. Nothing is written, and nobody is waited for."""
    if engine.dialect.name != "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("SET LOCAL statement_timeout = '2s'")
            standby, closed = connection.exec_driver_sql("SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on'").one()
        return "a standby cannot be written" if standby else "it is set to read only" if closed else ""
    place = f"file:{quote(engine.url.database or '')}?mode=rw"
    try:
        with closing(sqlite3.connect(place, uri=True, isolation_level=None, timeout=0)) as own:
            own.execute("BEGIN IMMEDIATE")
            own.execute("ROLLBACK")
    except sqlite3.OperationalError as wrong:
        # Somebody is writing at this moment: then it can be written.
        return "" if "locked" in str(wrong) else str(wrong)
    return ""


def fits(db: Session) -> bool:
    """Has the database the schema that this program needs?"""
    return db.execute(text("SELECT version_num FROM alembic_version")).scalar() == wanted_revision()


def is_from_the_future(db: Session, now: datetime) -> bool:
    """Did the newest mail come in later than now?"""
    newest = db.scalar(select(Incoming.received_at).order_by(Incoming.id.desc()).limit(1))
    return newest is not None and newest > now
