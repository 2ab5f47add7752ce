"""What a network has made together in a stretch of time: materials and their uses, meetings and who came, questions and how many answered.

Only what readers may see: of a material whatever stands in a message that is shown, of a meeting or a question what no moderator has hidden.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from listserv.store.archive import SHOWN, Message, Thread
from listserv.store.bank import Material, MaterialUse, MaterialVersion
from listserv.store.figures import stretch_of
from listserv.store.meetings import Attendee, Meeting, MeetingState, Said
from listserv.store.pages import Rows
from listserv.store.people import User
from listserv.store.surveys import Mark, Survey, SurveyState

# Of one stretch of time, so many of each kind are told by name.
MOST = 500
# Held, or to be held; who says that they come has a seat.
REAL_MEETING = Meeting.state.in_((MeetingState.ANNOUNCED, MeetingState.OVER))
HAS_SEAT = and_(Attendee.said == Said.YES, Attendee.waiting_since.is_(None))

Bounds = Sequence[datetime]


def _seen() -> ColumnElement[bool]:
    """May a place where a material stands be seen?"""
    # Hidden messages keep their rows; a mail to the bank's own address is hidden with its item.
    return or_(MaterialVersion.message_id.is_(None), select(Message.id).where(Message.id == MaterialVersion.message_id, SHOWN).exists())


def _to_be_seen() -> ColumnElement[bool]:
    here = MaterialVersion.material_id == Material.id, _seen()
    return and_(Material.removed_at.is_(None), exists(select(MaterialVersion.id).where(*here).correlate(Material)))


def _within(moment: Any, bounds: Bounds) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return moment >= bounds[0], moment < bounds[-1]


# ---- counted by months (`bounds`: where each begins, and where the last one ends) -----------------------------


def materials_by_month(db: Session, list_id: int, bounds: Bounds) -> dict[int, int]:
    """How many materials came in each month, by its number."""
    month = stretch_of(Material.first_at, bounds[1:-1]).label("month")
    each = select(month).select_from(Material).where(Material.list_id == list_id, *_within(Material.first_at, bounds), _to_be_seen()).subquery()
    return {row.month: row.many for row in _grouped(db, each)}


def uses_by_month(db: Session, list_id: int, bounds: Bounds) -> dict[int, int]:
    """How often somebody said that they used a material, by month."""
    month = stretch_of(MaterialUse.used_at, bounds[1:-1]).label("month")
    query = select(month).select_from(MaterialUse).join(Material, Material.id == MaterialUse.material_id).where(Material.list_id == list_id)
    return {row.month: row.many for row in _grouped(db, query.where(*_within(MaterialUse.used_at, bounds), _to_be_seen()).subquery())}


def _grouped(db: Session, each: Any) -> Rows:
    return db.execute(select(each.c.month, func.count().label("many")).group_by(each.c.month)).all()


def meetings_by_month(db: Session, list_id: int, bounds: Bounds) -> dict[int, tuple[int, int, int]]:
    """(meetings, invited, came) of each month, by its number. Of a meeting at which nobody noted who was there, came who had said so."""
    each = _meetings(list_id, bounds).add_columns(stretch_of(Meeting.starts_at, bounds[1:-1]).label("month")).subquery()
    came = func.sum(case((each.c.noted > 0, each.c.were_there), else_=each.c.seats_taken))
    query = select(each.c.month, func.count().label("many"), func.sum(each.c.invited).label("invited"), came.label("came")).group_by(each.c.month)
    return {row.month: (row.many, int(row.invited), int(row.came)) for row in db.execute(query)}


def _meetings(list_id: int, bounds: Bounds) -> Any:
    """(id, invited, seats_taken, noted, were_there) of each meeting that began between these moments."""

    def of(what: ColumnElement[bool]) -> Any:
        return select(func.count()).where(Attendee.meeting_id == Meeting.id, what).correlate(Meeting).scalar_subquery()

    counts = of(Attendee.invited_at.is_not(None)).label("invited"), of(HAS_SEAT).label("seats_taken")
    noted = of(Attendee.came.is_not(None)).label("noted"), of(Attendee.came.is_(True)).label("were_there")
    hidden = exists(select(Message.id).where(Message.id == Meeting.message_id, ~SHOWN).correlate(Meeting))
    return select(Meeting.id, *counts, *noted).where(Meeting.list_id == list_id, REAL_MEETING, *_within(Meeting.starts_at, bounds), ~hidden)


def surveys_by_month(db: Session, list_id: int, bounds: Bounds) -> dict[int, tuple[int, int, int]]:
    """(surveys, people asked, people who answered) of each month in which they were sent, by its number."""
    each = _surveys(list_id).where(*_within(Survey.sent_at, bounds)).add_columns(stretch_of(Survey.sent_at, bounds[1:-1]).label("month")).subquery()
    sums = func.sum(each.c.asked).label("asked"), func.sum(each.c.answered).label("answered")
    query = select(each.c.month, func.count().label("many"), *sums).group_by(each.c.month)
    return {row.month: (row.many, int(row.asked), int(row.answered)) for row in db.execute(query)}


def _surveys(list_id: int) -> Any:
    answered = select(func.count()).where(Mark.survey_id == Survey.id).correlate(Survey).scalar_subquery()
    hidden = exists(select(Thread.id).where(Thread.id == Survey.thread_id, Thread.hidden_at.is_not(None)).correlate(Survey))
    asked = Survey.state.in_((SurveyState.OPEN, SurveyState.CLOSED))
    return select(Survey.id, Survey.asked, answered.label("answered")).where(Survey.list_id == list_id, asked, ~hidden)


# ---- told one by one ----------------------------------------------------------------------------------------


def _materials() -> Any:
    """(number, title, author, author_key, user_id, thread_id, message_id, subject, at) of materials, by the first place where they may be seen."""
    turn: Any = {"partition_by": MaterialVersion.material_id, "order_by": (MaterialVersion.dated_at, MaterialVersion.id)}
    places = select(MaterialVersion, func.row_number().over(**turn).label("turn")).where(_seen()).subquery()
    first = aliased(MaterialVersion, places)
    author = case((first.message_id.is_(None), first.author), else_=Message.author).label("author")
    columns = Material.id, Material.number, Material.title, author, Message.author_key, func.coalesce(Message.user_id, first.user_id).label("user_id")
    query = select(*columns, Message.thread_id, first.message_id, Thread.subject, Message.sent_at.label("at"))
    query = query.join(first, and_(first.material_id == Material.id, places.c.turn == 1)).where(Material.removed_at.is_(None))
    return query.outerjoin(Message, Message.id == first.message_id).outerjoin(Thread, Thread.id == Message.thread_id)


def brought_by_threads(db: Session, list_id: int, bounds: Bounds) -> Rows:
    """Materials that came in an answer, the newest first: somebody else had begun the thread."""
    asked = aliased(Message)
    earlier = asked.thread_id == Message.thread_id, asked.hidden_at.is_(None), asked.sent_at < Message.sent_at, asked.author_key != Message.author_key
    query = _materials().where(Material.list_id == list_id, *_within(Message.sent_at, bounds), exists(select(asked.id).where(*earlier)))
    return db.execute(query.order_by(Message.sent_at.desc(), Material.id).limit(MOST)).all()


def recommended(db: Session, list_id: int, bounds: Bounds) -> Rows:
    """Materials that were called good practice then, the first first."""
    query = _materials().where(Material.list_id == list_id, *_within(Material.recommended_at, bounds))
    return db.execute(query.order_by(Material.recommended_at, Material.id).limit(MOST)).all()


def used(db: Session, list_id: int, bounds: Bounds) -> Rows:
    """Materials that somebody said they used then, with how many did (`uses`); those of most use first."""
    uses = select(MaterialUse.material_id, func.count().label("uses")).where(*_within(MaterialUse.used_at, bounds)).group_by(MaterialUse.material_id).subquery()
    query = _materials().add_columns(uses.c.uses).join(uses, uses.c.material_id == Material.id).where(Material.list_id == list_id)
    return db.execute(query.order_by(uses.c.uses.desc(), Material.id).limit(MOST)).all()


def meetings(db: Session, list_id: int, bounds: Bounds) -> Rows:
    """(id, number, title, starts_at, timezone, invited, seats_taken, noted, were_there) of meetings, in order."""
    query = _meetings(list_id, bounds).add_columns(Meeting.number, Meeting.title, Meeting.starts_at, Meeting.timezone)
    return db.execute(query.order_by(Meeting.starts_at, Meeting.id).limit(MOST)).all()


def who_came(db: Session, meeting_ids: Collection[int], limit: int) -> dict[int, list[str]]:
    """By meeting the names of those who were there, where that was noted: so many each at most."""
    turn: Any = {"partition_by": Attendee.meeting_id, "order_by": (User.name, User.id)}
    each = select(Attendee.meeting_id, User.name, func.row_number().over(**turn).label("turn")).join(User, User.id == Attendee.user_id)
    each = each.where(Attendee.meeting_id.in_(meeting_ids), Attendee.came.is_(True), User.name != "")
    found: dict[int, list[str]] = {}
    rows = each.subquery()
    for row in db.execute(select(rows).where(rows.c.turn <= limit).order_by(rows.c.meeting_id, rows.c.turn)):
        found.setdefault(row.meeting_id, []).append(row.name)
    return found


def surveys(db: Session, list_id: int, bounds: Bounds) -> Rows:
    """(id, title, thread_id, asked, answered, closed_at) of questions that were closed then, in order."""
    query = _surveys(list_id).add_columns(Survey.title, Survey.thread_id, Survey.closed_at).where(Survey.state == SurveyState.CLOSED)
    return db.execute(query.where(*_within(Survey.closed_at, bounds)).order_by(Survey.closed_at, Survey.id).limit(MOST)).all()
