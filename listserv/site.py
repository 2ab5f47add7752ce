"""Site: settings, session makers and the clock; built once per process."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InvalidRequestError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError

from listserv import bell, config, jobs, steps, tally
from listserv.config import Settings
from listserv.errors import Conflict, NotFound
from listserv.store import counters, health, schema  # noqa: F401  (completes the metadata)
from listserv.store.changes import Changes
from listserv.store.migrating import present_revision, wanted_revision
from listserv.store.session import for_reading, log_to_settle, make_engine, settle, write_lock
from listserv.store.turns import Turns, turns_at

# A file in the data folder, while a restore is not done: who opened the site now would serve an empty one.
UNFINISHED = ".restoring"


def utc_now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass
class Site:
    """One site, as seen by one process. Sessions come from `reading()` and `writing()`; time comes from `now()`."""

    settings: Settings
    now: Callable[[], datetime] = field(default=utc_now)
    # What this process has counted (`usecases.contents`).
    memory: dict[Any, Any] = field(default_factory=dict)

    @cached_property
    def engine(self) -> Engine:
        """The database."""
        return make_engine(self.settings.database_url, settles=True)

    @cached_property
    def _reader(self) -> Engine:
        return for_reading(self.engine)

    @cached_property
    def changes(self) -> Changes:
        """What tells whether anything has been written."""
        return Changes(self.engine)

    @cached_property
    def _lock(self) -> AbstractContextManager[object]:
        return write_lock(self.engine)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to look with: it never waits for a writer."""
        with Session(self._reader, autoflush=False, info={"settings": self.settings, "memory": self.memory}) as db:
            yield db

    @cached_property
    def _turns(self) -> Turns:
        return turns_at(self.engine.url.database if self.engine.dialect.name == "sqlite" else None)

    @contextmanager
    def writing(self, *, first: bool = False) -> Iterator[Session]:
        """A session whose work is committed at the end of the block, or rolled back whole; behind it what was committed is on the disk.

        `first`: somebody waits for it, as for a 250.
        """
        session = Session(self.engine, expire_on_commit=False, info={"settings": self.settings})
        self._turns.wait(first=first)
        with counters.beside() as counting, self._lock, self._turns.hold(first=first), session as db, db.begin():
            yield db
            counting(db)
            signs = b"".join(bell.SIGNS[lane] for lane in db.info.get(jobs.ASKED, ()))
            jobs.defer(db, self.settings)
            log = log_to_settle(db)
            steps.reached("writes.before-commit")
        steps.reached("writes.committed")
        if signs:
            # Who builds on this may begin while we wait for the disk: theirs comes to it behind ours.
            bell.ring(self.settings.data, signs)
        if log:
            settle(log)
        tally.happened(db.info)

    def close(self) -> None:
        """Give all connections back."""
        if "changes" in self.__dict__:
            self.changes.close()
        if "engine" in self.__dict__:
            self.engine.dispose()

    def require_not_newer(self, have: str | None) -> None:
        """Refuse a database that a newer program has upgraded. Raises Conflict."""
        want = wanted_revision()
        if have and want and have > want:  # their numbers grow
            raise Conflict("the database is at schema {have}, this program knows {want} at most: it was made by a newer listserv", have=have, want=want)

    def require_schema(self) -> None:
        """Refuse to work on a database of another version. Raises NotFound or Conflict."""
        have, want = present_revision(self.engine), wanted_revision()
        if have is None:
            raise NotFound("there is no database at {where}: run `listserv init` or `listserv db upgrade`", where=self.engine.url)
        self.require_not_newer(have)
        if have != want:
            raise Conflict("the database is at schema {have}, this program needs {want}: run `listserv db upgrade`", have=have, want=want)


def is_unavailable(error: BaseException) -> bool:
    """Is the database itself at fault (locked, full, away), so that trying each thing alone would only wait longer?"""
    # `store.changes` asks SQLite without SQLAlchemy.
    return isinstance(error, OperationalError | sqlite3.OperationalError)


def why(error: Exception) -> str:
    """What the database says of it, in one line."""
    return "; ".join(filter(None, health.in_words(error)))


def report(log: Any, event: str, error: Exception, **facts: Any) -> None:
    """Log a failure: in one line where the database is at fault, which is told again and again, else with the place where it happened."""
    if is_unavailable(error):
        log.error(event, why=why(error), **facts)
    else:
        log.error(event, exc_info=error, **facts)


# PostgreSQL's words for what comes of two doing the same at the same moment: a serialisation failure, a deadlock, a row
# that the other was faster to make, or took away while we put something into it.
TOGETHER = ("40001", "40P01", "23505", "23503")
# SQLAlchemy's words for a row that was taken away after we had looked at it.
GONE = "Could not refresh instance"


def is_worth_repeating(error: BaseException) -> bool:
    """Did two transactions get in each other's way, so that the same again, now, will see what the other has done?"""
    if isinstance(error, DBAPIError):
        return getattr(error.orig, "sqlstate", None) in TOGETHER
    return isinstance(error, StaleDataError | ObjectDeletedError) or (isinstance(error, InvalidRequestError) and str(error).startswith(GONE))


def require_restored(data: Path) -> None:
    """Refuse a folder into which something is being restored. Raises Conflict."""
    if (data / UNFINISHED).exists():
        raise Conflict("a restore of {data} was interrupted: give the same `listserv restore` again", data=data)


def open_site(data: Path) -> Site:
    """The site in a data folder, with its schema checked; nothing is made. Raises NotFound where there is none, Conflict where it cannot be used."""
    settings = config.load(data)
    require_restored(data)
    kind, _, place = settings.database_url.partition(":///")
    if kind.startswith("sqlite") and not Path(place).exists():
        # Connecting would leave an empty database behind.
        raise NotFound("there is no database at {where}: run `listserv init`, or say where with --data or LISTSERV_DATA", where=place)
    site = Site(settings)
    try:
        site.require_schema()
    except BaseException:
        site.close()
        raise
    return site
