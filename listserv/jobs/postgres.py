"""procrastinate: a job in the very transaction that makes the work, taken by one worker of any number on any number of hosts.

One job of a lane waits at a time (queueing lock), a finished one is deleted, one whose worker died is tried again by
whoever looks first. Lanes are queues, so that a process which only sends copies takes no job about mails.
"""

import asyncio
from collections.abc import Callable, Collection
from functools import cache
from typing import TYPE_CHECKING, Any

import structlog

from listserv.config import Settings
from listserv.errors import Invalid
from listserv.store import jobs as tables

try:
    from procrastinate import App, PsycopgConnector
    from procrastinate.exceptions import AlreadyEnqueued
except ImportError:
    raise Invalid("worker.jobs = procrastinate needs its package: pip install 'listserv[postgresql]'") from None

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

log = structlog.get_logger()

QUEUES = ("mails", "copies", "letters", "webhooks", "calendar")
# Connections of one worker process: one listens, the others fetch and finish.
FEWEST, MOST = 1, 3
# Seconds without a heartbeat after which a job's worker counts as dead: longer than it may take to finish in good order.
STALLED = 120.0
# Seconds before a lost server is tried again: the first time, and at most.
FIRST_WAIT, LONGEST_WAIT = 1.0, 15.0
EACH_MINUTE = "* * * * *"


def task_of(lane: str) -> str:
    """What procrastinate calls the job of a lane."""
    return f"listserv.{lane}"


def waiting_once(lane: str) -> str:
    """The lock that lets one job of a lane wait at a time."""
    return f"listserv {lane}"


@cache
def _deferrer() -> App:
    """For putting jobs down: it opens no connection of its own."""
    return App(connector=PsycopgConnector())


def defer(db: "Session", lanes: Collection[str]) -> None:
    """A job for each lane, committed with this session's work. One that waits already is enough."""
    for lane in lanes:
        try:
            with db.begin_nested():
                # Asked for in here: only then is there a savepoint to go back to.
                driver = db.connection().connection.driver_connection
                _deferrer().configure_task(task_of(lane), queue=lane, queueing_lock=waiting_once(lane), connection=driver).defer()
        except AlreadyEnqueued:
            continue


def app_for(url: str, kick: Callable[[str], None]) -> App:
    """procrastinate with our tasks: each wakes the lane of its queue, once a minute one of all workers looks at the calendar."""
    app = App(connector=PsycopgConnector(conninfo=url, min_size=FEWEST, max_size=MOST))
    for lane in QUEUES:
        task = app.task(name=task_of(lane), queue=lane, queueing_lock=waiting_once(lane), pass_context=False)(_waking(kick, lane))
        if lane == "calendar":
            app.periodic(cron=EACH_MINUTE, periodic_id="listserv")(task)

    @app.periodic(cron=EACH_MINUTE, periodic_id="listserv")
    @app.task(name=task_of("rescue"), queue="calendar", queueing_lock=waiting_once("rescue"))
    async def rescue(timestamp: int) -> None:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
            await app.job_manager.retry_job(job)

    return app


def _waking(kick: Callable[[str], None], lane: str) -> Callable[..., Any]:
    async def wake(timestamp: int = 0) -> None:
        kick(lane)

    return wake


async def work(settings: Settings, kick: Callable[[str], None], lanes: Collection[str]) -> None:
    """Take jobs for these lanes until cancelled; a lost server is tried again."""
    queues, wait = [lane for lane in QUEUES if lane in lanes], FIRST_WAIT
    await asyncio.to_thread(tables.require, settings.database_url)
    while True:
        began = asyncio.get_running_loop().time()
        try:
            app = app_for(tables.libpq_url(settings.database_url), kick)
            async with app.open_async():
                await app.run_worker_async(
                    queues=queues, concurrency=len(queues), install_signal_handlers=False, delete_jobs="always", shutdown_graceful_timeout=5.0
                )
        except Exception as wrong:  # noqa: BLE001  (whatever it is: the sweep goes on, and so must this)
            log.warning("no jobs from procrastinate", why=" ".join(str(wrong).split()) or type(wrong).__name__)
        wait = FIRST_WAIT if asyncio.get_running_loop().time() - began > LONGEST_WAIT else min(2 * wait, LONGEST_WAIT)
        await asyncio.sleep(wait)
