"""What another list program knew of a list, as values: in our words where we have the same thing, in sentences where not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on a list; role, delivery and status are our words. `others` are their further addresses."""

    email: str
    name: str = ""
    role: str = "member"
    delivery: str = "each"
    status: str = "enabled"
    moderated: bool = False
    language: str = ""
    since: datetime | None = None
    confirmed: bool = True
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post that waits for a moderator. Without its bytes, `why` says what is missing."""

    sender: str
    subject: str
    since: datetime | None = None
    # Our own reasons, where the other program's are the same.
    reasons: tuple[str, ...] = ()
    raw: bytes | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody's wish to join that waits for a moderator."""

    email: str
    name: str = ""
    language: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundList:
    """A list as it was. `settings` are ours, as text; `notes` and `cannot` are sentences for who moves it."""

    name: str
    host: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    people: tuple[Person, ...] = ()
    bans: tuple[str, ...] = ()
    posts: tuple[HeldPost, ...] = ()
    wishes: tuple[Wish, ...] = ()
    notes: tuple[str, ...] = ()
    cannot: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Where posts to it went; the bare name where nobody said at which host."""
        return f"{self.name}@{self.host}" if self.host else self.name


@dataclass(frozen=True, slots=True)
class Found:
    """All that one source holds; `bans` are those of the whole site."""

    lists: tuple[FoundList, ...] = ()
    bans: tuple[str, ...] = ()


class Unreadable(Exception):
    """A file of another program is not what it should be. The text is a clause that follows the file's name."""
