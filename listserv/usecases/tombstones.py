"""What was redacted stays redacted: the mail that comes again, by post or in an archive, is known by its id and its bytes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy.orm import Session

from listserv.store import tools
from listserv.store.lists import MailingList
from listserv.store.queue import Incoming, raw_bytes
from listserv.store.threads import message_by_id


def sweep(db: Session, mlist: MailingList) -> None:
    """Destroy the bytes that are to be gone from this list, unless another list still has the mail."""
    tools.destroy_unused(db, tools.buried_bytes(db, mlist.id))


def is_buried(db: Session, mlist: MailingList, message_id: str, author_key: str, raw: bytes) -> bool:
    """Was this very mail, or another under its id by the same author, redacted here? Then it has been here before."""
    digest = sha256(raw).digest()
    for stone in tools.tombstones(db, mlist.id, (message_id,), (digest,)):
        known = message_by_id(db, mlist, stone.message_id)
        if stone.sha256 == digest or (known is not None and known.author_key == author_key):
            return True
    return False


def bury_again(db: Session, mlist: MailingList, incoming: Incoming, message_id: str) -> None:
    """A redacted mail has come once more: what is kept of it is the redacted form."""
    db.flush()
    digest = sha256(raw_bytes(db, incoming.raw_id)).digest()
    stones = tools.tombstones(db, mlist.id, (message_id,), (digest,))
    if not stones:
        return
    old, incoming.raw_id = incoming.raw_id, stones[0].raw_id
    tools.destroy_unused(db, [old])


class Form(NamedTuple):
    """A redacted mail: the id that it is kept under, and its bytes as they are now."""

    message_id: str
    raw: bytes


def forms_of(db: Session, list_id: int, mails: Sequence[tuple[str, bytes]]) -> list[Form | None]:
    """For each mail of an archive, by id and SHA-256: what stands in its place, if it was redacted on that list."""
    stones = tools.tombstones(db, list_id, {one for one, _ in mails}, {digest for _, digest in mails})
    by_id, by_bytes = {stone.message_id: stone for stone in stones}, {stone.sha256: stone for stone in stones}
    found = [by_bytes.get(digest) or by_id.get(message_id) for message_id, digest in mails]
    return [Form(stone.message_id, raw_bytes(db, stone.raw_id)) if stone else None for stone in found]


def still_here(db: Session, list_id: int, hashes: Collection[bytes]) -> dict[bytes, datetime]:
    """Which of these bytes (SHA-256) need not be read, because what became of them is in the archive, and when that was written."""
    return tools.buried_and_kept(db, list_id, hashes)
