"""All lists of a site in figures, and what those who keep it do to one: make it, close it, name who decides."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from listserv.errors import Conflict, Invalid
from listserv.i18n import N_
from listserv.mail import address
from listserv.store import docket
from listserv.store import sitelists as rows
from listserv.store.lists import Archive, Kind, MailingList, list_by_name
from listserv.store.members import Member, Role, member_by_key, moderators_of
from listserv.usecases import administration, moving, roster
from listserv.usecases.access import Actor
from listserv.usecases.administration import NewList, NewMember
from listserv.usecases.reading import page_of
from listserv.usecases.shown import Pages

A_PAGE = 50
MOST_LETTERS = 200
BAD_NAME = N_("A list's name begins with a letter and holds letters a–z, digits, - or _.")
RESERVED = N_("This name would collide with an address or a page of the program. Please choose another one.")
TAKEN = N_("There is a list of that name already.")
NO_TITLE = N_("Please say what people call the list.")
BAD_OWNER = N_("This is not an e-mail address.")
A_LIST = N_("This is an address of this server: a list decides nothing.")
CHOOSE = N_("One of the values cannot be used.")


@dataclass(frozen=True, slots=True)
class Row:
    """One list in figures: how many are on it, to how many nothing is sent because letters come back, messages this month, cases that wait."""

    mlist: MailingList
    members: int
    bouncing: int
    posts: int
    waiting: int
    has_owner: bool

    @property
    def share(self) -> int:
        """Of a hundred members, so many get nothing because letters come back."""
        return round(100 * self.bouncing / self.members) if self.members else 0


@dataclass(frozen=True, slots=True)
class Lists:
    """A page of them."""

    text: str
    rows: tuple[Row, ...]
    count: int
    pages: Pages


def look(db: Session, text: str, zone: str, now: datetime, *, page: int = 1) -> Lists:
    """Lists by name, with their figures. Raises NotFound beyond the last page."""
    sought = text.strip()[:MOST_LETTERS]
    count = rows.count(db, sought)
    at = page_of(page, count, A_PAGE)
    found = rows.page(db, sought, A_PAGE, (at.number - 1) * A_PAGE)
    return Lists(sought, _figures(db, found, rows.owned(db, [mlist.id for mlist in found]), zone, now), count, at)


def _figures(db: Session, found: Sequence[MailingList], owned: Collection[int], zone: str, now: datetime) -> tuple[Row, ...]:
    ids = [mlist.id for mlist in found]
    month = now.astimezone(ZoneInfo(zone)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    people, posts, waiting = rows.people_on(db, ids), rows.posts_since(db, ids, month), docket.waiting_by_list(db, ids)
    return tuple(Row(one, *people.get(one.id, (0, 0)), posts.get(one.id, 0), waiting.get(one.id, 0), one.id in owned) for one in found)


def look_at(db: Session, mlist: MailingList, zone: str, now: datetime) -> tuple[Row, tuple[Member, ...]]:
    """The figures of one list, and those who look after it: the owners, then the moderators."""
    stewards = tuple(sorted(moderators_of(db, mlist), key=lambda member: member.role is not Role.OWNER))
    owned = {mlist.id} if any(member.role is Role.OWNER for member in stewards) else ()
    return _figures(db, [mlist], owned, zone, now)[0], stewards


@dataclass(frozen=True, slots=True)
class Wish:
    """What a new list is to be, as it was typed."""

    name: str = ""
    title: str = ""
    language: str = ""
    kind: str = Kind.DISCUSSION
    archive: str = Archive.MEMBERS
    owner: str = ""


def create(db: Session, wish: Wish, actor: Actor, now: datetime) -> MailingList:
    """Make a list with somebody who decides. Raises Invalid with a sentence for the form, whose `fact` names the field."""
    name = wish.name.strip().lower()
    _require(address.LIST_NAME.fullmatch(name) is not None, BAD_NAME, "name")
    _require(not address.name_is_reserved(name), RESERVED, "name")
    _require(list_by_name(db, name) is None, TAKEN, "name")
    _require(bool(administration.one_line(wish.title)), NO_TITLE, "title")
    _require(wish.language in ("pl", "en") and wish.kind in list(Kind) and wish.archive in list(Archive), CHOOSE, "title")
    owner = _checked(db, wish.owner)
    try:
        mlist = administration.create_list(db, NewList(name, wish.title, wish.language, Kind(wish.kind), wish.archive), actor, now)
    except Conflict:
        raise Invalid(TAKEN, field="name") from None
    except Invalid:
        raise Invalid(CHOOSE, field="title") from None
    name_owner(db, mlist, owner, actor, now)
    return mlist


def _require(well: bool, sentence: str, field: str) -> None:
    if not well:
        raise Invalid(sentence, field=field)


def _checked(db: Session, email: str) -> str:
    try:
        found = administration.checked_email(email)
    except Invalid:
        raise Invalid(BAD_OWNER, field="owner") from None
    _require(not moving.is_a_list(db, found, ""), A_LIST, "owner")
    return found


def name_owner(db: Session, mlist: MailingList, email: str, actor: Actor, now: datetime) -> Member:
    """This person decides on the list from now on, whether or not they were on it. Raises Invalid for what is no address of a person."""
    checked = _checked(db, email)
    member = member_by_key(db, mlist, address.key(checked))
    if member is None:
        return administration.add_member(db, mlist, NewMember(checked, role=Role.OWNER), actor, now)
    if member.role is not Role.OWNER:
        roster.set_member(db, member, {"role": Role.OWNER}, actor, now)
    return member
