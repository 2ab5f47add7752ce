"""Which examples `make test` takes of a test, and which wait for `make test-long`: those of a sample are the same on every machine, in any order.

A pure table costs nothing and is tried whole. Where an example is a whole site with its database, some of them do, spread over the table by the
checksum of their names; every test keeps one at least. A test that knows better says so: `@pytest.mark.sampled(5)`, or, where the
values of an argument are the kinds of cases that there are, `@pytest.mark.sampled(1, each="door")`: so many of each of them.

What the statements do is tried on both databases where they are made (tests/store) and where they meet (workers, hosts, stories). On the floors
above PostgreSQL gets one test in so many, the same ones every time.
"""

import zlib
from collections import defaultdict

import pytest

# By folder, how many examples of a test; elsewhere all.
AT_MOST = {"usecases": 2, "web": 2, "cli": 2, "smtp": 2, "kill": 2, "deploy": 2, "relay": 4, "corpus": 2, "api": 2, "mail": 16}
# Examples of a test on PostgreSQL, and the floors where it gets one test in so many.
ON_POSTGRESQL, SPARSE, ONE_IN = 2, {"usecases", "web", "api", "cli", "corpus"}, 32
# How many wait, in this process and in those that worked for it.
waiting = [0]
NOTED = "examples_that_wait"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark what is not of the sample."""
    families = defaultdict(list)
    for item in items:
        if hasattr(item, "callspec") and not item.get_closest_marker("long"):
            families[family(item)].append(item)
    for examples in families.values():
        taken = sample([example_name(item) for item in examples], share(examples[0]))
        for item in examples:
            if example_name(item) not in taken:
                item.add_marker(pytest.mark.long)
                item.add_marker(pytest.mark.waits)


def family(item):
    """Examples that are counted together: of one test, on one database, of one kind where the test tells kinds apart."""
    marker = item.get_closest_marker("sampled")
    each = marker.kwargs.get("each") if marker else None
    return test_name(item), database(item), repr(item.callspec.params[each]) if each else ""


def share(item):
    """How many examples of such a family are taken."""
    marker, folder = item.get_closest_marker("sampled"), item.path.parent.name
    wanted = marker.args[0] if marker else AT_MOST.get(folder)
    if database(item) != "postgresql" or item.get_closest_marker("only_postgresql"):
        return wanted
    if folder in SPARSE and not chosen(test_name(item)):
        return 0
    return ON_POSTGRESQL if wanted is None else min(wanted, ON_POSTGRESQL)


def chosen(test):
    """Is this one of the tests of the upper floors that PostgreSQL gets every time?"""
    return checksum(test) % ONE_IN == 0


def sample(names, count):
    """So many of these names (None: all), whatever their order."""
    return set(names) if count is None else set(sorted(names, key=lambda name: (checksum(name), name))[:count])


def checksum(name):
    return zlib.crc32(name.encode())


def test_name(item):
    """folder/file::name"""
    return f"{item.path.parent.name}/{item.path.name}::{item.originalname}"


def example_name(item):
    """The same on both databases."""
    return item.callspec.id.removeprefix(database(item))


def database(item):
    return item.callspec.params.get("dbms", "")


def pytest_deselected(items):
    """Count what waits; a run that takes the long ones, too, leaves nothing."""
    if items and "not long" in items[0].config.option.markexpr:
        waiting[0] += sum(item.get_closest_marker("waits") is not None for item in items)


def pytest_sessionfinish(session):
    """A process that works for another tells it."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[NOTED] = waiting[0]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Each of them has seen the same tests."""
    waiting[0] = max(waiting[0], getattr(node, "workeroutput", {}).get(NOTED, 0))
