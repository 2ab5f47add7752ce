"""What the calendar owes surveys: the letters with the questions, reminders, the close at its time, and the results."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.store import calendar
from listserv.store import surveys as rows
from listserv.store.surveys import Survey
from listserv.usecases import surveyasking, surveys, surveytold
from listserv.usecases.access import CALENDAR
from listserv.usecases.digesting import Owed
from listserv.usecases.rowbyrow import each

ASKED, REMINDED, CLOSED, TOLD = "survey", "survey-reminder", "survey-closes", "survey-told"
# Letters in one transaction.
SLICE = 500
# Looked at where the first ones cannot be dealt with.
AT_ONCE = 20
# A reminder comes halfway, and so long after the question at the earliest; a second one a day before the close of what lasts longer than a week.
NOT_BEFORE, LAST, LONG = timedelta(days=2), timedelta(days=1), timedelta(days=7)
# Whoever is reminded has so long left to answer.
LEFT = timedelta(hours=12)
MOST_LISTED = 1_000


def reminders(survey: Survey) -> tuple[datetime, ...]:
    """When those who have not answered are written to once more: never, once or twice."""
    if survey.sent_at is None or survey.closes_at is None:
        return ()
    lasts = survey.closes_at - survey.sent_at
    first, latest = survey.sent_at + max(lasts / 2, NOT_BEFORE), survey.closes_at - LEFT
    found = [first] if first <= latest else []
    if lasts > LONG:
        found.append(survey.closes_at - LAST)
    return tuple(found)


def next_reminder(survey: Survey, now: datetime) -> datetime | None:
    """The newest reminder whose time has come and that was not written; what was missed while nobody worked is not made up for twice."""
    if survey.closes_at is None or survey.closes_at <= now or survey.reminded_upto is not None:
        return None
    due = [slot for slot in reminders(survey) if slot <= now and (survey.reminded_at is None or survey.reminded_at < slot)]
    return due[-1] if due else None


def run_due(db: Session, now: datetime, limit: int) -> int:
    """Ask, remind, close and tell, in slices; how many things were done. Call until it returns 0."""
    return _close(db, now, limit) + _tell(db, now, limit) + _ask(db, now) + _remind(db, now)


# ---- asking and reminding -----------------------------------------------------------------------------------


def _ask(db: Session, now: datetime) -> int:
    """A slice of the letters of the oldest survey that has some left."""
    done: list[int] = []
    for survey in rows.to_ask(db, AT_ONCE):
        each(db, [survey], lambda one: done.append(_ask_slice(db, one, now)))
        if done:
            break
    return sum(done)


def _ask_slice(db: Session, survey: Survey, now: datetime) -> int:
    before = survey.asked_upto
    written = surveyasking.ask_slice(db, survey, now, SLICE)
    if before == 0:
        calendar.ran(db, ASKED, f"survey:{survey.id}", survey.sent_at or now, now, list_id=survey.list_id)
    # The end of the letters is something done too: others wait behind it.
    return max(written, 1)


def _remind(db: Session, now: datetime) -> int:
    """A slice of the reminders that have begun, else the next one begins."""
    done: list[int] = []
    for survey in rows.open_surveys(db, MOST_LISTED):
        slot = next_reminder(survey, now)
        if (slot is None and survey.reminded_upto is None) or survey.asked_upto is not None:
            continue
        each(db, [survey], lambda one, slot=slot: done.append(_remind_slice(db, one, slot, now)))  # type: ignore[misc]
        if done:
            break
    return sum(done)


def _remind_slice(db: Session, survey: Survey, slot: datetime | None, now: datetime) -> int:
    if slot is not None:
        if not calendar.ran(db, REMINDED, f"survey:{survey.id}", slot, now, list_id=survey.list_id):
            return 0
        surveyasking.begin_reminding(db, survey, now)
    return max(surveyasking.remind_slice(db, survey, now, SLICE), 1)


# ---- closing and telling ------------------------------------------------------------------------------------


def _close(db: Session, now: datetime, limit: int) -> int:
    return each(db, rows.to_close(db, now, limit), lambda survey: _close_one(db, survey, now))


def _close_one(db: Session, survey: Survey, now: datetime) -> None:
    slot = survey.closes_at or now
    surveys.close(db, survey, CALENDAR, now)
    calendar.ran(db, CLOSED, f"survey:{survey.id}", slot, now, list_id=survey.list_id)


def _tell(db: Session, now: datetime, limit: int) -> int:
    return each(db, rows.untold(db, limit), lambda survey: _tell_one(db, survey, now))


def _tell_one(db: Session, survey: Survey, now: datetime) -> None:
    if surveytold.tell(db, survey, now):
        calendar.ran(db, TOLD, f"survey:{survey.id}", survey.closed_at or now, now, list_id=survey.list_id)


# ---- what is owed -------------------------------------------------------------------------------------------


def owed(db: Session, until: datetime) -> list[Owed]:
    """The letters, the closes and the results that the calendar owes at that time; changes nothing."""
    asked = [_owed(one, ASKED, one.sent_at or until, "the question to everybody") for one in rows.to_ask(db, MOST_LISTED, lock=False)]
    told = [_owed(one, TOLD, one.closed_at or until, "the results to everybody") for one in rows.untold(db, MOST_LISTED, lock=False)]
    return [*asked, *told, *_owed_of_open(db, until)]


def _owed_of_open(db: Session, until: datetime) -> Iterator[Owed]:
    for survey in rows.open_surveys(db, MOST_LISTED):
        slot = next_reminder(survey, until)
        if slot is not None or survey.reminded_upto is not None:
            yield _owed(survey, REMINDED, slot or survey.reminded_at or until, "those who have not answered")
        if survey.closes_at is not None and survey.closes_at <= until:
            yield _owed(survey, CLOSED, survey.closes_at, "its time is over")
            yield _owed(survey, TOLD, survey.closes_at, "the results to everybody")


def _owed(survey: Survey, what: str, at: datetime, why: str) -> Owed:
    return Owed(at, what, survey.mlist.name, "", why)
