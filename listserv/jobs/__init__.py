"""How workers hear that there is work. A job says only that: what is to be done lies in our rows and is claimed from them.

So a job that runs twice does no harm, and one that is lost is found by the sweep, each second.
"""

from collections.abc import Callable, Collection, Coroutine
from typing import TYPE_CHECKING, Any

from listserv.config import Settings
from listserv.errors import Invalid
from listserv.jobs import embedded

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

# Called with the name of a lane that has work ("mails", "copies", "letters", "calendar"), or "" for a look everywhere.
Kick = Callable[[str], None]
PROCRASTINATE = "procrastinate"
ASKED = "listserv_jobs"


def enqueue(db: "Session", lane: str) -> None:
    """With this session's commit there is work for a lane; said once, however often this is called."""
    db.info.setdefault(ASKED, set()).add(lane)


def defer(db: "Session", settings: Settings) -> None:
    """Put down what was enqueued, as the last thing before the commit: then nobody waits long for the lock of a queue."""
    lanes = db.info.pop(ASKED, None)
    if lanes and settings.worker.jobs == PROCRASTINATE:
        from listserv.jobs import postgres

        # In one order, so that two transactions never wait for each other.
        postgres.defer(db, sorted(lanes))


def ears(settings: Settings, kick: Kick, lanes: Collection[str]) -> list[Coroutine[Any, Any, None]]:
    """What a worker of these lanes has to run, beside them and its bell, in order to hear of work on other machines. Raises Invalid."""
    heard = embedded.ears(settings, kick)
    if settings.worker.jobs == PROCRASTINATE:
        from listserv.jobs import postgres

        if not heard:
            raise Invalid("worker.jobs = procrastinate needs PostgreSQL: set database.url, or worker.jobs = embedded")
        heard.append(postgres.work(settings, kick, lanes))
    return heard
