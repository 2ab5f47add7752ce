"""`db`: upgrade, check, and a whole site's way from one database to another and back."""

import sqlite3
import stat

import pytest
from sqlalchemy import func, select, text

from listserv.site import Site
from listserv.store.lists import MailingList
from tests.conftest import on
from tests.databases import contents

AWAY = "postgresql+psycopg://postgres:geheim@127.0.0.1:1/lists"


@pytest.fixture
def elsewhere(dbms, request, tmp_path):
    """The URL of an empty database of the other kind."""
    if dbms == "postgresql":
        yield f"sqlite:///{tmp_path}/moved.sqlite3"
        return
    postgresql = request.getfixturevalue("postgresql")
    url = postgresql.empty()
    yield url
    postgresql.remove(url)


def at(site, url):
    return Site(on(site.settings, url))


def test_a_site_moves_and_every_row_with_it(run, site, network, elsewhere):
    done = run("db", "copy", site.settings.database_url, elsewhere, "--json")

    assert (done.code, done.err) == (0, "")
    assert done.json["tables"]["mailing_list"] == 1
    assert done.json["tables"]["member"] == 4
    assert done.json["rows"] == sum(done.json["tables"].values())
    there = at(site, elsewhere)
    assert contents(there.engine) == contents(site.engine)
    there.close()


def test_the_command_says_what_is_next_and_no_password(run, site, network, elsewhere):
    done = run("db", "copy", site.settings.database_url, elsewhere)

    assert done.code == 0
    assert "database.url" in done.out
    assert "compared" in done.out
    assert "the old database alone" in done.out


def test_the_settings_need_not_know_either_database(run_in, site, network, elsewhere, tmp_path):
    done = run_in(tmp_path / "nowhere", "db", "copy", site.settings.database_url, elsewhere)

    assert done.code == 0
    assert not (tmp_path / "nowhere").exists()


def test_a_database_that_holds_a_site_is_left_as_it_is(run, site, network, elsewhere):
    run("db", "copy", site.settings.database_url, elsewhere)
    there = at(site, elsewhere)
    before = contents(there.engine)

    again = run("db", "copy", site.settings.database_url, elsewhere)

    assert (again.code, again.err.count("\n")) == (6, 1)
    assert "holds a site already" in again.err
    assert contents(there.engine) == before
    there.close()


def test_a_database_that_was_only_migrated_is_empty(run, run_in, site, network, elsewhere, monkeypatch):
    monkeypatch.setenv("LISTSERV_DATABASE_URL", elsewhere)
    assert run("db", "upgrade").code == 0
    monkeypatch.delenv("LISTSERV_DATABASE_URL")

    assert run("db", "copy", site.settings.database_url, elsewhere).code == 0


def test_tables_of_another_program_are_left_alone(run, site, network, elsewhere):
    there = at(site, elsewhere)
    with there.engine.begin() as connection:
        connection.execute(text("CREATE TABLE recipe (id INTEGER)"))

    done = run("db", "copy", site.settings.database_url, elsewhere)

    assert done.code == 6
    assert "another program" in done.err
    there.close()


def test_what_is_copied_must_be_there_and_of_this_version(run, site, network, elsewhere, tmp_path):
    assert run("db", "copy", f"sqlite:///{tmp_path}/none.sqlite3", elsewhere).code == 3
    assert not (tmp_path / "none.sqlite3").exists()
    with site.writing() as db:
        db.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")

    done = run("db", "copy", site.settings.database_url, elsewhere)

    assert done.code == 6
    assert "listserv db upgrade" in done.err


def test_a_database_is_not_copied_onto_itself(run, site, network):
    done = run("db", "copy", site.settings.database_url, site.settings.database_url)

    assert done.code == 6
    assert "the same database" in done.err


@pytest.mark.parametrize("url", ["mysql://x", "lists.sqlite3", ""])
def test_what_is_no_url_is_named(run, site, url):
    done = run("db", "copy", site.settings.database_url, url)

    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "sqlite:///PATH" in done.err


@pytest.mark.only_sqlite
def test_a_copy_that_fails_leaves_no_file(run, site, network, tmp_path):
    with sqlite3.connect(site.settings.data / "listserv.sqlite3") as db:
        db.execute("PRAGMA foreign_keys=OFF")
        db.execute("INSERT INTO topic (list_id, slug, title, description, position) VALUES (99, 'x', 'x', '', 0)")
    db.close()

    done = run("db", "copy", site.settings.database_url, f"sqlite:///{tmp_path}/moved.sqlite3")

    assert done.code == 6
    assert "damaged" in done.err
    assert list(tmp_path.glob("moved*")) == []


@pytest.mark.only_sqlite
def test_a_damaged_database_leaves_postgresql_empty(run, site, network, elsewhere):
    with sqlite3.connect(site.settings.data / "listserv.sqlite3") as db:
        db.execute("PRAGMA foreign_keys=OFF")
        db.execute("INSERT INTO topic (list_id, slug, title, description, position) VALUES (99, 'x', 'x', '', 0)")
    db.close()

    done = run("db", "copy", site.settings.database_url, elsewhere)

    assert (done.code, done.err.count("\n")) == (6, 1)
    assert "damaged" in done.err
    there = at(site, elsewhere)
    with there.reading() as db:
        assert db.scalar(select(func.count()).select_from(MailingList)) == 0
    there.close()


@pytest.mark.only_sqlite
def test_a_copy_is_nobody_elses_business(run, site, network, tmp_path):
    run("db", "copy", site.settings.database_url, f"sqlite:///{tmp_path}/moved.sqlite3")

    assert stat.S_IMODE((tmp_path / "moved.sqlite3").stat().st_mode) == 0o600


@pytest.mark.parametrize("words", [("db", "upgrade"), ("db", "check"), ("list", "ls"), ("check",)])
def test_a_server_that_is_away_is_one_clear_sentence(run_in, tmp_path, monkeypatch, words):
    monkeypatch.setenv("LISTSERV_DATABASE_URL", AWAY)

    done = run_in(tmp_path, *words)

    told = [line for line in (done.out + done.err).splitlines() if "Connection refused" in line]
    assert done.code == 1
    assert len(told) == 1
    assert "start the server, or set database.url" in told[0]
    assert "geheim" not in done.out + done.err


def test_a_database_that_is_not_there_is_one_clear_sentence_and_leaves_no_settings(run_in, tmp_path, postgresql, monkeypatch):
    url = postgresql.empty()
    postgresql.remove(url)

    begun = run_in(tmp_path / "new", "init", "--domain", "lists.example.org", "--url", "https://lists.example.org", "--database", url)

    assert (begun.code, begun.err.count("\n")) == (1, 1)
    assert "createdb" in begun.err
    assert not (tmp_path / "new" / "listserv.toml").exists()
    monkeypatch.setenv("LISTSERV_DATABASE_URL", url)
    for words in (("db", "upgrade"), ("db", "check"), ("serve",)):
        done = run_in(tmp_path, *words)
        assert (done.code, done.err.count("\n")) == (1, 1)
        assert "createdb" in done.err


def test_db_check_finds_a_database_whole(run, site):
    assert "is whole" in run("db", "check").out


def test_a_database_that_cannot_hold_every_letter_is_refused(run_in, tmp_path, postgresql):
    url = postgresql.empty(encoding="LATIN2")

    done = run_in(tmp_path / "new", "init", "--domain", "lists.example.org", "--url", "https://lists.example.org", "--database", url)

    assert (done.code, done.err.count("\n")) == (6, 1)
    assert "UTF8" in done.err
    postgresql.remove(url)
