"""The lane of webhooks: a few calls at once, each in a thread, so that a receiver who takes his time holds up nobody else."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog

from listserv import steps
from listserv.site import Site, report

if TYPE_CHECKING:
    from listserv.outward import Answer
    from listserv.usecases.webhooksout import Handful

log = structlog.get_logger()

# Webhooks that are called at the same time, and of these on one host.
AT_ONCE, ON_ONE_HOST = 12, 2
# Seconds after which a handful is put down, however much of it is left: others wait for their turn.
ENOUGH = 30.0
# Seconds before a look at the database that failed is taken again.
PAUSE = 2.0


class Hooks:
    """Tells webhooks what has happened (worker.lanes.Lane says what a lane is)."""

    def __init__(self, site: Site, holder: int, sure: Callable[[], bool] = lambda: True) -> None:
        # `sure`: nobody can have taken over yet what we hold.
        self._site, self._holder, self._sure = site, holder, sure
        self._thread = ThreadPoolExecutor(1, "webhooks")
        self._callers = ThreadPoolExecutor(AT_ONCE, "webhook")
        self._kicked = asyncio.Event()
        self._stopping = False
        self._calls = dict[int, tuple[str, asyncio.Future[None]]]()

    def kick(self) -> None:
        """There may be work."""
        self._kicked.set()

    def stop(self) -> None:
        """Finish the calls in hand, then end."""
        self._stopping = True
        self._kicked.set()

    async def run(self) -> None:
        """Work until `stop`."""
        loop = asyncio.get_running_loop()
        while not self._stopping:
            await self._kicked.wait()
            self._kicked.clear()
            try:
                for handful in await loop.run_in_executor(self._thread, self._take, {number: host for number, (host, _) in self._calls.items()}):
                    call = loop.run_in_executor(self._callers, self._tell, handful)
                    self._calls[handful.hook_id] = _host(handful.url), call
                    call.add_done_callback(lambda done, number=handful.hook_id: self._done(number, done))  # type: ignore[misc]
            except Exception as wrong:  # noqa: BLE001  (reported)
                report(log, "lane failed", wrong, lane="webhooks")
                await asyncio.sleep(PAUSE)
                self._kicked.set()
        await asyncio.gather(*(call for _, call in self._calls.values()), return_exceptions=True)

    async def close(self) -> None:
        """Let the threads go."""
        self._thread.shutdown()
        self._callers.shutdown()

    def drain(self) -> int:
        """Tell all that is due now, one after the other; how many calls that was. For tests and small tools."""
        count = 0
        for handful in self._take({}):
            self._tell(handful)
            count += len(handful.calls)
        self._thread.shutdown()
        self._callers.shutdown()
        return count

    def _done(self, hook_id: int, call: "asyncio.Future[None]") -> None:
        self._calls.pop(hook_id, None)
        if not call.cancelled() and (wrong := call.exception()) is not None and isinstance(wrong, Exception):
            # What was told and not written down is told again, once the lease ends.
            report(log, "webhook made trouble", wrong, webhook=hook_id)
        self._kicked.set()

    def _take(self, under_way: dict[int, str]) -> "list[Handful]":
        """Take in hand what may be called now, beside what is under way (hosts by webhooks): no host more often at once than is fair."""
        from listserv.usecases import webhooksout

        room = AT_ONCE - len(under_way)
        if room <= 0 or not self._sure():
            return []
        with self._site.reading() as db:
            found = webhooksout.candidates(db, self._site.now())
        chosen, busy = list[int](), Counter(under_way.values())
        for number, url in found:
            if number not in under_way and busy[_host(url)] < ON_ONE_HOST and len(chosen) < room:
                busy[_host(url)] += 1
                chosen.append(number)
        if not chosen:
            return []
        with self._site.writing() as db:
            taken = webhooksout.take(db, chosen, self._holder, self._site.now())
        steps.reached("webhooks.claimed")
        return taken

    def _tell(self, handful: "Handful") -> None:
        """Make the calls of one webhook over one connection, up to the first that fails, and write down what came of them."""
        from listserv.usecases import webhooksout

        answers = self._called(handful)
        steps.reached("webhooks.sent")
        with self._site.writing() as db:
            webhooksout.record(db, handful.hook_id, answers, self._holder, self._site.now())
        steps.reached("webhooks.recorded")

    def _called(self, handful: "Handful") -> "list[tuple[int, Answer]]":
        from listserv import __version__, outward
        from listserv.errors import Invalid

        try:
            place = outward.place_of(handful.url, loopback=self._site.settings.webhooks.loopback)
        except Invalid as wrong:
            return [(call.id, outward.Answer(0, str(wrong))) for call in handful.calls[:1]]
        answers, until = list[tuple[int, outward.Answer]](), time.monotonic() + ENOUGH
        same = {"Content-Type": "application/json", "User-Agent": f"listserv/{__version__} (webhooks)", "Accept": "*/*"}
        with closing(outward.Line(place)) as line:
            for call in handful.calls:
                answers.append((call.id, line.call(call.body, {**same, **call.headers})))
                if not answers[-1][1].good or self._stopping or time.monotonic() > until:
                    break
        return answers


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()
