"""Who asks, and what they may see: every door asks here, so that private means private everywhere."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from listserv.errors import NotFound
from listserv.mail.address import LIST_NAME
from listserv.store.issues import GONE, Issue
from listserv.store.lists import REAL, Archive, MailingList, list_by_name
from listserv.store.members import MODERATING, Member, Role, member_of


class Door(StrEnum):
    MAIL = "mail"
    WEB = "web"
    API = "api"
    CONSOLE = "console"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a known person or nobody, whether proven, and through which door."""

    door: Door
    user_id: int | None = None
    proven: bool = False
    administrator: bool = False
    # The token of the program that acts for this person, where one does.
    token_id: int | None = None


CONSOLE = Actor(Door.CONSOLE, proven=True, administrator=True)
CALENDAR = Actor(Door.CALENDAR, proven=True)
STRANGER_ON_THE_WEB = Actor(Door.WEB)


def visible_lists(actor: Actor) -> Select[MailingList]:
    """The lists whose archive this person may read: public ones and their own."""
    query = select(MailingList).where(REAL).order_by(MailingList.title)
    if actor.administrator:
        return query
    own = select(Member.list_id).where(Member.user_id == (actor.user_id or 0))
    return query.where(or_(MailingList.archive == Archive.PUBLIC, MailingList.id.in_(own)))


def lists_and_roles(db: Session, actor: Actor) -> list[tuple[MailingList, Role | None]]:
    """The lists whose archive this person may read, by title, with what they are on each; in one look."""
    mine = and_(Member.list_id == MailingList.id, Member.user_id == (actor.user_id or 0))
    return [(mlist, role) for mlist, role in db.execute(visible_lists(actor).outerjoin(Member, mine).add_columns(Member.role))]


def readable_list(db: Session, name: str, actor: Actor) -> MailingList:
    """The list of that name. Raises NotFound alike where it is not there and where this person may not see it."""
    mlist = db.scalar(visible_lists(actor).where(MailingList.name == name.lower()))
    if mlist is None:
        raise NotFound("there is no such page")
    return mlist


# Built once: every page of an archive asks it. Are there issues of a newsletter to read?
ISSUED = exists(select(Issue.id).where(Issue.list_id == MailingList.id, Issue.state.in_(GONE)).correlate(MailingList)).label("issued")
LIST_AND_MEMBER = (
    select(MailingList, Member, ISSUED)
    .outerjoin(Member, and_(Member.list_id == MailingList.id, Member.user_id == bindparam("user")))
    .where(MailingList.name == bindparam("name"))
)


def list_and_member(db: Session, name: str, actor: Actor) -> tuple[MailingList, Member | None]:
    """The list of that name and this person's membership of it, in one look. Raises NotFound like `readable_list`."""
    mlist, member, _ = list_member_issued(db, name, actor)
    return mlist, member


def list_member_issued(db: Session, name: str, actor: Actor) -> tuple[MailingList, Member | None, bool]:
    """The same, and whether the list has sent issues of a newsletter. Raises NotFound like `readable_list`."""
    asked = name.lower()
    found = db.execute(LIST_AND_MEMBER, {"name": asked, "user": actor.user_id or 0}).one_or_none() if LIST_NAME.fullmatch(asked) else None
    if found is None or not (found[1] or actor.administrator or found[0].archive is Archive.PUBLIC):
        raise NotFound("there is no such page")
    mlist, member, issued = found
    return mlist, member, bool(issued)


def membership(db: Session, mlist: MailingList, actor: Actor) -> Member | None:
    """This person's membership of the list."""
    return member_of(db, mlist, actor.user_id) if actor.user_id else None


def moderates(member: Member | None) -> bool:
    """Does this member decide about others on the list?"""
    return member is not None and member.role in MODERATING


def known_list(db: Session, name: str) -> MailingList:
    """The list of that name, for doors that may see all. Raises NotFound."""
    mlist = list_by_name(db, name)
    if mlist is None:
        raise NotFound("there is no list {name}: `listserv list ls` shows those there are", name=name)
    return mlist
