"""The browsers of everybody at the site of `world.py`, on which nothing that they do lasts."""

from contextlib import contextmanager

import pytest
from sqlalchemy.orm import Session

from listserv.site import Site
from listserv.web.admin import checks
from tests.web import world as place
from tests.web.readers import application, hidden, signed_in

KEPT = {}


class Looking(Site):
    """A site where nothing that is done lasts: every form may be sent to it in earnest."""

    @contextmanager
    def writing(self):
        with self._lock, Session(self.engine, expire_on_commit=False, info={"settings": self.settings}) as db, db.begin() as work:
            yield db
            db.flush()
            work.rollback()


@pytest.fixture
def world(site, dbms, maker, now):
    """The site of `world.py`, told once for each database."""
    if dbms not in KEPT:
        KEPT[dbms] = place.told(site, now)
        site.close()
        maker.keep(site.settings.database_url, "world")
    else:
        maker.fill(site.settings.database_url, "world")
    return KEPT[dbms]


@pytest.fixture
def browsers(site, world, monkeypatch):
    """A browser of each person, and the token of its forms."""
    # That is a process of its own, which would look at this machine.
    monkeypatch.setattr(checks, "begin", lambda site: None)
    made = application(site)
    people = {"anonymous": made.test_client()} | {person: signed_in(made, site, email) for person, email in place.PEOPLE.items()}
    looking = Looking(site.settings, now=site.now)
    made.extensions["listserv"] = looking
    yield {person: (browser, hidden(browser.page("/sign-in" if person == "anonymous" else "/me"), "form")) for person, browser in people.items()}
    looking.close()
