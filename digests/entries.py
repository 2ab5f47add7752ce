"""What is in a digest (values that a caller fills in), and how much of it is shown."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from digests import excerpt
from digests.schedule import Schedule


class Form(StrEnum):
    """A page with its text; text alone; a parcel of mails (RFC 2046 section 5.1.5); one text of mails (RFC 1153)."""

    HTML = "html"
    PLAIN = "plain"
    MIME = "mime"
    RFC1153 = "rfc1153"


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
    # Without brackets; a parcel of mails has them.
    message_id: str = ""
    parent_id: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is new in one thread: one number of the digest. `waits`: it asks something, and nobody else has written yet."""

    title: str
    url: str
    items: tuple[Item, ...]
    topic: str = ""
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """An older question without an answer, which can be answered from the digest: `key` as of an `Item`."""

    key: int
    title: str
    author: str
    said: str
    url: str
    days: int


@dataclass(frozen=True, slots=True)
class Kept:
    """An attachment worth keeping, and who sent it."""

    file: File
    author: str


@dataclass(frozen=True, slots=True)
class Filed:
    """What is new in a list's bank of materials: its number there, what it is called and whose it is."""

    number: int
    title: str
    author: str
    url: str


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
    # The first is asked aloud, the others by their titles.
    questions: tuple[Question, ...] = ()
    kept: tuple[Kept, ...] = ()
    newcomers: tuple[str, ...] = ()
    # The bank's address sends what is asked for by its number.
    filed: tuple[Filed, ...] = ()
    bank_address: str = ""
    form: Form = Form.HTML
    # The list's own, under which mails of a parcel stand: nobody's private address is told.
    address: str = ""

    @property
    def waiting(self) -> int:
        """How many of its threads ask something that nobody has answered."""
        return sum(entry.waits for entry in self.entries)

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
# Mails are told whole where there is room.
PARCELS = (Measure(NUMBERED, MOST.items, 20_000), Measure(NUMBERED, MOST.items, 6_000), Measure(NUMBERED, MOST.items, 2_500), *MEASURES)


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it is shown. `place`: how its reader names it, "1" or "1.2"."""

    item: Item
    paragraphs: tuple[tuple[str, ...], ...]
    cut: bool
    place: str
    # As it was typed, shortened: parcels keep its lines.
    text: str


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
    shown = tuple(_show(item, measure.letters, f"{number}.{place}" if place > 1 else f"{number}") for place, item in enumerate(entry.items[:room], start=1))
    return Point(number, entry, shown, entry.items[room:])


def _show(item: Item, letters: int, place: str) -> Shown:
    text, cut = excerpt.shorten(item.said, letters)
    return Shown(item, excerpt.paragraphs(text), cut, place, text)
