"""Web processes of other makers, on PostgreSQL: what one process begins, another finishes; they share the database and the secret."""

import http.client
import re
import subprocess
import sys
from http.cookies import SimpleCookie
from importlib.util import find_spec
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from listserv import config
from listserv.store.queue import Letter, Outgoing, raw_bytes
from tests import forking
from tests.conftest import on
from tests.serving import ROOT, answers, clean_environment, free_port, wait_for
from tests.web.readers import hidden, words

pytestmark = pytest.mark.only_postgresql
HOST = "lists.example.org"
SERVERS = {
    "gunicorn": lambda port, workers: ["-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(workers), "listserv.wsgi:application"],
    "granian": lambda port, workers: [
        *("-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)),
        *("--no-ws", "listserv.wsgi:application"),
    ],
}


@pytest.fixture
def shared(settings, migrated, network, site):
    """The settings of the example network in a file, as each machine has them."""
    of_site = settings.site.model_copy(update={"url": f"http://{HOST}", "language": "en"})
    settings = on(settings, migrated).model_copy(update={"site": of_site})
    (settings.data / config.FILE).write_text(config.commented(settings))
    return settings.data


@pytest.fixture
def start(shared):
    """Starts a web server of that name; returns its port."""
    started = []

    def begin(name, workers=1):
        if find_spec(name) is None:
            pytest.skip(f"there is no {name}: install the extra dev")
        port = free_port()
        environ = clean_environment(PYTHONPATH=str(ROOT), LISTSERV_DATA=str(shared))
        with open(shared / f"{name}.log", "wb") as log:
            how = forking.Popen if name == "gunicorn" else subprocess.Popen
            process = how([sys.executable, *SERVERS[name](port, workers)], cwd=shared, env=environ, stdout=log, stderr=log)
        started.append(process)
        wait_for(lambda: answers(port) or process.poll() is not None, 40)
        assert process.poll() is None, (shared / f"{name}.log").read_text()
        return port

    yield begin
    for process in started:
        process.terminate()
    for process in started:
        process.wait(30)


class Browser:
    """A person who meets whichever process the balancer chose."""

    def __init__(self):
        self.cookies = {}

    def ask(self, port, method, path, **fields):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        headers = {"Host": HOST, "Origin": f"http://{HOST}", "Accept-Language": "en", "User-Agent": "Mozilla/5.0 Firefox/140.0"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(fields) if fields else None, headers)
        answer = connection.getresponse()
        body = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        connection.close()
        return answer, body


def link_in_letter(site):
    with site.reading() as db:
        letter = db.scalars(select(Letter).where(Letter.kind == "sign-in").order_by(Letter.id.desc())).first()
        raw = raw_bytes(db, letter.raw_id).replace(b"=\r\n", b"").decode()
    return re.search(r"/sign-in/[A-Za-z0-9_-]+", raw)[0]


def test_what_one_process_begins_another_finishes(start, site):
    one, other = start("gunicorn", workers=2), start("granian")
    browser = Browser()

    _, page = browser.ask(one, "GET", "/sign-in")
    asked, said = browser.ask(other, "POST", "/sign-in", email="halina@example.org", form=hidden(page, "form"))
    assert asked.status == 200, said
    link = link_in_letter(site)
    _, page = browser.ask(one, "GET", link)
    entered, _ = browser.ask(other, "POST", link, form=hidden(page, "form"))
    assert entered.status == 303

    _, page = browser.ask(one, "GET", "/siecibp/new")
    fields = {name: hidden(page, name) for name in ("form", "key", "to", "address") if hidden(page, name)}
    fields |= {"subject": "Books", "text": "Who has read it?"}
    sent, said = browser.ask(other, "POST", "/siecibp/new", **fields)
    assert sent.status == 303, said
    there = sent.headers["Location"].removeprefix(f"http://{HOST}").partition("#")[0]
    told, page = browser.ask(one, "GET", there)
    assert told.status == 200 and words(page).startswith("Sent")
    _, page = browser.ask(one, "GET", re.search(r"/siecibp/thread/\d+", page)[0])
    assert "Who has read it?" in words(page)
    # The same form once more, at the other server: nothing is posted twice.
    again, _ = browser.ask(one, "POST", "/siecibp/new", **fields)
    assert again.headers["Location"].partition("#")[0].endswith(there.partition("?")[0])
    with site.reading() as db:
        assert len(db.scalars(select(Outgoing)).all()) == 1

    for port in (one, other):
        answer, said = Browser().ask(port, "GET", "/metrics")
        # For whoever may see it; a stranger is told nothing, and by no server an error.
        assert answer.status in (200, 401, 403, 404), said
        assert Browser().ask(port, "GET", "/healthz")[1].startswith('{"status":')
