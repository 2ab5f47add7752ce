"""Processes die while a list makes things together: each file is one item, each is asked once, and each answer counts once."""

import random
from pathlib import Path

import pytest

from tests.kill.accounts import processor_seconds
from tests.kill.test_kills import HERE, kill_by_list
from tests.kill.together import Together

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="there is no /proc on this system")
# Where what they make together is done, and not or not quite committed.
CLOSE = ("mails.judged", "mails.before-commit", "mails.committed", "calendar.begun", "calendar.before-commit", "calendar.committed", "letters.sent")


@pytest.mark.only_sqlite
def test_a_sample_of_kills_files_asks_and_counts_everything_once(made_rig):
    """In the ordinary run; on PostgreSQL the long one."""
    begin = processor_seconds()
    rig = made_rig(kind=Together, readers=4, digest_readers=1)
    rig.start()

    with rig.traffic(kinds=("post",)):
        for step in random.sample(CLOSE, 4):
            rig.kill_at(step, random.randint(1, 6))
        rig.wait_for_answers()
    rig.settle()

    rig.assert_nothing_lost()
    rig.end_process()
    print(f"{processor_seconds() - begin:.1f} s of processor time")


@pytest.mark.long
def test_40_kills_file_ask_and_count_everything_once(made_rig):
    rig = made_rig(kind=Together, readers=30)
    rig.start()

    with rig.traffic(each=0.3, kinds=("post",)):
        while sum(rig.kills.values()) < 40 or not rig.answered.is_set():
            kill_by_list(rig, (*random.sample(CLOSE, 4), *random.sample(HERE, 3)))
            rig.kill_anybody()
            random.choice((rig.kill_supervisor, rig.restart, rig.kill_anybody))()
        rig.wait_for_answers()
    rig.settle(180)

    rig.assert_nothing_lost()
