"""The circuit breaker: a relay that is away is asked now and then by one connection, not hammered.

All who send by the same relay in this process share one: the copies in the event loop, single letters in their thread.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

import structlog

from listserv import tally
from listserv.relay.mail import Answer

log = structlog.get_logger()

# Seconds between attempts to reach a relay that cannot be reached; the last goes on.
BACKOFF = (1, 2, 5, 10, 30, 60)
# So many mails in a row are refused for now at MAIL, none taken: then it is the relay that takes none.
MANY = 20
# Seconds before one more connection is asked for, where the relay takes no more of them.
ENOUGH = 60.0


class State(NamedTuple):
    """How the relay is, for those who watch.

    `name` is `closed` (all is well), `open` (it is left alone until `next_look` seconds have passed) or `probing` (one
    connection may try). `since` is how many seconds ago it went away.
    """

    name: str
    trouble: str = ""
    since: float = 0.0
    failures: int = 0
    next_look: float = 0.0
    domains: tuple[str, ...] = ()


class Breaker:
    """Counts failures in a row, and says when the next attempt may be made."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.failures = 0
        self.trouble = ""
        # Is there anything that a mail which was taken would mend?
        self.uneasy = False
        self._since = self._not_before = 0.0
        self._refusals = 0

    @property
    def shut(self) -> bool:
        """Is it too early to try?"""
        return self.failures > 0 and self._clock() < self._not_before

    def failed(self, why: str) -> None:
        """The relay could not be reached, or was of no use."""
        now = self._clock()
        if now < self._not_before:
            return
        if not self.failures:
            self._since = now
        wait = BACKOFF[min(self.failures, len(BACKOFF) - 1)]
        self.failures, self.trouble, self._not_before, self._refusals = self.failures + 1, why, now + wait, 0
        self.uneasy = True
        tally.tell("relay", why)
        log.warning("relay away", trouble=why, failures=self.failures, again=wait)

    def worked(self) -> None:
        """The relay took a mail, or refused one for its own sake."""
        self._refusals, self.uneasy = 0, False
        if self.failures:
            log.info("relay back", away=round(self._clock() - self._since, 1), failures=self.failures)
            tally.tell("relay", "")
            self.failures, self.trouble, self._not_before = 0, "", 0.0

    def refused(self, why: str) -> bool:
        """It took no sender for now (4xx to MAIL). Is it away with that? While it is being probed, one is enough."""
        self._refusals, self.uneasy = self._refusals + 1, True
        if not self.failures and self._refusals < MANY:
            return False
        self.failed(why)
        return True

    @property
    def away(self) -> Answer:
        """For a mail that was not tried, because the relay is away."""
        return Answer(0, self.trouble, "CONNECT", max(0.0, self._not_before - self._clock()))

    def state(self, domains: tuple[str, ...] = ()) -> State:
        """How things are."""
        if not self.failures:
            return State("closed", domains=domains)
        now = self._clock()
        name = "open" if now < self._not_before else "probing"
        return State(name, self.trouble, now - self._since, self.failures, max(0.0, self._not_before - now), domains)


class Fewer:
    """A relay that takes fewer connections at a time than we would like: that is no sign that it is away."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._most, self._until = 0, 0.0

    def refused(self, why: str, others: int) -> bool:
        """One more was refused while so many others are of use; is it only that?"""
        if others and (others != self._most or self._clock() >= self._until):
            log.info("relay takes few connections", connections=others, answer=why)
        if others:
            self._most, self._until = others, self._clock() + ENOUGH
        return others > 0

    def of(self, limit: int) -> int:
        """So many of as many as we would like."""
        return min(limit, self._most) if self._clock() < self._until else limit
