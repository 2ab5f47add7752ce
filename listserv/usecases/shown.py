"""What a page of the archive shows, as values: rows stay behind, and templates decide nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.usecases.access import moderates
from listserv.usecases.contents import Heading
from listserv.usecases.conversations import Post, Veil, Voice, as_it_is, mask
from listserv.usecases.thankful import Thanked

if TYPE_CHECKING:
    # The library that reads calendars is loaded where there is one to read.
    from listserv.mail.calendar import Event


@dataclass(frozen=True, slots=True)
class View:
    """A list, seen by somebody: a member, a stranger at a public archive, or an administrator."""

    mlist: MailingList
    member: Member | None
    sees_addresses: bool
    # Are there issues of a newsletter to read?
    issued: bool = False

    @property
    def has_news(self) -> bool:
        """Is there a newsletter for whoever looks: issues to read, or their own to write?"""
        return self.issued or self.decides

    @property
    def veil(self) -> Veil:
        """What texts pass through before they are shown."""
        return as_it_is if self.sees_addresses else mask

    @property
    def fetches(self) -> bool:
        """May attachments and sources be fetched? They hold addresses, also at a public archive."""
        return self.sees_addresses

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
    # Messages that are new to whoever looks, where they are a member.
    new: int = 0
    # Cases that wait for them, where they decide.
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class News:
    """What is new to somebody on a list: how many messages in which thread, up to which number, since when."""

    counts: Mapping[int, int]
    # The first of them, where there is but one the only one.
    first: Mapping[int, int]
    upto: int
    since: datetime

    @property
    def messages(self) -> int:
        """In all threads together."""
        return sum(self.counts.values())


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
    # An issue, a meeting, results: nobody is asked there.
    announces: bool = False
    # Messages that are new to whoever looks; the first of them, and on which page of the thread it stands.
    new: int = 0
    first_new: int = 0
    first_page: int = 1

    @property
    def waits(self) -> bool:
        """Has nobody answered yet what asks?"""
        return self.messages == 1 and not (self.closed or self.pinned or self.history or self.announces)


@dataclass(frozen=True, slots=True)
class Forum:
    """A page of threads."""

    view: View
    lines: tuple[Line, ...]
    pages: Pages
    topics: tuple[Heading, ...]
    months: tuple[tuple[int, int], ...]
    topic: Heading | None = None
    month: tuple[int, int] | None = None
    # (members, of them writers); strangers are not told.
    people: tuple[int, int] | None = None
    # How many threads wait for an answer; no more than `MOST_WAITING` are counted.
    waiting: int = 0
    # What is new to whoever looks, where that is a member.
    news: News | None = None
    # Only the threads that are `unread`, or that are `unanswered`.
    only: str = ""
    # What whoever looks has begun to write here.
    drafts: int = 0

    @property
    def last_new(self) -> int:
        """The line (from 1) below which nothing is new any more; 0 where there is none to be told apart, or not on this page alone."""
        new = [number for number, line in enumerate(self.lines, 1) if line.new]
        return new[-1] if self.news and new and len(new) == len(self.news.counts) and new[-1] < len(self.lines) else 0


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
    # Did it begin with an issue of the newsletter?
    issued: bool = False
    # Messages that are new to whoever looks; the first of them, and on which page it stands.
    new: int = 0
    first_new: int = 0
    first_page: int = 1
    # The mark of whoever has read this page; 0 where none moves.
    upto: int = 0
    # By message (its number): who has said thanks, where a list collects that.
    thanks: Mapping[int, Thanked] = field(default_factory=dict)


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
    # The parts of a long one.
    pages: Pages = Pages(1, 1)
    # Does it carry a calendar file, and what that says, where it can be read.
    calendar: bool = False
    event: "Event | None" = None


@dataclass(frozen=True, slots=True)
class Word:
    """One message among those of a person."""

    hash: str
    subject: str
    sent_at: datetime
    word: str
    # From all but moderators.
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody wrote on a list."""

    view: View
    user_id: int
    name: str
    words: tuple[Word, ...]
    messages: int
    pages: Pages
