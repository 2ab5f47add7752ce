"""Fixtures of the whole suite: a migrated SQLite file, copied for each test; a clock one can move."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command

from listserv.config import Settings
from listserv.site import Site
from listserv.store.session import alembic_config
from listserv.usecases import administration
from listserv.usecases.access import CONSOLE
from tests.notrun import pytest_sessionfinish, pytest_unconfigure  # noqa: F401  (hooks)
from tests.office import Office

# A Tuesday morning in Warsaw.
START = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **step: float) -> datetime:
        self.at += timedelta(**step)
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def now(clock) -> datetime:
    return clock()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory) -> Path:
    """An empty site's database, migrated once."""
    path = tmp_path_factory.mktemp("migrated") / "listserv.sqlite3"
    command.upgrade(alembic_config(f"sqlite:///{path}"), "head")
    return path


@pytest.fixture
def settings(tmp_path) -> Settings:
    values = {
        "site": {"name": "Listy", "domain": "lists.example.org", "url": "https://lists.example.org", "language": "pl", "secret": "secret-of-the-tests", "owner": "admin@example.org"},
        "relay": {"url": f"maildir:{tmp_path / 'out'}"},
        "auth": {"dns": "127.0.0.1:1", "trust": "mx.example.org"},
        "data": tmp_path,
    }
    return Settings.model_validate(values)


@pytest.fixture
def site(settings, migrated, clock):
    """A site of its own with a real database file."""
    shutil.copy(migrated, settings.data / "listserv.sqlite3")
    site = Site(settings, now=clock)
    yield site
    site.close()


@pytest.fixture
def db(site):
    """One writing session; committed when the test ends well."""
    with site.writing() as db:
        yield db


@pytest.fixture
def mlist(db, now):
    """The list of the example network: Polish, private, with an owner."""
    mlist = administration.create_list(db, administration.NewList("siecibp", "Sieć BP", language="pl"), CONSOLE, now)
    add(db, mlist, "owner@example.org", now, name="Alina Zakładka", role="owner")
    return mlist


def add(db, mlist, email, now, *, name="", role="member", delivery="each", **more):
    """Put a person on a list, as the command line does."""
    new = administration.NewMember(email, name, administration.Role(role), administration.DeliveryMode(delivery), **more)
    return administration.add_member(db, mlist, new, CONSOLE, now)


@pytest.fixture
def network(site, now):
    """The example network in the database: an owner, a moderator, two members."""
    with site.writing() as db:
        mlist = administration.create_list(db, administration.NewList("siecibp", "Sieć BP", language="pl"), CONSOLE, now)
        add(db, mlist, "owner@example.org", now, name="Alina Zakładka", role="owner", language="pl")
        add(db, mlist, "mod@example.org", now, name="Zofia Lektura", role="moderator", language="pl")
        add(db, mlist, "halina@example.org", now, name="Halina Okładka")
        add(db, mlist, "marek@example.org", now, name="Marek Regał")
        administration.add_topic(db, mlist, "tik", "Lekcje TIK", CONSOLE, now)
    return "siecibp"


@pytest.fixture
def office(site, network):
    """Mails in, letters out, on the example network."""
    return Office(site)
