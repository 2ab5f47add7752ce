"""The threads that send copies: together on one core while they work."""

import os
from contextlib import contextmanager
from threading import Event, Thread, get_native_id

import pytest

from listserv.worker import core
from listserv.worker.core import OneCore

pytestmark = pytest.mark.skipif(not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2, reason="needs two cores and Linux")


@contextmanager
def two_threads():
    """The ids of two threads that do nothing."""
    end, ids = Event(), []
    threads = [Thread(target=lambda: (ids.append(get_native_id()), end.wait())) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        while len(ids) < 2:
            pass
        yield ids
    finally:
        end.set()
        for thread in threads:
            thread.join()


def cores(ids):
    return [os.sched_getaffinity(id) for id in ids]


def test_threads_at_work_share_one_core_and_have_all_of_them_again_when_they_are_done():
    everywhere = os.sched_getaffinity(0)
    with two_threads() as ids:
        together = OneCore(ids)
        together.stay()
        first, second = cores(ids)
        assert first == second and len(first) == 1 and first < everywhere
        together.let_go()
        assert cores(ids) == [everywhere, everywhere]


def test_the_kernel_may_choose_again_after_a_while(monkeypatch):
    with two_threads() as ids:
        together = OneCore(ids)
        together.stay()
        together.stay()
        assert len(cores(ids)[0]) == 1
        monkeypatch.setattr(core, "AGAIN", -1.0)
        together.stay()
        assert cores(ids) == [os.sched_getaffinity(0)] * 2
        together.stay()
        assert len(cores(ids)[0]) == 1


def test_who_may_use_one_core_alone_stays_there_when_the_others_are_let_go():
    allowed = {min(os.sched_getaffinity(0))}
    with two_threads() as ids:
        for id in ids:
            os.sched_setaffinity(id, allowed)
        together = OneCore(ids)
        together.stay()
        together.let_go()
        assert cores(ids) == [allowed, allowed]


def test_the_rest_of_the_process_stays_where_it_is():
    everywhere = os.sched_getaffinity(0)
    with two_threads() as ids:
        OneCore(ids).stay()
        assert os.sched_getaffinity(0) == everywhere


@pytest.mark.parametrize("what", ["sched_setaffinity", "sched_getaffinity"])
def test_a_system_that_forbids_it_changes_nothing(monkeypatch, what):
    def forbidden(*_):
        raise PermissionError

    with two_threads() as ids:
        before = cores(ids)
        with monkeypatch.context() as patch:
            patch.setattr(os, what, forbidden)
            together = OneCore(ids)
            together.stay()
            together.stay()
            together.let_go()
        assert cores(ids) == before
