"""Group commit: sessions that wait at the same time share one transaction, and with it one flush of the disk."""

import asyncio
import queue
import threading
from collections.abc import Sequence

import structlog

from listserv.bell import ring
from listserv.site import Site, is_unavailable
from listserv.usecases import intake
from listserv.usecases.intake import Arriving

log = structlog.get_logger()

# So many mails share a commit at most; beyond, a failed commit would make too many try again.
MOST = 200
Waiting = tuple[Sequence[Arriving], asyncio.Future[None]]


class GroupCommit:
    """A thread that keeps mails. `keep` returns when they are on the disk, or raises."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.loop = asyncio.get_running_loop()
        self.queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self.thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
        self.thread.start()

    async def keep(self, mails: Sequence[Arriving]) -> None:
        """Wait until these mails are committed."""
        done: asyncio.Future[None] = self.loop.create_future()
        self.queue.put((mails, done))
        await done

    def stop(self) -> None:
        """Keep what waits, then end."""
        self.queue.put(None)
        self.thread.join()

    def _run(self) -> None:
        while (first := self.queue.get()) is not None:
            batch, last = self._with_others(first)
            self._commit(batch)
            ring(self.site.settings.data)
            if last:
                return

    def _with_others(self, first: Waiting) -> tuple[list[Waiting], bool]:
        batch = [first]
        while len(batch) < MOST:
            try:
                other = self.queue.get_nowait()
            except queue.Empty:
                break
            if other is None:
                return batch, True
            batch.append(other)
        return batch, False

    def _commit(self, batch: list[Waiting]) -> None:
        try:
            with self.site.writing() as db:
                intake.receive(db, [mail for mails, _ in batch for mail in mails], self.site.now())
        except Exception as error:
            log.exception("intake failed", mails=len(batch))
            if len(batch) > 1 and not is_unavailable(error):
                # One of them may be at fault: the others must not wait for it.
                for waiting in batch:
                    self._commit([waiting])
                return
            self._tell(batch, error)
            return
        self._tell(batch, None)

    def _tell(self, batch: list[Waiting], error: Exception | None) -> None:
        self.loop.call_soon_threadsafe(_resolve, [done for _, done in batch], error)


def _resolve(waiting: Sequence[asyncio.Future[None]], error: Exception | None) -> None:
    for done in waiting:
        if done.done():
            continue  # the session went away meanwhile; the mail is kept all the same
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
