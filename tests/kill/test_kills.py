"""Processes die at every step of a mail's way, and nothing is lost."""

import random
import re
from pathlib import Path

import pytest

from listserv import steps
from tests.kill.accounts import processor_seconds
from tests.serving import ROOT

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="there is no /proc on this system")
# An issue of a newsletter is sent once in a while: test_issue_at_its_hour. Nobody listens here by webhooks: worker/test_hooks_lane.py.
HERE = [name for name in steps.STEPS if name != "issues.sent" and not name.startswith("webhooks.")]
# Of what happens a hundred times in a second, any one.
MOST_NTH = {"relay": 10, "writes": 10, "intake": 3, "mails": 3, "copies": 5}


def test_every_step_is_named_once_and_no_other():
    called = [name for path in (ROOT / "listserv").rglob("*.py") for name in re.findall(r'steps\.reached\("([^"]+)"', path.read_text("utf-8"))]

    assert sorted(called) == sorted(steps.STEPS)


def kill_by_list(rig, names):
    for name in names:
        rig.kill_at(name, random.randint(1, MOST_NTH.get(name.split(".")[0], 1)))


def test_a_sample_of_kills_loses_nothing(rig, dbms):
    """In the ordinary run: 20 on SQLite, 10 on PostgreSQL."""
    begin = processor_seconds()
    names = random.sample(HERE, 17 if dbms == "sqlite" else 8)
    rig.start()

    with rig.traffic():
        kill_by_list(rig, names)
        if dbms == "sqlite":
            rig.kill_supervisor()
        while sum(rig.kills.values()) < (20 if dbms == "sqlite" else 10):
            rig.kill_anybody()
    rig.settle()

    rig.assert_nothing_lost()
    rig.end_process()
    print(f"{processor_seconds() - begin:.1f} s of processor time")
    if dbms == "sqlite":
        assert set((rig.orders / "reached").read_text().split()) >= set(HERE), "a step that nobody reaches"
    assert sum(rig.kills.values()) == (20 if dbms == "sqlite" else 10)


@pytest.mark.long
def test_150_kills_by_list_and_at_random_lose_nothing(made_rig, dbms):
    """All: 150 on each database."""
    rig = made_rig(readers=60)
    rig.start()

    with rig.traffic():
        for _ in range(4):
            kill_by_list(rig, random.sample(HERE, len(HERE)))
            for _ in range(12):
                rig.kill_anybody()
            rig.kill_supervisor()
            rig.restart()
        while sum(rig.kills.values()) < 150:
            rig.kill_anybody()
    rig.settle(180)

    rig.assert_nothing_lost()
    assert {step for step in HERE if rig.kills[step]} == set(HERE), rig.missed
