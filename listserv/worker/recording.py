"""The database's side of the lane of copies: each turn is one transaction, in a thread of its own.

Where the disk is slow it is waited for in another thread, so that the next turn is written meanwhile (decision 19).
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import get_native_id
from typing import NamedTuple

import structlog

from listserv import steps
from listserv.relay import Content
from listserv.site import Site
from listserv.store.deliveries import Held, Post
from listserv.usecases import delivery
from listserv.usecases.delivery import Outcome, Turn
from listserv.usecases.stationery import Stationery, shared_bytes
from listserv.worker.ledger import Ready

log = structlog.get_logger()

# A disk that takes longer (seconds) is waited for beside the next turn; with others the steps from thread to thread would cost more.
SLOW = 0.003


class Written(NamedTuple):
    """A turn that is committed: what it was to write down and to claim, what came of it, and is it on the disk as well?"""

    outcomes: Sequence[Outcome]
    room: int
    taken: Turn
    contents: dict[int, Content | None]
    ready: list[Ready]
    settled: bool


class Recorder:
    """Writes turns of the worker, one after the other."""

    def __init__(self, site: Site, holder: int, paper: Stationery) -> None:
        self._site, self._holder, self._paper = site, holder, paper
        self._loop = asyncio.get_running_loop()
        self._thread, self._disk = ThreadPoolExecutor(1, "copies"), ThreadPoolExecutor(1, "disk")
        self._slow = False
        # The thread that speaks to the database, as the kernel knows it.
        self.thread = self._thread.submit(get_native_id).result()

    async def write(self, outcomes: Sequence[Outcome], room: int, known: Mapping[int, Held], until: float) -> Written:
        """Write down what became of copies and claim up to `room` new ones, which may be begun until then (event loop time); see `delivery.turn`."""
        return await self._loop.run_in_executor(self._thread, self._write, outcomes, room, known, until)

    async def settle(self, written: Written) -> None:
        """Return when a turn is on the disk."""
        if not written.settled:
            await self._loop.run_in_executor(self._disk, self._to_disk)

    def close(self) -> None:
        """No turn may be under way."""
        self._thread.shutdown()
        self._disk.shutdown()

    def _write(self, outcomes: Sequence[Outcome], room: int, known: Mapping[int, Held], until: float) -> Written:
        with self._site.writing(settled=False) as db:
            taken = delivery.turn(db, outcomes, room, self._holder, known, self._site.now())
            steps.reached("copies.before-commit")
        steps.reached("copies.committed")
        if settled := not self._slow:
            self._to_disk()
        # Behind the transaction: unpacking a big mail is nothing that others should wait for.
        papers = self._paper.papers(taken.copies)
        ready = [Ready(copy, sender, personal, until) for copy, (sender, personal) in zip(taken.copies, papers, strict=True)]
        contents = {id: _content(post) for id, post in taken.posts.items()}
        return Written(outcomes, room, taken, contents, ready, settled)

    def _to_disk(self) -> None:
        begin = time.monotonic()
        self._site.settle()
        self._slow = time.monotonic() - begin > SLOW


def _content(post: Post) -> Content | None:
    """The bytes that all copies of a post share; None where they cannot be made: that is no fault of the others."""
    try:
        return Content(shared_bytes(post))
    except Exception:
        log.exception("the copies of a post could not be made", post=post.id)
        return None
