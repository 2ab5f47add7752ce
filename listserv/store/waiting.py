"""What waits so long that somebody is to be reminded: cases before moderators, applicants, and what nobody has confirmed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, union
from sqlalchemy.orm import Session

from listserv.store.docket import DECIDABLE
from listserv.store.moderation import Application, ApplicationState, Held, HeldState

# Since when an application is before moderators; those from before anybody counted, since they came.
came: ColumnElement[Any] = func.coalesce(Application.waits_since, Application.applied_at, type_=Application.applied_at.type)
UNCONFIRMED = Application.state == ApplicationState.AWAITING_CONFIRMATION


def _posts(until: datetime, first: timedelta) -> tuple[ColumnElement[bool], ...]:
    never = Held.remind_at.is_(None) & (Held.held_at <= until - first)
    return Held.state == HeldState.PENDING, or_(Held.remind_at <= until, never)


def _applications(until: datetime, first: timedelta) -> tuple[ColumnElement[bool], ...]:
    never = Application.remind_at.is_(None) & (until - first >= came)
    return Application.state.in_(DECIDABLE), or_(Application.remind_at <= until, never)


def lists_due(db: Session, until: datetime, first: timedelta, limit: int | None = None) -> Sequence[int]:
    """The lists with cases about which moderators are to be reminded by then; `first`: how long after they came for the first time."""
    both = union(select(Held.list_id).where(*_posts(until, first)), select(Application.list_id).where(*_applications(until, first))).subquery()
    return db.scalars(select(both.c.list_id).order_by(both.c.list_id).limit(limit)).all()


def cases_due(db: Session, list_id: int, until: datetime, first: timedelta) -> Sequence[Held | Application]:
    """These cases of a list, as they are at this moment: applications, then posts, the longest waiting first."""
    applications = select(Application).where(Application.list_id == list_id, *_applications(until, first)).order_by(came, Application.id)
    posts = select(Held).where(Held.list_id == list_id, *_posts(until, first)).order_by(Held.held_at, Held.id)
    fresh = {"populate_existing": True}
    return [*db.scalars(applications.execution_options(**fresh)), *db.scalars(posts.execution_options(**fresh))]


def _some(db: Session, query: Select[Application], limit: int | None) -> Sequence[Application]:
    """The first of these, so many, which no other worker has in hand; without a limit all, to look at."""
    query = query.order_by(Application.id)
    return db.scalars(query.limit(limit).with_for_update(skip_locked=True, of=Application) if limit else query).all()


def applicants_to_tell(db: Session, since: datetime, not_before: datetime, limit: int | None = None) -> Sequence[Application]:
    """Those whose proven application has waited since then without their having heard of it."""
    query = select(Application).where(Application.state.in_(DECIDABLE), Application.told_at.is_(None), Application.proof != "moved")
    return _some(db, query.where(since >= came, came > not_before), limit)


def unconfirmed_untold(db: Session, since: datetime, limit: int | None = None) -> Sequence[Application]:
    """What nobody has confirmed since then, and nobody was asked a second time."""
    return _some(db, select(Application).where(UNCONFIRMED, Application.told_at.is_(None), Application.applied_at <= since), limit)


def unconfirmed_since(db: Session, since: datetime, limit: int | None = None) -> Sequence[Application]:
    """What nobody has confirmed for so long."""
    return _some(db, select(Application).where(UNCONFIRMED, Application.applied_at <= since), limit)


def lapsed(db: Session, list_id: int, before: datetime) -> Sequence[Application]:
    """What was set aside before then because nobody had confirmed it."""
    query = select(Application).where(Application.list_id == list_id, Application.state == ApplicationState.LAPSED)
    return db.scalars(query.where(Application.decided_at <= before).order_by(Application.id)).all()
