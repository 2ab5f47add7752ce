"""The lane of webhooks in a running worker: many at once, nobody waits for a slow one, and a worker that is killed leaves nothing untold."""

import asyncio
import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from listserv import config, loops
from listserv.outward import Answer
from listserv.store import workers
from listserv.store.deliveries import milliseconds
from listserv.store.webhooks import Webhook, WebhookDelivery
from listserv.usecases import webhooks, webhooksout
from listserv.usecases.access import CONSOLE
from listserv.worker import WEBHOOKS, Worker
from listserv.worker.hooks import Hooks
from tests import forking
from tests.receiver import Receiver, on_loopback


@pytest.fixture
def settings(settings):
    return on_loopback(settings)


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


def hook_with(site, url, events=1):
    with site.writing() as db:
        hook, _ = webhooks.add(db, None, url, ("joined",), CONSOLE, site.now())
        for _ in range(events):
            webhooks.test(db, hook, site.now())
        return hook.id


async def until(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        await asyncio.sleep(0.01)


def states(site):
    with site.reading() as db:
        return [one.state for one in db.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id))]


def test_a_slow_receiver_holds_up_nobody(site, receiver):
    ended = threading.Event()

    def slow(handler):
        ended.wait(20)
        handler.send_response(204)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    receiver.answers["/slow"] = slow
    hook_with(site, receiver.url("/slow"), events=5)
    quick = receiver.url("/quick").replace("127.0.0.1", "localhost")
    for _ in range(3):
        hook_with(site, quick, events=5)

    async def live():
        lane = Hooks(site, 0)
        task = asyncio.create_task(lane.run())
        lane.kick()
        await until(lambda: sum(one.path == "/quick" for one in receiver.heard) == 15)
        assert sum(one.path == "/slow" for one in receiver.heard) == 1
        ended.set()
        lane.kick()
        await until(lambda: set(states(site)) == {"sent"})
        lane.stop()
        await task
        await lane.close()

    loops.run(live())


def test_no_host_is_called_by_more_than_two_at_once(site, receiver):
    inside, most, lock = [0], [0], threading.Lock()

    def count(handler):
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        time.sleep(0.02)
        with lock:
            inside[0] -= 1
        handler.send_response(204)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    for number in range(6):
        receiver.answers[f"/{number}"] = count
        hook_with(site, receiver.url(f"/{number}"), events=2)

    async def live():
        lane = Hooks(site, 0)
        task = asyncio.create_task(lane.run())
        lane.kick()
        await until(lambda: len(receiver.heard) == 12)
        lane.stop()
        await task
        await lane.close()

    loops.run(live())
    assert most[0] == 2
    assert set(states(site)) == {"sent"}


@pytest.mark.only_sqlite
def test_a_worker_hears_of_it_by_its_bell_and_by_its_sweep(site, receiver):
    async def live():
        worker = Worker(site, None, does=(WEBHOOKS,))
        ready = asyncio.Event()
        task = asyncio.create_task(worker.run(ready.set))
        await ready.wait()
        await asyncio.to_thread(hook_with, site, receiver.url())
        await until(lambda: len(receiver.heard) == 1)
        worker.stop()
        await task

    loops.run(live())


def test_two_hosts_never_have_the_same_webhook_in_hand(site, receiver):
    number = hook_with(site, receiver.url())
    with site.writing() as db:
        assert [one.hook_id for one in webhooksout.take(db, [number], 1, site.now())] == [number]
        assert webhooksout.take(db, [number], 2, site.now()) == []
        assert not webhooksout.are_due(db, site.now())


def test_what_a_dead_worker_had_in_hand_is_told_by_another(site, receiver):
    number = hook_with(site, receiver.url())
    with site.writing() as db:
        gone = workers.enter(db, "desk", 1, site.now())
        taken = webhooksout.take(db, [number], gone, site.now())
        workers.leave(db, gone)
    with site.writing() as db:
        assert workers.free(db, site.now()) == 1
        assert db.get(Webhook, number).due == milliseconds(site.now())
    assert Hooks(site, 0).drain() == 1
    assert receiver.heard[0].headers["webhook-id"] == taken[0].calls[0].headers["webhook-id"]


def test_an_answer_that_comes_after_the_lease_does_not_take_it_from_the_next(site, clock, receiver):
    number = hook_with(site, receiver.url())
    with site.writing() as db:
        late = webhooksout.take(db, [number], 1, site.now())[0]
    clock.move(minutes=6)
    with site.writing() as db:
        assert webhooksout.take(db, [number], 2, site.now())
        webhooksout.record(db, number, [(late.calls[0].id, Answer(200, "200 OK"))], 1, site.now())
        assert db.get(Webhook, number).holder == 2
    assert states(site) == ["sent"]


def test_what_was_in_hand_when_it_was_stopped_is_not_tried_again(site, receiver):
    number = hook_with(site, receiver.url(), events=2)
    with site.writing() as db:
        taken = webhooksout.take(db, [number], 1, site.now())[0]
    with site.writing() as db:
        webhooks.pause(db, db.get(Webhook, number), CONSOLE, site.now())
    with site.writing() as db:
        webhooksout.record(db, number, [(taken.calls[0].id, Answer(503, "503"))], 1, site.now())
    assert states(site) == ["failed", "failed"]


def test_a_late_failure_undoes_no_success(site, clock, receiver):
    number = hook_with(site, receiver.url())
    with site.writing() as db:
        late = webhooksout.take(db, [number], 1, site.now())[0]
    clock.move(minutes=6)
    with site.writing() as db:
        webhooksout.take(db, [number], 2, site.now())
        webhooksout.record(db, number, [(late.calls[0].id, Answer(204, "204"))], 2, site.now())
    with site.writing() as db:
        webhooksout.record(db, number, [(late.calls[0].id, Answer(0, "late"))], 1, site.now())
    assert states(site) == ["sent"]


KILLED = """
import sys
from pathlib import Path
from listserv.site import open_site
from listserv.worker.hooks import Hooks
site = open_site(Path(sys.argv[1]))
Hooks(site, int(sys.argv[2])).drain()
"""


@pytest.mark.only_sqlite
@pytest.mark.parametrize("step", ["webhooks.claimed", "webhooks.sent", "writes.before-commit", "webhooks.recorded"])
def test_killed_in_the_middle_it_is_told_at_least_once_under_one_number(site, settings, clock, receiver, tmp_path, step):
    # The process that is killed has a clock of its own.
    clock.at = datetime.now(UTC)
    hook_with(site, receiver.url())
    with site.writing() as db:
        holder = workers.enter(db, "desk", 1, site.now())
    (settings.data / config.FILE).write_text(config.commented(site.settings), "utf-8")
    orders = tmp_path / "orders"
    orders.mkdir()
    nth = 2 if step == "writes.before-commit" else 1
    (orders / "order-1").write_text(f'{{"do": "kill", "at": "{step}", "nth": {nth}}}')
    done = forking.run(
        [sys.executable, "-c", KILLED, str(settings.data), str(holder)], env={**os.environ, "LISTSERV_TEST_STEPS": str(orders)}, timeout=60, check=False
    )
    assert done.returncode == -signal.SIGKILL

    clock.at = datetime.now(UTC)
    with site.writing() as db:
        # As whoever looks first does it (worker.presence).
        workers.leave(db, holder)
        workers.free(db, site.now())
    while Hooks(site, 0).drain():
        pass

    assert states(site) == ["sent"]
    assert 1 <= len(receiver.heard) <= 2
    assert len({one.headers["webhook-id"] for one in receiver.heard}) == 1
