"""The database is full, locked or away: the client is told to come again, its connection stays, and the mail is taken when all is well."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace

import pytest

from listserv.site import Site
from listserv.smtp.limits import Limits
from listserv.store.migrating import upgrade
from listserv.usecases import intake
from tests import forking
from tests.conftest import a_network, on
from tests.smtp.doors import Talk, kept, open_doors

LIST = "siecibp@lists.example.org"
MAIL = b"Subject: x\r\n\r\n" + b"words " * 20 + b"\r\n.\r\n"


def send(talk, mail=MAIL, rcpts=(LIST,)):
    """The reply to a mail."""
    talk.start_mail(*rcpts)
    return talk.ask(mail)


def large(size):
    """A mail that does not get smaller, in lines."""
    return b"Subject: large\r\n\r\n" + b"".join(os.urandom(45).hex().encode() + b"\r\n" for _ in range(size // 92)) + b".\r\n"


@pytest.fixture
def impatient(site, monkeypatch):
    """A database that waits for its lock for a moment only."""
    monkeypatch.setattr("listserv.store.lock.PATIENCE", 0.1)
    if site.engine.name == "sqlite":
        from sqlalchemy import event

        event.listen(site.engine, "connect", lambda dbapi, _: dbapi.execute("PRAGMA busy_timeout=100"))
        site.engine.pool.dispose()


@pytest.mark.only_sqlite
def test_while_the_database_is_locked_mail_is_put_off_and_taken_afterwards(site, network, impatient):
    with open_doors(site) as doors, Talk(doors[0]) as talk:
        with closing(sqlite3.connect(site.engine.url.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert send(talk).startswith(b"451 4.3.0")
            assert talk.ask(b"NOOP\r\n").startswith(b"250")
            other.execute("ROLLBACK")
        assert send(talk).startswith(b"250 2.0.0")

    assert len(kept(site)) == 1


@pytest.mark.only_sqlite
def test_where_the_database_does_not_answer_the_client_is_told_in_time_and_the_mail_is_not_taken_behind_its_back(site, network, monkeypatch):
    receive, begun, gate = intake.receive, threading.Event(), threading.Event()

    def slow(*mails):
        begun.set()
        assert gate.wait(20)
        return receive(*mails)

    monkeypatch.setattr(intake, "receive", slow)
    with open_doors(site, replace(Limits(), answer_seconds=2.0)) as doors, Talk(doors[0]) as first, Talk(doors[0]) as second:
        first.start_mail(LIST, sender="first@example.org")
        first.say(MAIL)
        assert begun.wait(20)
        # The second waits behind the first, which the database has in hand.
        second.start_mail(LIST, sender="second@example.org")
        assert second.ask(MAIL).startswith(b"451 4.3.0")
        assert first.hear().startswith(b"451 4.3.0")
        gate.set()
        assert send(first).startswith(b"250")

    # The one that was in hand is taken: a mail twice is better than none. The one that had not begun is not.
    assert [sender for sender, _, _ in kept(site)] == ["first@example.org", "halina@example.org"]


@pytest.mark.only_sqlite
def test_while_the_disk_is_full_mail_is_put_off_and_taken_afterwards(site, network, monkeypatch):
    from sqlalchemy import event

    limit = [0]

    @event.listens_for(site.engine, "begin")
    def _(connection):
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 4 if limit[0] else 1_000_000}")

    with open_doors(site) as doors, Talk(doors[0]) as talk:
        limit[0] = 1
        assert send(talk, large(200_000)).startswith(b"451 4.3.0")
        assert talk.ask(b"NOOP\r\n").startswith(b"250")
        limit[0] = 0
        assert send(talk, large(200_000)).startswith(b"250 2.0.0")

    assert len(kept(site)) == 1


DOORS_WITH_LITTLE_ROOM = """
import asyncio, resource, signal, sys
from pathlib import Path
from listserv import logs
from listserv.site import open_site
from listserv.smtp import server

# A compiled module that did not fit would be kept cut off, for every program after this one.
sys.dont_write_bytecode = True
logs.configure()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
site = open_site(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
signal.signal(signal.SIGUSR1, lambda *_: resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)))
server.run(site, lambda: print("ready", flush=True))
"""


@pytest.fixture
def little_room(site, network, tmp_path):
    """The doors in a process whose files cannot grow, until it gets SIGUSR1; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site.close()
    environ = {**os.environ, "LISTSERV_DATABASE_URL": str(site.engine.url), "LISTSERV_SMTP_LISTEN": f"127.0.0.1:{port}", "LISTSERV_LMTP_LISTEN": "", "LISTSERV_SITE_DOMAIN": "lists.example.org"}
    size = os.stat(site.engine.url.database).st_size
    process = forking.Popen([sys.executable, "-c", DOORS_WITH_LITTLE_ROOM, str(tmp_path), str(size + 200_000)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environ, text=True)
    assert process.stdout.readline() == "ready\n"
    yield port, process
    process.terminate()
    assert process.wait(30) == 0
    process.stdout.close()


@pytest.mark.only_sqlite
def test_files_that_cannot_grow_put_mail_off_large_or_small_and_nothing_is_lost(site, little_room):
    port, process = little_room
    with Talk(port) as talk:
        said = [send(talk, large(60_000)) for _ in range(30)]
        assert {reply[:9] for reply in said} == {b"250 2.0.0", b"451 4.3.0"}
        # There is no file for it either: it is listened to, and put off.
        assert send(talk, large(8_000_000)).startswith((b"452 4.3.1", b"451 4.3.0"))
        process.send_signal(signal.SIGUSR1)
        assert send(talk, large(8_000_000)).startswith(b"250 2.0.0")

    taken = sum(reply.startswith(b"250") for reply in said) + 1
    assert len(kept(site)) == taken


@pytest.mark.long
def test_while_postgresql_is_away_mail_is_put_off_and_taken_when_it_is_back(settings, own_postgresql):
    upgrade(own_postgresql.url)
    site = Site(on(settings, f"{own_postgresql.url}&connect_timeout=2"))
    with site.writing() as db:
        a_network(db, site.now())
    with open_doors(site) as doors, Talk(doors[0]) as talk:
        assert send(talk).startswith(b"250")
        talk.start_mail(LIST)
        own_postgresql.stop()
        assert talk.ask(MAIL).startswith(b"451 4.3.0")
        talk.ask(b"MAIL FROM:<a@example.org>\r\n")
        threading.Event().wait(1.1)
        assert talk.ask(f"RCPT TO:<{LIST}>\r\n".encode()).startswith(b"451 4.3.0")
        talk.ask(b"RSET\r\n")
        own_postgresql.start()
        assert send(talk).startswith(b"250 2.0.0")

    assert len(kept(site)) == 2
    site.close()
