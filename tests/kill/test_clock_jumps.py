"""Clocks jump: nothing waits for years, and nothing is done a second time because an hour comes a second time."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from listserv.store import workers
from listserv.store.digests import Digest
from listserv.store.lists import list_by_name
from listserv.store.members import Member
from listserv.store.queue import Delivery, Incoming, Letter, Outgoing, State
from listserv.usecases import clocks, delivery, intake
from listserv.usecases.intake import Arriving
from listserv.worker import work_once
from listserv.worker.clock import Clock as Watched
from tests.conftest import START, add
from tests.fan_out import letter, post
from tests.office import mail

DAY, DECADE = timedelta(days=1), timedelta(days=3653)
LIST = "siecibp@lists.example.org"
JUMPS = pytest.mark.parametrize("jump", [-DAY, -DECADE], ids=["a day back", "ten years back"])


def receive(site, **more):
    with site.writing() as db:
        return intake.receive(db, Arriving.each("halina@example.org", (LIST,), "127.0.0.1", mail("halina@example.org", LIST, **more)), site.now())


def put(site, clock, jump):
    """The clock jumps, and the calendar looks at it."""
    clock.at += jump
    with site.writing() as db:
        return clocks.set_right(db, site.now())


@JUMPS
def test_what_came_and_what_waits_before_a_jump_back_goes_out_at_once(site, network, clock, jump):
    receive(site)
    with site.writing() as db:
        waiting = letter(db, "halina@example.org", site.now())
        waiting.due = delivery.milliseconds(site.now() + timedelta(minutes=5))
        copies_of = post(db, list_by_name(db, network), site.now())
        db.add(Delivery(outgoing_id=copies_of.id, member_id=1, due=delivery.milliseconds(site.now() + timedelta(hours=2)), attempts=3, code=451))
        copies_of.upto = None

    put(site, clock, jump)
    while work_once(site):
        pass

    with site.reading() as db:
        assert db.scalars(select(Incoming.state)).all() == [State.POSTED]
        for rows in (Letter, Delivery, Incoming):
            assert not db.scalars(select(rows.id).where(rows.due.is_not(None))).all(), rows


@JUMPS
def test_copies_taken_up_under_a_clock_that_ran_ahead_are_taken_back_when_their_worker_is_gone(site, network, clock, jump):
    receive(site)
    with site.writing() as db:
        holder = workers.enter(db, "worker", 0, site.now())
        assert intake.claim(db, site.now(), holder=holder)
        gone = db.get(workers.WorkerRow, holder)
        assert workers.bury(db, holder, gone.beats)

    clock.at += jump
    with site.writing() as db:
        workers.free(db, site.now())
    work_once(site)

    with site.reading() as db:
        assert db.scalars(select(Incoming.state)).all() == [State.POSTED]


def test_what_somebody_alive_has_in_hand_is_left_to_them(site, network, clock):
    receive(site)
    with site.writing() as db:
        holder = workers.enter(db, "worker", 0, site.now())
        intake.claim(db, site.now(), holder=holder)

    assert put(site, clock, -DAY) == 0


def test_an_ordinary_wait_is_left_as_it_is(site, network, clock):
    with site.writing() as db:
        row = letter(db, "halina@example.org", site.now())
        row.due = wanted = delivery.milliseconds(site.now() + timedelta(minutes=delivery.THEN_EVERY))

    assert put(site, clock, timedelta()) == 0
    with site.reading() as db:
        assert db.scalars(select(Letter.due)).all() == [wanted]


def test_the_hours_of_readers_are_a_persons_word_and_no_mistake(site, network, clock):
    with site.writing() as db:
        issue = post(db, list_by_name(db, network), site.now())
        issue.clock, issue.segment, issue.upto = "2026-03-06T08:00 Europe/Warsaw", "", None
        db.add(Delivery(outgoing_id=issue.id, member_id=1, due=delivery.milliseconds(site.now() + 3 * DAY), attempts=0, code=0))

    assert put(site, clock, -DAY) == 0


@pytest.mark.sooner("sqlite")
@pytest.mark.sampled(1)
@pytest.mark.parametrize("jump", [DAY, DECADE], ids=["a day ahead", "ten years ahead"])
def test_digests_come_once_though_the_clock_ran_ahead_and_was_put_back(site, network, clock, jump):
    with site.writing() as db:
        add(db, list_by_name(db, network), "ewa@example.org", START, delivery="digest", schedule="daily 07:00")
    for at in (timedelta(), jump, -jump, DAY, DAY, DAY):
        receive(site)
        put(site, clock, at)
        while work_once(site):
            pass

    with site.reading() as db:
        told = [(one.after_seq, one.upto_seq) for one in db.scalars(select(Digest).where(Digest.letter_id.is_not(None)).order_by(Digest.id))]
        assert all(before[1] == after[0] for before, after in pairwise(told)), told
        assert told[-1][1] == 6
        # The member's own next digest is soon again.
        member = db.scalars(select(Member).where(Member.digest_due.is_not(None))).one()
        assert member.digest_due - site.now() < 2 * DAY
        assert not db.scalars(select(Outgoing.id).where(Outgoing.upto.is_not(None))).all()


def test_a_jump_is_seen_and_time_that_passes_is_none(site, network, monkeypatch):
    looks, began = [], datetime(2026, 3, 3, tzinfo=UTC)
    monkeypatch.setattr(clocks, "set_right", lambda db, now: looks.append(now) or 0)
    stopwatch = {"now": 1000.0}
    monkeypatch.setattr("listserv.worker.clock.time.monotonic", lambda: stopwatch["now"])
    watched = Watched(site)

    for wall, passed in ((0, 0), (30, 30), (3600, 3570), (3630, 30), (3630 - 86400, 30), (3660 - 86400, 30), (3690, 30)):
        stopwatch["now"] += passed
        site.now = lambda wall=wall: began + timedelta(seconds=wall)
        watched.look()

    assert [(at - began).total_seconds() for at in looks] == [0, 3630 - 86400, 3690]
