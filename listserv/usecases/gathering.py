"""What is new in a stretch of the archive, as digests and the pages of past digests tell it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from digests import excerpt
from digests.entries import MOST, NUMBERED, Entry, File, Item
from listserv import links
from listserv.config import Settings
from listserv.store.archive import Attachment
from listserv.store.digests import attachments_for, new_messages, texts_for
from listserv.store.lists import MailingList
from listserv.usecases import digestextras
from listserv.usecases.conversations import speaker

# Of one thread, as many messages can be asked for whole.
PLACES = 40


@dataclass(frozen=True, slots=True)
class News:
    """What is new in a stretch of the archive: the threads in order, and the newest message (seq) of each."""

    entries: tuple[Entry, ...]
    points: tuple[int, ...]
    # What one reader does not want, or has had: such news are theirs alone.
    skipped: frozenset[int] = frozenset()
    threads: frozenset[int] = frozenset()
    # As a digest's row keeps them: the newest messages, and the messages of each thread.
    points_text: str = ""
    items_text: str = ""

    @property
    def count(self) -> int:
        """How many messages."""
        return sum(len(entry.items) for entry in self.entries)


@lru_cache(maxsize=400)
def _said(text: str) -> str:
    return excerpt.said(text)


def gather(
    db: Session,
    settings: Settings,
    mlist: MailingList,
    after: int,
    upto: int | None = None,
    *,
    skipped: frozenset[int] = frozenset(),
    asking: frozenset[int] = frozenset(),
    only: frozenset[int] = frozenset(),
) -> News:
    """Threads with something new, in the order in which they spoke first; texts only for what there can be room for.

    `asking`: the threads that ask something which nobody has answered; `only`: nothing but these (seq), where any are given.
    """
    threads: dict[int, list[Row[Any]]] = {}
    for row in new_messages(db, mlist.id, after, mlist.last_seq if upto is None else upto, skipped):
        if not only or row.seq in only:
            threads.setdefault(row.thread_id, []).append(row)
    groups = list(threads.values())
    shown = [row.id for rows in groups[:NUMBERED] for row in rows[: MOST.items]]
    texts, files = texts_for(db, shown), attachments_for(db, shown)
    entries = tuple(
        Entry(
            excerpt.one_line(rows[0].subject),
            links.thread_url(settings, mlist.name, rows[0].thread_id),
            tuple(_item(settings, mlist, row, texts.get(row.id, ""), files.get(row.id, ())) for row in rows),
            excerpt.one_line(rows[0].topic or ""),
            rows[0].thread_id in asking,
        )
        for rows in groups
    )
    told = groups[:NUMBERED]
    points_text = " ".join(str(rows[-1].seq) for rows in told)
    items_text = " ".join(",".join(str(row.seq) for row in rows[:PLACES]) for rows in told)
    return News(entries, tuple(rows[-1].seq for rows in told), skipped, frozenset(threads), points_text, items_text)


def _item(settings: Settings, mlist: MailingList, row: Row[Any], text: str, files: Sequence[Attachment]) -> Item:
    url = links.message_url(settings, mlist.name, row.hash)
    said = _said(text) if text else ""
    return Item(
        key=row.id,
        author=excerpt.one_line(speaker(row.author, row.author_email), 80),
        at=row.sent_at,
        said=said,
        url=url,
        answers=excerpt.one_line(speaker(row.parent_author or "", row.parent_email or ""), 80),
        files=tuple(File(excerpt.one_line(file.name, 120), f"{url}/attachment/{file.number}", file.size) for file in digestextras.shown(files, alone=not said)),
        message_id=row.message_id,
        parent_id=row.parent_id or "",
    )
