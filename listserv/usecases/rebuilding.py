"""Everything that is derived from the archive's bytes is made again: for archives that an older version has kept.

Some messages at a time: they are read and understood outside of any transaction, then written in one. Whatever has changed
in between (redacted, hidden, moved) is left as it is now and taken up again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.mail.parse import Post
from listserv.store import rebuilding as rows
from listserv.store import search
from listserv.store.lists import MailingList
from listserv.store.packing import unpack
from listserv.usecases import archiving, indexing

# Messages in one transaction: others wait for it on SQLite.
BATCH = 50


@dataclass(frozen=True, slots=True)
class Made:
    """A message as it is understood now, and the bytes (by their hash) from which it was."""

    message_id: int
    raw_id: int
    sha256: bytes
    post: Post


def count(db: Session, mlist: MailingList | None) -> int:
    """How many messages there are to be made again."""
    return rows.count(db, mlist)


def some_after(db: Session, mlist: MailingList | None, after: int) -> tuple[Made, ...]:
    """The next messages (of one list, or of all), understood anew: reads only."""
    found = rows.contents_after(db, mlist, after, BATCH)
    return tuple(Made(row.id, row.raw_id, row.sha256, indexing.read(unpack(row.packed))) for row in found)


def write(db: Session, made: Sequence[Made]) -> None:
    """Keep what was understood: readable bodies, safe HTML, first words, attachments, the index of words."""
    now = rows.lock_contents(db, [one.message_id for one in made])
    same = [one for one in made if one.message_id in now and (now[one.message_id].raw_id, now[one.message_id].sha256) == (one.raw_id, one.sha256)]
    for one in same:
        _write_one(db, one)
    sent: dict[int, datetime] = {one.message_id: now[one.message_id].sent_at for one in same if now[one.message_id].hidden_at is None}
    indexing.replace(db, sent, {one.message_id: one.post for one in same})
    search.forget(db, [one.message_id for one in same if one.message_id not in sent])
    changed = [one.message_id for one in made if one not in same and one.message_id in now]
    if changed:
        write(db, [Made(row.id, row.raw_id, row.sha256, indexing.read(unpack(row.packed))) for row in rows.contents_of(db, changed)])


def _write_one(db: Session, one: Made) -> None:
    rows.put_body(db, one.raw_id, one.post.text, one.post.html)
    described = archiving.described(one.post)
    rows.put_message(db, one.message_id, {name: described[name] for name in ("snippet", "has_html", "size")})
    known_as = "" if any(author.name for author in one.post.authors[:1]) else rows.known_as(db, one.message_id)
    if known_as:
        rows.put_message(db, one.message_id, {"author": known_as})
    rows.put_attachments(db, one.message_id, archiving.files(one.message_id, one.post))


def finish(db: Session) -> None:
    """What nothing refers to any more goes."""
    search.forget_unused_files(db)
