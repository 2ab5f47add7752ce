"""How workers of other machines hear of work: notices and procrastinate, on a real PostgreSQL."""

import asyncio
import threading
import time

import pytest
from sqlalchemy import text

from listserv import jobs, loops
from listserv.errors import Invalid
from listserv.jobs import postgres as queue
from listserv.store import jobs as tables
from listserv.store import notices
from listserv.store.copying import copy
from listserv.store.queue import Incoming
from listserv.usecases import intake, outbox
from listserv.usecases.intake import Arriving
from tests.conftest import on

pytestmark = pytest.mark.only_postgresql
MAIL = b"From: a@example.org\r\nSubject: x\r\n\r\nx\r\n"


def receive(site):
    with site.writing() as db:
        intake.receive(db, Arriving.each("a@example.org", ["x@lists.example.org"], "", MAIL), site.now())


def in_a_thread(work, *words):
    thread = threading.Thread(target=work, args=words)
    thread.start()
    return thread


async def until(condition, seconds=15.0):
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


@pytest.fixture
def queued(site):
    """The same site with procrastinate."""
    settings = site.settings
    site.settings = settings.model_copy(update={"worker": settings.worker.model_copy(update={"jobs": "procrastinate"})})
    return site


def waiting(site):
    with site.reading() as db:
        return sorted(db.scalars(text("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo'")))


def test_a_commit_tells_every_worker_and_a_rollback_nobody(site):
    async def main():
        heard, moments = [], []
        listener = notices.Listener(site.settings.database_url, lambda lane: (heard.append(lane), moments.append(time.monotonic())))
        task = asyncio.create_task(listener.run())
        await asyncio.wait_for(listener.listening.wait(), 10)
        assert heard == [""]

        def fail():
            with pytest.raises(ZeroDivisionError), site.writing() as db:
                intake.receive(db, Arriving.each("a@example.org", ["x@lists.example.org"], "", MAIL), site.now())
                raise ZeroDivisionError

        await asyncio.to_thread(fail)
        await asyncio.to_thread(receive, site)
        await until(lambda: len(heard) > 1)
        with site.writing() as db:
            outbox.post_bytes(db, "help", MAIL, "a@example.org", site.now())
        await until(lambda: len(heard) > 2)
        task.cancel()
        return heard

    assert loops.run(main()) == ["", "mails", "letters"]


def test_a_listener_whose_connection_is_cut_listens_again_and_looks_everywhere(site):
    async def main():
        heard = []
        listener = notices.Listener(site.settings.database_url, heard.append)
        task = asyncio.create_task(listener.run())
        await until(lambda: heard == [""])
        with site.writing() as db:
            db.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"))
        await until(lambda: heard == ["", ""])
        await asyncio.to_thread(receive, site)
        await until(lambda: heard == ["", "", "mails"])
        task.cancel()

    loops.run(main())


def test_a_job_is_there_with_the_commit_and_not_without_it(queued):
    with pytest.raises(ZeroDivisionError), queued.writing() as db:
        intake.receive(db, Arriving.each("a@example.org", ["x@lists.example.org"], "", MAIL), queued.now())
        jobs.defer(db, queued.settings)
        raise ZeroDivisionError
    assert waiting(queued) == []

    receive(queued)

    assert waiting(queued) == ["listserv.mails"]


def test_jobs_do_not_pile_up_and_do_not_hold_up_mails(queued):
    threads = [in_a_thread(lambda: [receive(queued) for _ in range(10)]) for _ in range(4)]
    for thread in threads:
        thread.join()

    assert waiting(queued) == ["listserv.mails"]
    with queued.reading() as db:
        assert db.query(Incoming).count() == 40


def test_without_procrastinate_set_nothing_is_put_down(site):
    receive(site)

    assert waiting(site) == []


def run_until(site, lanes, condition):
    """A procrastinate worker for these lanes, until the condition holds; the lanes that were woken."""

    async def main():
        woken = []
        task = asyncio.create_task(queue.work(site.settings, woken.append, lanes))
        try:
            await until(lambda: condition(woken))
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        return woken

    return loops.run(main())


def test_a_job_wakes_the_lane_of_its_name_and_is_gone(queued):
    receive(queued)
    with queued.writing() as db:
        outbox.post_bytes(db, "help", MAIL, "a@example.org", queued.now())

    woken = run_until(queued, ("mails",), lambda woken: "mails" in woken and "listserv.mails" not in waiting(queued))

    assert set(woken) == {"mails"} and "listserv.letters" in waiting(queued)


def test_a_job_that_a_dead_worker_had_begun_is_tried_again(queued, monkeypatch):
    receive(queued)
    with queued.writing() as db:
        db.execute(text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')"))
        db.execute(text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)"))
    app = queue.app_for(tables.libpq_url(queued.settings.database_url), lambda lane: None)

    async def rescue():
        async with app.open_async():
            await app.tasks["listserv.rescue"].func(timestamp=0)

    loops.run(rescue())

    assert waiting(queued) == ["listserv.mails"]


def test_a_copy_of_a_site_brings_no_jobs_along(queued, postgresql):
    receive(queued)
    target = postgresql.empty()
    moved = type(queued)(on(queued.settings, target), now=queued.now)

    copy(queued.engine, moved.engine, target)

    assert waiting(moved) == []
    receive(moved)
    assert waiting(moved) == ["listserv.mails"]
    moved.close()
    postgresql.remove(target)


def test_tables_that_were_not_made_with_the_schema_are_made_when_they_are_wanted(queued):
    with queued.engine.begin() as connection:
        tables.remove(connection)

    tables.require(queued.settings.database_url)

    receive(queued)
    assert waiting(queued) == ["listserv.mails"]


def test_procrastinate_on_sqlite_is_refused(settings):
    wanted = settings.model_copy(update={"worker": settings.worker.model_copy(update={"jobs": "procrastinate"})})

    with pytest.raises(Invalid, match="needs PostgreSQL"):
        jobs.ears(wanted, print, ("mails",))
