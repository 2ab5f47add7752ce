"""A thread as a reader sees it: who answered whom, in which order, under which name, and without addresses for strangers."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from listserv.mail.quotes import Piece, split
from listserv.mail.subject import base_subject
from listserv.store.pages import Record

# Deeper answers stay at this depth: what is left of a phone's width must hold words.
DEEPEST = 3
# Longer texts are not kept in memory: half a thousand of them must stay a few megabytes.
KEPT = 16_384
# What follows the @ of an address. Not after a slash: that is a page's name, as in https://social.example.org/@anna.
DOMAIN = re.compile(r"(?:(?<!/)@|%40)(?:[\w-]+\.)+(?!\d+\b)[\w-]{2,}")


def mask(text: str) -> str:
    """Text as strangers may see it: addresses end at their @."""
    return DOMAIN.sub("@…", text)


def as_it_is(text: str) -> str:
    """Text as members see it."""
    return text


Veil = Callable[[str], str]


def speaker(author: str, email: str) -> str:
    """The name under which somebody speaks: never an address; empty where nothing is known."""
    name = author.strip().strip("\"'") or email
    return name.partition("@")[0].strip() if "@" in name else name


@dataclass(frozen=True, slots=True)
class File:
    """An attachment, as its card tells it."""

    number: int
    name: str
    type: str
    size: int


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
    # Empty where it is the thread's own.
    subject: str
    above_id: int | None
    above_hash: str
    above_number: int
    above_name: str
    pieces: tuple[Piece, ...]
    files: tuple[File, ...]
    has_html: bool
    # From all but moderators.
    hidden: bool = False


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


def posts(places: Iterable[Place], texts: dict[int, str], files: dict[int, tuple[File, ...]], subject: str, veil: Veil) -> tuple[Post, ...]:
    """Places with their words."""
    return tuple(post(place, texts.get(place.head.id, ""), files.get(place.head.id, ()), subject, veil) for place in places)


def post(place: Place, text: str, files: tuple[File, ...], subject: str, veil: Veil) -> Post:
    """One place with its words."""
    head, above = place.head, place.above
    return Post(
        id=head.id,
        hash=head.hash,
        message_id=head.message_id,
        number=place.number,
        depth=place.depth,
        user_id=head.user_id,
        name=speaker(head.author, head.author_email),
        sent_at=head.sent_at,
        subject=veil(head.subject) if changed_subject(head.subject, subject) else "",
        above_id=above.id if above else None,
        above_hash=above.hash if above else "",
        above_number=place.above_number,
        above_name=speaker(above.author, above.author_email) if above else "",
        # Split first: a mail program's "Anna <anna@…> wrote:" is known by its address.
        pieces=tuple(Piece(piece.kind, veil(piece.text)) for piece in pieces_of(text)),
        files=files,
        has_html=bool(head.has_html),
        hidden=head.hidden_at is not None,
    )


def pieces_of(text: str) -> tuple[Piece, ...]:
    """What is said and what is quoted; told apart once for messages that are read again and again."""
    return _kept_pieces(text) if len(text) <= KEPT else split(text)


@lru_cache(maxsize=512)
def _kept_pieces(text: str) -> tuple[Piece, ...]:
    return split(text)


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
        found[row.message_id].append(File(row.number, veil(row.name), row.type, row.size))
    return {message_id: tuple(files) for message_id, files in found.items()}
