"""Is anybody there? Asked of the database, and remembered for a moment: a busy list is asked about at every mail."""

import asyncio
import time

from listserv.site import Site
from listserv.usecases import intake

# How long a yes is believed. A list that goes meanwhile: its mail is refused when it is read. A no is never remembered: a list made now has mail now.
SECONDS = 1.0
MOST = 4096
PATIENCE = 30.0


class Routes:
    """Recipients known a moment ago."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._known: dict[str, float] = {}

    async def find(self, rcpt: str) -> None:
        """Return where somebody is there. Raises NotFound; TimeoutError where the database does not answer."""
        if self._known.get(rcpt, 0.0) > time.monotonic():
            return
        async with asyncio.timeout(PATIENCE):
            await asyncio.to_thread(self._find, rcpt)
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[rcpt] = time.monotonic() + SECONDS

    def _find(self, rcpt: str) -> None:
        with self._site.reading() as db:
            intake.find_route(db, rcpt)
