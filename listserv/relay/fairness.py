"""Another domain's trouble holds up nobody: recipients whose domain the relay puts off are left for later, unharmed.

A domain whose recipients are refused for now many times in a row is paused; when its pause is over, one copy is sent to
see whether it has mended. A domain on whose answer a connection hangs, while others get theirs, is left alone meanwhile.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

import structlog

from listserv.relay.mail import Answer

log = structlog.get_logger()

# So many recipients in a row are refused for now, nobody taken: then the domain is paused; the first pause (seconds, doubled each time) and the longest.
MANY = 10
PAUSE, LONGEST = 60.0, 1800.0
# What is put off while a connection hangs, or while another copy finds out, comes back after so many seconds.
MOMENT = 15.0
# Domains that are remembered; the oldest is forgotten first.
ROOM = 1_000


def domain_of(recipient: str) -> str:
    """The domain of an address, folded."""
    return recipient.rpartition("@")[2].lower()


@dataclass(slots=True)
class Trouble:
    """A domain's: who was refused in a row, until when it is paused, and whether a copy is out to see."""

    refused: set[str] = field(default_factory=set)
    pauses: int = 0
    until: float = 0.0
    asked_until: float = 0.0
    words: str = ""


class Domains:
    """The domains with which something is the matter. While there are none, nothing is looked up for a copy."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[str, Trouble] = {}
        self.slow: set[str] = set()

    @property
    def troubled(self) -> bool:
        """Is there any?"""
        return bool(self._known or self.slow)

    @property
    def paused(self) -> tuple[str, ...]:
        """Those that are left alone now."""
        return tuple(sorted({domain for domain, trouble in tuple(self._known.items()) if trouble.until} | self.slow))

    def put_off(self, recipient: str) -> Answer | None:
        """The answer for a copy that is not to be tried now; None where it may go."""
        domain, now = domain_of(recipient), self._clock()
        if domain in self.slow:
            return _later(MOMENT, f"the relay does not answer for {domain}")
        trouble = self._known.get(domain)
        if trouble is None or not trouble.until:
            return None
        if now < trouble.until:
            return _later(trouble.until - now, f"the relay puts off {domain}: {trouble.words}")
        if now < trouble.asked_until:
            return _later(MOMENT, f"the relay has put off {domain}: {trouble.words}")
        trouble.asked_until = now + MOMENT
        return None

    def heard(self, recipient: str, answer: Answer, *, at_recipient: bool) -> None:
        """What a copy was answered: a refusal for now at RCPT, or silence there, counts; everything else is a good sign."""
        domain = domain_of(recipient)
        if not at_recipient:
            self._mended(domain)
            return
        if len(self._known) >= ROOM and domain not in self._known:
            self._known.pop(next(iter(self._known)))
        trouble, now = self._known.setdefault(domain, Trouble()), self._clock()
        trouble.refused.add(recipient)
        trouble.words = answer.text
        if trouble.until and now >= trouble.until or not trouble.until and len(trouble.refused) >= MANY:
            self._pause(domain, trouble)

    def _pause(self, domain: str, trouble: Trouble) -> None:
        wait = min(PAUSE * 2**trouble.pauses, LONGEST)
        trouble.pauses, trouble.until, trouble.asked_until = trouble.pauses + 1, self._clock() + wait, 0.0
        trouble.refused.clear()
        log.warning("domain paused", domain=domain, seconds=wait, answer=trouble.words)

    def hung(self, recipient: str, words: str) -> None:
        """A connection was lost with waiting for this recipient's answer: that is as bad as many refusals."""
        trouble = self._known.setdefault(domain_of(recipient), Trouble(words=words))
        if self._clock() >= trouble.until:
            self._pause(domain_of(recipient), trouble)

    def _mended(self, domain: str) -> None:
        trouble = self._known.pop(domain, None)
        if trouble and trouble.until:
            log.info("domain back", domain=domain)


def _later(wait: float, words: str) -> Answer:
    # In whole seconds: what comes back at one moment is written down in one go.
    return Answer(0, words[:500], "PAUSED", float(ceil(wait)))
