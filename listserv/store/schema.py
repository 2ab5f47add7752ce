"""All tables in one place: importing this module makes the metadata complete."""

from listserv.store import archive, bans, bounces, digests, lists, members, moderation, people, queue
from listserv.store.base import Base

__all__ = ["archive", "bans", "bounces", "digests", "lists", "members", "metadata", "moderation", "people", "queue"]

metadata = Base.metadata
