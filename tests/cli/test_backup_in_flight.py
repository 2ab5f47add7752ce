"""A backup in full flight: the machine is lost while posts go out, and another one, with the other kind of database, goes on."""

import asyncio
import os
import signal
import smtplib
from collections import Counter

import pytest

from tests.serving import Served, free_port, wait_for
from tests.smtp_sink import Session, Sink

LIST = "siecibp@lists.example.org"
# What a worker may have sent and not yet recorded when the state is kept.
IN_HAND = 256


@pytest.fixture
def other(dbms, request, tmp_path):
    """Two empty databases, of which the second is of the other kind."""
    postgresql = request.getfixturevalue("postgresql")
    url = postgresql.empty()
    urls = [url, f"sqlite:///{tmp_path}/one.sqlite3"]
    yield urls if dbms == "postgresql" else urls[::-1]
    postgresql.remove(url)


@pytest.fixture
def slow(monkeypatch):
    """A relay that takes its time over each mail, until it is told not to: slow["seconds"]."""
    how, quick = {"seconds": 0.01}, Session.do_data

    async def do_data(self, line):
        await asyncio.sleep(how["seconds"])
        await quick(self, line)

    monkeypatch.setattr(Session, "do_data", do_data)
    return how


def found_a_site(run_in, data, database, sink, members):
    """A list with so many members; the ports of its doors."""
    smtp, people = free_port(), data.parent / "people.csv"
    doors = ("--smtp", f"127.0.0.1:{smtp}", "--lmtp", "", "--web", "", "--relay", sink.url, "--database", database)
    assert run_in(data, "init", "--domain", "lists.example.org", "--url", "https://lists.example.org", *doors).code == 0
    assert run_in(data, "list", "create", "siecibp", "--title", "Sieć").code == 0
    people.write_text("email,name,role,delivery\n" + "".join(f"m{n}@example.org,,member,each\n" for n in range(members)))
    assert run_in(data, "member", "import", "siecibp", people).code == 0
    return smtp


def send(port, posts):
    with smtplib.SMTP("127.0.0.1", port) as door:
        for n in posts:
            mail = f"From: m0@example.org\r\nTo: {LIST}\r\nSubject: post {n}\r\nMessage-ID: <{n}@example.org>\r\n\r\nWords of post {n}.\r\n"
            door.sendmail("m0@example.org", [LIST], mail)


def lose(served):
    """All of its processes at once, in the middle of whatever they do."""
    for pid in [served.process.pid, *served.children()]:
        os.kill(pid, signal.SIGKILL)
    served.finish()


def copies(sink):
    """How often each post came to each member."""
    return Counter((mail.recipient, mail.data.partition(b"\r\nMessage-ID: ")[2].split(b"\r\n")[0]) for mail in list(sink.mails))


@pytest.mark.parametrize(("members", "posts"), [(150, 6), pytest.param(1000, 20, marks=pytest.mark.long)])
def test_a_site_that_is_lost_in_full_flight_goes_on_from_its_backup(run_in, other, slow, tmp_path, capsys, members, posts):
    first, second = tmp_path / "first", tmp_path / "second"
    with Sink() as sink:
        port = found_a_site(run_in, first, other[0], sink, members)
        served = Served(first, "--only", "smtp,worker")
        served.until("listserv ready")
        send(port, range(posts))
        wait_for(lambda: len(sink.mails) > members // 2)
        before = len(sink.mails)
        assert run_in(first, "backup", tmp_path / "kept.tar").code == 0
        lose(served)
        lost_at, slow["seconds"] = len(sink.mails), 0

        restored = run_in(second, "restore", tmp_path / "kept.tar", "--database", other[1])
        assert (restored.code, restored.err) == (0, "")
        again = Served(second, "--only", "smtp,worker")
        again.until("listserv ready")
        wait_for(lambda: len(copies(sink)) == members * posts, 60)
        send(port, range(posts, posts + 1))
        wait_for(lambda: len(copies(sink)) == members * (posts + 1), 30)
        assert again.end() == 0

    doubled = sum(count - 1 for count in copies(sink).values())
    with capsys.disabled():
        print(f"\nbackup in flight: {before} copies sent before it, {lost_at - before} until the machine was lost, {doubled} sent twice")
    assert doubled <= lost_at - before + IN_HAND
