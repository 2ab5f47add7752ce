"""A list's own rules: a small closed vocabulary of questions about a post, and what follows from a yes.

Words are looked for at the beginnings of words, without case and diacritics, as they look to a reader (`mail.seeming`);
expressions are those of bans (`mail.patterns`), which cannot run away. All of it is bounded by the length of what is read.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol

from listserv.errors import Invalid
from listserv.mail import address, patterns, seeming, sizes
from listserv.mail.address import Mailbox

if TYPE_CHECKING:
    from listserv.mail.parse import Attachment

LONGEST: Final = 500
# In characters: what stands further down decides nothing.
LONGEST_TEXT: Final = 100_000
# Fewer letters than these may well be an acronym.
LEAST_CAPITALS: Final = 20
MOSTLY: Final = 0.7
LINK = re.compile(r"\bhttps?://\S", re.I)
# A mail's own fields are some thousand bytes already: below this every message is “larger”, and beyond that none is.
LEAST_SIZE, LARGEST_SIZE = 10 << 10, 1 << 30
SEPARATOR = re.compile(r"[,;]")
ENDING = re.compile(r"\.?[a-z0-9]{1,10}|[a-z]+/(?:\*|[a-z0-9.+-]+)")


class Does(StrEnum):
    """What a rule does, the gravest first: the order in which they are asked."""

    DISCARD = "discard"
    REFUSE = "refuse"
    HOLD = "hold"


class Asks(StrEnum):
    """What a rule asks about a post."""

    SUBJECT = "subject"
    TEXT = "text"
    FROM = "from"
    ATTACHMENT = "attachment"
    LARGER = "larger"
    LINKS = "links"
    CAPITALS = "capitals"


# In English, for the console and the journal.
IN_WORDS = {
    Asks.SUBJECT: "the subject has: {}",
    Asks.TEXT: "the subject or text has: {}",
    Asks.FROM: "it is from: {}",
    Asks.ATTACHMENT: "a file is: {}",
    Asks.LARGER: "it is larger than {}",
    Asks.LINKS: "it has more links than {}",
    Asks.CAPITALS: "it is written in capitals",
}


@dataclass(frozen=True, slots=True)
class ListRule:
    """One rule, its value as `normal` keeps it."""

    does: Does
    asks: Asks
    value: str = ""

    @property
    def short(self) -> str:
        """What it asks and the value, as a held post keeps it."""
        return f"{self.asks} {self.value}".strip()

    def __str__(self) -> str:
        return f"{self.does} if {IN_WORDS[self.asks].format(self.value)}"


class Asked(Protocol):
    """What rules ask of a post, and of a message in the archive."""

    @property
    def subject(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def reply(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def authors(self) -> tuple[Mailbox, ...]: ...
    @property
    def attachments(self) -> "tuple[Attachment, ...]": ...


@dataclass
class Read:
    """A post as rules read it; each reading once for all of them."""

    post: Asked

    @cached_property
    def subject(self) -> str:
        """The subject as words are looked for in it."""
        return seeming.flat(self.post.subject)

    @cached_property
    def text(self) -> str:
        """Subject and text, likewise."""
        return f"{self.subject}\n{seeming.flat(self.post.text[:LONGEST_TEXT])}"

    @cached_property
    def files(self) -> tuple[tuple[str, str], ...]:
        """(name, type) of each file, under each of its names; those within an attached message, and in the text, too."""
        named = [(name, file.type.lower()) for file in self.post.attachments for name in seeming.name_of_file(file.name)]
        inner = [name for file in self.post.attachments for name in file.within] + [*seeming.uuencoded(self.post.text[:LONGEST_TEXT])]
        return (*named, *((name, "") for one in inner for name in seeming.name_of_file(one)))

    @cached_property
    def links(self) -> int:
        """How many web addresses stand in the text."""
        return len(LINK.findall(self.post.text[:LONGEST_TEXT]))


def normal(asks: Asks, value: str) -> str:
    """A value as it is kept. Raises Invalid with what to say instead."""
    text = " ".join(value.split())
    if len(text) > LONGEST or not text.isprintable():
        raise Invalid("a rule's value is one line of at most 500 characters")
    return KEPT[asks](text)


def first(rules: Iterable[ListRule], post: Asked) -> ListRule | None:
    """The rule that decides about a post: the gravest that fits, and of these the first."""
    read = Read(post)
    fitting = [rule for rule in rules if FITS[rule.asks](read, rule.value)]
    return min(fitting, key=lambda rule: list(Does).index(rule.does), default=None)


# ---- values ------------------------------------------------------------------------------------------------


def _words(text: str) -> str:
    if text.startswith("^"):
        return patterns.normal(text)
    words = [word for one in SEPARATOR.split(text) if (word := " ".join(one.split()))]
    if not any(c.isalnum() for c in text):
        raise Invalid("say which words, with commas between them")
    return ", ".join(words)


def _only_words(text: str) -> str:
    if text.startswith("^"):
        raise Invalid("expressions are for subjects and senders; here say words, with commas between them")
    return _words(text)


def _files(text: str) -> str:
    kinds = [one.strip().lower().lstrip(".") for one in re.split(r"[,;\s]+", text) if one.strip()]
    if not kinds or not all(ENDING.fullmatch(one) for one in kinds):
        raise Invalid("say which files: the ends of their names (exe, js) or their types (image/*)")
    return ", ".join(kinds)


def _sender(text: str) -> str:
    if not text.startswith("^") and SEPARATOR.search(text):
        raise Invalid("one rule is about one address or domain: give it several rules")
    return patterns.normal(text)


def _size(text: str) -> str:
    size = sizes.read(text)
    if not LEAST_SIZE <= size <= LARGEST_SIZE:
        raise Invalid("say how large, with its unit: 500 kB, 2 MB or 2.5 MB (at least 10 kB, which nearly every message has)")
    return sizes.shown(size)


def _count(text: str) -> str:
    if not re.fullmatch(r"\d{1,4}", text):
        raise Invalid("say how many links are not yet too many: a number")
    return str(int(text))


def _nothing(text: str) -> str:
    if text:
        raise Invalid("“written in capitals” needs nothing more")
    return ""


KEPT: dict[Asks, Callable[[str], str]] = {
    Asks.SUBJECT: _words,
    Asks.TEXT: _only_words,
    Asks.FROM: _sender,
    Asks.ATTACHMENT: _files,
    Asks.LARGER: _size,
    Asks.LINKS: _count,
    Asks.CAPITALS: _nothing,
}


# ---- questions ---------------------------------------------------------------------------------------------


def _has(text: str, value: str) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(flat)}", text) for word in value.split(", ") if (flat := seeming.flat(word)))


def _subject(read: Read, value: str) -> bool:
    return patterns.finds(value, seeming.visible(read.post.subject)) if value.startswith("^") else _has(read.subject, value)


def _from(read: Read, value: str) -> bool:
    return any(patterns.matches(value, address.key(author.address)) for author in read.post.authors[:3])


def _attached(read: Read, value: str) -> bool:
    return any(_is_kind(kind, name, type) for name, type in read.files for kind in value.split(", "))


def _is_kind(kind: str, name: str, type: str) -> bool:
    if "/" in kind:
        return type == kind or (kind.endswith("/*") and type.startswith(kind[:-1]))
    return name.endswith(f".{kind}")


def _capitals(read: Read, value: str) -> bool:
    return any(_shouted(text[:LONGEST_TEXT]) for text in (read.post.subject, read.post.reply))


def _shouted(text: str) -> bool:
    letters = [c for c in text if c.isalpha() and c.lower() != c.upper()]
    return len(letters) >= LEAST_CAPITALS and sum(c.isupper() for c in letters) >= MOSTLY * len(letters)


FITS: dict[Asks, Callable[[Read, str], bool]] = {
    Asks.SUBJECT: _subject,
    Asks.TEXT: lambda read, value: _has(read.text, value),
    Asks.FROM: _from,
    Asks.ATTACHMENT: _attached,
    Asks.LARGER: lambda read, value: read.post.size > sizes.read(value),
    Asks.LINKS: lambda read, value: read.links > int(value),
    Asks.CAPITALS: _capitals,
}
