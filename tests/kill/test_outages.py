"""The disk is full, the database is locked or away: the doors say 4xx, and afterwards all goes on by itself. (The relay: tests/relay.)"""

import contextlib
import re
import shutil
import smtplib
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from listserv.site import Site
from listserv.store import session
from listserv.store.migrating import upgrade
from listserv.store.queue import Delivery
from listserv.usecases import intake
from listserv.usecases.intake import Arriving
from listserv.worker import work_once
from tests.conftest import on
from tests.kill.killrig import LIST, Rig
from tests.office import mail

ADDRESS = f"{LIST}@lists.example.org"
THERE = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="there is no /proc on this system")


def code_at_the_door(rig, door):
    """What a door says to a mail."""
    _, sender, rcpt, raw = rig.mail("post")
    client = smtplib.LMTP if door == "lmtp" else smtplib.SMTP
    try:
        with client("127.0.0.1", rig.ports[door], timeout=60) as connection:
            connection.sendmail(sender, [rcpt], raw)
    except smtplib.SMTPRecipientsRefused as wrong:
        return next(iter(wrong.recipients.values()))[0]
    except smtplib.SMTPResponseException as wrong:
        return wrong.smtp_code
    return 250


@contextlib.contextmanager
def small_disk(folder, size):
    """A file system of its own, of that size; a test that may not mount is skipped."""
    folder.mkdir()
    made = shutil.which("mount") and subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True, check=False)
    if not made or made.returncode:
        pytest.skip("a small file system for the test of a full disk can be mounted by root alone")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@THERE
@pytest.mark.only_sqlite
def test_a_full_disk_refuses_mail_for_now_and_all_goes_on_when_there_is_room(settings, sqlite, tmp_path):
    with small_disk(tmp_path / "small", "24m") as small:
        rig = Rig(on(settings, sqlite.migrated(small)))
        try:
            rig.start()
            assert rig.submit("post", *rig.mail("post"))
            rig.settle()
            with open(small / "filler", "wb", buffering=0) as filler, contextlib.suppress(OSError):
                while filler.write(bytes(4096)):
                    pass

            codes = [code_at_the_door(rig, door) for door in ("smtp", "lmtp") for _ in range(6)]
            assert 450 <= codes[-1] < 460 and set(codes) <= {250, 451, 452}, codes

            (small / "filler").unlink()
            with rig.traffic(each=0.02):
                time.sleep(1)
            rig.settle()
            rig.assert_nothing_lost()
            assert rig.end_process() == 0
        finally:
            rig.__exit__()


@THERE
@pytest.mark.long
@pytest.mark.only_sqlite
def test_a_database_locked_for_longer_than_anybody_waits_costs_patience_and_nothing_else(rig):
    rig.start()
    other = sqlite3.connect(rig.settings.database_url.removeprefix("sqlite:///"), isolation_level=None)

    with rig.traffic(each=0.05):
        time.sleep(0.5)
        other.execute("BEGIN IMMEDIATE")
        assert 400 <= code_at_the_door(rig, "lmtp") < 500
        time.sleep(5)
        other.execute("ROLLBACK")
    rig.settle()

    rig.assert_nothing_lost()
    assert rig.end_process() == 0


@pytest.mark.only_sqlite
def test_a_mail_that_meets_a_locked_database_waits_its_turn(settings, sqlite, tmp_path, clock, monkeypatch):
    """The same in this process, with a short patience."""
    monkeypatch.setattr(session, "PRAGMAS", (*session.PRAGMAS, "busy_timeout=50"))
    site = Site(on(settings, sqlite.migrated(tmp_path)), now=clock)
    with site.writing() as db:
        from tests.conftest import a_network

        a_network(db, clock())
        intake.receive(db, Arriving.each("halina@example.org", (ADDRESS,), "127.0.0.1", mail("halina@example.org", ADDRESS)), site.now())
    other = sqlite3.connect(site.settings.database_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(Exception, match="locked"):
        work_once(site)
    other.execute("ROLLBACK")
    while work_once(site):
        pass

    with site.reading() as db:
        assert db.scalar(select(func.count()).select_from(Delivery).where(Delivery.code == 250)) == 4
    site.close()


@THERE
@pytest.mark.long
def test_a_postgresql_that_is_restarted_costs_patience_and_nothing_else(settings, own_postgresql):
    upgrade(own_postgresql.url)
    rig = Rig(on(settings, own_postgresql.url))
    try:
        rig.start()
        with rig.traffic():
            time.sleep(2)
            own_postgresql.stop()
            begin = len(rig.log.read_bytes())
            codes = {code_at_the_door(rig, door) for door in ("smtp", "lmtp")}
            time.sleep(3)
            told = rig.said(begin)
            own_postgresql.start()
            time.sleep(1)
        rig.settle()

        assert codes <= {421, 450, 451, 452}, codes
        rig.assert_nothing_lost()
        assert told.count("Traceback") <= 3, told[-6000:]
        assert re.search("(?i)cannot look for work|database", told)
        assert rig.end_process() == 0
    finally:
        rig.__exit__()
