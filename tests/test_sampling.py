"""What `make test` takes of many examples."""

import random
import subprocess
import sys

import pytest

from tests import sampling
from tests.test_postgres import environment

NAMES = [f"-{word}-{number}" for word in ("TAK", "NIE", "wypisz") for number in range(20)]
TABLE = """
import pytest

@pytest.mark.sampled(3)
@pytest.mark.parametrize("number", range(40))
def test_a_few(number): pass

@pytest.mark.sampled(1, each="kind")
@pytest.mark.parametrize("kind", ["old", "new", "odd"])
@pytest.mark.parametrize("number", range(10))
def test_of_each_kind(kind, number): pass

@pytest.mark.parametrize("person", ["member", "owner"])
@pytest.mark.parametrize("number", range(5))
def test_everybody(person, number): pass

@pytest.mark.parametrize("number", range(40))
def test_any_one(number): pass

@pytest.mark.sooner("postgresql")
@pytest.mark.parametrize("dbms", ["sqlite", "postgresql"])
def test_on_one_of_them(dbms): pass

@pytest.mark.sampled(1)
@pytest.mark.parametrize("size", [1, pytest.param(2, marks=pytest.mark.long)])
def test_never_none(size): assert size == 1
"""


def test_a_sample_is_the_same_in_any_order():
    mixed = random.Random(3).sample(NAMES, len(NAMES))

    assert sampling.sample(NAMES, 5) == sampling.sample(mixed, 5)
    assert len(sampling.sample(NAMES, 5)) == 5


def test_a_sample_is_spread_over_the_table():
    assert {name.split("-")[1] for name in sampling.sample(NAMES, 12)} == {"TAK", "NIE", "wypisz"}


def test_a_small_table_is_taken_whole():
    assert sampling.sample(NAMES[:3], 5) == set(NAMES[:3])
    assert sampling.sample(NAMES, None) == set(NAMES)


def test_every_folder_takes_one_example_at_least():
    assert min(*sampling.AT_MOST.values(), sampling.ON_POSTGRESQL) >= 1


def test_postgresql_gets_some_tests_of_the_upper_floors_and_the_same_ones_every_time():
    tests = [f"usecases/test_leaving.py::test_{number}" for number in range(3200)]

    assert 50 < sum(map(sampling.chosen, tests)) < 200
    assert sampling.chosen(tests[7]) == sampling.chosen(tests[7])


WAIT = "112 examples wait for make test-long"


@pytest.mark.parametrize(("workers", "expression", "passed", "last"), [("0", "not long", 11, WAIT), ("1", "not long", 11, WAIT), ("0", "not sampled", 52, "")])
def test_what_waits_is_told_in_the_last_line(tmp_path, workers, expression, passed, last):
    (tmp_path / "cli").mkdir()
    (tmp_path / "cli" / "test_table.py").write_text(TABLE)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  long\n  sampled\n  sooner\n  waits\n  only_postgresql\n")
    command = [sys.executable, "-m", "pytest", "-p", "xdist", "-p", "tests.sampling", "-p", "tests.notrun", "-p", "no:cacheprovider", "-n", workers, "-m", expression, str(tmp_path)]

    done = subprocess.run(command, capture_output=True, text=True, env=environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"), cwd=tmp_path, check=False)

    assert f"{passed} passed" in done.stdout, done.stdout
    assert last in done.stdout.splitlines()[-1]
    assert ("wait for" in done.stdout) == bool(last)
