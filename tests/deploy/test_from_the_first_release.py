"""The way from the first release to this one and back, with a whole site, on either database (docs/upgrading.md)."""

import shutil
import subprocess
import sys
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from alembic import command
from sqlalchemy import make_url, text

from listserv import config
from listserv.site import UNFINISHED, Site
from listserv.store.lists import list_by_name
from listserv.store.members import members_of
from listserv.store.migrating import alembic_config, present_revision, wanted_revision
from listserv.store.session import make_engine
from listserv.usecases.intake import State
from listserv.web import create_app
from tests import postgres
from tests.cli.conftest import run_in  # noqa: F401
from tests.conftest import Clock, on
from tests.deploy import firstrelease
from tests.office import Office
from tests.serving import Served, free_port, wait_for
from tests.web.readers import Reader, words


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The databases of the first release, by kind: made once, and copied for each test."""
    return {"folder": tmp_path_factory.mktemp("first")}


def made(url):
    command.upgrade(alembic_config(url), "0001")
    with an_engine(url) as engine:
        firstrelease.fill(engine)
    return url


@pytest.fixture
def old(dbms, request, tmp_path, settings, kept):
    """A data folder with a site of the first release."""
    postgresql = request.getfixturevalue("postgresql") if dbms == "postgresql" else None
    if postgresql:
        if dbms not in kept:
            kept[dbms] = made(postgresql.empty())
        url = postgresql.empty()
        postgresql.fill_from(kept[dbms], url)
    else:
        if dbms not in kept:
            kept[dbms] = made(f"sqlite:///{kept['folder']}/listserv.sqlite3")
        shutil.copy(kept["folder"] / "listserv.sqlite3", tmp_path)
        url = f"sqlite:///{tmp_path}/listserv.sqlite3"
    settings = on(settings, url).model_copy(update={"web": settings.web.model_copy(update={"listen": ""})})
    (tmp_path / config.FILE).write_text(config.commented(settings))
    yield SimpleNamespace(data=tmp_path, url=url, settings=settings, words=("--backed-up",) if postgresql else ())
    if postgresql:
        postgresql.remove(url)


@contextmanager
def an_engine(url):
    engine = make_engine(url)
    yield engine
    engine.dispose()


def revision(url):
    with an_engine(url) as engine:
        return present_revision(engine)


def held(url):
    with an_engine(url) as engine:
        return firstrelease.rows(engine)


def test_each_step_is_told_and_the_site_is_whole(run_in, old):
    done = run_in(old.data, "db", "upgrade", *old.words)

    assert (done.code, done.err) == (0, "")
    assert f"from schema 0001 to {wanted_revision()}" in done.out
    assert [line.split()[0] for line in done.out.splitlines() if line.startswith("  ")] == [f"{number:04}" for number in range(2, int(wanted_revision()) + 1)]
    assert "run `listserv db rebuild`" in done.out
    assert run_in(old.data, "db", "check").code == 0
    assert run_in(old.data, "db", "upgrade").out.startswith(f"the database is at schema {wanted_revision()}: nothing to do")


def test_what_was_there_is_read_answered_and_decided(run_in, old):
    run_in(old.data, "db", "upgrade", *old.words)
    run_in(old.data, "db", "rebuild")

    with closing(Site(old.settings, now=Clock(firstrelease.AFTER))) as site:
        app = create_app(site)
        app.test_client_class = Reader
        stranger, member = app.test_client(), app.test_client()
        assert "Nowości" in stranger.page("/gazeta/")
        assert stranger.get("/siecibp/").status_code == 404
        # A link that was mailed by the first release.
        assert member.send(firstrelease.LINK).status_code == 303
        page = member.page("/siecibp/thread/1")
        assert "które regały są najlepsze?" in words(page) and "Sosnowe." in words(page)
        found = member.page("/siecibp/search?q=rega%C5%82")
        assert "Zażółć gęślą jaźń" in words(found)
        office = Office(site)
        # A moderator answers a letter that the first release had sent.
        asked = next(letter for letter in office.letters("mod@example.org") if letter.kind == "application-moderator")
        assert office.reply(asked, "TAK") == State.ANSWERED
        with site.reading() as db:
            assert "nowa@example.org" in {member.address.email for member in members_of(db, list_by_name(db, "siecibp"))}
        waiting = next(letter for letter in office.letters("mod@example.org") if letter.kind == "held-moderator")
        assert office.reply(waiting, "TAK") == State.ANSWERED
        assert "Kupcie książki" in office.posts()[-1].get_body(("plain",)).get_content()


@pytest.mark.only_sqlite
def test_copies_that_had_not_left_leave_now(run_in, old):
    run_in(old.data, "db", "upgrade", *old.words)
    doors = {name: {"listen": f"127.0.0.1:{free_port()}"} for name in ("smtp", "lmtp")}
    (old.data / config.FILE).write_text(config.commented(config.validated({**old.settings.model_dump(), **doors}, old.data)))

    server = Served(old.data, "--only", "worker")
    try:
        copies = wait_for(lambda: len(found := [c for c in (old.data / "out" / "new").glob("*") if b"six@example.org" in c.read_bytes()]) >= 4 and found)
    finally:
        server.end()
        server.watchdog.cancel()

    # Everybody who gets single mails has one, the owner and the author too; nobody has a second copy of what had left.
    assert len(copies) == 4
    assert not [c for c in (old.data / "out" / "new").glob("*") if b"Message-ID: <one@example.org>" in c.read_bytes()]


@pytest.mark.only_sqlite
def test_sqlites_copy_takes_the_site_back(run_in, old):
    before = held(old.url)
    done = run_in(old.data, "db", "upgrade")
    kept = old.data / "listserv.sqlite3.schema-0001"

    assert f"kept the database as it was: {kept}" in done.out
    assert kept.stat().st_mode & 0o777 == 0o600
    # As docs/upgrading.md says it.
    for ending in ("-wal", "-shm"):
        Path(f"{old.data}/listserv.sqlite3{ending}").unlink(missing_ok=True)
    shutil.move(kept, old.data / "listserv.sqlite3")
    assert (revision(old.url), held(old.url)) == ("0001", before)
    assert run_in(old.data, "db", "upgrade").code == 0


@pytest.mark.only_postgresql
def test_postgresqls_dump_takes_the_site_back(run_in, old, postgresql, tmp_path):
    if not find_spec(postgres.PACKAGE):
        pytest.skip(postgres.ABSENT)
    (place,) = find_spec(postgres.PACKAGE).submodule_search_locations
    programs = max(Path(place).glob("pginstall*/bin"))
    address = make_url(old.url).set(drivername="postgresql").render_as_string(hide_password=False)
    before = held(old.url)
    subprocess.run([programs / "pg_dump", "--format=custom", f"--file={tmp_path}/before.dump", address], check=True)
    assert run_in(old.data, "db", "upgrade", "--backed-up").code == 0

    fresh = postgresql.empty()
    address = make_url(fresh).set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run([programs / "pg_restore", "--exit-on-error", f"--dbname={address}", f"{tmp_path}/before.dump"], check=True)

    assert (revision(fresh), held(fresh)) == ("0001", before)
    postgresql.remove(fresh)


@pytest.mark.only_postgresql
def test_postgresql_is_not_upgraded_without_a_backup(run_in, old):
    done = run_in(old.data, "db", "upgrade")

    assert (done.code, done.out, done.err.count("\n")) == (6, "", 1)
    assert "listserv backup FILE" in done.err and "--backed-up" in done.err
    assert revision(old.url) == "0001"


def test_a_step_that_fails_leaves_everything_as_it_was(run_in, old):
    with an_engine(old.url) as engine, engine.begin() as connection:
        # Of another program, or left behind by hand: the name is taken.
        connection.execute(text("CREATE TABLE worker (id INTEGER)"))
    before = held(old.url)

    done = run_in(old.data, "db", "upgrade", *old.words)

    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "worker" in done.err
    assert (revision(old.url), held(old.url)) == ("0001", before)


def test_a_database_of_a_newer_program_is_left_alone(run_in, old):
    with an_engine(old.url) as engine, engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    done = run_in(old.data, "db", "upgrade", *old.words)

    assert (done.code, done.out, done.err.count("\n")) == (6, "", 1)
    assert "it was made by a newer listserv" in done.err


@pytest.mark.only_sqlite
def test_a_disk_without_room_for_the_copy_is_told_before_anything_changes(run_in, old, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1 << 20))

    done = run_in(old.data, "db", "upgrade")

    assert (done.code, done.err.count("\n"), revision(old.url)) == (6, 1, "0001")
    assert "no room for a copy" in done.err
    assert not list(old.data.glob("*.schema-*"))


@pytest.mark.only_sqlite
def test_a_restore_that_is_not_done_is_not_upgraded(run_in, old):
    (old.data / UNFINISHED).write_text("{}")

    done = run_in(old.data, "db", "upgrade")

    assert (done.code, revision(old.url)) == (6, "0001")
    assert "a restore of" in done.err


@pytest.mark.only_sqlite
def test_a_slip_of_the_pen_makes_no_database(run_in, tmp_path, dbms):
    done = run_in(tmp_path / "wrong", "db", "upgrade")

    assert (done.code, done.err.count("\n")) == (3, 1)
    assert not (tmp_path / "wrong").exists()


@pytest.mark.only_postgresql
def test_at_a_terminal_postgresqls_backup_is_asked_for(run_in, old, monkeypatch):
    asked = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(click, "confirm", lambda words, **_: asked.append(words))

    done = run_in(old.data, "db", "upgrade")

    assert (done.code, asked, revision(old.url)) == (6, ["Is there a backup that you could go back to?"], "0001")
