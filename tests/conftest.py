"""Fixtures of the whole suite: a migrated database of either kind, copied for each test; a clock one can move.

Every test that asks for a database runs twice, on SQLite and on PostgreSQL; one that is about one of them alone says
`@pytest.mark.only_sqlite` or `@pytest.mark.only_postgresql`. What `make test` leaves to `make test-long` is said in `tests/sampling.py`.
"""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec

import pytest

from listserv.config import Settings
from listserv.site import Site
from listserv.store.lists import list_by_name
from listserv.usecases import administration
from listserv.usecases.access import CONSOLE
from tests import postgres
from tests.databases import KINDS, Postgresql, Sqlite, quick_engine
from tests.office import Office

pytest_plugins = ["tests.sampling", "tests.collecting", "tests.chromium", "tests.notrun", "tests.forking"]
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
def own_postgresql():
    """A PostgreSQL server of this test's own, to be stopped and started."""
    if not find_spec(postgres.PACKAGE):
        pytest.skip(postgres.ABSENT)
    with postgres.Own() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def now(clock) -> datetime:
    return clock()


def pytest_generate_tests(metafunc):
    """Both databases for every test that asks for one."""
    if "dbms" in metafunc.fixturenames:
        only = [kind for kind in KINDS if metafunc.definition.get_closest_marker(f"only_{kind}")]
        metafunc.parametrize("dbms", only or KINDS)


@pytest.fixture(scope="session", autouse=True)
def quick_engines():
    """All sites of a process share what can be shared."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("listserv.site.make_engine", quick_engine)
        yield


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory):
    """SQLite's databases."""
    return Sqlite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql():
    """PostgreSQL's databases, on a server of this process's own."""
    if not postgres.is_there():
        pytest.skip(postgres.ABSENT)
    made = Postgresql()
    yield made
    made.close()


@pytest.fixture
def maker(request, dbms):
    """What makes databases of the kind that this test runs on."""
    return request.getfixturevalue(dbms)


@pytest.fixture
def settings(tmp_path) -> Settings:
    values = {
        "site": {
            "name": "Listy",
            "domain": "lists.example.org",
            "url": "https://lists.example.org",
            "language": "pl",
            "secret": "secret-of-the-tests",
            "owner": "admin@example.org",
        },
        "relay": {"url": f"maildir:{tmp_path / 'out'}"},
        "auth": {"dns": "127.0.0.1:1", "trust": "mx.example.org"},
        "data": tmp_path,
    }
    return Settings.model_validate(values)


@pytest.fixture
def migrated(request, maker, tmp_path, settings):
    """The URL of a site's database, the test's own: empty, or with what this test begins with."""
    url = maker.migrated(tmp_path)
    for name, begin in BEGINNINGS.items():
        if name in request.fixturenames:
            if name not in maker.kept:
                with closing(Site(on(settings, url), now=Clock())) as site, site.writing() as db:
                    begin(db, START)
                maker.keep(url, name)
            else:
                maker.fill(url, name)
    yield url
    maker.remove(url)


def on(settings, url):
    """The same settings with that database."""
    return settings.model_copy(update={"database": settings.database.model_copy(update={"url": url})})


@pytest.fixture
def site(settings, migrated, clock):
    """A site of its own with a real database."""
    site = Site(on(settings, migrated), now=clock)
    yield site
    site.close()


@pytest.fixture
def db(site):
    """One writing session; committed when the test ends well."""
    with site.writing() as db:
        yield db


def a_list(db, now):
    mlist = administration.create_list(db, administration.NewList("siecibp", "Sieć BP", language="pl"), CONSOLE, now)
    add(db, mlist, "owner@example.org", now, name="Alina Zakładka", role="owner")


@pytest.fixture
def mlist(db):
    """The list of the example network: Polish, private, with an owner."""
    return list_by_name(db, "siecibp")


def add(db, mlist, email, now, *, name="", role="member", delivery="each", **more):
    """Put a person on a list, as the command line does."""
    new = administration.NewMember(email, name, administration.Role(role), administration.DeliveryMode(delivery), **more)
    return administration.add_member(db, mlist, new, CONSOLE, now)


def a_network(db, now):
    mlist = administration.create_list(db, administration.NewList("siecibp", "Sieć BP", language="pl"), CONSOLE, now)
    add(db, mlist, "owner@example.org", now, name="Alina Zakładka", role="owner", language="pl")
    add(db, mlist, "mod@example.org", now, name="Zofia Lektura", role="moderator", language="pl")
    add(db, mlist, "halina@example.org", now, name="Halina Okładka")
    add(db, mlist, "marek@example.org", now, name="Marek Regał")
    administration.add_topic(db, mlist, "tik", "Lekcje TIK", CONSOLE, now)


@pytest.fixture
def network(site):
    """The example network in the database: an owner, a moderator, two members."""
    return "siecibp"


# What many tests begin with is made once and copied: by the name of the fixture that asks for it.
BEGINNINGS = {"mlist": a_list, "network": a_network}
# By database and name, what `once` has made, and when it was done.
MADE = {}


@pytest.fixture
def once(site, maker, clock):
    """Does something to the site the first time that a test asks for it; the next ones get a copy of what came of it, and at the same moment."""

    def done(act):
        """What `act` returned: nobody may change it."""
        name, url = f"{act.__module__}.{act.__qualname__}", site.settings.database_url
        if name in maker.kept:
            site.close()
            maker.fill(url, name)
        else:
            MADE[maker, name] = act(), clock()
            site.close()
            maker.keep(url, name)
        made, clock.at = MADE[maker, name]
        return made

    return done


@pytest.fixture
def office(site, network):
    """Mails in, letters out, on the example network."""
    return Office(site)
