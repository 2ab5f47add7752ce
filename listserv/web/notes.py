"""What one web process has noted in memory and writes down a few seconds later: visits, and searches of strangers.

No reader waits for it, and no GET writes. Each process has its own notes; in the database one person is one visit a
day, whichever process they met. A process that is killed loses what it noted since it last wrote: some seconds.
"""

import logging
import os
import secrets
import threading
from collections import Counter
from datetime import date, timedelta
from hashlib import blake2b

from listserv.site import Site
from listserv.usecases import bankdownloads, issuecounts, limits, visiting
from listserv.usecases.issuecounts import Page

log = logging.getLogger(__name__)

EVERY = 5.0
# How often strangers of one network may search: a class of thirty, a few times each; no copying of the index.
WINDOW, SEARCHES = timedelta(minutes=10), 300
# Visitors of the last seconds; and those of today that have been written down, so that each is written once.
MOST_WAITING, MOST_KNOWN = 50_000, 200_000


class Notes:
    """What one process has noted and not written down yet. `writes` is for processes that serve; others only note."""

    def __init__(self, site: Site, *, writes: bool = False) -> None:
        self.site = site
        self.writes = writes
        self.lock = threading.Lock()
        self.waiting: set[tuple[date, str, str]] = set()
        # Pages that may be those of issues: which of them are, is looked up when they are written down.
        self.pages: set[tuple[date, Page, str]] = set()
        # Nobody can be read off these, not even here.
        self.key = secrets.token_bytes(32)
        self.known: set[bytes] = set()
        self.known_of: date | None = None
        self.searches: Counter[str] = Counter()
        self.lost = 0
        self.asked = threading.Event()
        self.thread: threading.Thread | None = None
        self.process = 0

    def visit(self, day: date, name: str, who: str) -> None:
        """Somebody has read a page of a list."""
        what = (day, name, who)
        if self._hash(what) in self.known:
            return
        with self.lock:
            if len(self.waiting) < MOST_WAITING:
                self.waiting.add(what)
            else:
                self.lost += 1
        self._begin()

    def page(self, day: date, page: Page, who: str) -> None:
        """Somebody has read a page that may be an issue's."""
        what = (day, page, who)
        if self._hash(what) in self.known:
            return
        with self.lock:
            if len(self.pages) < MOST_WAITING:
                self.pages.add(what)
            else:
                self.lost += 1
        self._begin()

    def search(self, network: str) -> int:
        """Somebody has searched; how often from there since it was last written down."""
        with self.lock:
            if network in self.searches or len(self.searches) < MOST_WAITING:
                self.searches[network] += 1
            count = self.searches[network]
        self._begin()
        return count

    def _begin(self) -> None:
        # A thread does not live on in a process that was forked after.
        if not self.writes or self.process == os.getpid():
            return
        with self.lock:
            if self.process != os.getpid():
                self.process = os.getpid()
                self.thread = threading.Thread(target=self._run, name="visits", daemon=True)
                self.thread.start()

    def _run(self) -> None:
        while not self.asked.wait(EVERY):
            self.write()

    def close(self) -> None:
        """Write the rest down."""
        self.asked.set()
        if self.thread is not None and self.process == os.getpid():
            self.thread.join(timeout=10)
        if self.writes:
            self.write()

    def write(self) -> None:
        """Write down what is noted. What the database refuses stays noted and is tried again."""
        with self.lock:
            visits, pages, searches = self.waiting, self.pages, self.searches
            self.waiting, self.pages, self.searches = set(), set(), Counter()
            lost, self.lost = self.lost, 0
        if lost:
            log.warning("not counted: visits=%s, more at once than there is room for", lost)
        if not visits and not pages and not searches:
            return
        try:
            self._write(visits, pages, searches)
        except Exception:
            log.warning("not written down yet: visits=%s", len(visits), exc_info=True)
            with self.lock:
                self.waiting |= visits
                self.pages |= pages
                self.searches += searches
            return
        self._remember(visits, pages)

    def _write(self, visits: set[tuple[date, str, str]], pages: set[tuple[date, Page, str]], searches: Counter[str]) -> None:
        now = self.site.now()
        by_day: dict[date, dict[str, set[str]]] = {}
        for day, name, who in visits:
            by_day.setdefault(day, {}).setdefault(name, set()).add(who)
        with self.site.writing() as db:
            for day, visitors in sorted(by_day.items()):
                visiting.record(db, day, visitors, now)
            for network, times in sorted(searches.items()):
                limits.add(db, "search", network, now, WINDOW, times)
            for day in sorted({day for day, _, _ in pages}):
                issuecounts.read(db, day, _readers(pages, day), now)
                bankdownloads.count(db, day, _readers(pages, day), now)
            visiting.forget(db, now)
            issuecounts.forget(db, now)

    def _remember(self, visits: set[tuple[date, str, str]], pages: set[tuple[date, Page, str]]) -> None:
        """Today's, so that each is written down once."""
        newest = max((day for day, _, _ in (*visits, *pages)), default=self.known_of)
        if newest != self.known_of or len(self.known) > MOST_KNOWN:
            self.known, self.known_of = set(), newest
        self.known |= {self._hash(what) for what in visits if what[0] == newest} | {self._hash(what) for what in pages if what[0] == newest}

    def _hash(self, what: tuple[date, str | Page, str]) -> bytes:
        return blake2b("\0".join(map(str, what)).encode("utf-8", "replace"), key=self.key, digest_size=12).digest()


def _readers(pages: set[tuple[date, Page, str]], day: date) -> dict[Page, set[str]]:
    found: dict[Page, set[str]] = {}
    for on, page, who in pages:
        if on == day:
            found.setdefault(page, set()).add(who)
    return found
