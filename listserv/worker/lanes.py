"""The lanes beside the copies: mails that came in, single letters, the calendar. Each a step, done until nothing is left."""

import asyncio
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import structlog

from listserv import steps, tally
from listserv.site import Site, is_worth_repeating, report

if TYPE_CHECKING:
    from listserv.dns import Resolver
    from listserv.store.queue import State
    from listserv.usecases.intake import Prepared, Work

log = structlog.get_logger()

# Taken up at a time: so few that what is in hand when the worker stops is soon done.
MAILS = 10
DIGESTS = 20
FILES = 2
# Seconds before a step that failed as a whole is tried again, and before a relay that cannot be reached is.
PAUSE = 2.0
# How often a mail is tried again at once, because another worker's transaction got in its way.
TOGETHER = 3


class Lane:
    """Does one kind of work in a thread of its own. A step returns how much it did."""

    def __init__(self, name: str, step: Callable[[], int], after: Callable[[], None]) -> None:
        self._name, self._step, self._after = name, step, after
        self._thread = ThreadPoolExecutor(1, name)
        self._kicked = asyncio.Event()
        self._stopping = False

    def kick(self) -> None:
        """There may be work."""
        self._kicked.set()

    async def run(self) -> None:
        """Work until `stop`."""
        loop = asyncio.get_running_loop()
        while not self._stopping:
            await self._kicked.wait()
            self._kicked.clear()
            try:
                while not self._stopping and await loop.run_in_executor(self._thread, self._step) > 0:
                    self._after()
            except Exception as wrong:  # noqa: BLE001  (reported)
                report(log, "lane failed", wrong, lane=self._name)
                await asyncio.sleep(PAUSE)
                self._kicked.set()

    def stop(self) -> None:
        """Finish the step in hand, then end."""
        self._stopping = True
        self._kicked.set()

    async def close(self) -> None:
        """Let the thread go."""
        self._thread.shutdown()


class Reading:
    """Mails that came in: understood outside of any transaction, answered in one."""

    def __init__(self, site: Site, holder: int) -> None:
        self._site, self._holder = site, holder
        self._resolver: Resolver | None = None
        # Is something held that nobody reads, because the database went away in between?
        self._held = False

    def step(self) -> int:
        """Read a few mails; how many."""
        # Imported with the first mail: an idle worker needs none of what understands mails.
        from listserv.dns import Resolver
        from listserv.usecases import intake

        self._resolver = self._resolver or Resolver(self._site.settings.auth.dns)
        with self._site.writing() as db:
            if self._held:
                intake.give_back(db, self._holder, self._site.now())
            taken = intake.claim(db, self._site.now(), MAILS, self._holder)
        self._held = bool(taken)
        if taken:
            steps.reached("mails.claimed")
        for work in taken:
            self._read(work, self._resolver)
        self._held = False
        return len(taken)

    def _read(self, work: "Work", resolver: "Resolver") -> None:
        from listserv.usecases import intake

        site, begin = self._site, time.monotonic()
        try:
            with site.reading() as db:
                raw = intake.raw_of(db, work)
            prepared = intake.prepare(work, raw, site.settings, resolver)
            steps.reached("mails.prepared", prepared.post.message_id)
            # Which way it has taken is told by usecases.ways.
            self._process(prepared)
            tally.observe("processing_seconds", time.monotonic() - begin)
        except Exception as wrong:  # noqa: BLE001  (reported)
            report(log, "mail made trouble", wrong, incoming=work.incoming_id)
            with site.writing() as db:
                intake.trouble(db, work.incoming_id, traceback.format_exc(), site.now())

    def _process(self, prepared: "Prepared", left: int = TOGETHER) -> "State":
        from listserv.usecases import intake

        try:
            with self._site.writing() as db:
                state = intake.process(db, prepared, self._site.now())
                steps.reached("mails.before-commit", prepared.post.message_id)
            steps.reached("mails.committed", prepared.post.message_id)
            return state
        except Exception as wrong:
            if not left or not is_worth_repeating(wrong):
                raise
        return self._process(prepared, left - 1)


def read_files(site: Site) -> int:
    """Read a few of the files that were attached, so that their words are found; how many. Each in a process of its own."""
    from listserv.usecases import attachedtexts

    with site.reading() as db:
        if not attachedtexts.are_waiting(db, site.now()):
            return 0
    with site.writing() as db:
        taken = attachedtexts.claim(db, site.now(), FILES)
    for sha256 in taken:
        with site.reading() as db:
            found = attachedtexts.bytes_of(db, sha256)
        said = attachedtexts.read(found)
        with site.writing() as db:
            attachedtexts.keep(db, sha256, said)
        log.info("file", sha256=sha256[:12], characters=len(said.text), trouble=said.trouble)
    return len(taken)


def keep_calendar(site: Site) -> int:
    """Do some of what the calendar owes: digests, the ends of pauses; how much was dealt with."""
    from listserv.usecases import housekeeping

    done = 0
    steps.reached("calendar.begun")
    for part in housekeeping.parts(DIGESTS):
        with site.writing() as db:
            done += part(db, site.now())
            steps.reached("calendar.before-commit")
        steps.reached("calendar.committed")
    return done
