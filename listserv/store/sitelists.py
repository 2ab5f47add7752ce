"""All lists of a site at once, a page at a time: how many are on each, what came this month, what waits, whose letters come back."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from listserv.store.archive import Message
from listserv.store.lists import REAL, MailingList
from listserv.store.members import Member, Role, Status


def _wanted(text: str) -> list[ColumnElement[bool]]:
    said = [MailingList.name.icontains(text, autoescape=True), MailingList.title.icontains(text, autoescape=True)]
    return [REAL, or_(*said)] if text else [REAL]


def count(db: Session, text: str = "") -> int:
    """How many lists have these letters in their name or title."""
    return db.scalar(select(func.count()).select_from(MailingList).where(*_wanted(text))) or 0


def page(db: Session, text: str, limit: int, offset: int) -> Sequence[MailingList]:
    """Those lists, by name."""
    return db.scalars(select(MailingList).where(*_wanted(text)).order_by(MailingList.name).limit(limit).offset(offset)).all()


def people_on(db: Session, list_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """On each of these lists: how many there are, and to how many nothing is sent because letters come back."""
    query = select(Member.list_id, func.count(), func.count().filter(Member.status == Status.BOUNCING))
    return {list_id: (all_, back) for list_id, all_, back in db.execute(query.where(Member.list_id.in_(list_ids)).group_by(Member.list_id))}


def owned(db: Session, list_ids: Collection[int]) -> frozenset[int]:
    """Which of these lists have somebody who decides."""
    query = select(Member.list_id).where(Member.list_id.in_(list_ids), Member.role == Role.OWNER).distinct()
    return frozenset(db.scalars(query))


def posts_since(db: Session, list_ids: Collection[int], moment: datetime) -> dict[int, int]:
    """How many messages of each of these lists were written since then."""
    query = select(Message.list_id, func.count()).where(Message.list_id.in_(list_ids), Message.sent_at >= moment)
    return dict(db.execute(query.group_by(Message.list_id)).all())


def names(db: Session, list_ids: Collection[int]) -> dict[int, MailingList]:
    """These lists, by number."""
    return {mlist.id: mlist for mlist in db.scalars(select(MailingList).where(MailingList.id.in_(list_ids)))} if list_ids else {}
