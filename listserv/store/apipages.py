"""Rows for programs, a page at a time, after the row at which the last page ended: what is added meanwhile moves nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, contains_eager

from listserv.store.lists import MailingList
from listserv.store.members import DeliveryMode, Member, Role, Status
from listserv.store.moderation import Application, ApplicationState, Held, HeldState
from listserv.store.people import Address


def lists_after(db: Session, visible: Select[MailingList], user_id: int, after: str, limit: int) -> Sequence[tuple[MailingList, Member | None]]:
    """The lists among those that may be seen, by name, each with this person's membership."""
    mine = and_(Member.list_id == MailingList.id, Member.user_id == user_id)
    query = visible.outerjoin(Member, mine).add_columns(Member).where(MailingList.name > after).order_by(None).order_by(MailingList.name)
    return [(mlist, member) for mlist, member in db.execute(query.limit(limit))]


@dataclass(frozen=True, slots=True)
class Only:
    """Which members: those of a role, a delivery, a status, or whose mail goes to this address (folded)."""

    role: Role | None = None
    delivery: DeliveryMode | None = None
    status: Status | None = None
    key: str = ""


def members_after(db: Session, list_id: int, after: int, limit: int, only: Only) -> Sequence[Member]:
    """Those on a list in the order in which they came, or only some of them."""
    query = select(Member).join(Member.address).join(Member.user).options(contains_eager(Member.address), contains_eager(Member.user))
    query = query.where(Member.list_id == list_id, Member.id > after)
    for column, wanted in ((Member.role, only.role), (Member.delivery, only.delivery), (Member.status, only.status)):
        query = query.where(column == wanted) if wanted is not None else query
    if only.key:
        # Not by a person's other addresses: whose they are is no moderator's business.
        query = query.where(Address.key == only.key)
    return db.scalars(query.order_by(Member.id).limit(limit)).all()


def memberships_after(db: Session, user_id: int, after: str, limit: int) -> Sequence[Member]:
    """The lists that a person is on, by name."""
    query = select(Member).join(Member.mlist).options(contains_eager(Member.mlist))
    return db.scalars(query.where(Member.user_id == user_id, MailingList.name > after).order_by(MailingList.name).limit(limit)).all()


def applications_after(db: Session, list_id: int, states: Sequence[ApplicationState], after: int, limit: int) -> Sequence[Application]:
    """Applications in these states, in the order in which they came."""
    query = select(Application).where(Application.list_id == list_id, Application.state.in_(states), Application.id > after)
    return db.scalars(query.order_by(Application.id).limit(limit)).all()


def held_after(db: Session, list_id: int, states: Sequence[HeldState], after: int, limit: int) -> Sequence[Held]:
    """Held posts in these states, in the order in which they came."""
    query = select(Held).where(Held.list_id == list_id, Held.state.in_(states), Held.id > after)
    return db.scalars(query.order_by(Held.id).limit(limit)).all()
