"""The worker: reads mails, sends copies and letters, keeps the calendar. It is the only one that talks to the relay.

Any number of workers may run: what one has claimed, the others leave alone until its lease ends. `serve` runs two
kinds of them, because one interpreter runs on one core: those that send copies, and a desk for all the rest.
"""

import asyncio
import json
import signal
from collections.abc import Callable, Collection

import structlog

from listserv import bell, jobs, loops, tally
from listserv.bell import Bell
from listserv.relay import Relay, open_relay
from listserv.site import Site, is_unavailable
from listserv.store import deliveries, health, webhooks
from listserv.store.workers import BY_HAND
from listserv.worker.clock import Clock
from listserv.worker.copies import Copies
from listserv.worker.hooks import Hooks
from listserv.worker.lanes import Lane, Reading, keep_calendar, read_files
from listserv.worker.presence import Presence
from listserv.worker.writing import Writing

log = structlog.get_logger()

# Seconds between two looks for work that no bell told of, and between two looks at the calendar.
SWEEP, CALENDAR = 1.0, 30.0
# Domains in trouble that are told of.
DOMAINS_TOLD = 50
COPIES, MAILS, LETTERS, WEBHOOKS, DATES, FILES = "copies", "mails", "letters", "webhooks", "calendar", "files"
# What a process may do: all of it, the sending of copies alone, or everything beside that.
SENDING = (COPIES,)
DESK = (MAILS, LETTERS, WEBHOOKS, DATES, FILES)
EVERYTHING = (*SENDING, *DESK)
# The number of the desk among the workers of a machine.
DESK_NUMBER = 254


def role_of(does: Collection[str]) -> str:
    """What a process that does this is called among the workers."""
    return {SENDING: "copies", DESK: "desk"}.get(tuple(does), "worker")


class Worker:
    """One worker process: a few lanes, woken by the bell, by each other, and by a sweep each second."""

    def __init__(self, site: Site, relay: Relay, number: int = 0, does: Collection[str] = EVERYTHING) -> None:
        self._site, self._relay, self._number = site, relay, number
        self._presence = Presence(site, role_of(does), number, unsure=self._hold_back)
        self._holder = self._presence.holder
        self._stopped = asyncio.Event()
        self._look = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._writing = Writing(site, relay, self._holder, self._presence.is_sure)
        self._lanes = {name: make() for name, make in self._makers().items() if name in does}
        self._relay_said = ""

    def _makers(self) -> dict[str, Callable[[], "Copies | Hooks | Lane"]]:
        site, look = self._site, self._look.set
        return {
            COPIES: lambda: Copies(site, self._relay, self._holder, self._presence.is_sure),
            MAILS: lambda: Lane(MAILS, Reading(site, self._holder).step, look),
            LETTERS: lambda: Lane(LETTERS, self._writing.step, look),
            WEBHOOKS: lambda: Hooks(site, self._holder, self._presence.is_sure),
            DATES: lambda: Lane(DATES, Clock(site).before(lambda: keep_calendar(site)), look),
            # Nobody waits for these: they are looked for as often as the calendar is.
            FILES: lambda: Lane(FILES, lambda: read_files(site), lambda: None),
        }

    def kick(self, name: str) -> None:
        """There may be work of this kind ("": of some kind); nothing happens where this process does none of it."""
        if name in self._lanes:
            self._lanes[name].kick()
        elif not name:
            self._look.set()

    def _hold_back(self) -> None:
        """Others may take us for dead soon: copies that we hold and have not begun are theirs."""
        if isinstance(copies := self._lanes.get(COPIES), Copies):
            copies.give_back()

    def stop(self) -> None:
        """Finish what is in hand, then end."""
        self._stopped.set()

    async def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Work until `stop`; `ready` is called when the bell hangs and the first look is done."""
        ears = Bell(self._site.settings.data, self._number, self._heard, self._wanted())
        ears.hang()
        tasks = [asyncio.create_task(lane.run()) for lane in self._lanes.values()]
        heard = jobs.ears(self._site.settings, self.kick, self._lanes)
        watching = [asyncio.create_task(work) for work in (self._presence.keep(), *heard, self._watch(), self._keep_time(), self._stopped.wait())]
        ready()
        # A lane that ends by itself is broken: better a new process than a worker that leaves something undone.
        await asyncio.wait([watching[0], watching[-1], *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in watching[1:]:
            task.cancel()
        self._writing.stopping = True
        for lane in self._lanes.values():
            lane.stop()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        for lane in self._lanes.values():
            await lane.close()
        ears.take_down()
        # To the last moment we are alive: what is still under way is nobody else's.
        watching[0].cancel()
        others = await asyncio.gather(*watching, return_exceptions=True)
        await asyncio.to_thread(self._presence.leave)
        for broken in (end for end in (*ends, others[0]) if isinstance(end, Exception)):
            raise broken

    def _wanted(self) -> bytes:
        return b"".join(sign for name, sign in bell.SIGNS.items() if name in self._lanes)

    def _heard(self, said: bytes) -> None:
        """Go where the ring says that there is work, without looking first."""
        for name, sign in bell.SIGNS.items():
            if sign in said:
                self.kick(name)
        if bell.ANYTHING in said:
            self._look.set()

    async def _watch(self) -> None:
        """Look for work when something was heard, at least each second, and wake the lanes that have some."""
        while True:
            self._look.clear()
            self._tell_of_relay()
            try:
                waiting = await asyncio.to_thread(self._what_waits)
            except Exception as wrong:
                # Told each second while a server is away: where it happened is of no use then.
                if is_unavailable(wrong):
                    log.error("cannot look for work", why="; ".join(health.in_words(wrong)))
                else:
                    log.exception("cannot look for work")
                waiting = deliveries.Waiting(False, False, False)
            for name, there in ((MAILS, waiting.incoming), (COPIES, waiting.copies), (LETTERS, waiting.letters)):
                if there:
                    self.kick(name)
            sweep = self._loop.call_later(SWEEP, self._look.set)
            await self._look.wait()
            sweep.cancel()

    def _tell_of_relay(self) -> None:
        """How the relay is, for the administrator's page: which state, and which domains it puts off; nothing while all is well."""
        state = self._relay.state()
        well = state.name == "closed" and not state.domains
        said = "" if well else json.dumps({"state": state.name, "failures": state.failures, "domains": state.domains[:DOMAINS_TOLD]})
        if said != self._relay_said:
            tally.tell("relay-state", said)
            self._relay_said = said

    def _what_waits(self) -> deliveries.Waiting:
        with self._site.reading() as db:
            now = deliveries.milliseconds(self._site.now())
            if WEBHOOKS in self._lanes and webhooks.are_due(db, now):
                self._loop.call_soon_threadsafe(self.kick, WEBHOOKS)
            return deliveries.waiting(db, now)

    async def _keep_time(self) -> None:
        while True:
            self.kick(DATES)
            self.kick(FILES)
            await asyncio.sleep(CALENDAR)


def run(site: Site, number: int = 0, ready: Callable[[], None] = lambda: None, does: Collection[str] = EVERYTHING) -> None:
    """Be a worker until SIGTERM or SIGINT: the entry of its process."""

    async def main() -> None:
        worker = Worker(site, open_relay(site.settings), number, does)
        for sign in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(sign, worker.stop)
        await worker.run(ready)
        # The process ends by itself now: a second SIGTERM must not meet a loop that is being closed.
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGINT))
        signal.set_wakeup_fd(-1)

    loops.run(main())


def work_once(site: Site, relay: Relay | None = None) -> int:
    """Do everything that is due now, and return how many things that was: repeat until 0. For tests and small tools."""
    relay = relay or open_relay(site.settings)
    reading, writing = Reading(site, BY_HAND), Writing(site, relay, BY_HAND)
    steps = (reading.step, lambda: keep_calendar(site), writing.step, lambda: read_files(site), lambda: Hooks(site, BY_HAND).drain())
    count = sum(_until_done(step) for step in steps)
    return count + loops.run(_send_copies(site, relay))


def _until_done(step: Callable[[], int]) -> int:
    count = 0
    while done := step():
        count += done
    return count


async def _send_copies(site: Site, relay: Relay) -> int:
    copies = Copies(site, relay, BY_HAND)
    try:
        return await copies.drain()
    finally:
        await copies.close()
