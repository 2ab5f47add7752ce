"""Has anything been written to the database since? Asked without looking at what."""

import os
import sqlite3
from collections.abc import Hashable
from contextlib import closing
from threading import Lock
from urllib.parse import quote

from sqlalchemy import Engine

# PostgreSQL's own word for all that a transaction sees: the same word, the same rows.
SNAPSHOT = "SELECT txid_current_snapshot()::text"


class Changes:
    """`stamp()` is another one as soon as anybody has committed anything, in this process or elsewhere.

    Take it before reading: what is committed between the two makes the stamp too old, never what was read.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.lock = Lock()
        self.process = 0
        self.own: sqlite3.Connection | None = None

    def stamp(self) -> Hashable:
        """What stays as it is while nothing is written. Of one process; another has its own."""
        if self.engine.dialect.name == "sqlite":
            database = self.engine.url.database or ":memory:"
            # One in memory has no second connection that could look at it.
            return object() if database == ":memory:" else self._of_sqlite(database)
        with self.engine.connect() as connection:
            return str(connection.exec_driver_sql(SNAPSHOT).scalar_one())

    def _of_sqlite(self, database: str) -> Hashable:
        # SQLite counts for each connection what others commit. This one commits nothing itself.
        with self.lock:
            if self.own is None or self.process != os.getpid():
                place = f"file:{quote(database)}?mode=rw"
                self.own = sqlite3.connect(place, uri=True, check_same_thread=False, isolation_level=None, timeout=15)
                self.process = os.getpid()
            with closing(self.own.execute("PRAGMA data_version")) as found:
                return int(found.fetchone()[0])

    def close(self) -> None:
        """Give the connection back."""
        with self.lock:
            if self.own is not None:
                self.own.close()
            self.own = None
