"""What the pages of the bank of materials show, as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from listserv.store.lists import Topic
from listserv.usecases.shown import Pages, View


@dataclass(frozen=True, slots=True)
class Asked:
    """Which items somebody wants to see; the area by its short name."""

    q: str = ""
    kind: str = ""
    area: str = ""
    good: bool = False
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an item; `url` of a link."""

    number: int
    name: str
    type: str
    size: int
    at: datetime
    author: str
    thread_id: int | None
    hash: str


@dataclass(frozen=True, slots=True)
class Item:
    """An item as it is shown; the newest version first."""

    id: int
    number: int
    title: str
    kind: str
    area: tuple[str, str] | None
    licence: str
    description: str
    url: str
    author: str
    user_id: int | None
    at: datetime
    downloads: int
    recommended: bool
    removed: bool
    uses: int
    versions: tuple[Version, ...]
    thread: tuple[int, str] | None

    @property
    def newest(self) -> Version:
        """The version that is fetched."""
        return self.versions[0]


@dataclass(frozen=True, slots=True)
class Use:
    """Somebody said that they used it."""

    name: str
    user_id: int
    at: datetime
    hash: str


@dataclass(frozen=True, slots=True)
class Bank:
    """A page of items; `kinds` and `areas` (slug, title, count) are ways to see fewer."""

    view: View
    asked: Asked
    items: tuple[Item, ...]
    pages: Pages
    total: int
    kinds: tuple[tuple[str, int], ...]
    areas: tuple[tuple[str, str, int], ...]
    good: int
    removed: int


@dataclass(frozen=True, slots=True)
class Card:
    """One item on a page of its own; `corrects`: may whoever looks put it in order?"""

    view: View
    item: Item
    uses: tuple[Use, ...]
    corrects: bool
    topics: Sequence[Topic]
