"""Who may go first at SQLite's write lock.

Somebody waits for each 250, and nobody for the work behind it. Whoever writes for that work lets a mail pass that waits already; and while mails
come in one after the other, all who work stay away from the lock for some times as long as they had it: the backlog is worked off more slowly for as
long as that lasts, and mail comes in at nearly the speed at which it comes where nobody else writes. A mail now and then holds up nobody.
All processes see the same numbers in a small file (mmap); it is a courtesy as the queue is (store.lock), and nothing depends on it.
"""

import mmap
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# Since when somebody who goes first waits (0: nobody does); when the last few such came, the newest first; until when the others stay away, where
# many come. All in monotonic seconds.
NUMBERS = struct.Struct("=ddddd")
WAITS, CAME, AWAY = slice(0, 8), slice(8, 32), slice(32, 40)
# So many seconds for the last few make them many; how many times as long as one had it all stay away; and at most.
RECENTLY, TIMES, LONGEST = 0.040, 8.0, 0.1
# Seconds between two looks: for somebody who waits at this moment, and while many come.
STEP, NAP = 0.0005, 0.005


class Turns:
    """The numbers of one database."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._shared: mmap.mmap | bytearray = bytearray(NUMBERS.size)
        with suppress(OSError):
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                # Its bytes are there from here on: on a full disk whoever writes into a hole of such a file is killed (SIGBUS).
                os.posix_fallocate(file, 0, NUMBERS.size)
                self._shared = mmap.mmap(file, NUMBERS.size)
            finally:
                os.close(file)

    def wait(self, *, first: bool) -> None:
        """Before the queue: whoever goes first says so, the others stay away for a while where somebody does."""
        now = time.monotonic()
        if first:
            self._shared[CAME] = struct.pack("=d", now) + self._shared[CAME][:16]
            self._shared[WAITS] = struct.pack("=d", now)
            return
        end = now + LONGEST
        while now < end and (nap := self._nap(now)):
            time.sleep(nap)
            now = time.monotonic()

    def _nap(self, now: float) -> float:
        """How long to sleep before the next look; 0: nobody is to be let pass."""
        numbers: tuple[float, ...] = NUMBERS.unpack(self._shared[:])
        waits, _, _, third, away = numbers
        # What is older was left by somebody who died, or before this machine was started.
        somebody_waits, many_come = 0 <= now - waits < LONGEST, 0 <= now - third < RECENTLY
        if many_come and _is_ahead(away, now):
            return min(away - now, NAP)
        return STEP if somebody_waits else 0.0

    @contextmanager
    def hold(self, *, first: bool) -> Iterator[None]:
        """With the lock in hand."""
        if first:
            self._shared[WAITS] = bytes(8)
            yield
            return
        begin = time.monotonic()
        try:
            yield
        finally:
            now = time.monotonic()
            (away,) = struct.unpack("=d", self._shared[AWAY])
            since = away if _is_ahead(away, now) else now
            self._shared[AWAY] = struct.pack("=d", min(since + TIMES * (now - begin), now + LONGEST))


def _is_ahead(away: float, now: float) -> bool:
    """Is that moment still to come? What is further off was written before this machine was started."""
    return 0 < away - now < 2 * LONGEST


class NoTurns(Turns):
    """Where every writer has a place of its own."""

    def __init__(self) -> None:
        self._shared = bytearray(NUMBERS.size)

    def wait(self, *, first: bool) -> None:
        """At once."""


def turns_at(database: str | None) -> Turns:
    """The turns at a SQLite file; none where there is none (PostgreSQL, memory)."""
    return Turns(f"{database}-turns") if database and database != ":memory:" else NoTurns()
