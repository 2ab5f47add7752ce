"""What a process that serves writes down of itself: its counts, beside other commits or in one of its own each few seconds, and how things are."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog

from listserv import tally
from listserv.site import Site
from listserv.store import counters

log = structlog.get_logger()
# Seconds between two looks whether something counted waits; and how often a trouble that goes on is said again (heard for `measures.HEARD`).
LOOK, SAID_AGAIN = 5.0, timedelta(seconds=20)


class Keeper:
    """Writes down what this process has counted and says of itself."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._said: dict[str, str] = {}
        self._said_at: datetime | None = None
        self._process = 0
        self._ended = threading.Event()
        self._thread = threading.Thread()

    def write(self) -> None:
        """Write down what waits; where the database is away, later."""
        said, now = tally.said(), self._site.now()
        # A trouble is said again and again: whoever has died in one must not go on telling of it.
        lasting = bool(said.get("relay")) and (self._said_at is None or now - self._said_at >= SAID_AGAIN)
        if not tally.is_pending() and said == self._said and not lasting:
            return
        taken = tally.drain()
        try:
            with self._site.writing() as db:
                if said != self._said or lasting:
                    counters.say(db, said, now)
                    db.flush()
                counters.add(db, taken)
        except Exception as wrong:  # noqa: BLE001  (whatever it is: serving goes on, and the counts wait)
            tally.put_back(taken)
            log.warning("counts wait", why=type(wrong).__name__)
            return
        self._said, self._said_at = said, now

    def begin(self) -> None:
        """Look after it from now on, in a thread of its own; a forked child has to begin for itself, and may call this as often as it likes."""
        if self._process == os.getpid():
            return
        self._process, self._ended = os.getpid(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="tally", daemon=True)
        tally.keep(True)
        self._thread.start()

    def _run(self) -> None:
        while not self._ended.wait(LOOK):
            self.write()

    def end(self) -> None:
        """Write down the last of it."""
        if self._process != os.getpid():
            return
        self._ended.set()
        self._thread.join(LOOK)
        self.write()
        tally.keep(False)
        self._process = 0


@contextmanager
def keeping(site: Site) -> Iterator[None]:
    """While this process serves, what it counts is written down; the last of it at the end."""
    keeper = Keeper(site)
    keeper.begin()
    try:
        yield
    finally:
        keeper.end()
