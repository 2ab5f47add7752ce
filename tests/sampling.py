"""Which examples `make test` takes of a test, and which wait for `make test-long`: those of a sample are the same on every machine, in any order.

A pure table costs nothing and is tried whole. Where an example is a whole site with its database, one of them does, which one is settled by the
checksum of their names; every test keeps one at least. A test that knows better says so: `@pytest.mark.sampled(5)`, or, where the
values of an argument are the kinds of cases that there are, `@pytest.mark.sampled(1, each="door")`: so many of each of them.

What the statements do is tried on both databases where they are made (tests/store) and where they meet (workers, hosts, stories). On the floors
above PostgreSQL gets one test in so many, the same ones every time. A long test whose point is not how the two differ says which of them it
is tried on: `@pytest.mark.sooner("sqlite")`; on the other one, `make test-long`.
"""

import zlib
from collections import defaultdict

import pytest
from hypothesis import HealthCheck, settings

# By folder, how many examples of a test; elsewhere all.
AT_MOST = {"usecases": 1, "web": 1, "cli": 1, "smtp": 1, "kill": 2, "deploy": 1, "relay": 2, "corpus": 1, "api": 1, "mail": 16}
# Arguments whose values are kinds of cases, wherever they are met: one example of each.
KINDS = ("person", "door", "stage")
# Examples of a test on PostgreSQL, and the floors where it gets one test in so many.
ON_POSTGRESQL, SPARSE, ONE_IN = 2, {"usecases", "web", "api", "cli", "corpus", "attacks", "smtp", "relay"}, 32
# How many wait, in this process and in those that worked for it.
waiting = [0]
NOTED = "examples_that_wait"
# Is this the run that leaves something to the long one?
short = [False]
# Of what hypothesis makes up, the long run looks at so many times more.
TIMES = 4
# How busy the machine is, is no fault of what is made up, nor of what is tried with it.
PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("all", **PATIENT)
settings.register_profile("some", max_examples=settings().max_examples // TIMES, **PATIENT)


def pytest_configure(config):
    """Which run it is, before a test is read."""
    short[0] = "not long" in config.option.markexpr
    settings.load_profile("some" if short[0] else "all")


def often(count):
    """So many made-up examples in the long run, and a part of them in the ordinary one."""
    return max(5, count // TIMES) if short[0] else count


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
    return test_name(item), database(item), *(repr(item.callspec.params[name]) for name in kinds(item))


def kinds(item):
    """The arguments that tell kinds of cases apart."""
    if marker := item.get_closest_marker("sampled"):
        return [marker.kwargs["each"]] if marker.kwargs else []
    return [name for name in KINDS if name in item.callspec.params and item.path.parent.name in AT_MOST]


def share(item):
    """How many examples of such a family are taken."""
    marker, folder = item.get_closest_marker("sampled"), item.path.parent.name
    wanted = marker.args[0] if marker else 1 if kinds(item) else AT_MOST.get(folder)
    if sooner := item.get_closest_marker("sooner"):
        return wanted if database(item) == sooner.args[0] else 0
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
    if short[0]:
        waiting[0] += sum(item.get_closest_marker("waits") is not None for item in items)


def pytest_sessionfinish(session):
    """A process that works for another tells it."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[NOTED] = waiting[0]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Each of them has seen the same tests."""
    waiting[0] = max(waiting[0], getattr(node, "workeroutput", {}).get(NOTED, 0))
