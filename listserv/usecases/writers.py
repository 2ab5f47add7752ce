"""The people of a list as a reader may know them: who has written, how much and when. Who only reads is named to moderators alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy.orm import Session

from listserv.store import writers as rows
from listserv.store.lists import MailingList
from listserv.usecases.access import Actor
from listserv.usecases.contents import people_of, stamp_of
from listserv.usecases.conversations import speaker
from listserv.usecases.reading import page_of, view_of
from listserv.usecases.shown import Pages, View
from listserv.words.folding import fold

A_PAGE = 50
LATEST, MOST, NAME = "latest", "most", "name"


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody who wrote on the list; without a number where they have no account."""

    user_id: int | None
    name: str
    messages: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Writers:
    """A page of them."""

    view: View
    writers: tuple[Writer, ...]
    total: int
    order: str
    pages: Pages
    # How many are on the list; strangers are not told.
    members: int | None


def _latest(writer: Writer) -> Any:
    return -writer.last_at.timestamp(), _name(writer)


def _most(writer: Writer) -> Any:
    return -writer.messages, _name(writer)


def _name(writer: Writer) -> Any:
    """By the last name; who has none comes last."""
    parts = [fold(part) for part in writer.name.split()]
    return not parts, parts[-1:], parts, writer.name, writer.user_id or 0


ORDERS: dict[str, Callable[[Writer], Any]] = {LATEST: _latest, MOST: _most, NAME: _name}


def writers(db: Session, name: str, actor: Actor, *, order: str = LATEST, page: int = 1) -> Writers:
    """Everyone who wrote on a list. An order that is none is that of the last word. Raises NotFound."""
    view = view_of(db, name, actor)
    found = _together(_counted(db, view.mlist))
    order = order if order in ORDERS else LATEST
    at = page_of(page, len(found), A_PAGE)
    # Sorted here: databases do not agree on where Ł stands.
    shown = sorted(found, key=ORDERS[order])[(at.number - 1) * A_PAGE : at.number * A_PAGE]
    members = people_of(db, view.mlist, stamp_of(db))[0] if view.sees_addresses else None
    return Writers(view, tuple(shown), len(found), order, at, members)


def _counted(db: Session, mlist: MailingList) -> Sequence[Any]:
    """Who wrote how much: counted over the whole archive once, and over what has come since, as long as nothing but messages came."""
    stamp, memory = stamp_of(db), db.info.get("memory", {})
    (upto, then), known = memory.get(("writers", mlist.id), ((0, None), {}))
    if then != stamp or upto > mlist.last_seq:
        known = {(row.user_id, row.who): row for row in rows.writers_of(db, mlist.id, mlist.last_seq)}
    elif upto < mlist.last_seq:
        new = {(row.user_id, row.who): row for row in rows.writers_of(db, mlist.id, mlist.last_seq, after=upto)}
        known = known | {who: _added(known.get(who), row) for who, row in new.items()}
    memory["writers", mlist.id] = (mlist.last_seq, stamp), known
    return list(known.values())


def _added(known: Any, row: Any) -> Any:
    if known is None:
        return row
    names = {name: max(getattr(known, name), getattr(row, name)) for name in ("author", "author_email", "last_at")}
    return SimpleNamespace(user_id=row.user_id, who=row.who, messages=known.messages + row.messages, **names)


def _together(found: Sequence[Any]) -> list[Writer]:
    """Of those without an account one entry for each name that is shown."""
    known = [_writer(row) for row in found if row.user_id is not None]
    named: dict[str, Writer] = {}
    for row in found:
        if row.user_id is None:
            one = _writer(row)
            other = named.get(one.name)
            named[one.name] = Writer(None, one.name, one.messages + other.messages, max(one.last_at, other.last_at)) if other else one
    return [*known, *named.values()]


def _writer(row: Any) -> Writer:
    return Writer(row.user_id, speaker(row.author, row.author_email), row.messages, row.last_at)
