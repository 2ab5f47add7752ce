"""How the processes of one test run share the work.

The first look at all tests: each process reads a part of the files, and finds the others read. What takes the time is pytest's rewriting of
assertions. It keeps what it has made beside the file, for the next run and for whoever comes second now.

Tests that wait for programs that they start come first, and so one after another in one process, while the others keep the processors busy: a long
one that began last would be waited for alone. (Whoever has nothing left takes from the other end of what another has: `--dist worksteal`.) Behind them
come those in a browser, one file after another, so that it need not be started for each.
"""

import contextlib
import gc
import importlib
import sys
from pathlib import Path

import pytest

# Floors of such tests.
WAITING = {"servers", "hosts", "story", "kill", "deploy", "docs", "fuzz", "worker"}
# Objects before the garbage collector looks at the young ones (usually 700), and how many such looks before it looks at older ones.
SELDOM = 20_000, 20, 50


def pytest_configure():
    """What is read until the tests begin is no garbage."""
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Behind what puts them in any order: among themselves they keep it."""
    from tests import chromium  # (not before pytest reads it)

    items.sort(key=lambda item: (item.path.parent.name not in WAITING, not chromium.wants_one(item)))


def pytest_collection_finish():
    """What was collected stays to the end: the garbage collector need not look at it again and again, and seldom at the rest."""
    gc.freeze()
    gc.set_threshold(*SELDOM)
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session):
    """A process that works for another begins with files of its own."""
    worker = getattr(session.config, "workerinput", None)
    if worker and not sys.dont_write_bytecode:
        for path in part_of(files_asked_for(session.config.args), int(worker["workerid"].removeprefix("gw")), worker["workercount"]):
            read(path)


def files_asked_for(places):
    """All files that will be asked for, by the words of the command line."""
    asked = [Path(place.partition("::")[0]).absolute() for place in places]
    return sorted({path for one in asked for path in (one.rglob("test_*.py") if one.is_dir() else [one])})


def part_of(paths, number, count):
    """Those that process `number` of `count` begins with; the others follow in the usual order."""
    return paths[number::count]


def read(path):
    """Import a file as pytest is going to. What is wrong with it is said when it is collected."""
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))
    with contextlib.suppress(Exception, pytest.skip.Exception):
        importlib.import_module(path.stem)
