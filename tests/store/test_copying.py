"""A whole site from one database to another: every kind of row, in both directions, whole or not at all."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError

from listserv.errors import Conflict
from listserv.site import Site
from listserv.store import copying
from listserv.store.archive import Message
from listserv.store.lists import MailingList
from listserv.store.queue import Letter, Raw, raw_bytes
from listserv.store.schema import metadata
from tests import forking
from tests.conftest import on
from tests.databases import contents
from tests.lived import live, work_all
from tests.office import Office

LIST = "siecibp@lists.example.org"
SLOW = """
import sys, time
from pathlib import Path
from listserv import config
from listserv.site import Site
from listserv.store import copying
copying.ROWS = 1
def tell(table, rows):
    if table == "message":
        print("begun", flush=True)
        time.sleep(60)
sites = [Site(config.validated({"database": {"url": url}}, Path("."))) for url in sys.argv[1:]]
copying.copy(sites[0].engine, sites[1].engine, sys.argv[2], tell)
"""


@pytest.fixture
def lived(site, office, clock, maker, migrated):
    """A site after some days: lived once on each kind of database, and copied."""
    if "lived" in maker.kept:
        site.close()
        maker.fill(migrated, "lived")
        clock.move(days=1)
    else:
        live(site, office, clock)
        site.close()
        maker.keep(migrated, "lived")
    site.__dict__.pop("changes", None)
    return site


@pytest.fixture
def elsewhere(request, site, dbms, tmp_path):
    """A site on an empty database of the other kind; its tables are there already, which takes longer than most copies."""
    maker = request.getfixturevalue("sqlite" if dbms == "postgresql" else "postgresql")
    (tmp_path / "moved").mkdir()
    url = maker.migrated(tmp_path / "moved")
    there = Site(on(site.settings, url), now=site.now)
    yield there
    there.close()
    maker.remove(url)


def moved(source, target, **more):
    return copying.copy(source.engine, target.engine, target.settings.database_url, **more)


def counters(site):
    """The number that the next row of each table would get, where a number must never come again."""
    with site.engine.connect() as connection:
        tables = [table for table in metadata.sorted_tables if table.dialect_options["sqlite"]["autoincrement"]]
        return {table.name: copying.last_given(connection, table) for table in tables}


def test_every_table_has_something_to_lose(lived):
    assert [name for name, rows in contents(lived.engine).items() if not rows] == []


def test_every_row_is_there(lived, elsewhere):
    rows = moved(lived, elsewhere)

    there = contents(elsewhere.engine)
    assert there == contents(lived.engine)
    assert rows == {name: len(found) for name, found in there.items()}


@pytest.mark.sooner("postgresql")
def test_there_and_back_again_is_the_same(lived, elsewhere, maker, dbms, tmp_path):
    moved(lived, elsewhere)
    (tmp_path / "back").mkdir()
    url = maker.empty() if dbms == "postgresql" else f"sqlite:///{tmp_path}/back/listserv.sqlite3"
    back = Site(on(lived.settings, url), now=lived.now)

    moved(elsewhere, back)

    assert contents(back.engine) == contents(lived.engine)
    assert counters(back) == counters(elsewhere) == counters(lived)
    back.close()
    maker.remove(url)


@pytest.mark.sooner("sqlite")
def test_the_site_goes_on_where_it_stood(lived, elsewhere, clock):
    moved(lived, elsewhere)
    office = Office(elsewhere)
    office.send("halina@example.org", LIST, "Re: Książki", "Mam i trzecią.", in_reply_to="<1@example.org>")
    work_all(elsewhere)

    with elsewhere.reading() as db:
        newest = db.scalars(select(Message).order_by(Message.id.desc())).first()
        assert newest.parent_id == db.scalar(select(Message.id).where(Message.message_id == "1@example.org"))
        assert newest.seq == db.scalar(select(MailingList.last_seq)) > 1


@pytest.mark.sooner("postgresql")
def test_the_number_of_a_row_that_is_gone_never_comes_again(lived, elsewhere):
    with lived.writing() as db:
        newest = db.scalars(select(Letter).order_by(Letter.id.desc())).first()
        gone = newest.id
        for table in metadata.sorted_tables:
            for column in table.c:
                if any(key.column is Letter.__table__.c.id for key in column.foreign_keys):
                    db.execute(table.update().where(column == gone).values({column.name: None}))
        db.delete(newest)

    moved(lived, elsewhere)

    with elsewhere.writing() as db:
        kept = db.scalar(select(func.min(Raw.id)))
        row = Letter(kind="x", to="a@example.org", to_key="a@example.org", raw_id=kept, created_at=elsewhere.now())
        db.add(row)
        db.flush()
        assert row.id > gone


@pytest.mark.sooner("postgresql")
def test_a_row_may_refer_to_one_that_comes_later(lived, elsewhere):
    with lived.reading() as db:
        later = db.scalar(select(func.count()).select_from(Message).where(Message.parent_id > Message.id))
    assert later, "an answer came before its question"

    moved(lived, elsewhere)

    # And the walls stand again.
    with elsewhere.engine.connect() as connection, pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        connection.execute(text("UPDATE message SET parent_id = 999999"))


@pytest.mark.sooner("postgresql")
@pytest.mark.sampled(1)
@pytest.mark.parametrize(("rows", "size"), [pytest.param(1, 1 << 30, marks=pytest.mark.long), (3, 1 << 30), (1000, 1)])
def test_bundles_of_any_size_carry_the_same(lived, elsewhere, monkeypatch, rows, size):
    monkeypatch.setattr(copying, "ROWS", rows)
    monkeypatch.setattr(copying, "BYTES", size)

    moved(lived, elsewhere)

    assert contents(elsewhere.engine) == contents(lived.engine)


@pytest.mark.sooner("postgresql")
def test_large_mails_do_not_travel_together(lived, elsewhere, monkeypatch):
    monkeypatch.setattr(copying, "BYTES", 1 << 20)
    with lived.writing() as db:
        db.execute(insert(Raw), [{"sha256": bytes([n]) * 32, "size": 1, "packed": os.urandom(400_000)} for n in range(12)])
    most = []
    usual = copying.bundles
    monkeypatch.setattr(copying, "bundles", lambda connection, table: (most.append(weigh(rows)) or rows for rows in usual(connection, table)))

    moved(lived, elsewhere)

    assert 800_000 <= max(most) <= 1 << 20


def weigh(rows):
    return sum(len(value) for row in rows for value in row if isinstance(value, (bytes, str)))


@pytest.mark.sooner("postgresql")
def test_what_is_written_meanwhile_is_not_in_the_copy_and_harms_nothing(lived, elsewhere, office):
    before = contents(lived.engine)

    def tell(table, rows):
        if table == "mailing_list":
            office.send("halina@example.org", LIST, "W trakcie", "Jeszcze to.")

    moved(lived, elsewhere, tell=tell)

    assert contents(elsewhere.engine) == before != contents(lived.engine)


@pytest.mark.sooner("postgresql")
def test_a_copy_that_differs_is_not_kept(lived, elsewhere, monkeypatch):
    monkeypatch.setattr(copying, "_carry_on_counting", lambda _, writing: writing.execute(text("UPDATE mailing_list SET title = 'other'")))

    with pytest.raises(Conflict, match="the copy of mailing_list differs"):
        moved(lived, elsewhere)

    with elsewhere.reading() as db:
        assert db.scalar(select(func.count()).select_from(MailingList)) == 0


@pytest.mark.sooner("postgresql")
def test_a_copy_that_is_killed_leaves_the_target_empty_and_may_be_begun_again(lived, elsewhere):
    lived.close()
    command = [sys.executable, "-c", SLOW, lived.settings.database_url, elsewhere.settings.database_url]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with forking.Popen(command, stdout=subprocess.PIPE, env=environ, text=True) as process:
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGKILL)
    for _ in range(100):  # until PostgreSQL has noticed
        if not any(contents(elsewhere.engine).values()):
            break
        time.sleep(0.05)

    assert not any(contents(elsewhere.engine).values())
    moved(lived, elsewhere)
    assert contents(elsewhere.engine) == contents(lived.engine)


@pytest.mark.only_sqlite
def test_text_that_only_sqlite_takes_arrives_without_what_nobody_can_read(lived, elsewhere):
    with lived.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE mailing_list SET title = 'a' || char(0) || 'b'")
        connection.exec_driver_sql(f"UPDATE user SET name = '{'ż' * 5000}' WHERE id = 1")

    moved(lived, elsewhere)

    with elsewhere.reading() as db:
        assert db.scalar(select(MailingList.title)) == "ab"
        assert db.scalar(text("SELECT name FROM \"user\" WHERE id = 1")) == "ż" * 5000


@pytest.mark.sooner("postgresql")
def test_the_bytes_of_a_mail_are_the_same(site, office, elsewhere):
    raw = bytes(range(256)) * 40 + b"\r\n\0\r\n"
    office.deliver(raw, LIST)

    moved(site, elsewhere)

    with elsewhere.reading() as db:
        assert raw in [raw_bytes(db, id) for id in db.scalars(select(Raw.id))]
