"""The journal of a whole site for those who keep it: by list, person, kind, words and days; in pages, and as a table to take along."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from listserv.i18n import N_
from listserv.mail import address
from listserv.store import sitejournal as rows
from listserv.store import sitelists
from listserv.store.lists import MailingList
from listserv.store.people import User, person_at
from listserv.store.sitejournal import Sought
from listserv.usecases import decisions
from listserv.usecases.decisions import Entry

A_PAGE = 50
# So many lines a table has at most; days say which.
MOST_LINES = 20_000
PEOPLE, SERVER = "people", "server"
KINDS = decisions.KINDS | {PEOPLE: N_("people and their accounts"), SERVER: N_("the server itself")}
WHAT: dict[str, tuple[str, str]] = decisions.WHAT | {
    "profile-set": (PEOPLE, N_("person changed name, language or time zone")),
    "address-added": (PEOPLE, N_("person gave another address")),
    "address-proven": (PEOPLE, N_("person proved an address")),
    "address-removed": (PEOPLE, N_("person took an address away")),
    "signed-out-elsewhere": (PEOPLE, N_("person signed out other browsers")),
    "token-made": (PEOPLE, N_("key for programs made")),
    "token-taken-back": (PEOPLE, N_("key for programs taken back")),
    "erasure-asked": (PEOPLE, N_("erasure of a person asked for")),
    "erasure-stopped": (PEOPLE, N_("erasure of a person stopped")),
    "erased": (PEOPLE, N_("person erased")),
    "passkey-added": (PEOPLE, N_("passkey added")),
    "passkey-removed": (PEOPLE, N_("passkey taken away")),
    "codes-set-up": (PEOPLE, N_("one-time codes set up")),
    "codes-stopped": (PEOPLE, N_("one-time codes stopped")),
    "signed-out-by-administrator": (PEOPLE, N_("administrator signed a person out everywhere")),
    "administrator-named": (SERVER, N_("administrator named")),
    "administrator-released": (SERVER, N_("administrator released")),
    "copies-refused": (SERVER, N_("mail services refused copies for what we are")),
    "retried": (SERVER, N_("mail tried again")),
    "thrown-away": (SERVER, N_("mail that was set aside thrown away")),
    "site-checked": (SERVER, N_("check of the whole server")),
    "preview-dropped": (decisions.POSTS, N_("message thrown away by its author before it went out")),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to see, as it was typed: `unknown` names the fields that mean nothing here."""

    mlist: str = ""
    person: str = ""
    kind: str = ""
    text: str = ""
    after: date | None = None
    before: date | None = None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """An entry, the list that it belongs to, and the person that it is about (0: none)."""

    id: int
    entry: Entry
    mlist: MailingList | None
    person: int = 0


@dataclass(frozen=True, slots=True)
class SiteJournal:
    """A page of it; below which number the next one begins (0: there is none)."""

    entries: tuple[SiteEntry, ...]
    asked: Asked
    more: int


def asked(args: Mapping[str, str]) -> Asked:
    """What a form asks for."""
    usual = decisions.asked({key: args.get(key, "") for key in ("q", "after", "before")})
    kind = args.get("kind", "")
    return Asked(args.get("list", "").strip()[:64], args.get("who", "").strip()[:320], kind if kind in KINDS else "", usual.text, usual.after, usual.before)


def read(db: Session, wanted: Asked, zone: str, below: int = 0) -> SiteJournal:
    """A page of what was done, newest first."""
    sought, unknown = _sought(db, wanted, zone)
    if sought is None:
        return SiteJournal((), Asked(wanted.mlist, wanted.person, wanted.kind, wanted.text, wanted.after, wanted.before, unknown), 0)
    found, more = rows.page(db, sought, A_PAGE, below or None)
    return SiteJournal(_entries(db, found), wanted, more or 0)


def _entries(db: Session, found: Any) -> tuple[SiteEntry, ...]:
    lists = sitelists.names(db, {row.list_id for row in found if row.list_id})
    return tuple(SiteEntry(row.id, _entry(db, row), lists.get(row.list_id), row.about_id or 0 if row.about == "user" else 0) for row in found)


def _entry(db: Session, row: Any) -> Entry:
    entry = decisions.entry_of(row)
    if row.about != "user":
        return entry
    user = db.get(User, row.about_id)
    return Entry(entry.at, entry.what, entry.door, entry.who, user.name if user else "", "", entry.detail)


def _sought(db: Session, wanted: Asked, zone: str) -> tuple[Sought | None, tuple[str, ...]]:
    """The same with numbers; None where a name is nobody's, and which names that are."""
    days = decisions.Asked(text=wanted.text, after=wanted.after, before=wanted.before)
    where = decisions.conditions(days, zone)
    list_id = rows.list_called(db, wanted.mlist) if wanted.mlist else None
    person = _person(db, wanted.person) if wanted.person else None
    unknown = tuple(name for name, said, number in (("list", wanted.mlist, list_id), ("who", wanted.person, person)) if said and number is None)
    if unknown:
        return None, unknown
    whats = [what for what, (kind, _) in WHAT.items() if kind == wanted.kind] if wanted.kind else []
    return Sought(list_id, person, whats, where["text"], where["after"], where["before"]), ()


def _person(db: Session, said: str) -> int | None:
    """A person's number: of an address, or the number itself; 0 is the program."""
    if said.isascii() and said.isdigit() and len(said) < 19:
        return int(said)
    known = person_at(db, address.key(said))
    return known.user_id if known else None


def table(db: Session, wanted: Asked, zone: str) -> Iterator[str]:
    """The same as CSV, a line at a time: the newest ones, so many as a spreadsheet takes well."""
    yield decisions.csv_line(("at", "list", "who", "door", "what", "about", "detail"))
    sought, _ = _sought(db, wanted, zone)
    below, left = None, MOST_LINES
    while sought is not None and left > 0:
        found, below = rows.page(db, sought, min(left, 500), below)
        for one, row in zip(_entries(db, found), found, strict=True):
            yield _line(one, row.detail)
        left -= len(found)
        if below is None:
            return


def _line(one: SiteEntry, detail: str) -> str:
    entry, at = one.entry, _stamp(one.entry.at)
    return decisions.csv_line((at, one.mlist.name if one.mlist else "", entry.who, entry.door, entry.what, entry.about, detail))


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
