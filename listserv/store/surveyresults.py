"""Surveys counted: for their page, and for the figures of a list."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from listserv.store.archive import Message, Thread
from listserv.store.base import slices
from listserv.store.lists import MailingList
from listserv.store.surveys import Mark, Survey, SurveyState


class Counts(NamedTuple):
    """Of the surveys that were asked in some days: how many, how many letters with them were written, and how many people answered."""

    surveys: int
    asked: int
    answered: int


def counts(db: Session, mlist: MailingList, first: datetime, last: datetime) -> Counts:
    """What was asked from `first` on and before `last`, and by how many it was answered until now; drafts are none."""
    asked = [Survey.list_id == mlist.id, Survey.state.in_((SurveyState.OPEN, SurveyState.CLOSED)), Survey.sent_at >= first, Survey.sent_at < last]
    surveys, letters = db.execute(select(func.count(), func.coalesce(func.sum(Survey.asked), 0)).where(*asked)).one()
    answered = db.scalar(select(func.count()).select_from(Mark).join(Survey, Survey.id == Mark.survey_id).where(*asked)) if surveys else 0
    return Counts(surveys, int(letters), answered or 0)


def count_closed(db: Session, list_id: int) -> int:
    """How many surveys of a list are over."""
    return db.scalar(select(func.count()).select_from(Survey).where(Survey.list_id == list_id, Survey.state == SurveyState.CLOSED)) or 0


def closed_page(db: Session, list_id: int, limit: int, offset: int) -> Sequence[Survey]:
    """Those that are over, the newest first."""
    query = select(Survey).where(Survey.list_id == list_id, Survey.state == SurveyState.CLOSED)
    return db.scalars(query.order_by(Survey.id.desc()).limit(limit).offset(offset)).all()


def closed_between(db: Session, list_id: int, first: datetime, last: datetime, limit: int) -> Sequence[Survey]:
    """Those that were closed from `first` on and before `last`, the newest first."""
    query = select(Survey).where(Survey.list_id == list_id, Survey.state == SurveyState.CLOSED, Survey.closed_at >= first, Survey.closed_at < last)
    return db.scalars(query.order_by(Survey.id.desc()).limit(limit)).all()


def answered(db: Session, surveys: Collection[int]) -> dict[int, int]:
    """By survey how many people have answered."""
    found: dict[int, int] = {}
    for some in slices(list(surveys)):
        query = select(Mark.survey_id, func.count()).where(Mark.survey_id.in_(some)).group_by(Mark.survey_id)
        found.update((survey, count) for survey, count in db.execute(query))
    return found


def marked(db: Session, surveys: Collection[int], user_id: int) -> set[int]:
    """Which of these this person has answered."""
    return set(db.scalars(select(Mark.survey_id).where(Mark.user_id == user_id, Mark.survey_id.in_(surveys)))) if surveys and user_id else set()


def thread_shown(db: Session, survey: Survey, *, hidden: bool) -> int:
    """The thread with the results, for somebody who may see it there (`hidden`: also what was hidden); 0 for none."""
    if survey.thread_id is None:
        return 0
    thread = db.get(Thread, survey.thread_id)
    if thread is None or hidden or thread.merged_into is not None:
        return thread.id if thread else 0
    # The results are the thread's first message.
    first = db.execute(select(Message.hidden_at).where(Message.thread_id == thread.id).order_by(Message.id).limit(1)).first()
    return thread.id if thread.hidden_at is None and first is not None and first.hidden_at is None else 0
