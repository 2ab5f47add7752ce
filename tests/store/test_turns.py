"""Whoever is waited for goes first at SQLite's write lock; the others get their share."""

import pytest

from listserv.store import turns as module
from listserv.store.turns import LONGEST, RECENTLY, STEP, TIMES, Turns, turns_at


class Stopwatch:
    """Time that passes while somebody sleeps or works, and what happens at its moments: (when, what)."""

    def __init__(self):
        self.at, self.coming = 1000.0, []

    def monotonic(self):
        return self.at

    def sleep(self, seconds):
        end = self.at + seconds
        while self.coming and self.coming[0][0] <= end:
            self.at, happens = self.coming.pop(0)
            happens()
        self.at = end

    def of(self, do):
        """How long this takes."""
        begin = self.at
        do()
        return self.at - begin


@pytest.fixture
def watch(monkeypatch):
    made = Stopwatch()
    monkeypatch.setattr(module, "time", made)
    return made


def work(watch, turns, for_so_long):
    with turns.hold(first=False):
        watch.sleep(for_so_long)


def come_in(turns):
    turns.wait(first=True)
    with turns.hold(first=True):
        pass


def test_where_nobody_comes_in_nobody_waits(tmp_path, watch):
    turns = Turns(str(tmp_path / "turns"))
    work(watch, turns, 0.02)

    assert watch.of(lambda: turns.wait(first=False)) == 0


def test_while_mails_come_in_the_others_stay_away_for_some_times_as_long_as_they_had_it(tmp_path, watch):
    door, worker = (Turns(str(tmp_path / "turns")) for _ in range(2))
    watch.coming = [(watch.at + number * RECENTLY / 10, lambda: come_in(door)) for number in range(200)]
    watch.sleep(RECENTLY / 2)

    work(watch, worker, 0.01)
    assert watch.of(lambda: worker.wait(first=False)) == pytest.approx(TIMES * 0.01, abs=2 * STEP)
    work(watch, worker, LONGEST * 2)
    # However long it had it: it is let in again.
    assert watch.of(lambda: worker.wait(first=False)) == pytest.approx(LONGEST, abs=2 * STEP)


def test_a_lone_mail_holds_up_nobody(tmp_path, watch):
    turns = Turns(str(tmp_path / "turns"))
    come_in(turns)
    work(watch, turns, 0.05)

    assert watch.of(lambda: turns.wait(first=False)) == 0


def test_a_mail_that_waits_is_let_pass_and_one_that_died_waiting_is_forgotten(tmp_path, watch):
    door, worker = (Turns(str(tmp_path / "turns")) for _ in range(2))
    door.wait(first=True)
    watch.coming = [(watch.at + 0.03, lambda: door.hold(first=True).__enter__())]
    assert watch.of(lambda: worker.wait(first=False)) == pytest.approx(0.03, abs=2 * STEP)

    door.wait(first=True)
    assert watch.of(lambda: worker.wait(first=False)) == pytest.approx(LONGEST, abs=2 * STEP)
    assert watch.of(lambda: worker.wait(first=False)) == 0


def test_where_no_file_can_be_made_or_none_is_needed_all_go_on(tmp_path, watch):
    for turns in (Turns(str(tmp_path / "missing" / "turns")), turns_at(None), turns_at(":memory:")):
        turns.wait(first=True)
        work(watch, turns, 0.001)
        turns.wait(first=False)


def test_the_file_has_its_bytes_from_the_beginning_because_a_disk_may_be_full_later(tmp_path):
    Turns(str(tmp_path / "turns"))

    assert (tmp_path / "turns").stat().st_blocks > 0
