"""The two databases of the tests: each gives empty, migrated ones, and can keep the state of one for the next test."""

import shutil
from collections.abc import Container
from pathlib import Path
from typing import Protocol

from sqlalchemy import Dialect, Engine, event, make_url, select

from listserv.store.migrating import upgrade
from listserv.store.schema import metadata
from listserv.store.session import make_engine
from tests import postgres

KINDS = ("sqlite", "postgresql")
# By kind of database, what an engine has learned of it, and the statements that were compiled for it.
LEARNED: dict[str, tuple[Dialect, dict]] = {}


def quick_engine(url: str, *, settles: bool = False) -> Engine:
    """A site's engine for a test: it knows what a server knows that has run for a day, and a power cut may cost everything."""
    engine = make_engine(url)
    if engine.name in LEARNED:
        engine.dialect, compiled = LEARNED[engine.name]
        engine.update_execution_options(compiled_cache=compiled)
    if engine.name == "sqlite":
        event.listen(engine, "connect", lambda dbapi, _: dbapi.execute("PRAGMA synchronous=OFF"))
    return engine


def learn(url: str) -> None:
    """Ask a database once what every engine would ask it first."""
    engine = make_engine(url)
    engine.connect().close()
    engine.dispose()
    LEARNED[make_url(url).get_backend_name()] = engine.dialect, {}


def contents(engine: Engine) -> dict[str, list[tuple]]:
    """Every row of every table, in order."""
    with engine.connect() as connection:
        return {table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))] for table in metadata.sorted_tables}


class Maker(Protocol):
    """Makes databases of one kind, named by their URLs. Nobody may be connected to one that is copied."""

    kept: Container[str]

    def migrated(self, folder: Path) -> str:
        """A site's empty database; files go into the folder."""

    def keep(self, url: str, name: str) -> None:
        """Keep a database as it is now, under a name."""

    def fill(self, url: str, name: str) -> None:
        """Make a database what was kept under that name."""

    def remove(self, url: str) -> None:
        """Nobody wants it any more."""


class Sqlite:
    """Files; those of a test go with its folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.kept = folder, set[str]()
        upgrade(f"sqlite:///{folder / 'migrated'}")
        learn(f"sqlite:///{folder / 'migrated'}")

    def migrated(self, folder: Path) -> str:
        shutil.copy(self._folder / "migrated", folder / "listserv.sqlite3")
        return f"sqlite:///{folder / 'listserv.sqlite3'}"

    def keep(self, url: str, name: str) -> None:
        shutil.copy(url.removeprefix("sqlite:///"), self._folder / name)
        self.kept.add(name)

    def fill(self, url: str, name: str) -> None:
        shutil.copy(self._folder / name, url.removeprefix("sqlite:///"))

    def remove(self, url: str) -> None:
        pass


class Postgresql:
    """Databases on one server, each a copy of another."""

    def __init__(self) -> None:
        self._server = postgres.start()
        self.kept = {"migrated": self._server.create()}
        upgrade(self.kept["migrated"])
        learn(self.kept["migrated"])

    def empty(self, **how: str) -> str:
        """A database without any table."""
        return self._server.create(**how)

    def migrated(self, folder: Path) -> str:
        return self._server.copy(self.kept["migrated"])

    def keep(self, url: str, name: str) -> None:
        self.kept[name] = self._server.copy(url)

    def fill(self, url: str, name: str) -> None:
        self._server.copy(self.kept[name], url)

    def fill_from(self, source: str, url: str) -> None:
        """Make a database what another is."""
        self._server.copy(source, url)

    def remove(self, url: str) -> None:
        self._server.drop(url)

    def close(self) -> None:
        """Stop the server, or take away what was put there."""
        self._server.close()
