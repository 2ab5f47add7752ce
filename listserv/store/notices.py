"""LISTEN/NOTIFY: on PostgreSQL a commit that makes work tells the workers of every machine, by triggers on three tables.

A notice says only that there is something; a sweep each second finds what no notice told of. On SQLite the bell does this.
"""

import asyncio
import contextlib
from collections.abc import Callable

import structlog
from sqlalchemy import Connection, make_url, text

from listserv.store.jobs import libpq_url
from listserv.store.session import CONNECTING

log = structlog.get_logger()

CHANNEL = "listserv_work"
# Seconds before a lost connection is tried again: the first time, and at most.
FIRST_WAIT, LONGEST_WAIT = 0.2, 10.0
# What makes work, and the lane that does it.
LANES = {"incoming": "mails", "outgoing": "copies", "letter": "letters"}
# The server delivers a notice with the commit, and each text once however many rows there were.
FUNCTION = f"""CREATE FUNCTION listserv_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('{CHANNEL}', TG_ARGV[0]); RETURN NULL; END $$"""
TRIGGER = "CREATE TRIGGER {table}_tells AFTER INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION listserv_tell('{lane}')"


def install(connection: Connection) -> None:
    """Let the database itself tell, whoever puts a mail, a post or a letter into it: by whichever door, in whichever version."""
    if connection.dialect.name != "sqlite":
        connection.execute(text(FUNCTION))
        for table, lane in LANES.items():
            connection.execute(text(TRIGGER.format(table=table, lane=lane)))


def remove(connection: Connection) -> None:
    """Let it tell no more."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("DROP FUNCTION IF EXISTS listserv_tell() CASCADE"))


class Listener:
    """A connection of its own on which notices are heard; `heard` gets the lane, in the event loop."""

    def __init__(self, url: str, heard: Callable[[str], None]) -> None:
        parsed = make_url(url)
        self.wanted = parsed.get_backend_name() == "postgresql"
        self._url = libpq_url(url) if self.wanted else ""
        self._heard = heard
        self.listening = asyncio.Event()

    async def run(self) -> None:
        """Listen until cancelled; a lost connection is made anew, and then everybody looks, because something may have been missed."""
        wait = FIRST_WAIT
        while self.wanted:
            try:
                await self._listen()
            except Exception as wrong:  # noqa: BLE001  (whatever it is: the sweep goes on, and so must this)
                if self.listening.is_set() or wait == FIRST_WAIT:
                    log.warning("not listening for notices", why=" ".join(str(wrong).split()) or type(wrong).__name__)
            if self.listening.is_set():
                wait = FIRST_WAIT
            self.listening.clear()
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _listen(self) -> None:
        from psycopg import AsyncConnection

        connection = await AsyncConnection.connect(self._url, autocommit=True, **CONNECTING)  # type: ignore[arg-type]
        try:
            await connection.execute(f"LISTEN {CHANNEL}")
            self.listening.set()
            self._heard("")
            async for notice in connection.notifies():
                self._heard(notice.payload)
        finally:
            with contextlib.suppress(Exception):
                await connection.close()
