"""What is committed comes to the disk before anybody is told, and nobody waits at SQLite's lock meanwhile."""

import shutil
import smtplib
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from listserv import bell, jobs
from listserv.store import session
from listserv.store.session import make_engine
from tests.office import mail
from tests.smtp.doors import open_doors

pytestmark = pytest.mark.only_sqlite
LIST = "siecibp@lists.example.org"
MAIL = mail("halina@example.org", LIST)


class Disk:
    """A disk that has what it was asked to keep (`TO_DISK`), and nothing more: what a power cut would leave."""

    def __init__(self, database, folder):
        self.database, self.image = Path(database), folder / "after the power cut"
        self.asked, self.slow, self.waiting = 0, threading.Event(), threading.Event()
        self.slow.set()
        folder.mkdir()
        shutil.copyfile(self.database, self.image)

    def keep(self, _file):
        self.asked += 1
        shutil.copyfile(f"{self.database}-wal", f"{self.image}-wal")
        self.waiting.set()
        assert self.slow.wait(10)

    def count(self, table):
        """So many rows of a table would be there after a power cut now."""
        with closing(sqlite3.connect(self.image)) as db:
            return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@pytest.fixture
def disk(site, network, tmp_path, monkeypatch):
    # As a server opens it: the other tests' engines do not care for power cuts.
    site.__dict__["engine"] = make_engine(site.settings.database_url, settles=True)
    disk = Disk(site.engine.url.database, tmp_path / "disk")
    monkeypatch.setattr(session, "TO_DISK", disk.keep)
    return disk


def write(site):
    with site.writing() as db:
        db.execute(text("INSERT INTO saying (name, speaker, words, since, at) SELECT 'x', count(*), '', '2026-01-01', '2026-01-01' FROM saying"))


def test_what_has_its_250_survives_a_power_cut(site, disk):
    with open_doors(site) as (port, _), smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.sendmail("halina@example.org", [LIST], MAIL)

        assert disk.count("incoming") == 1


def test_there_is_no_250_before_the_disk_has_the_mail(site, disk):
    with open_doors(site) as (port, _), smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        disk.slow.clear()
        sending = threading.Thread(target=client.sendmail, args=("halina@example.org", [LIST], MAIL))
        sending.start()
        assert disk.waiting.wait(10)
        sending.join(0.2)
        waited = sending.is_alive()
        disk.slow.set()
        sending.join(10)

        assert waited and not sending.is_alive()


def test_others_write_while_one_waits_for_a_slow_disk(site, disk):
    disk.slow.clear()
    first = threading.Thread(target=write, args=(site,))
    first.start()
    assert disk.waiting.wait(10)
    second = threading.Thread(target=write, args=(site,))
    second.start()
    while disk.asked < 2:
        second.join(0.01)
        assert second.is_alive()
    disk.slow.set()
    first.join(10)
    second.join(10)

    assert disk.count("saying") == 2


def test_who_works_next_is_called_before_the_disk_has_it(site, disk, monkeypatch):
    rung = []
    monkeypatch.setattr(bell, "ring", lambda *_: rung.append(disk.asked))
    with site.writing() as db:
        db.execute(text("UPDATE mailing_list SET title = 'Sieć'"))
        jobs.enqueue(db, "mails")

    assert rung == [0] and disk.asked == 1


def test_a_disk_that_fails_is_no_250(site, disk, monkeypatch):
    def fail(_file):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(session, "TO_DISK", fail)
    with open_doors(site) as (port, _), smtplib.SMTP("127.0.0.1", port, timeout=10) as client, pytest.raises(smtplib.SMTPDataError) as refused:
        client.sendmail("halina@example.org", [LIST], MAIL)

    assert refused.value.smtp_code == 451


def test_nobody_waits_for_the_disk_where_nothing_was_written(site, disk):
    with site.writing() as db:
        db.execute(text("SELECT 1"))
    with site.reading() as db:
        db.execute(text("SELECT 1"))

    assert disk.asked == 0


def test_what_is_in_the_file_already_needs_no_log(site, disk):
    """The last one to close it puts all into the file, and takes the log away."""
    write(site)
    site.close()
    session.settle(f"{disk.database}-wal")

    assert not Path(f"{disk.database}-wal").exists()


def test_behind_a_link_it_is_the_log_that_sqlite_writes(site, disk, tmp_path):
    link = tmp_path / "elsewhere" / "link.sqlite3"
    link.parent.mkdir()
    link.symlink_to(disk.database)
    site.engine.dispose()
    site.__dict__["engine"] = make_engine(f"sqlite:///{link}", settles=True)
    write(site)

    assert disk.asked == 1 and disk.count("saying") == 1
    assert not Path(f"{link}-wal").exists()


@pytest.mark.parametrize(("settles", "level"), [(False, 2), (True, 1)])
def test_sqlite_itself_waits_for_the_disk_wherever_nobody_settles(tmp_path, settles, level):
    engine = make_engine(f"sqlite:///{tmp_path / 'file.sqlite3'}", settles=settles)
    with closing(engine.raw_connection()) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (level,)
    engine.dispose()
