"""Who is inside: how many, from where, how long they have waited, and what strangers have tried."""

import asyncio
import time
from collections import Counter
from ipaddress import ip_address

from listserv.smtp.limits import Limits
from listserv.smtp.wire import Going, TimedOut, Wire
from listserv.usecases.senders import is_trusted

# How often it is looked around; and how long what strangers tried is remembered.
ROUND, MEMORY = 0.5, 600.0
MOST_REMEMBERED = 10_000


class Guests:
    """The sessions of one process."""

    def __init__(self, limits: Limits, trusted: str) -> None:
        self.limits, self.room = limits, limits.room()
        self.inside: set[Wire] = set()
        self.going = False
        self._trusted = trusted
        self._strangers: dict[Wire, str] = {}
        self._open: Counter[str] = Counter()
        self._tried: dict[str, tuple[int, float]] = {}

    def trusts(self, peer: str) -> bool:
        """Is this our own mail server, or a machine beside it?"""
        return is_trusted(peer, self._trusted)

    @property
    def crowded(self) -> bool:
        """Is the house so full that nobody may dawdle?"""
        return len(self.inside) * 4 > self.room * 3 or len(self._strangers) * 4 > self._for_strangers * 3

    @property
    def _for_strangers(self) -> int:
        return self.room * self.limits.strangers // 100

    def enter(self, wire: Wire) -> bool:
        """A connection: is there room at all?"""
        if len(self.inside) >= self.room:
            return False
        self.inside.add(wire)
        return True

    def admit(self, wire: Wire, peer: str) -> bool:
        """The client behind it is known now: is there room for it?"""
        if self.trusts(peer):
            return True
        key = house(peer)
        if len(self._strangers) >= self._for_strangers or self._open[key] >= self.limits.per_peer or self.has_tried_enough(peer):
            return False
        self._strangers[wire] = key
        self._open[key] += 1
        return True

    def leave(self, wire: Wire) -> None:
        """A connection has ended."""
        self.inside.discard(wire)
        if (key := self._strangers.pop(wire, None)) is not None:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]

    def note_unknown(self, peer: str) -> None:
        """A stranger wanted somebody who is not here."""
        key = house(peer)
        if len(self._tried) >= MOST_REMEMBERED and key not in self._tried:
            self._tried.pop(next(iter(self._tried)))
        self._tried[key] = (self._tries(key) + 1, time.monotonic())

    def has_tried_enough(self, peer: str) -> bool:
        """Has this address asked for too many who are not here?"""
        return self._tries(house(peer)) >= self.limits.unknown_per_peer

    def _tries(self, key: str) -> int:
        count, last = self._tried.get(key, (0, 0.0))
        return count if time.monotonic() - last < MEMORY else 0

    async def watch(self) -> None:
        """Look around for ever: whoever has waited too long, or too long for a full house, is woken."""
        while True:
            await asyncio.sleep(min(ROUND, self.limits.crowded_seconds / 4))
            self.look_around(time.monotonic())

    def look_around(self, now: float) -> None:
        """One round."""
        crowded = self.crowded
        for wire in tuple(self.inside):
            hurried = crowded and wire.for_client and wire in self._strangers
            if now - wire.since > (min(wire.patience, self.limits.crowded_seconds) if hurried else wire.patience):
                wire.interrupt(TimedOut())

    def send_home(self) -> None:
        """We are going away: whoever is not in the middle of a mail is told so."""
        self.going = True
        for wire in tuple(self.inside):
            if wire.between_mails:
                wire.interrupt(Going())

    async def gone(self) -> None:
        """Return when all have left."""
        while self.inside:
            await asyncio.sleep(0.02)


def house(peer: str) -> str:
    """Whose address this is: of IPv6 everybody has a whole /64."""
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return peer
    if address.version == 4:
        return str(address)
    return str(address.ipv4_mapped) if address.ipv4_mapped else address.exploded[:19]
