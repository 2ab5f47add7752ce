"""The index of words follows the archive: what comes in can be found, what is hidden, redacted or erased cannot."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from listserv.filetexts import is_readable
from listserv.mail.history import as_written
from listserv.mail.parse import Attachment, Post, parse
from listserv.store import search
from listserv.store.archive import Message
from listserv.store.queue import raw_bytes
from listserv.words.terms import Findable, extended, findable

# As much of a mail's beginning as its header may take (`mail.history`).
HEAD = 256 * 1024


def added(db: Session, list_id: int, message_id: int, sent_at: datetime, post: Post) -> None:
    """A message that has just been archived can be found."""
    keep(db, [search.Entry(message_id, list_id, sent_at, "")], [findable(post)], post.attachments)


def keep(db: Session, entries: Sequence[search.Entry], found: Sequence[Findable], files: Iterable[Attachment]) -> None:
    """Put new messages into the index, each with what can be found of it; and their files in line to be read."""
    readable = [file.sha256 for file in files if is_readable(file.name, file.type, file.size)]
    search.await_texts(db, readable)
    texts = search.texts_of_files(db, [entry.message_id for entry in entries]) if readable else {}
    spellings: dict[str, str] = {}
    whole = []
    for entry, one in zip(entries, found, strict=True):
        terms = one.terms
        spellings |= one.spellings
        for text in texts.get(entry.message_id, ()):
            more = extended(terms, text)
            terms = more.terms
            spellings |= more.spellings
        whole.append(entry._replace(terms=terms))
    search.put(db, whole)
    search.learn(db, spellings)


def forget(db: Session, message_ids: Sequence[int]) -> None:
    """These messages are not found any more, and what only their files said is gone."""
    search.forget(db, message_ids)
    search.forget_unused_files(db)


def index(db: Session, message_ids: Sequence[int]) -> None:
    """Put messages into the index as their bytes and rows are now: after they were shown again, redacted, or moved to another list.

    What readers may not see is taken out and stays out.
    """
    query = select(Message.id, Message.raw_id, Message.sent_at, Message.hidden_at).where(Message.id.in_(message_ids)).order_by(Message.id)
    rows = [row for row in db.execute(query) if row.hidden_at is None]
    posts = {row.id: read(raw_bytes(db, row.raw_id)) for row in rows}
    replace(db, {row.id: row.sent_at for row in rows}, posts)
    gone = set(message_ids) - {row.id for row in rows}
    search.forget(db, gone)
    search.forget_unused_files(db)


def replace(db: Session, sent: Mapping[int, datetime], posts: Mapping[int, Post]) -> None:
    """New entries for these messages, made from what was parsed of them."""
    lists, authors = search.real_list_of(db, list(sent)), search.authors_of(db, list(sent))
    search.forget(db, list(sent))
    entries = [search.Entry(id, lists[id], at, "") for id, at in sent.items()]
    keep(db, entries, [findable(_called(posts[id], authors.get(id, ""))) for id in sent], [file for id in sent for file in posts[id].attachments])


def _called(post: Post, author: str) -> Post:
    """With the name that the archive gives an author whose mail gives none."""
    return dataclasses.replace(post, author_name=author) if author else post


def read(raw: bytes) -> Post:
    """A kept mail, with its true author."""
    return as_written(parse(raw), raw[:HEAD])
