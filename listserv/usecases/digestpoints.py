"""What a digest offers to answer: its numbered threads, and the questions that wait; and what it said, to know that again where it is quoted."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy.orm import Session

from digests import sent
from digests.answers import Own, Told
from listserv import links
from listserv.i18n import choose_language, translations
from listserv.mail import tokens
from listserv.mail.parse import LONGEST_REPLY, Post
from listserv.mail.tokens import IN_TEXT, Kind
from listserv.store import pastdigests as rows
from listserv.store.archive import Message
from listserv.store.digests import Digest
from listserv.store.members import Member
from listserv.store.pastdigests import Point
from listserv.store.queue import Letter, raw_bytes
from listserv.usecases import outbox


@dataclass(frozen=True, slots=True)
class Offer:
    """What an answer to a digest may be meant for. `questions` are numbered on behind the points; no letter shows these numbers but the one that asks.

    `quoted`: other messages of the list whose reply addresses stand in the answer.
    """

    points: tuple[Point, ...]
    questions: tuple[Point, ...]
    quoted: tuple[Point, ...] = ()
    # What a thread without a subject is called, in the reader's language.
    nameless: str = "–"

    @property
    def there(self) -> dict[int, Message]:
        """The message below which an answer to each of them goes."""
        return {one.number: one.message for one in (*self.points, *self.questions, *self.quoted) if one.message}

    @property
    def titles(self) -> tuple[str, ...]:
        """By number; empty where all of a point is gone."""
        return tuple(one.title or (self.nameless if one.message else "") for one in (*self.points, *self.questions))

    @property
    def told(self) -> tuple[Told, ...]:
        """The same as quotations show it."""
        return tuple(Told(one.number, one.title, tuple(one.texts.values())) for one in (*self.points, *self.questions, *self.quoted) if one.message)

    def number_of(self, message_id: int) -> int | None:
        """Which of them a message belongs to."""
        return next((one.number for one in (*self.points, *self.questions, *self.quoted) if message_id in one.texts), None)


def of(db: Session, digest: Digest, post: Post | None = None) -> Offer:
    """What may be meant by this answer."""
    points = tuple(rows.points(db, digest))
    questions = tuple(rows.others(db, digest, _offered(db, digest), len(points) + 1))
    known = {message_id for point in (*points, *questions) for message_id in point.texts}
    named = [message_id for token in _tokens(post.text[:LONGEST_REPLY] if post else "") if (message_id := item_of(db, token)) and message_id not in known]
    quoted = rows.others(db, digest, list(dict.fromkeys(named)), len(points) + len(questions) + 1)
    return Offer(points, questions, tuple(quoted), _nameless(db, digest))


def _nameless(db: Session, digest: Digest) -> str:
    reader = db.get(Member, digest.member_id)
    return translations(choose_language((reader.user.language, reader.mlist.language))).gettext("(no subject)") if reader else "–"


def item_of(db: Session, token: str) -> int | None:
    """The message that one of our reply addresses belongs to."""
    read = tokens.read(links.signing_key(outbox.settings_of(db)), token)
    return read[1][-1] if read and read[0] is Kind.DIGEST_ITEM else None


def own_words(db: Session, digest: Digest) -> Own | None:
    """What a digest said, as it was sent; None where that is kept no longer."""
    raw = _raw(db, digest)
    return _known_again(raw) if raw else None


@lru_cache(maxsize=4)
def _known_again(raw: bytes) -> Own:
    return Own(sent.texts(raw))


def _raw(db: Session, digest: Digest) -> bytes:
    """In the place of what was redacted stands a letter that offers nothing to answer."""
    letter = db.get(Letter, digest.letter_id) if digest.letter_id else None
    raw = raw_bytes(db, letter.raw_id) if letter else b""
    return raw if sent.offered(raw) or sent.addresses(raw) else b""


def _offered(db: Session, digest: Digest) -> list[int]:
    """The messages that a digest has reply addresses for."""
    raw = _raw(db, digest)
    alone = [message_id for token in sent.addresses(raw) if (message_id := item_of(db, token))]
    return list(dict.fromkeys((*sent.offered(raw), *alone)))


def _tokens(text: str) -> list[str]:
    return list(dict.fromkeys(found[0][2:].lower() for found in IN_TEXT.finditer(text) if found[0][:2].lower() in ("r+", "r-")))
