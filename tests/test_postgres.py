"""The tests' own PostgreSQL: it goes when its users have gone, however they went, and where it is not, that is told."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests import postgres
from tests.serving import wait_for

ROOT = Path(__file__).parents[1]
USER = """
import sys
from tests import postgres
server = postgres.start()
print(server._url.query["host"], flush=True)
server.create()
sys.stdin.read()
if sys.argv[1] == "fail":
    raise SystemExit("a test run that broke")
server.close()
"""


def environment(**more):
    return {key: value for key, value in os.environ.items() if key not in (postgres.REAL, "LISTSERV_REQUIRE_ALL")} | {"PYTHONPATH": str(ROOT)} | more


@pytest.mark.skipif(not postgres.is_there(), reason=postgres.ABSENT)
@pytest.mark.sampled(1)
@pytest.mark.parametrize("end", ["close", "fail", "kill"])
def test_the_server_goes_with_its_user(end):
    command = [sys.executable, "-c", USER, end]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(), text=True) as process:
        folder = Path(process.stdout.readline().strip())
        assert (folder / ".s.PGSQL.5432").is_socket()
        if end == "kill":
            process.send_signal(signal.SIGKILL)

    wait_for(lambda: not folder.exists())


def test_databases_of_a_real_server_are_taken_away(postgresql):
    mine = postgres.Server(postgresql.empty())
    url = mine.create()

    mine.close()

    engine = create_engine(postgresql.empty())
    with engine.connect() as connection:
        there = connection.execute(text("SELECT datname FROM pg_database")).scalars().all()
    engine.dispose()
    assert url.rpartition("/")[2].partition("?")[0] not in there


@pytest.mark.parametrize(("required", "code", "words"), [("", 0, "not run: "), pytest.param("1", 1, "FAILED, not run: ", marks=pytest.mark.long)])
def test_where_there_is_none_that_half_is_named(tmp_path, required, code, words):
    (tmp_path / "without.py").write_text("from tests import postgres\npostgres.PACKAGE = 'nothing_of_that_name'\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "without", "-p", "no:cacheprovider", "tests/usecases/test_administration.py", "-k", "aliases"]
    environ = environment(PYTHONPATH=f"{tmp_path}:{ROOT}", LISTSERV_REQUIRE_ALL=required)

    done = subprocess.run(command, capture_output=True, text=True, env=environ, cwd=ROOT, check=False)

    assert done.returncode == code, done.stdout
    assert " passed" in done.stdout
    last = done.stdout.splitlines()[-1]
    assert last.startswith(words)
    assert postgres.ABSENT in last
