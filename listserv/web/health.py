"""`/healthz`: is the site well? Asked of the database, so that any web process on any host tells of all."""

import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

from flask import Blueprint, Response

from listserv import __version__
from listserv.site import Site
from listserv.usecases import health
from listserv.usecases.health import Health
from listserv.web.visit import site_here

blueprint = Blueprint("health", __name__)
log = logging.getLogger(__name__)
# Seconds that the database has to answer, and that an answer is good for: whoever asks often is not to be felt.
PATIENCE, FRESH = 2.0, 1.0


class Watch:
    """The last look at a site, in a thread of its own: a database that hangs must not hold up whoever asks."""

    def __init__(self, site: Site) -> None:
        self._site, self._lock = site, Lock()
        self._threads: ThreadPoolExecutor | None = None
        self._seen: tuple[float, Health] | None = None

    def now(self) -> Health:
        """How the site is, or was a moment ago."""
        with self._lock:
            if self._seen and time.monotonic() - self._seen[0] < FRESH:
                return self._seen[1]
            found = self._look()
            self._seen = time.monotonic(), found
            return found

    def _look(self) -> Health:
        # Begun with the first question, and not before the server forks.
        self._threads = self._threads or ThreadPoolExecutor(1, "health")
        looking = self._threads.submit(health.look, self._site)
        try:
            return looking.result(PATIENCE)
        except TimeoutError:
            log.error("the database does not answer within %g s", PATIENCE)
            looking.cancel()
        except Exception:
            # Strangers are told that something is wrong, the log what it is.
            log.exception("the database does not answer")
        return Health("database")


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 and `{"status":"ok",…}`, or 503 and what is wrong."""
    site = site_here()
    watch = site.memory.setdefault(Watch, Watch(site))
    found = watch.now()
    return answer(200 if found.well else 503, status=found.status, version=__version__, **found.facts)


def answer(code: int, **facts: Any) -> Response:
    """A small JSON answer that nobody keeps."""
    return Response(json.dumps(facts, separators=(",", ":")), code, mimetype="application/json", headers={"Cache-Control": "no-store"})
