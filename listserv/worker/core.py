"""The two threads that send copies stay on one core while they are at it.

They take turns at the interpreter's lock: on two cores each turn wakes the other core, and what one has just written
comes from the other's cache. Together on one they send a sixth more (measured, benchmarks/fanout.py). It is the
core where the kernel has put them, and each second the kernel may put them elsewhere.
"""

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

# Seconds after which the kernel may choose again.
AGAIN = 1.0


class OneCore:
    """Some threads of this process, by their native ids."""

    def __init__(self, threads: Iterable[int]) -> None:
        self._threads = tuple(threads)
        # Since when they stay, and where they might be otherwise.
        self._since, self._all = 0.0, set[int]()

    def stay(self) -> None:
        """They are at work."""
        if self._since:
            if time.monotonic() - self._since > AGAIN:
                self.let_go()
        elif hasattr(os, "sched_setaffinity"):
            # Where one may not even ask, copies leave all the same.
            with suppress(OSError):
                self._all = os.sched_getaffinity(self._threads[0])
                self._since = time.monotonic()
                self._to(self._current())

    def let_go(self) -> None:
        """They are not, or the kernel is to choose."""
        if self._since:
            self._since = 0.0
            self._to(self._all)

    def _current(self) -> set[int]:
        """Where the first of them is (proc(5): field 39 of stat)."""
        try:
            stat = Path(f"/proc/self/task/{self._threads[0]}/stat").read_text()
        except OSError:
            return self._all
        return {int(stat.rsplit(")", 1)[1].split()[36])}

    def _to(self, cores: set[int]) -> None:
        for thread in self._threads:
            # Not allowed here (a sandbox), or the core has been taken from us: then it is as it was.
            with suppress(OSError):
                os.sched_setaffinity(thread, cores)
