"""The real program with a real relay, whose wall clock jumps while people write: nothing is lost, and nothing goes out twice."""

import os
import time
from pathlib import Path

import pytest

from tests.serving import ROOT, wait_for

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="there is no /proc on this system")
JUMPING = Path(__file__).with_name("jumping")
DAY = 86_400


@pytest.mark.parametrize("jump", [pytest.param(DAY, marks=pytest.mark.long), pytest.param(-DAY, marks=pytest.mark.long)], ids=["a day ahead", "a day back"])
def test_a_server_whose_clock_jumps_and_is_put_right_loses_and_doubles_nothing(rig, jump):
    clock = rig.settings.data / "clock"
    rig.start(PYTHONPATH=os.pathsep.join((str(JUMPING), str(ROOT))), JUMPING_CLOCK=str(clock))

    with rig.traffic(each=0.5):
        for wrong in (jump, 0):
            time.sleep(1)
            begin, mails = len(rig.log.read_bytes()), len(rig.accepted)
            clock.write_text(str(wrong))
            # The calendar looks twice a minute.
            wait_for(lambda begin=begin: "the clock was put" in rig.said(begin), 60)
            wait_for(lambda mails=mails: len(rig.accepted) > mails + 5, 60)
    rig.settle()

    rig.assert_nothing_lost()
    assert rig.end_process() == 0
