"""A message that was found, as it is shown: some of its words, with those marked that were looked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.mail import said
from listserv.store import finding
from listserv.store.finding import Record
from listserv.usecases.asking import Ground, Question
from listserv.usecases.conversations import Veil, pieces_of, speaker
from listserv.words.marking import Part, Sought, excerpt, marked


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found."""

    list_name: str
    list_title: str
    language: str
    hash: str
    thread_id: int
    subject: tuple[Part, ...]
    author: tuple[Part, ...]
    sent_at: datetime
    words: tuple[Part, ...]
    # Names of files that say it, or in which it was found.
    files: tuple[tuple[Part, ...], ...]


def hits(db: Session, message_ids: Sequence[int], asked: Question, ground: Ground) -> tuple[Hit, ...]:
    """Messages that were found, in this order."""
    rows = finding.hits(db, message_ids)
    files: dict[int, list[Record]] = {}
    for file in finding.files_of(db, message_ids):
        files.setdefault(file.message_id, []).append(file)
    return tuple(_hit(rows[id], files.get(id, ()), asked, ground) for id in message_ids if id in rows)


def _hit(row: Record, files: Sequence[Record], asked: Question, ground: Ground) -> Hit:
    mlist, veil = ground.lists[row.list_id], ground.veil(row.list_id)
    words, named = _said(veil, row, files, asked.sought)
    return Hit(
        list_name=mlist.name,
        list_title=mlist.title,
        language=mlist.language,
        hash=row.hash,
        thread_id=row.thread_id,
        subject=marked(veil(row.thread_subject or row.subject), asked.sought),
        author=marked(speaker(row.author, row.author_email), asked.beside),
        sent_at=row.sent_at,
        words=words,
        files=named,
    )


def _words(veil: Veil, row: Record, sought: Sought) -> tuple[tuple[Part, ...], bool]:
    """Some words of what the message itself says; of what it quotes or signs with, where only that has what was looked for."""
    own, whole = said.both(pieces_of(row.text))
    if said.has_marks(row.message_id, row.has_html):
        own = said.unmarked(own)
    words, there = excerpt(veil(own), sought)
    if there or not sought:
        return words, there
    elsewhere, found = excerpt(veil(whole), sought)
    return (elsewhere, True) if found else (words, False)


def _said(veil: Veil, row: Record, files: Sequence[Record], sought: Sought) -> tuple[tuple[Part, ...], tuple[tuple[Part, ...], ...]]:
    """Where it is said: some words of the text, else of the first file that says it; and the names of files that say it, or are it."""
    words, there = _words(veil, row, sought)
    named = []
    for file in files:
        name = marked(veil(file.name), sought)
        within = bool(sought) and not there and bool(file.text) and excerpt(veil(file.text), sought)
        if within and within[1]:
            words, there = within
        if (within and within[1]) or any(part.marked for part in name):
            named.append(name)
    return words, tuple(named)
