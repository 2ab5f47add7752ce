"""`init`, `config`, `db`, and how the command line says no."""

import sqlite3
import stat

import pytest

from listserv import cli
from listserv.cli import console

INIT = ("init", "--domain", "Lists.example.org", "--url", "https://lists.example.org/")


def test_init_writes_settings_that_only_we_can_read_and_makes_the_database(run_in, tmp_path):
    data = tmp_path / "new"

    done = run_in(data, *INIT, "--language", "pl", "--owner", "admin@example.org", "--lmtp", "127.0.0.1:2424", "--relay", "smtp://127.0.0.1:25")

    text = (data / "listserv.toml").read_text("utf-8")
    assert (done.code, done.err) == (0, "")
    assert stat.S_IMODE((data / "listserv.toml").stat().st_mode) == 0o600
    assert stat.S_IMODE((data / "listserv.sqlite3").stat().st_mode) == 0o600
    assert 'domain = "lists.example.org"' in text
    assert 'url = "https://lists.example.org"\n' in text
    assert 'listen = "127.0.0.1:2424"' in text
    assert run_in(data, "db", "check").code == 0
    with sqlite3.connect(data / "listserv.sqlite3") as db:
        assert db.execute("SELECT email, administrator FROM address JOIN user ON user.id = user_id").fetchall() == [("admin@example.org", 1)]
    db.close()


def test_init_never_writes_over_settings(run_in, tmp_path):
    run_in(tmp_path / "new", *INIT)
    before = (tmp_path / "new" / "listserv.toml").read_bytes()

    again = run_in(tmp_path / "new", *INIT)

    assert again.code == 6
    assert (tmp_path / "new" / "listserv.toml").read_bytes() == before


def test_two_sites_have_two_secrets(run_in, tmp_path):
    for name in ("one", "two"):
        run_in(tmp_path / name, *INIT)

    secrets = {line for name in ("one", "two") for line in (tmp_path / name / "listserv.toml").read_text().splitlines() if line.startswith("secret")}
    assert len(secrets) == 2
    assert min(map(len, secrets)) > 40


@pytest.mark.parametrize(
    "words",
    [
        ("init", "--domain", "a@b", "--url", "https://x"),
        ("init", "--domain", "a", "--url", "lists"),
        (*INIT, "--owner", "nobody"),
        (*INIT, "--smtp", "here"),
        ("init", "--url", "https://x"),
    ],
)
def test_bad_input_is_one_clear_line_and_leaves_nothing(run_in, tmp_path, words):
    done = run_in(tmp_path / "new", *words)

    assert done.code == 2
    assert done.err.count("\n") == 1
    assert not (tmp_path / "new" / "listserv.toml").exists()


def test_a_database_that_cannot_be_made_leaves_no_settings(run_in, tmp_path):
    (tmp_path / "file").touch()

    done = run_in(tmp_path / "new", *INIT, "--database", f"sqlite:///{tmp_path}/file/x.sqlite3")

    assert (done.code, done.err.count("\n")) == (1, 1)
    assert not (tmp_path / "new" / "listserv.toml").exists()
    assert run_in(tmp_path / "new", *INIT).code == 0


def test_config_prints_every_key_with_its_origin_and_no_secret(run, monkeypatch):
    monkeypatch.setenv("LISTSERV_WEB_LISTEN", "127.0.0.1:1234")

    text, tree = run("config").out, run("config", "--json").json

    assert "secret-of-the-tests" not in text
    assert 'listen = "127.0.0.1:1234"   # from: environment' in text
    assert tree["web"]["listen"] == {"value": "127.0.0.1:1234", "origin": "environment"}
    assert tree["site"]["domain"] == {"value": "lists.example.org", "origin": "file"}
    assert tree["site"]["secret"]["value"] == "…"


def test_a_wrong_setting_is_named(run_in, tmp_path):
    (tmp_path / "listserv.toml").write_text("[web]\nlisten = 5\nlisen = 'x'\n")

    done = run_in(tmp_path, "config")

    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "web.lis" in done.err


def test_without_a_site_nothing_is_made(run_in, tmp_path):
    done = run_in(tmp_path / "nowhere", "list", "ls")

    assert done.code == 3
    assert "listserv init" in done.err
    assert not (tmp_path / "nowhere").exists()


def test_an_older_schema_is_refused_until_it_is_upgraded(run_in, run, site):
    with site.writing() as db:
        db.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")

    done = run("list", "ls")

    assert done.code == 6
    assert "listserv db upgrade" in done.err


def test_db_upgrade_may_be_repeated(run):
    assert run("db", "upgrade").out == run("db", "upgrade").out != ""


@pytest.mark.only_sqlite
def test_a_damaged_database_is_reported(run, site):
    with sqlite3.connect(site.settings.data / "listserv.sqlite3") as db:
        db.execute("PRAGMA foreign_keys=OFF")
        db.execute("INSERT INTO topic (list_id, slug, title, description, position) VALUES (99, 'x', 'x', '', 0)")
    db.close()

    done = run("db", "check")

    assert done.code == 6
    assert "topic" in done.err


@pytest.mark.parametrize(("words", "code"), [(["bogus"], 2), (["list", "create"], 2), (["list", "show", "none"], 3), (["trace"], 2), ([], 2)])
def test_exit_codes(run, words, code):
    assert run(*words).code == code


def test_help_loads_no_database(run_in, tmp_path):
    import subprocess
    import sys

    program = "import sys; from listserv import cli; cli.run(['--help']); sys.exit('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.returncode == 0
    assert all(name in done.stdout for name in cli.COMMANDS)


def test_every_command_of_the_table_is_there(run):
    assert [name for name in cli.COMMANDS if run(name, "--help").code != 0] == []


def test_a_machines_own_trouble_is_one_line_and_no_traceback(run, monkeypatch):
    def broken(*_):
        raise RuntimeError("two\nlines")

    monkeypatch.setattr(console, "print_table", broken)
    done = run("list", "ls")

    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "two lines" in done.err


def test_what_a_mail_says_cannot_steer_the_terminal():
    assert console.one_line("a\x1b[31m\nb\u202e\udcff") == "a [31m b"
