"""Who else is at work: this process shows that it lives, and takes over what those held who do not.

Another counts as dead when its process is seen to be gone (same machine), or when it has not beaten for `worker.dead_after`
seconds by our own stopwatch, while we could look all the time: whoever was away itself judges nobody. Who cannot beat
begins nothing new well before others may take it for dead; who was taken for dead ends, and begins a new life.
"""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog

from listserv.errors import Conflict
from listserv.site import Site, is_unavailable
from listserv.store import workers

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

log = structlog.get_logger()

# So many beats fit into the time after which one counts as dead; and for so many of them one may be silent and still be sure.
BEATS, SURE = 6, 3
# After a burial it is looked so many times for what the dead one held: a transaction of its may have been open to the last.
AGAIN = 30


class Presence:
    """One life of this process among the others. `holder` is the name under which it holds work."""

    def __init__(self, site: Site, role: str, number: int, unsure: Callable[[], None] = lambda: None) -> None:
        self._site, self._role, self._number, self._unsure = site, role, number, unsure
        self._dead_after = float(site.settings.worker.dead_after)
        self._here = workers.place()
        # When each other's beats were last seen to go on, by our stopwatch.
        self._others: dict[int, tuple[int, float]] = {}
        self._beaten = time.monotonic()
        self._freeing = 0
        self.holder = self._enter()

    @property
    def pause(self) -> float:
        """Seconds between two beats."""
        return self._dead_after / BEATS

    def is_sure(self) -> bool:
        """Can nobody have taken us for dead yet?"""
        return time.monotonic() - self._beaten < self.pause * SURE

    async def keep(self) -> None:
        """Beat until cancelled. Raises Conflict when others have taken us for dead: then this process is to end."""
        while True:
            await asyncio.sleep(self.pause)
            beating = asyncio.ensure_future(asyncio.to_thread(self.beat))
            while not (await asyncio.wait([beating], timeout=self.pause))[0]:
                self._warn()
            try:
                alive = beating.result()
            except Exception as wrong:  # noqa: BLE001  (told by the lanes as well; the next beat may succeed)
                log.warning("no beat", why=type(wrong).__name__)
                self._warn()
                continue
            if not alive:
                raise Conflict("others have taken this worker for dead, and its work over: it begins anew")

    def _warn(self) -> None:
        if not self.is_sure():
            self._unsure()

    def beat(self) -> bool:
        """Show that we live, and look at the others; False where we were taken for dead."""
        began = time.monotonic()
        with self._site.writing() as db:
            if not workers.beat(db, self.holder, self._site.now()):
                return False
            if began - self._beaten > 2 * self.pause:
                # We were away: who was silent meanwhile may have been cut off together with us.
                self._others.clear()
            buried = [row.id for row in workers.everybody(db) if row.id != self.holder and self._is_dead(db, row, began)]
            buried = [id for id in buried if workers.bury(db, id, self._others[id][0])]
            self._freeing = AGAIN if buried else max(0, self._freeing - 1)
            count = workers.free(db, self._site.now()) if self._freeing else 0
        for id in buried:
            self._others.pop(id, None)
        if buried or count:
            log.warning("took over from a worker that died", workers=buried, count=count)
        # As of its beginning: a commit that took long may have been seen late.
        self._beaten = began
        return True

    def _is_dead(self, db: "Session", row: workers.WorkerRow, now: float) -> bool:
        beats, since = self._others.get(row.id, (-1, now))
        if beats != row.beats:
            beats, since = row.beats, now
        self._others[row.id] = beats, since
        return workers.is_gone(db, row, self._here) or now - since > self._dead_after

    def _enter(self) -> int:
        with self._site.writing() as db:
            for row in workers.everybody(db):
                if workers.is_gone(db, row, self._here):
                    workers.bury(db, row.id, row.beats)
            holder = workers.enter(db, self._role, self._number, self._site.now())
            count = workers.free(db, self._site.now())
        if count:
            log.info("taken back from a worker that died", count=count)
        return holder

    def leave(self) -> None:
        """Nothing is held any more. Where that cannot be written down, others will find out."""
        try:
            with self._site.writing() as db:
                workers.leave(db, self.holder)
        except Exception as wrong:
            if not is_unavailable(wrong):
                raise
            log.warning("no word of leaving", why=type(wrong).__name__)
