"""All tables in one place: importing this module makes the metadata complete."""

from listserv.store import (
    archive,
    bans,
    bounces,
    digests,
    drafts,
    erasing,
    limits,
    lists,
    members,
    moderation,
    people,
    positions,
    queue,
    search,
    tools,
    trusted,
    visits,
)
from listserv.store.base import Base

__all__ = [
    "archive",
    "bans",
    "bounces",
    "digests",
    "drafts",
    "erasing",
    "limits",
    "lists",
    "members",
    "metadata",
    "moderation",
    "people",
    "positions",
    "queue",
    "search",
    "tools",
    "trusted",
    "visits",
]

metadata = Base.metadata
