"""Who is at work: lives of processes, on both databases."""

import os
import subprocess

import pytest
from sqlalchemy import select, update

from listserv.store import workers
from listserv.store.queue import Delivery, Incoming
from listserv.store.workers import WorkerRow
from listserv.usecases import intake
from listserv.usecases.intake import Arriving
from listserv.worker.presence import Presence


@pytest.fixture
def quick(site):
    """The same site, on which one counts as dead after two seconds of silence."""
    settings = site.settings
    site.settings = settings.model_copy(update={"worker": settings.worker.model_copy(update={"dead_after": 2})})
    return site


@pytest.fixture
def stopwatch(monkeypatch):
    """A stopwatch that the test moves."""
    watch = [100.0]
    monkeypatch.setattr("listserv.worker.presence.time.monotonic", lambda: watch[0])
    return watch


def elsewhere(site, id):
    """Let this row be of another machine, whose processes nobody here can see."""
    with site.writing() as db:
        db.execute(update(WorkerRow).where(WorkerRow.id == id).values(place="another-kernel pid:[1]", pid=1))


def held_copy(site, holder, member=1):
    with site.writing() as db:
        row = Delivery(outgoing_id=1, member_id=member, due=workers.milliseconds(site.now()) + 600_000, holder=holder)
        db.add(row)
        db.flush()
        return row.id


def holder_of(site, copy):
    with site.reading() as db:
        return db.scalar(select(Delivery.holder).where(Delivery.id == copy))


def everybody(site):
    with site.reading() as db:
        return [row.id for row in workers.everybody(db)]


def test_two_lives_on_one_machine_with_one_number_have_two_names(quick):
    one, other = Presence(quick, "worker", 0), Presence(quick, "worker", 0)

    assert one.holder != other.holder
    assert one.beat() and other.beat()


def test_what_a_process_held_that_is_gone_is_taken_back_at_once(quick):
    one = Presence(quick, "worker", 0)
    copy = held_copy(quick, one.holder)
    child = subprocess.Popen(["sleep", "60"])
    with quick.writing() as db:
        db.execute(update(WorkerRow).where(WorkerRow.id == one.holder).values(pid=child.pid, born=workers.born(child.pid)))
    other = Presence(quick, "worker", 1)
    assert holder_of(quick, copy) == one.holder

    # Killed and not yet reaped: there is nothing left of it but its number.
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert other.beat()
    child.wait()

    assert holder_of(quick, copy) is None
    assert not one.beat()


def test_who_hides_in_a_sandbox_of_its_own_is_not_taken_for_dead(quick, monkeypatch):
    """Units of systemd hide their processes from each other (ProtectProc, PrivateUsers): only silence tells."""
    hidden, looking = Presence(quick, "worker", 0), Presence(quick, "worker", 0)
    born = workers.born
    monkeypatch.setattr(workers, "born", lambda pid: workers.UNSEEN if workers.is_there(pid) else born(pid))

    assert looking.beat() and hidden.beat() and Presence(quick, "worker", 1).beat()
    assert hidden.beat()


def test_a_process_that_cannot_be_looked_at_is_there_until_it_ends(monkeypatch):
    monkeypatch.setattr(workers, "Path", lambda _: (_ for _ in ()).throw(PermissionError()))
    child = subprocess.Popen(["sleep", "60"])

    seen = workers.born(child.pid)
    child.kill()
    child.wait()

    assert (seen, workers.born(child.pid)) == (workers.UNSEEN, "")


def test_a_boot_that_is_not_known_is_no_earlier_one(quick, monkeypatch):
    """Where there is no /proc, or it is hidden."""
    monkeypatch.setattr(workers, "Path", lambda _: (_ for _ in ()).throw(PermissionError()))
    one, other = Presence(quick, "worker", 0), Presence(quick, "desk", 0)

    assert one.beat() and other.beat() and one.beat()


@pytest.mark.only_postgresql
def test_a_machine_that_falls_silent_loses_what_it_held_after_a_while(quick, stopwatch):
    silent, watcher = Presence(quick, "worker", 0), Presence(quick, "worker", 0)
    elsewhere(quick, silent.holder)
    copy = held_copy(quick, silent.holder)

    for _ in range(5):
        assert watcher.beat()
        stopwatch[0] += watcher.pause
    assert holder_of(quick, copy) == silent.holder
    for _ in range(3):
        assert watcher.beat()
        stopwatch[0] += watcher.pause

    assert holder_of(quick, copy) is None
    assert everybody(quick) == [watcher.holder]
    assert not silent.beat()


@pytest.mark.only_postgresql
def test_whoever_was_away_itself_judges_nobody(quick, stopwatch):
    one, other = Presence(quick, "worker", 0), Presence(quick, "worker", 0)
    elsewhere(quick, one.holder)
    assert other.beat()

    stopwatch[0] += 600
    assert other.beat()

    assert everybody(quick) == [one.holder, other.holder]
    assert one.beat()


def test_who_cannot_beat_is_not_sure_before_others_could_bury_it(quick, stopwatch):
    one = Presence(quick, "worker", 0)
    assert one.is_sure()

    stopwatch[0] += 1.1

    assert not one.is_sure()


def test_a_clock_that_jumps_buries_nobody(quick, clock):
    one, other = Presence(quick, "worker", 0), Presence(quick, "worker", 1)
    if quick.engine.dialect.name != "sqlite":
        elsewhere(quick, one.holder)
    assert other.beat()

    clock.move(days=400)
    assert other.beat()
    clock.move(days=-800)

    assert other.beat() and one.beat()


def test_mails_and_letters_of_nobody_are_free_and_those_held_by_hand_are_not(quick):
    with quick.writing() as db:
        intake.receive(db, Arriving.each("a@example.org", ["x@lists.example.org", "y@lists.example.org"], "", b"Subject: x\r\n\r\n\r\n"), quick.now())
        due = workers.milliseconds(quick.now()) + 600_000
        rows = db.scalars(select(Incoming).order_by(Incoming.id)).all()
        rows[0].holder, rows[0].due = 4711, due
        rows[1].holder, rows[1].due = workers.BY_HAND, due

    Presence(quick, "worker", 0)

    with quick.reading() as db:
        assert [row.holder for row in db.scalars(select(Incoming).order_by(Incoming.id))] == [None, workers.BY_HAND]


def test_an_orderly_end_leaves_no_row(quick):
    one = Presence(quick, "worker", 0)
    one.leave()

    assert everybody(quick) == []
