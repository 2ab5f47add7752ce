"""Readers for the web tests: browsers of strangers and members at a small archive, and what their pages say."""

import re
from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from listserv.store.queue import Letter, raw_bytes
from listserv.usecases import administration, signin
from listserv.usecases.access import CONSOLE
from listserv.web import create_app
from listserv.web.notes import Notes
from tests import archive_seeds as seeds
from tests.conftest import add

HOME = "https://lists.example.org"


class Reader(FlaskClient):
    """A browser at the site's own address, read in English unless a test says otherwise."""

    def open(self, *args, **kwargs):
        kwargs.setdefault("base_url", HOME)
        headers = dict(kwargs.pop("headers", None) or {})
        headers.setdefault("Accept-Language", "en")
        return super().open(*args, headers=headers, **kwargs)

    def page(self, path, status=200, **more):
        answer = self.get(path, **more)
        assert answer.status_code == status, (path, answer.status)
        return answer.get_data(as_text=True)

    def send(self, path, page=None, **fields):
        """Fill in a form as it stands on a page of ours."""
        token = hidden(self.get(page or path).get_data(as_text=True), "form")
        return self.post(path, data={"form": token, **fields})


def hidden(html, name):
    """The value of a page's hidden field."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', html)
    return unescape(found[1]) if found else ""


def words(html):
    """What a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\N{NO-BREAK SPACE}", " ").split())


@dataclass
class Archive:
    """What the fixture `archive` made."""

    threads: dict = field(default_factory=dict)
    hashes: dict = field(default_factory=dict)
    users: dict = field(default_factory=dict)


# What is made once for all tests.
COMPILED = {}


def application(site):
    """The site's application. Its routes and compiled templates know nothing of a site and are made once for all tests."""
    if "app" not in COMPILED:
        COMPILED["app"] = create_app(site)
        COMPILED["app"].test_client_class = Reader
        assert COMPILED["app"].jinja_env
    made = copy(COMPILED["app"])
    made.extensions, made.config = dict(made.extensions), copy(made.config)
    made.extensions |= {"listserv": site, "visitors": Notes(site)}
    return made


@pytest.fixture
def app(site):
    return application(site)


@pytest.fixture
def stranger(app):
    return app.test_client()


@pytest.fixture
def member(app, site, archive):
    return signed_in(app, site, "ewa@example.org")


def signed_in(app, site, email, **more):
    """A browser that went through the door."""
    browser = app.test_client()
    with site.writing() as db:
        path = urlsplit(signin.link_for(db, email, site.now())).path
    assert browser.send(path, **more).status_code == 303
    return browser


@pytest.fixture
def archive(site, dbms, maker, now):
    """The private list of the example network, and a public one, each with a conversation."""
    if dbms in COMPILED:
        maker.fill(site.settings.database_url, "archive")
        return COMPILED[dbms]
    COMPILED[dbms] = told(site, now)
    site.close()
    maker.keep(site.settings.database_url, "archive")
    return COMPILED[dbms]


def told(site, now):
    """Tell it once; every other test gets a copy of the database."""
    made = Archive()
    with site.writing() as db:
        network = administration.create_list(db, administration.NewList("siecibp", "Sieć BP", language="pl"), CONSOLE, now)
        open_list = administration.create_list(db, administration.NewList("gazetka", "Gazetka", language="pl", archive="public"), CONSOLE, now)
        lessons = administration.add_topic(db, network, "lekcje", "Lekcje i warsztaty", CONSOLE, now)
        for name, email in (("Ewa Fiszka", "ewa@example.org"), ("Jan Przypis", "jan@example.org"), ("Zofia Lektura", "zofia@example.org")):
            made.users[name] = add(db, network, email, now, name=name).user_id
        add(db, open_list, "zofia@example.org", now, role="owner")

        talk = seeds.thread(db, network, "Scenariusze lekcji", now - timedelta(days=2), topic=lessons)
        first = talk.say("Ewa Fiszka", "ewa@example.org", "Kto ma scenariusze?\n\n-- \nEwa\nBiblioteka")
        files = (("karty pracy – łąka.pdf", "application/pdf", b"%PDF-1.4 karty"), ("strona.html", "text/html", b"<script>alert(1)</script>"))
        second = talk.say("Jan Przypis", "jan@example.org", "Ewa Fiszka <ewa@example.org> pisze:\n> Kto ma scenariusze?\n\nJa mam.", to=first, files=files)
        talk.say("Zofia Lektura", "zofia@example.org", "Dziękuję.", to=second)
        question = seeds.thread(db, network, "Kto ma klucz?", now - timedelta(hours=1))
        question.say("Jan Przypis", "jan@example.org", "Do szafki na mapy.")
        made.threads |= {"lekcje": talk.thread.id, "klucz": question.thread.id}

        issue = seeds.thread(db, open_list, "Pytania do redakcja@press.example.net", now - timedelta(days=1))
        letter = issue.say(
            "",
            "redakcja@press.example.net",
            "Piszcie na redakcja@press.example.net albo www.press.example.net/@nowe.",
            html='<p>Piszcie na <a href="mailto:redakcja@press.example.net">redakcja@press.example.net</a></p>',
        )
        answer = issue.say(
            "czytelnik@home.example.net", "czytelnik@home.example.net", "Redakcja <redakcja@press.example.net> napisała:\n> Piszcie\n\nPiszę.", to=letter
        )
        made.threads["gazetka"] = issue.thread.id
        made.hashes |= {"question": first.hash, "answer": second.hash, "letter": letter.hash, "reader": answer.hash}
    return made


def letters(site):
    """(to, text) of every letter in the outbox, oldest first."""
    with site.reading() as db:
        return [(row.to, raw_bytes(db, row.raw_id).decode()) for row in db.query(Letter).order_by(Letter.id)]


def link_in(letter):
    """The path of the sign-in link in a letter."""
    return re.search(r"/sign-in/[a-z2-7]+", letter)[0]
