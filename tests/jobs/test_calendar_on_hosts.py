"""The calendar on PostgreSQL, kept by several workers at the same moment: nothing is done twice, nothing is left out."""

import threading
from collections import Counter
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from structlog.testing import capture_logs

from listserv.site import Site
from listserv.store.calendar import CalendarRun
from listserv.store.digests import Digest
from listserv.store.lists import list_by_name
from listserv.store.queue import Letter
from listserv.usecases import housekeeping
from tests.conftest import add, on
from tests.sampling import short
from tests.usecases.test_calendar_honesty import busy  # noqa: F401  (a fixture)

pytestmark = pytest.mark.only_postgresql
WORKERS = 3


def keep(site, at, start):
    """What a worker does on its calendar lane, until nothing is owed."""
    start.wait()
    done = 1
    while done:
        done = 0
        for part in housekeeping.parts(20):
            with site.writing() as db:
                done += part(db, at)


def together(sites, at):
    start = threading.Barrier(len(sites))
    threads = [threading.Thread(target=keep, args=(site, at, start)) for site in sites]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def done(site):
    """Everything that the calendar leaves behind, counted."""
    with site.reading() as db:
        letters = Counter((row.kind, row.to) for row in db.scalars(select(Letter)))
        runs = Counter((row.what, row.about, row.slot) for row in db.scalars(select(CalendarRun)))
        digests = Counter((row.member_id, row.slot) for row in db.scalars(select(Digest)))
        posts = db.scalar(text("SELECT count(*) FROM outgoing"))
    return letters, runs, digests, posts


def test_several_workers_at_the_same_moment_do_everything_once(busy, site, clock, maker):
    with site.writing() as db:
        for number in range(20):
            add(db, list_by_name(db, "siecibp"), f"czyta{number}@example.org", clock(), delivery="digest")
    url = site.settings.database_url
    site.close()
    maker.keep(url, "busy")
    with closing(Site(on(site.settings, maker.kept["busy"]), now=clock)) as alone:
        workers = [Site(site.settings, now=clock) for _ in range(WORKERS)]
        with capture_logs() as logs:
            for days in (8.1, 61) if short[0] else (2.5, 8.1, 31, 61):
                at = clock() + timedelta(days=days)
                together([alone], at)
                together(workers, at)

                assert done(workers[0]) == done(alone), f"after {days} days"
        assert [line for line in logs if line["log_level"] in ("error", "warning", "critical")] == []
        for worker in workers:
            worker.close()
    _, runs, digests, _ = done(site)
    assert len(digests) >= 20 and max(digests.values()) == 1
    assert {"issue", "report", "erasure", "pause-ends", "invitation-lapses"} <= {what for what, _, _ in runs}


def test_a_part_waits_for_the_same_part_elsewhere_and_not_for_others(site, clock):
    parts = {part.args[0].__module__.rpartition(".")[2]: part for part in housekeeping.parts(20)}
    ended = threading.Event()

    def other():
        with closing(Site(site.settings, now=clock)) as second:
            with second.writing() as db:
                parts["pausing"](db, clock())
            with second.writing() as db:
                parts["reminding"](db, clock())
        ended.set()

    thread = threading.Thread(target=other)
    with site.writing() as db:
        parts["reminding"](db, clock())
        thread.start()
        waits = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        with closing(Site(site.settings, now=clock)) as watcher, watcher.reading() as looking:
            while not looking.scalar(waits):
                assert not ended.wait(0.01)
    thread.join()
    assert ended.is_set()
