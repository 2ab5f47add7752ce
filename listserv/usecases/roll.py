"""Looking people up: by a piece of name or address, by role, delivery, status or bounces, fifty a page."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from listserv.store import docket, roll
from listserv.store.members import Member, count_members
from listserv.store.trusted import trusted
from listserv.usecases import consents
from listserv.usecases.bouncestanding import Standing, standing
from listserv.usecases.consents import Given
from listserv.usecases.reading import page_of
from listserv.usecases.shown import Pages
from listserv.usecases.stewards import Steward, may_change, may_set_language

MEMBERS_A_PAGE = 50
LATEST, HISTORY = 10, 50
# What can be asked for, by the field of the form (`store.roll.FILTERS`). A word that is none of these asks for everybody.
WORDS = {
    "role": ("member", "moderator", "owner"),
    "delivery": ("each", "digest", "none"),
    "status": ("enabled", "paused", "bouncing"),
    "bounces": ("yes",),
    "moderated": ("yes",),
}
# Of members: the roles that look after the list first.
RANK = {"owner": 0, "moderator": 1, "member": 2}
# Orders of names are made here, because the databases do not agree on letters; the others are theirs.
BY_NAME: dict[str, Callable[[Any], Any]] = {
    "name": lambda row: (folded(row.name or row.key), row.key),
    "role": lambda row: (RANK[row.role], folded(row.name or row.key), row.key),
}
ORDERS = (*BY_NAME, *roll.ORDERS)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for among the members."""

    text: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    order: str = "name"


@dataclass(frozen=True, slots=True)
class Entry:
    """A member on the roll, with the number of their messages and the last one's time."""

    member: Member
    posts: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Roll:
    """A page of members."""

    steward: Steward
    entries: tuple[Entry, ...]
    found: int
    everyone: int
    pages: Pages
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Sheet:
    """One member's page."""

    steward: Steward
    member: Member
    posts: int
    last_at: datetime | None
    # Messages that only moderators see.
    hidden: int
    latest: Sequence[Any]
    history: Sequence[Any]
    decided: dict[str, int]
    # What they agreed to when they joined, newest first.
    consents: Sequence[Given]
    trusted: bool
    may_change: bool
    # The language is the person's, and may be more than this list's business.
    sets_language: bool
    # What came back from them, and what happens next.
    standing: Standing | None = None


def folded(text: str) -> str:
    """Text for comparing: without case and diacritics, so that `lodz` finds Łódź."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    return "".join(c for c in plain if not unicodedata.combining(c))


def wanted(args: dict[str, str]) -> Wanted:
    """What a form asks for; words that mean nothing are passed over."""
    filters = tuple((field, args[field]) for field, words in WORDS.items() if args.get(field) in words)
    order = args.get("sort", "")
    return Wanted(args.get("q", "").strip()[:200], filters, order if order in ORDERS else "name")


def look_up(db: Session, who: Steward, asked: Wanted, *, page: int = 1) -> Roll:
    """The members that fit. Names are compared here, because the databases do not agree on letters."""
    rows = roll.everyone(db, who.mlist.id, asked.filters, asked.order)
    words = folded(asked.text).split()
    found = [row for row in rows if _has(row, words)] if words else list(rows)
    if asked.order in BY_NAME:
        found.sort(key=BY_NAME[asked.order])
    everyone = count_members(db, who.mlist) if asked.filters else len(rows)
    at = page_of(page, len(found), MEMBERS_A_PAGE)
    shown = found[(at.number - 1) * MEMBERS_A_PAGE : at.number * MEMBERS_A_PAGE]
    known = roll.members_by_id(db, [row.id for row in shown])
    members = [known[row.id] for row in shown]
    said = roll.last_words(db, who.mlist.id, [member.user_id for member in members])
    entries = tuple(Entry(member, *said.get(member.user_id, (0, None))) for member in members)
    return Roll(who, entries, len(found), everyone, at, asked)


def _has(row: Any, words: list[str]) -> bool:
    text = f"{folded(row.name)} {row.key}"
    return all(word in text for word in words)


def sheet(db: Session, who: Steward, member: Member, now: datetime) -> Sheet:
    """Everything about one member."""
    posts, last_at = roll.last_words(db, who.mlist.id, [member.user_id]).get(member.user_id, (0, None))
    decided: dict[str, int] = {}
    for states in docket.decisions_on(db, who.mlist.id, [member.address.email]).values():
        decided |= states
    return Sheet(
        steward=who,
        member=member,
        posts=posts,
        last_at=last_at,
        hidden=roll.count_hidden(db, who.mlist.id, member.user_id),
        latest=roll.latest_words(db, who.mlist.id, member.user_id, LATEST),
        history=roll.history(db, member, HISTORY),
        decided=decided,
        consents=consents.of_person(db, member.user, who.mlist),
        trusted=trusted(db, who.mlist, member.address.key) is not None,
        may_change=may_change(who, member),
        sets_language=may_set_language(db, who, member),
        standing=standing(db, member, now),
    )
