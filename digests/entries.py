"""What is in a digest (values that a caller fills in), and how much of it is shown."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from digests import excerpt
from digests.schedule import Schedule


@dataclass(frozen=True, slots=True)
class File:
    """An attachment: a name, a link, a size in bytes."""

    name: str
    url: str
    size: int


@dataclass(frozen=True, slots=True)
class Item:
    """One message. `key` names it in the marks that are filled for each reader; `said` is what its author wrote now."""

    key: int
    author: str
    at: datetime
    said: str
    url: str
    answers: str = ""
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """What is new in one thread: one number of the digest."""

    title: str
    url: str
    items: tuple[Item, ...]
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Thanked:
    """Who thanks whom, and for which message: a line of the digest. A name may be empty where nobody knows it."""

    names: tuple[str, ...]
    author: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A digest as many people may share it: the same news, language, zone and schedule.

    `last`: single copies follow it. `away`: since when its readers paused, where it tells what came meanwhile.
    """

    list_title: str
    language: str
    zone: ZoneInfo
    made_at: datetime
    schedule: Schedule
    entries: tuple[Entry, ...]
    archive_url: str
    settings_url: str
    last: bool = False
    away: datetime | None = None
    thanks: tuple[Thanked, ...] = ()

    @property
    def messages(self) -> int:
        """How many messages there are in it."""
        return sum(len(entry.items) for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Measure:
    """How much is told: threads, messages of each, characters of each message."""

    threads: int
    items: int
    letters: int


# Threads that have a number. More than these are only counted.
NUMBERED = 60
# Tried in this order until the letter is small enough.
MEASURES = (
    *(Measure(NUMBERED, 12, 1000), Measure(NUMBERED, 8, 700), Measure(NUMBERED, 5, 450), Measure(NUMBERED, 3, 300)),
    *(Measure(NUMBERED, 1, 200), Measure(40, 1, 200), Measure(25, 1, 160), Measure(12, 1, 160), Measure(6, 1, 120), Measure(0, 0, 0)),
)
MOST = MEASURES[0]


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it is shown."""

    item: Item
    paragraphs: tuple[tuple[str, ...], ...]
    cut: bool


@dataclass(frozen=True, slots=True)
class Point:
    """A thread as it is shown, with its number; `hidden` are the messages for which there is no room."""

    number: int
    entry: Entry
    shown: tuple[Shown, ...]
    hidden: tuple[Item, ...]

    @property
    def hidden_authors(self) -> str:
        """Who wrote those that are not shown: each once, the first eight."""
        names = list(dict.fromkeys(item.author for item in self.hidden))
        return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")


def lay_out(entries: tuple[Entry, ...], measure: Measure) -> tuple[Point, ...]:
    """The points of a digest. Numbers follow from the order of the entries alone, never from the room there is."""
    return tuple(_point(number, entry, measure) for number, entry in enumerate(entries[:NUMBERED], start=1))


def _point(number: int, entry: Entry, measure: Measure) -> Point:
    room = measure.items if number <= measure.threads else 0
    return Point(number, entry, tuple(_show(item, measure.letters) for item in entry.items[:room]), entry.items[room:])


def _show(item: Item, letters: int) -> Shown:
    text, cut = excerpt.shorten(item.said, letters)
    return Shown(item, excerpt.paragraphs(text), cut)
