"""A thread as a reader sees it: who answered whom, in which order, under which name, and without addresses for strangers."""

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from listserv import thumbnails
from listserv.mail import cutting
from listserv.mail.cutting import Shown
from listserv.mail.quotes import Piece, split
from listserv.mail.subject import base_subject
from listserv.mail.veils import betrays, mask_html
from listserv.mail.veils import mask as mask
from listserv.store.pages import Record

# Deeper answers stay at this depth: what is left of a phone's width must hold words.
DEEPEST = 3
# A whole conversation on one page, except for the few that would take a browser minutes.
POSTS_A_PAGE = 100
# Longer texts are not kept in memory: what is kept must stay a few megabytes.
KEPT = 16_384
# Of a page, in characters: what all posts share, and of that what stands around each of them. Where it is not enough, the long
# quotes in folds go first. What people write in a letter always has room: a heavier page is better than one of beginnings.
PAGE, AROUND, LEAST, LEAST_SAID = 52_000, 1_200, 1_200, 4_000
# What one page shows of one text, and on how many pages; behind that there is only the source.
PART, PARTS = cutting.size(36_000), 100
# Of a message that somebody answers: to be quoted, not to be read.
ANSWERED = cutting.size(8_000)
# In bytes. Whoever puts a photograph or a screenshot into a letter means it to be looked at.
SMALL_PICTURE = 32 * 1024
AN_AT = re.compile("[@\uff20\ufe6b]")


def as_it_is(text: str) -> str:
    """Text as members see it."""
    return text


Veil = Callable[[str], str]


def on_html(veil: Veil) -> Veil:
    """The same for clean HTML, where an address may stand over tags."""
    return mask_html if veil is mask else veil


def speaker(author: str, email: str) -> str:
    """The name under which somebody speaks: never an address; empty where nothing is known."""
    name = author.strip().strip("\"'") or email
    return AN_AT.split(name, maxsplit=1)[0].strip() if AN_AT.search(name) else name


@dataclass(frozen=True, slots=True)
class File:
    """An attachment, as its card tells it."""

    number: int
    name: str
    type: str
    size: int
    # Shown in its place by the formatted letter.
    inline: bool = False

    @property
    def is_picture(self) -> bool:
        """Is there a small picture to be had of it?"""
        return thumbnails.is_picture(self.name, self.type, self.size)

    @property
    def adorns(self) -> bool:
        """A logo or a line of the formatting, which says nothing by itself."""
        return self.inline and self.size <= SMALL_PICTURE and self.is_picture


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands in its thread: its number by time, its depth, and what it answers."""

    head: Record
    number: int
    depth: int
    above: Record | None
    above_number: int = 0


@dataclass(frozen=True, slots=True)
class Post:
    """One message, ready to be shown."""

    id: int
    hash: str
    message_id: str
    number: int
    depth: int
    user_id: int | None
    name: str
    sent_at: datetime
    # Empty where it is the thread's own, or that of what it answers.
    subject: str
    above_id: int | None
    above_hash: str
    above_number: int
    above_name: str
    text: str
    # What the text passes through before it is shown.
    veil: Veil
    files: tuple[File, ...]
    has_html: bool
    # From all but moderators.
    hidden: bool = False
    # Its number on the list, and whether it is new to whoever looks.
    seq: int = 0
    new: bool = False
    # For so many characters there is room where it stands; 0: for all of them.
    room: int = 0
    # How many follow behind its text, on another page.
    left: int = 0

    @property
    def shown(self) -> Shown:
        """What is said and what is quoted, so far as there is room. (Split first: a mail program's "Anna <anna@…> wrote:" is known by its address.)"""
        found = cutting.shown(self.text, max(self.room, LEAST_SAID)) if self.room else Shown(pieces_of(self.text), left=self.left)
        return replace(found, pieces=tuple(Piece(piece.kind, self.veil(piece.text)) for piece in found.pieces))

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The same without what was left out."""
        return self.shown.pieces


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody in a conversation, and how much they said."""

    name: str
    user_id: int | None
    messages: int
    files: int


def arrange(heads: Sequence[Record], *, flat: bool = False) -> list[Place]:
    """The messages of a thread (given oldest first) with each answer under its question; `flat` keeps the order of time."""
    numbers = {head.id: number for number, head in enumerate(heads, 1)}
    by_id = {head.id: head for head in heads}
    answers: defaultdict[int | None, list[Record]] = defaultdict(list)
    for head in heads:
        answers[head.parent_id if head.parent_id in numbers else None].append(head)
    placed: dict[int, Place] = {}
    waiting = [(head, 0) for head in reversed(answers[None])]
    while waiting:
        head, depth = waiting.pop()
        above = by_id.get(head.parent_id)
        placed[head.id] = Place(head, numbers[head.id], min(depth, DEEPEST), above, numbers.get(head.parent_id, 0))
        waiting += [(answer, depth + 1) for answer in reversed(answers[head.id])]
    # Parents that point at each other in a ring would hide a whole branch: better at the end than not at all.
    for head in heads:
        placed.setdefault(head.id, Place(head, numbers[head.id], 0, None))
    return sorted(placed.values(), key=lambda place: place.number) if flat else list(placed.values())


def post(place: Place, text: str, files: tuple[File, ...], subject: str, veil: Veil, *, new: bool = False, room: int = 0, left: int = 0) -> Post:
    """One place with its words, or with some of them; `new` to whoever looks."""
    # A conversation that was joined to one begun later: its first words answer nothing that was said before them.
    head, above = place.head, place.above if place.above_number < place.number else None
    turned = changed_subject(head.subject, subject) and (above is None or changed_subject(head.subject, above.subject))
    return Post(
        id=head.id,
        hash=head.hash,
        # A stranger's mail program would write it into an answer.
        message_id="" if veil is mask and betrays(head.message_id, head.author_email) else head.message_id,
        number=place.number,
        depth=place.depth,
        user_id=head.user_id,
        name=speaker(head.author, head.author_email),
        sent_at=head.sent_at,
        subject=veil(head.subject) if turned else "",
        above_id=above.id if above else None,
        above_hash=above.hash if above else "",
        above_number=place.above_number if above else 0,
        above_name=speaker(above.author, above.author_email) if above else "",
        text=text,
        veil=veil,
        files=files,
        has_html=bool(head.has_html),
        hidden=head.hidden_at is not None,
        seq=head.seq,
        new=new,
        room=room if room and len(text) > room // 4 and cutting.long(text) > room else 0,
        left=left,
    )


def pieces_of(text: str) -> tuple[Piece, ...]:
    """What is said and what is quoted; told apart once for messages that are read again and again."""
    return _kept_pieces(text) if len(text) <= KEPT else split(text)


@lru_cache(maxsize=512)
def _kept_pieces(text: str) -> tuple[Piece, ...]:
    return split(text)


def posts(
    shown: Sequence[Place], texts: Mapping[int, str], files: Mapping[int, tuple[File, ...]], subject: str, veil: Veil, new: Container[int]
) -> tuple[Post, ...]:
    """The places of a page with their words. How many words of each lie open depends on how many all have."""
    room = room_for(texts.values())
    return tuple(post(place, texts.get(place.head.id, ""), files.get(place.head.id, ()), subject, veil, new=place.head.id in new, room=room) for place in shown)


def room_for(texts: Iterable[str]) -> int:
    """How long a text may be on a page that shows all of these."""
    # What is short cannot grow by much: it is not looked at.
    lengths = [len(text) if len(text) <= LEAST_SAID else cutting.long(text) for text in texts]
    room = PAGE - AROUND * len(lengths)
    return PART.characters if sum(lengths) <= room else min(PART.characters, max(LEAST, cutting.level(lengths, room)))


def changed_subject(subject: str, thread_subject: str) -> bool:
    """Did this message turn to another subject?"""
    # The common case first: comparing base subjects costs more than comparing texts.
    if not subject or subject == thread_subject or subject.endswith(thread_subject):
        return False
    return base_subject(subject).casefold() != base_subject(thread_subject).casefold()


def voices(heads: Iterable[Record], files: dict[int, tuple[File, ...]]) -> tuple[Voice, ...]:
    """Everyone in the conversation, in the order of their first word."""
    said: dict[str, list[Record]] = {}
    for head in heads:
        said.setdefault(head.author_key, []).append(head)
    return tuple(
        Voice(speaker(own[0].author, own[0].author_email), own[0].user_id, len(own), sum(len(files.get(head.id, ())) for head in own)) for own in said.values()
    )


def cards(rows: Iterable[Record], veil: Veil) -> dict[int, tuple[File, ...]]:
    """The attachments of each message."""
    found: defaultdict[int, list[File]] = defaultdict(list)
    for row in rows:
        found[row.message_id].append(File(row.number, veil(row.name), row.type, row.size, row.inline))
    return {message_id: tuple(files) for message_id, files in found.items()}
