"""Who was on a list in some stretch of days: those who are on it now, and those who have left, as the journal knows them.

So what is told of a month stays as it was, whoever leaves or joins later.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from listserv.store.members import Member
from listserv.store.moderation import ADDED, REMOVED, Journal
from listserv.store.pages import Record
from listserv.store.people import Address


def people_then(db: Session, mlist_id: int, start: datetime, end: datetime) -> Record:
    """(now, then, within, joined): who is on the list; who was at the end; who was at some time; how many joined in that time.

    Whom an administrator put there from another program's books has not joined then.
    """
    left = _left(db, mlist_id)
    here = Member.list_id == mlist_id, Member.joined_at < end
    back = select(Member.id).where(*here, Member.user_id == left.c.uid).correlate(left).exists()
    # Somebody who was erased is nobody in particular, and was there all the same.
    who = func.coalesce(left.c.uid, -left.c.id)
    parted = select(func.count(who.distinct()).label("within"), func.count(case((left.c.until >= end, who)).distinct()).label("then"))
    gone = parted.where(_overlaps(left, start, end), ~back).subquery()
    members = select(func.count().label("now"), func.count(case((Member.joined_at < end, 1))).label("before")).where(Member.list_id == mlist_id).subquery()
    new = (
        select(func.count().label("joined"))
        .where(Journal.list_id == mlist_id, ADDED, Journal.at >= start, Journal.at < end, Journal.door != "console")
        .subquery()
    )
    before = members.c.before
    query = select(members.c.now, (before + gone.c.then).label("then"), (before + gone.c.within).label("within"), new.c.joined)
    return db.execute(query.select_from(members).join(gone, true()).join(new, true())).one()


def sharing(db: Session, people: CTE, mlist_id: int, start: datetime, end: datetime) -> tuple[Any, Any, Any]:
    """(sharing, now, late): how many of these people (`uid`) were on the list in that time; are on it now; were put there later, from other books."""
    left, now = _left(db, mlist_id), select(Member.id).where(Member.list_id == mlist_id, Member.user_id == people.c.uid).correlate(people)
    gone = select(left.c.uid).where(left.c.uid.is_not(None))
    was_there = or_(now.where(Member.joined_at < end).exists(), people.c.uid.in_(gone.where(_overlaps(left, start, end))))
    by_hand = now.where(Member.joined_at >= end, _joined(Member.id, Journal.door == "console").exists())
    late = or_(by_hand.exists(), people.c.uid.in_(gone.where(left.c.since >= end, left.c.by_hand)))
    asked = {"sharing": was_there, "now": now.exists(), "late": and_(late, ~was_there)}
    then, today, later = (select(func.count()).select_from(people).where(one).scalar_subquery().label(name) for name, one in asked.items())
    return then, today, later


def _joined(member_id: Any, *more: ColumnElement[bool]) -> Any:
    """The journal's row of a member who came."""
    return select(Journal.id).where(Journal.about == "member", Journal.about_id == member_id, ADDED, *more)


def _left(db: Session, mlist_id: int) -> CTE:
    """Those who have left: which member (`id`) of whom (`uid`, where that can still be told) was there from when to when, put there `by_hand`."""
    added = aliased(Journal)
    # Some were put there before there was a journal.
    joined = select(func.min(added.at)).where(added.about == "member", added.about_id == Journal.about_id, added.what == "member-added")
    query = select(Journal.about_id.label("id"), Address.user_id.label("uid"), joined.correlate(Journal).scalar_subquery().label("since"))
    by_hand = joined.where(added.door == "console").correlate(Journal).scalar_subquery().is_not(None)
    query = query.add_columns(Journal.at.label("until"), by_hand.label("by_hand")).outerjoin(Address, Address.key == func.lower(_address(db)))
    return query.where(Journal.list_id == mlist_id, REMOVED).cte("parted")


def _address(db: Session) -> Any:
    """A journal's row of somebody who left begins with their address."""
    if db.get_bind().dialect.name == "sqlite":
        return func.substr(Journal.detail, 1, func.instr(Journal.detail + " ", " ") - 1)
    return func.split_part(Journal.detail, " ", 1)


def _overlaps(left: CTE, start: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(left.c.until >= start, or_(left.c.since.is_(None), left.c.since < end))
