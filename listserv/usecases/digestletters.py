"""Digests as they wait to be sent: the bytes are kept once for all who share an edition, and filled for each reader when a letter leaves.

100,000 letters of 60 KB would be 6 GB of the same words. What a reader's letter has alone follows from its row in `digest`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from sqlalchemy.orm import Session

from digests import stencil
from digests.stencil import Stencil
from listserv import links
from listserv.config import Settings
from listserv.mail import headers, tokens
from listserv.mail.tokens import Kind
from listserv.store import digests as rows
from listserv.store.digests import Digest, Reader
from listserv.store.members import Member
from listserv.store.packing import Content, content
from listserv.store.queue import Letter, raw_bytes
from listserv.usecases import outbox

# Kinds of letters that wait like this.
KIND = "digest"
# In the place of a letter of ours that has been sent and held what was redacted.
SENT = b"Subject: -\r\n\r\nThis letter has been sent. What it said was redacted afterwards.\r\n"
# Nobody has this number: the reader of a specimen.
NOBODY = 0
NOBODY_AT = "nobody@example.invalid"


class Places:
    """The addresses of one reader's digest, by the names of the marks. All that a letter has of its own must come from here."""

    def __init__(self, settings: Settings, member_id: int, digest_id: int) -> None:
        self._at, self._url = f"@{settings.site.domain}", f"{settings.site.url}/unsubscribe/"
        self._key, self._member, self._digest = links.signing_key(settings), member_id, digest_id

    def __call__(self, name: str, key: int = 0) -> str:
        """`reply` with a message's number, `leave`, `out` (the same by mail), `answer` (to the whole digest)."""
        if name == "leave":
            return self._url + tokens.sign(self._key, Kind.UNSUBSCRIBE, self._member)
        return f"r+{self._token(name, key)}{self._at}"

    def _token(self, name: str, key: int) -> str:
        if name == "reply":
            return tokens.sign(self._key, Kind.DIGEST_ITEM, self._member, key)
        if name == "out":
            return tokens.sign(self._key, Kind.UNSUBSCRIBE, self._member)
        if name == "answer":
            return tokens.sign(self._key, Kind.DIGEST, self._member, self._digest)
        raise KeyError(name)


def message_id(settings: Settings, digest_id: int, slot: datetime) -> str:
    """What a digest's letter is called, without brackets."""
    return f"digest.{digest_id}.{int(slot.timestamp())}@{settings.site.domain}"


@lru_cache(maxsize=16)
def packed(raw: bytes) -> Content:
    """Bytes ready to be kept: packed once for all slices of a run."""
    return content(raw)


def shared(settings: Settings, compose: Callable[[stencil.Value], bytes]) -> bytes | None:
    """The bytes that all readers of an edition share; None where they cannot share them."""
    return stencil.cut(compose, Places(settings, NOBODY, NOBODY))


def finished(db: Session, letter: Letter) -> bytes:
    """A letter as its reader gets it, whether it is a digest or any other; CRLF. Empty where it was a digest of somebody who has left."""
    return all_finished(db, [letter]).get(letter.id, b"")


def all_finished(db: Session, letters: Sequence[Letter]) -> Mapping[int, bytes]:
    """The same of several at once, by their ids; shared bytes are unpacked once.

    Digests are not among them whose reader has left the list since, or whose words were redacted while they were in hand.
    """
    kept = {raw_id: headers.crlf(raw_bytes(db, raw_id)) for raw_id in {letter.raw_id for letter in letters}}
    stencils = {raw_id: Stencil(raw) for raw_id, raw in kept.items() if stencil.is_one(raw)}
    digests = [letter for letter in letters if letter.kind == KIND and kept[letter.raw_id] != SENT]
    known = rows.readers_of(db, [letter.id for letter in digests]) if digests else {}
    made, settings = {letter.id: kept[letter.raw_id] for letter in letters if letter.kind != KIND}, outbox.settings_of(db)
    for letter in (one for one in digests if one.id in known):
        shared = stencils.get(letter.raw_id)
        made[letter.id] = _filled(settings, shared, letter, known[letter.id]) if shared else kept[letter.raw_id]
    return made


def alone(settings: Settings, digest: Digest, member: Member, at: datetime, compose: Callable[[stencil.Value], bytes]) -> bytes:
    """The bytes of a digest that shares them with nobody."""
    fields, body = headers.split(compose(Places(settings, member.id, digest.id)))
    kept = headers.join([field for field in fields if field.name not in stencil.OWN])
    reader = Reader(digest.id, member.id, digest.slot, member.user.name)
    return _head(settings, reader, member.address.email, at) + kept + b"\r\n" + body


def _filled(settings: Settings, shared: Stencil, letter: Letter, reader: Reader) -> bytes:
    return shared.fill(_head(settings, reader, letter.to, letter.created_at), Places(settings, reader.member_id, reader.digest_id))


def _head(settings: Settings, reader: Reader, to: str, at: datetime) -> bytes:
    own = [
        headers.make("To", f"{headers.phrase(reader.name)} <{to}>".strip()),
        headers.make("Date", format_datetime(at)),
        headers.make("Message-ID", f"<{message_id(settings, reader.digest_id, reader.slot)}>"),
    ]
    return headers.join(own)
