"""`listserv.wsgi` where there is no site, or one that is not whole: one line, nothing made, and no process that begins again for ever."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

from listserv import config
from listserv.site import UNFINISHED
from tests import forking
from tests.serving import ROOT, clean_environment, free_port

IMPORT = ("-c", "import listserv.wsgi")


def begin(folder, data, *command):
    """A process of that command; how it ended, and what it said."""
    environ = clean_environment(PYTHONPATH=str(ROOT), LISTSERV_DATA=str(data))
    return (forking.run if command == IMPORT else subprocess.run)([sys.executable, *command], cwd=folder, env=environ, capture_output=True, text=True, timeout=60)


@pytest.mark.only_sqlite
def test_a_wrong_folder_makes_no_empty_database(tmp_path, dbms):
    done = begin(tmp_path, tmp_path / "wrong", *IMPORT)

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    assert f"there is no database at {tmp_path}/wrong/listserv.sqlite3" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.only_sqlite
def test_a_folder_without_a_database_stays_without(tmp_path, settings, dbms):
    (tmp_path / config.FILE).write_text(config.commented(settings))

    done = begin(tmp_path, tmp_path, *IMPORT)

    assert (done.returncode, "there is no database" in done.stderr) == (3, True)
    assert [path.name for path in tmp_path.iterdir()] == [config.FILE]


@pytest.mark.sooner("sqlite")
def test_a_restore_that_is_not_done_is_not_served(site):
    (site.settings.data / config.FILE).write_text(config.commented(site.settings))
    (site.settings.data / UNFINISHED).write_text("{}")

    done = begin(site.settings.data, site.settings.data, *IMPORT)

    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert "a restore of" in done.stderr


@pytest.mark.only_sqlite
@pytest.mark.sampled(1)
@pytest.mark.parametrize("name", ["gunicorn", "granian"])
def test_a_server_of_another_maker_ends_and_says_why(tmp_path, name, dbms):
    if find_spec(name) is None:
        pytest.skip(f"there is no {name}: install the extra dev")
    words = {
        "gunicorn": ["--bind", f"127.0.0.1:{free_port()}", "--workers", "2", "listserv.wsgi:application"],
        "granian": ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(free_port()), "listserv.wsgi:application"],
    }

    done = begin(tmp_path, tmp_path / "wrong", "-m", name, *words[name])

    assert done.returncode != 0
    assert "listserv: there is no database at" in done.stdout + done.stderr
    assert not (tmp_path / "wrong").exists()
