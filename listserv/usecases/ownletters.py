"""Letters of our own, found by their Message-ID: a digest's says which one it is, of others the newest are opened."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from listserv.mail import address, headers
from listserv.store import trace as rows
from listserv.store.bounces import Bounce
from listserv.store.digests import Digest
from listserv.store.queue import Letter, raw_bytes
from listserv.usecases import digestletters, outbox

DIGEST = re.compile(r"digest\.(\d{1,18})\.(\d{1,12})@")
# Ids of other letters are random: so many letters are opened, some at a time.
MOST_OPENED, AT_ONCE = 5_000, 200
# What comes back from a reader within so long was most likely the digest.
COMES_BACK = timedelta(days=5)
NEWEST = 1 << 62


@dataclass(frozen=True, slots=True)
class OwnLetter:
    """A letter of ours; what it told, where it is a digest; and what came back."""

    letter: Letter
    digest: Digest | None = None
    bounces: Sequence[Bounce] = ()


def lookup(db: Session, message_id: str, *, deep: bool = True) -> list[OwnLetter]:
    """The letters with this Message-ID (without brackets); none where it is none of ours, or gone. `deep`: letters of earlier versions are opened."""
    if address.split(message_id)[1].lower() != outbox.settings_of(db).site.domain:
        return []
    named = [OwnLetter(letter, bounces=rows.bounces_of_letter(db, letter)) for letter in rows.letters_called(db, message_id)]
    if named or not deep:
        return named
    number = DIGEST.match(message_id)
    found = _digest(db, message_id, int(number[1])) if number else _other(db, message_id)
    return [found] if found else []


def _digest(db: Session, message_id: str, digest_id: int) -> OwnLetter | None:
    digest = db.get(Digest, digest_id)
    letter = db.get(Letter, digest.letter_id) if digest and digest.letter_id else None
    if digest is None or letter is None or digestletters.message_id(outbox.settings_of(db), digest.id, digest.slot) != message_id:
        return None
    return OwnLetter(letter, digest, rows.bounces_of_reader(db, digest.member_id, digest.made_at, digest.made_at + COMES_BACK))


def _other(db: Session, message_id: str) -> OwnLetter | None:
    wanted, before = f"<{message_id}>".encode(), NEWEST
    for _ in range(MOST_OPENED // AT_ONCE):
        letters = rows.letters_before(db, before, AT_ONCE)
        for letter in letters:
            if _is_called(raw_bytes(db, letter.raw_id), wanted):
                return OwnLetter(letter)
        if len(letters) < AT_ONCE:
            return None
        before = letters[-1].id
    return None


def _is_called(raw: bytes, wanted: bytes) -> bool:
    """Is that its own id, and not the one of what it answers?"""
    return wanted in raw and any(field.name == "message-id" and field.value == wanted for field in headers.split(raw)[0])
