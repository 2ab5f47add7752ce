"""The worker: reads mails, sends copies and letters, keeps the calendar. It is the only one that talks to the relay.

Any number of workers may run: what one has claimed, the others leave alone until its lease ends.
"""

import asyncio
import signal
import socket
import zlib
from collections.abc import Callable

import structlog

from listserv.bell import Bell
from listserv.relay import Relay, open_relay
from listserv.site import Site, is_unavailable
from listserv.store import deliveries, health
from listserv.usecases import delivery, intake
from listserv.worker.copies import Copies
from listserv.worker.lanes import Lane, Reading, Writing, keep_calendar, read_files

log = structlog.get_logger()

# Seconds between two looks for work that no bell told of, and between two looks at the calendar.
SWEEP, CALENDAR = 1.0, 30.0


def holder_of(number: int) -> int:
    """The name under which a worker claims: the same after a restart on the same machine, another on another machine."""
    return zlib.crc32(socket.gethostname().encode()) << 8 | number


class Worker:
    """One worker process: five lanes, woken by the bell, by each other, and by a sweep each second."""

    def __init__(self, site: Site, relay: Relay, number: int = 0) -> None:
        self._site, self._relay, self._number = site, relay, number
        self._stopped = asyncio.Event()
        self._look = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._copies = Copies(site, relay, holder_of(number))
        self._mails = Lane("mails", Reading(site, holder_of(number), self._look_soon).step, self._look.set)
        self._writing = Writing(site, relay, holder_of(number))
        self._letters = Lane("letters", self._writing.step, self._look.set)
        self._calendar = Lane("calendar", lambda: keep_calendar(site), self._look.set)
        # Nobody waits for these: they are looked for as often as the calendar is.
        self._files = Lane("files", lambda: read_files(site), lambda: None)

    def _look_soon(self) -> None:
        """For the lanes' threads: what they committed may be work for another lane."""
        self._loop.call_soon_threadsafe(self._look.set)

    def stop(self) -> None:
        """Finish what is in hand, then end."""
        self._stopped.set()

    async def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Work until `stop`; `ready` is called when the bell hangs and the first look is done."""
        bell = Bell(self._site.settings.data, self._number, self._look.set)
        bell.hang()
        await asyncio.to_thread(self._take_back)
        lanes = (self._mails, self._letters, self._calendar, self._files)
        tasks = [asyncio.create_task(work) for work in (self._copies.run(), *(lane.run() for lane in lanes))]
        watching = [asyncio.create_task(work) for work in (self._watch(), self._keep_time(), self._stopped.wait())]
        ready()
        # A lane that ends by itself is broken: better a new process than a worker that leaves something undone.
        await asyncio.wait([watching[-1], *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in watching:
            task.cancel()
        self._writing.stopping = True
        for lane in (self._copies, *lanes):
            lane.stop()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        await self._copies.close()
        for lane in lanes:
            lane.close()
        bell.take_down()
        for broken in (end for end in ends if isinstance(end, Exception)):
            raise broken

    def _take_back(self) -> None:
        with self._site.writing() as db:
            holder, now = holder_of(self._number), self._site.now()
            count = delivery.take_back(db, holder, now) + intake.take_back(db, holder, now)
        if count:
            log.info("taken back from a worker that died", count=count)

    async def _watch(self) -> None:
        """Look for work when something was heard, at least each second, and wake the lanes that have some."""
        while True:
            self._look.clear()
            try:
                waiting = await asyncio.to_thread(self._what_waits)
            except Exception as wrong:
                # Told each second while a server is away: where it happened is of no use then.
                if is_unavailable(wrong):
                    log.error("cannot look for work", why="; ".join(health.in_words(wrong)))
                else:
                    log.exception("cannot look for work")
                waiting = deliveries.Waiting(False, False, False)
            if waiting.incoming:
                self._mails.kick()
            if waiting.copies:
                self._copies.kick()
            if waiting.letters:
                self._letters.kick()
            sweep = self._loop.call_later(SWEEP, self._look.set)
            await self._look.wait()
            sweep.cancel()

    def _what_waits(self) -> deliveries.Waiting:
        with self._site.reading() as db:
            return deliveries.waiting(db, deliveries.milliseconds(self._site.now()))

    async def _keep_time(self) -> None:
        while True:
            self._calendar.kick()
            self._files.kick()
            await asyncio.sleep(CALENDAR)


def run(site: Site, number: int = 0, ready: Callable[[], None] = lambda: None) -> None:
    """Be a worker until SIGTERM or SIGINT: the entry of its process."""

    async def main() -> None:
        worker = Worker(site, open_relay(site.settings), number)
        for sign in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(sign, worker.stop)
        await worker.run(ready)
        # The process ends by itself now: a second SIGTERM must not meet a loop that is being closed.
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGINT))
        signal.set_wakeup_fd(-1)

    asyncio.run(main())


def work_once(site: Site, relay: Relay | None = None) -> int:
    """Do everything that is due now, and return how many things that was: repeat until 0. For tests and small tools."""
    relay = relay or open_relay(site.settings)
    reading, writing = Reading(site, holder_of(255), lambda: None), Writing(site, relay, holder_of(255))
    count = sum(_until_done(step) for step in (reading.step, lambda: keep_calendar(site), writing.step, lambda: read_files(site)))
    return count + asyncio.run(_send_copies(site, relay))


def _until_done(step: Callable[[], int]) -> int:
    count = 0
    while done := step():
        count += done
    return count


async def _send_copies(site: Site, relay: Relay) -> int:
    copies = Copies(site, relay, holder_of(255))
    try:
        return await copies.drain()
    finally:
        await copies.close()
