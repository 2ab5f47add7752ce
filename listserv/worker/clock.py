"""The wall clock, looked at beside one that nobody can put back."""

import time
from collections.abc import Callable

import structlog

from listserv.site import Site
from listserv.usecases import clocks

log = structlog.get_logger()

# Seconds by which the two may come to differ between two looks before we speak of a jump.
JUMP = 60.0


class Clock:
    """Notices when the wall clock jumps; the first look counts as one, because nobody looked while the program was down."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._ahead: float | None = None

    def look(self) -> None:
        """Where the clock has jumped, put right what waits for a time that it named before."""
        ahead = self._site.now().timestamp() - time.monotonic()
        jumped = None if self._ahead is None else ahead - self._ahead
        if jumped is not None and abs(jumped) < JUMP:
            return
        with self._site.writing() as db:
            count = clocks.set_right(db, self._site.now())
        self._ahead = ahead
        if jumped is not None or count:
            log.warning("the clock was put", seconds=round(jumped or 0), due_at_once=count)

    def before(self, step: Callable[[], int]) -> Callable[[], int]:
        """The same step, with a look at the clock before it."""

        def looked() -> int:
            self.look()
            return step()

        return looked
