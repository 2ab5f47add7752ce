"""Without any queue beside our rows: on PostgreSQL commits tell every machine (LISTEN/NOTIFY); SQLite has one machine, and its bell."""

from collections.abc import Callable, Coroutine
from typing import Any

from listserv.config import Settings
from listserv.store.notices import Listener


def ears(settings: Settings, kick: Callable[[str], None]) -> list[Coroutine[Any, Any, None]]:
    """What listens for notices; nothing on SQLite."""
    listener = Listener(settings.database_url, kick)
    return [listener.run()] if listener.wanted else []
