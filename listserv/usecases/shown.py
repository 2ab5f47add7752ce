"""What a page of the archive shows, as values: rows stay behind, and templates decide nothing."""

from dataclasses import dataclass
from datetime import datetime

from listserv.store.lists import MailingList, Topic
from listserv.store.members import Member
from listserv.usecases.access import moderates
from listserv.usecases.conversations import Post, Veil, Voice, as_it_is, mask


@dataclass(frozen=True, slots=True)
class View:
    """A list, seen by somebody: a member, a stranger at a public archive, or an administrator."""

    mlist: MailingList
    member: Member | None
    sees_addresses: bool

    @property
    def veil(self) -> Veil:
        """What texts pass through before they are shown."""
        return as_it_is if self.sees_addresses else mask

    def may_fetch(self, kind: str) -> bool:
        """May an attachment of this type be fetched? A whole mail holds addresses, like the source of a message."""
        return self.sees_addresses or not kind.startswith("message/")

    @property
    def decides(self) -> bool:
        """A moderator, or an administrator: sees what is hidden, marked as such."""
        return moderates(self.member) or (self.member is None and self.sees_addresses)


@dataclass(frozen=True, slots=True)
class Pages:
    """Which page of how many."""

    number: int
    count: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """A list on the front page."""

    mlist: MailingList
    threads: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """A thread in a list of threads."""

    id: int
    subject: str
    messages: int
    last_at: datetime
    pinned: bool
    closed: bool
    # Older than the list's time here: brought along by an import.
    history: bool
    topic_slug: str
    topic_title: str
    author: str
    word: str
    others: tuple[str, ...]
    more: int

    @property
    def waits(self) -> bool:
        """Has nobody answered yet?"""
        return self.messages == 1 and not self.closed and not self.pinned and not self.history


@dataclass(frozen=True, slots=True)
class Forum:
    """A page of threads."""

    view: View
    lines: tuple[Line, ...]
    pages: Pages
    topics: tuple[tuple[Topic, int], ...]
    months: tuple[tuple[int, int], ...]
    topic: Topic | None = None
    month: tuple[int, int] | None = None
    # (members, of them writers); strangers are not told.
    people: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread's page."""

    view: View
    id: int
    subject: str
    messages: int
    first_at: datetime
    topic: tuple[str, str] | None
    pinned: bool
    closed: bool
    posts: tuple[Post, ...]
    voices: tuple[Voice, ...]
    pages: Pages
    flat: bool
    newer: tuple[int, str] | None
    older: tuple[int, str] | None
    # From all but moderators.
    hidden: bool = False
    # By moderators, whether or not the list itself is closed.
    locked: bool = False
    # Threads (number, title) that moderators have split off from this one.
    parts: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """The thread was joined to another."""

    mlist: MailingList
    thread_id: int


@dataclass(frozen=True, slots=True)
class Single:
    """One message on a page of its own."""

    view: View
    post: Post
    html: str | None
    thread_id: int
    thread_page: int
    subject: str
    messages: int
    closed: bool
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Word:
    """One message among those of a person."""

    hash: str
    subject: str
    sent_at: datetime
    word: str


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody wrote on a list."""

    view: View
    user_id: int
    name: str
    words: tuple[Word, ...]
    messages: int
    pages: Pages
