"""Files that were attached are read in the background, one after the other; then the messages that carry them are found by their words."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv import filetexts
from listserv.filetexts import Text
from listserv.mail.parse import attachment
from listserv.store import search
from listserv.store.deliveries import milliseconds
from listserv.store.queue import raw_bytes
from listserv.usecases import bankfiling, bankversions
from listserv.words.terms import extended

# Whoever has taken a file and says nothing for so long is dead.
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 3


def are_waiting(db: Session, now: datetime) -> bool:
    """Is there a file to be read?"""
    return search.files_are_due(db, milliseconds(now))


def claim(db: Session, now: datetime, limit: int) -> tuple[str, ...]:
    """Some files that are still to be read, by their SHA-256."""
    return tuple(search.take_files(db, milliseconds(now), milliseconds(now + LEASE), limit))


def bytes_of(db: Session, sha256: str) -> tuple[bytes, str] | Text:
    """A file and its kind; or why it will not be read."""
    there = search.carrier_of(db, sha256)
    if there is None:
        sent = bankfiling.sent_file(db, sha256)
        if sent is not None:
            return sent
        return Text(trouble="nobody carries it")
    if there.attempts > MOST_ATTEMPTS:
        return Text(trouble="reading it brings the program down")
    found = attachment(raw_bytes(db, there.raw_id), there.number)
    kind = filetexts.kind_of(there.name, there.type)
    if found is None or found[0].sha256 != sha256 or not kind:
        return Text(trouble="it is not where it was")
    return found[1], kind


def read(found: tuple[bytes, str] | Text) -> Text:
    """What a file says: outside of any transaction, because it may take its time."""
    return found if isinstance(found, Text) else filetexts.text_of(*found)


def keep(db: Session, sha256: str, said: Text) -> None:
    """Keep what a file says, and let the messages that carry it be found by it."""
    search.keep_file(db, sha256, said.text, said.trouble, said.title)
    bankfiling.learned(db, sha256)
    if not said.text:
        return
    bankversions.compare(db, sha256)
    for entry in search.entries_with(db, sha256):
        more = extended(entry.terms, said.text)
        search.change_terms(db, entry.id, more.terms)
        search.learn(db, more.spellings)
