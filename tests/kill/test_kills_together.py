"""Processes die while a list makes things together: each file is one item, each is asked once, and each answer counts once."""

import random
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from listserv.store.surveys import Survey, SurveyState
from tests.kill.accounts import processor_seconds
from tests.kill.test_kills import HERE, kill_by_list
from tests.kill.together import Together
from tests.serving import wait_for

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="there is no /proc on this system")
# Where what they make together is done, and not or not quite committed.
CLOSE = ("mails.judged", "mails.before-commit", "mails.committed", "calendar.begun", "calendar.before-commit", "calendar.committed", "letters.sent")
# What the bank gets, and a word about a question, is judged by no rules.
UNJUDGED = CLOSE[1:]


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
    rig.answer_again()
    rig.settle()

    rig.assert_nothing_lost()
    rig.end_process()
    print(f"{processor_seconds() - begin:.1f} s of processor time")


@pytest.mark.long
@pytest.mark.only_sqlite
def test_a_kill_at_each_step_files_what_the_bank_gets_and_tells_results_once(made_rig):
    """Two questions are closed meanwhile: by the word that ends them, and by the calendar that tells what came of them."""
    rig = made_rig(kind=Together, readers=3, digest_readers=0)
    rig.start()
    with rig.traffic(each=0.02, kinds=("post",)):
        rig.wait_for_answers()
    wait_for(rig.is_asked, 120)
    rig.settle()

    for number, step in enumerate(UNJUDGED):
        mails = [threading.Thread(target=rig.submit, args=("bank", *rig.mail("bank")))]
        mails += [threading.Thread(target=rig.close, args=(number // 3,))] if number in (0, 3) else []
        for one in mails:
            # The order lies there first.
            threading.Timer(0.3, one.start).start()
        rig.kill_at(step, seconds=10)
        time.sleep(0.5)
        for one in mails:
            one.join(60)
    rig.settle()
    wait_for(rig.is_told, 120)
    rig.settle()

    assert sum(rig.kills.values()) >= len(UNJUDGED) - 2, rig.missed
    with rig.site.reading() as db:
        assert [one.state for one in db.scalars(select(Survey))] == [SurveyState.CLOSED] * 2
    rig.assert_nothing_lost()
    rig.end_process()


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
    rig.answer_again()
    rig.settle(180)

    rig.assert_nothing_lost()
