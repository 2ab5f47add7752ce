"""The site of `tests/web/world.py`, and a program of each of its people."""

import json as jsons

import pytest
from flask.testing import FlaskClient

from listserv.store.people import User
from listserv.usecases import apitokens
from listserv.usecases.access import CONSOLE
from tests.web import world as place
from tests.web.people import Looking, world  # noqa: F401
from tests.web.readers import HOME, application

SCOPES = ("read", "write", "moderate")


class Program(FlaskClient):
    """A program that has a token, or none."""

    secret = ""

    def open(self, *args, **kwargs):
        kwargs.setdefault("base_url", HOME)
        headers = dict(kwargs.pop("headers", None) or {})
        if self.secret:
            headers.setdefault("Authorization", f"Bearer {self.secret}")
        return super().open(*args, headers=headers, **kwargs)

    def ask(self, method, path, status=200, **more):
        """The answer, as what it means; it has this status."""
        answer = self.open(f"/api/v1{path}", method=method, **more)
        assert answer.status_code == status, (method, path, answer.status, answer.get_data(as_text=True))
        if status >= 400:
            assert answer.mimetype == "application/problem+json"
        return jsons.loads(answer.get_data()) if answer.get_data() else None


def token(site, email, scopes=SCOPES, days=90, name="tests"):
    """A new token of this person."""
    with site.writing() as db:
        user = apitokens.user_at(db, email)
        return apitokens.issue(db, user, apitokens.Wanted(name, scopes, days), CONSOLE, site.now())[1]


def program(app, secret=""):
    """A program with this token."""
    made = Program(app, app.response_class)
    made.secret = secret
    return made


@pytest.fixture
def app(site):
    return application(site)


@pytest.fixture
def owner(app, site, network):
    return program(app, token(site, "owner@example.org"))


@pytest.fixture
def moderator(app, site, network):
    return program(app, token(site, "mod@example.org"))


@pytest.fixture
def halina(app, site, network):
    return program(app, token(site, "halina@example.org"))


@pytest.fixture
def admin(app, site, network):
    """An administrator of the site, who is on no list."""
    with site.writing() as db:
        user = apitokens_user(db, site.now())
        user.administrator = True
    return program(app, token(site, "admin@example.org", (*SCOPES, "admin")))


def apitokens_user(db, now):
    from listserv.usecases.administration import ensure_user

    return db.get(User, ensure_user(db, "admin@example.org", "Adam Admin", now).user_id)


@pytest.fixture
def programs(site, world):
    """A program of each person of the world; nothing that they do lasts."""
    made = application(site)
    people = {"anonymous": program(made)}
    for person, email in place.PEOPLE.items():
        scopes = (*SCOPES, "admin") if person == "administrator" else SCOPES
        people[person] = program(made, token(site, email, scopes))
    looking = Looking(site.settings, now=site.now)
    made.extensions["listserv"] = looking
    yield people
    looking.close()
