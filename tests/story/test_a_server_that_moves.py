"""The real program in processes of its own, on either database: mail in, a worker killed, a digest, and the move to the other one."""

import os
import re
import signal
import smtplib
import urllib.request
from collections import Counter
from contextlib import contextmanager
from email import message_from_bytes

import pytest

from tests.cli.conftest import run_in  # noqa: F401
from tests.office import mail
from tests.serving import Served, free_port, wait_for

DOMAIN = "lists.example.org"
LIST = f"siecibp@{DOMAIN}"
EACH = [f"osoba{number}@example.org" for number in range(40)]
READER = "czyta@example.org"


@pytest.fixture
def urls(dbms, request, tmp_path):
    """The database on which the story begins, and the one to which it moves."""
    postgresql = request.getfixturevalue("postgresql")
    lite, post = f"sqlite:///{tmp_path}/site/other.sqlite3", postgresql.empty()
    yield (post, lite) if dbms == "postgresql" else (lite, post)
    postgresql.remove(post)


class Home:
    """A data folder and its server."""

    def __init__(self, run, data, url):
        self.run, self.data, self.ports = run, data, {name: free_port() for name in ("smtp", "web", "lmtp")}
        places = [word for name, port in self.ports.items() for word in (f"--{name}", f"127.0.0.1:{port}")]
        self.do("init", "--domain", DOMAIN, "--url", f"http://127.0.0.1:{self.ports['web']}", "--language", "pl", "--database", url, *places)

    def do(self, *words):
        done = self.run(self.data, *words)
        assert (done.code, done.err) == (0, ""), words
        return done

    @contextmanager
    def serving(self):
        server = Served(self.data)
        try:
            server.until("listserv ready")
            yield server
            assert server.end() == 0
        finally:
            if server.process.poll() is None:
                server.process.kill()
            server.watchdog.cancel()

    def send(self, *mails):
        with smtplib.SMTP("127.0.0.1", self.ports["smtp"], timeout=20) as client:
            for raw in mails:
                assert client.sendmail("osoba1@example.org", [LIST], raw) == {}

    def page(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['web']}{path}") as page:
            return page.read().decode()

    def letters(self):
        """(recipient, Message-ID, subject) of everything that has left."""
        found = [message_from_bytes(path.read_bytes()) for path in (self.data / "out" / "new").glob("*")]
        return [(one["Delivered-To"], one["Message-ID"], str(one["Subject"])) for one in found]

    def idle(self):
        return set(self.do("queue", "status", "--json").json.values()) == {0}


@pytest.mark.only_sqlite
def test_a_server_is_killed_at_work_reads_on_and_moves(run_in, urls, tmp_path):
    the_move(run_in, urls, tmp_path)


@pytest.mark.long
@pytest.mark.only_postgresql
def test_the_same_on_the_other_database(run_in, urls, tmp_path):
    the_move(run_in, urls, tmp_path)


def the_move(run_in, urls, tmp_path):
    home = Home(run_in, tmp_path / "site", urls[0])
    home.do("list", "create", "siecibp", "--title", "Sieć BP", "--archive", "public", "--owner", EACH[0])
    for person in EACH[1:]:
        home.do("member", "add", "siecibp", person)
    home.do("member", "add", "siecibp", READER, "--delivery", "digest")
    first = [mail("osoba1@example.org", LIST, f"Wątek {number}", message_id=f"<{number}@example.org>") for number in range(5)]

    with home.serving() as server:
        home.send(*first)
        os.kill(server.children()[-1], signal.SIGKILL)  # the worker was started last
        home.send(mail("osoba2@example.org", LIST, "Re: Wątek 0", "Odpowiadam.", message_id="<5@example.org>", in_reply_to="<0@example.org>"))
        wait_for(lambda: len(set(home.letters())) >= 6 * len(EACH) and home.idle(), 40)
        listing = home.page("/siecibp/")

    assert all(f"Wątek {number}" in listing for number in range(5))
    copies = Counter((to, id) for to, id, _ in home.letters())
    assert set(copies) == {(person, f"<{number}@example.org>") for person in EACH for number in range(6)}, "nothing lost, nobody else"

    home.do("due", "--at", "2027-01-01T12:00", "--run")
    with home.serving():
        wait_for(lambda: [one for one in home.letters() if one[0] == READER], 20)

    home.do("db", "copy", *urls)
    settings = home.data / "listserv.toml"
    settings.write_text(settings.read_text().replace(f'url = "{urls[0]}"', f'url = "{urls[1]}"'))
    before = len(home.letters())
    with home.serving():
        home.send(mail("osoba3@example.org", LIST, "Re: Wątek 0", "Na nowym miejscu.", message_id="<6@example.org>", in_reply_to="<5@example.org>"))
        wait_for(lambda: len(home.letters()) == before + len(EACH), 20)
        thread = re.search(r"/siecibp/thread/\d+", home.page("/siecibp/"))[0]
        page = home.page(thread)
    assert "Odpowiadam." in page
    assert "Na nowym miejscu." in page
    assert home.do("db", "check").out.startswith("the database is whole")
