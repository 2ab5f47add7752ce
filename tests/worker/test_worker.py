"""A worker at work: woken by the bell, ended by SIGTERM, killed in the middle."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from fan_out import add_many, letter, post
from smtp_sink import Sink
from sqlalchemy import func, select

from listserv import bell, config, loops
from listserv.relay import open_relay
from listserv.site import Site
from listserv.store.queue import Delivery, Letter
from listserv.usecases import administration
from listserv.usecases.access import CONSOLE
from listserv.worker import Worker
from tests import forking
from tests.conftest import on

ROOT = Path(__file__).parents[2]
RUN = "import sys; from pathlib import Path; from listserv import site, worker; worker.run(site.open_site(Path(sys.argv[1])), int(sys.argv[2]), lambda: print('ready', file=sys.stderr))"


@pytest.fixture
def sink():
    with Sink() as sink:
        yield sink


@pytest.fixture
def live(settings, migrated, sink):
    """A site with the real clock whose relay is the sink, with its settings in a file for other processes."""
    relay = settings.relay.model_copy(update={"url": sink.url, "connections": 2})
    settings = on(settings, migrated).model_copy(update={"relay": relay})
    (settings.data / config.FILE).write_text(config.commented(settings))
    site = Site(settings)
    yield site
    site.close()


def people(site, count):
    with site.writing() as db:
        mlist = administration.create_list(db, administration.NewList("siecibp", "Sieć BP", language="pl"), CONSOLE, site.now())
        add_many(db, mlist, [f"person{number}@example.org" for number in range(count)], site.now())


def publish(site):
    with site.writing() as db:
        mlist = db.scalars(select(administration.MailingList)).one()
        post(db, mlist, site.now())
    bell.ring(site.settings.data)


def left(site):
    with site.reading() as db:
        return db.scalar(select(func.count()).select_from(Delivery).where(Delivery.due.is_not(None)))


def working(site, act):
    """What `act` returns, run in a thread beside a worker."""

    async def run():
        ready = asyncio.Event()
        worker = Worker(site, open_relay(site.settings))
        task = asyncio.create_task(worker.run(ready.set))
        await ready.wait()
        try:
            return await asyncio.to_thread(act)
        finally:
            worker.stop()
            await task

    return loops.run(run())


def wait_until(true, seconds=10):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    assert true()


def test_a_post_leaves_as_soon_as_the_bell_rings(live, sink, monkeypatch):
    # No sweep finds it meanwhile.
    monkeypatch.setattr("listserv.worker.SWEEP", 600)
    people(live, 20)

    def act():
        time.sleep(0.2)
        publish(live)
        wait_until(lambda: len(sink.mails) == 20)

    working(live, act)
    assert left(live) == 0


@pytest.mark.sooner("sqlite")
def test_work_that_no_bell_told_of_is_found_by_the_sweep(live, sink, monkeypatch):
    people(live, 3)
    monkeypatch.setattr(bell, "ring", lambda *_: None)

    def act():
        time.sleep(0.2)
        publish(live)
        wait_until(lambda: len(sink.mails) == 3, seconds=3)

    working(live, act)


@pytest.mark.sooner("sqlite")
def test_letters_do_not_wait_for_copies(live, sink):
    people(live, 300)

    def act():
        with live.writing() as db:
            letter(db, "jan@example.org", live.now())
            post(db, db.scalars(select(administration.MailingList)).one(), live.now())
        bell.ring(live.settings.data)
        wait_until(lambda: len(sink.mails) == 301)

    working(live, act)
    assert sink.recipients.index("jan@example.org") < 300


@pytest.mark.sooner("sqlite")
def test_what_was_not_begun_when_the_worker_stops_is_due_at_once(live, sink):
    people(live, 800)

    def act():
        publish(live)
        wait_until(lambda: len(sink.mails) > 50)

    working(live, act)

    with live.reading() as db:
        rows = db.execute(select(Delivery.code, Delivery.due, Delivery.holder, Delivery.attempts)).all()
    sent = [row for row in rows if row.code == 250]
    assert len(sent) == len(sink.mails) < 800
    assert all(row.due is None for row in sent)
    assert {(row.holder, row.attempts) for row in rows if row.code != 250} <= {(None, 0)}


@pytest.mark.sooner("sqlite")
def test_the_relay_may_come_back_later(live, sink):
    people(live, 5)
    sink.stop()

    def act():
        publish(live)
        time.sleep(0.3)
        with Sink(port=sink.port) as back:
            wait_until(lambda: len(back.mails) == 5)

    working(live, act)
    with live.reading() as db:
        assert set(db.execute(select(Delivery.attempts, Delivery.code))) == {(1, 250)}


@pytest.fixture
def start(live):
    """Starts workers as processes of their own; whatever is left of them is killed in the end."""
    processes = []

    def started(number=0):
        command = [sys.executable, "-c", RUN, str(live.settings.data), str(number)]
        process = forking.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stderr.readline() == "ready\n"
        return process

    yield started
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.sooner("sqlite")
def test_a_worker_whose_relay_is_away_rests(live, sink, monkeypatch):
    looks, look = [], Worker._what_waits
    monkeypatch.setattr(Worker, "_what_waits", lambda self: looks.append(1) or look(self))
    people(live, 3)
    sink.stop()

    def act():
        publish(live)
        with live.writing() as db:
            letter(db, "jan@example.org", live.now())
        bell.ring(live.settings.data)
        time.sleep(1.5)

    working(live, act)

    assert len(looks) < 12


@pytest.mark.sooner("sqlite")
def test_sigterm_lets_a_worker_finish_and_ends_it_with_0(live, sink, start):
    people(live, 400)
    process = start()
    publish(live)
    wait_until(lambda: len(sink.mails) > 20)

    process.send_signal(signal.SIGTERM)

    assert process.wait(20) == 0
    with live.reading() as db:
        sent = db.scalar(select(func.count()).select_from(Delivery).where(Delivery.code == 250))
        assert db.scalar(select(func.count()).select_from(Delivery).where(Delivery.holder.is_not(None), Delivery.due.is_not(None))) == 0
    assert sent == len(sink.mails)
    assert not list(live.settings.data.glob("*.bell"))


def killed_and_restarted(live, sink, start, posts, members, times):
    people(live, members)
    for _ in range(posts):
        publish(live)
    for _ in range(times):
        process = start()
        goal = len(sink.mails) + random.randrange(1, members)
        wait_until(lambda goal=goal: len(sink.mails) > goal, seconds=20)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    process = start()
    wait_until(lambda: left(live) == 0 and len({mail.sender for mail in sink.mails}) == posts * members, seconds=60)
    process.terminate()
    assert process.wait(20) == 0
    copies = Counter(mail.sender for mail in sink.mails)
    return len(copies), sum(copies.values()) - len(copies)


@pytest.mark.sooner("sqlite")
def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_little(live, sink, start):
    distinct, doubled = killed_and_restarted(live, sink, start, 2, 400, 1)

    assert distinct == 800
    assert doubled <= 400


@pytest.mark.long
def test_a_worker_killed_ten_times_loses_nothing(live, sink, start):
    distinct, doubled = killed_and_restarted(live, sink, start, 20, 1000, 10)

    assert distinct == 20_000
    assert doubled <= 10 * 404


def test_letters_that_a_dead_worker_held_are_sent_by_the_next(live, sink):
    with live.writing() as db:
        row = letter(db, "jan@example.org", live.now())
        row.due, row.holder, row.attempts = row.due + 600_000, 4711, 1

    working(live, lambda: wait_until(lambda: sink.mails))

    with live.reading() as db:
        assert db.execute(select(Letter.code, Letter.attempts)).one() == (250, 2)


@pytest.mark.sooner("postgresql")
def test_two_workers_send_each_copy_once(live, sink, start):
    people(live, 250)
    processes = [start(number) for number in (0, 1)]

    for _ in range(3):
        publish(live)
    wait_until(lambda: len(sink.mails) >= 750, seconds=30)
    time.sleep(0.1)

    for process in processes:
        process.terminate()
        assert process.wait(20) == 0
    assert len(sink.mails) == len({mail.sender for mail in sink.mails}) == 750
