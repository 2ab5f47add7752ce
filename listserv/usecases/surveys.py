"""Questions to everybody: drafted, changed, sent, closed. Mail, pages and the calendar all come through here."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from digests.schedule import instant
from listserv.errors import Conflict, Invalid, NotAllowed
from listserv.i18n import N_
from listserv.mail.surveycloses import Closes
from listserv.mail.surveykinds import Privacy
from listserv.mail.surveywords import Asked
from listserv.store import ballots
from listserv.store import surveys as rows
from listserv.store.lists import MailingList
from listserv.store.queue import Incoming
from listserv.store.surveys import LINE, Question, Survey, SurveyState
from listserv.usecases import deciding
from listserv.usecases.access import CALENDAR, Actor
from listserv.usecases.journal import note

# Where nothing is said: so many days, and who answered what is for coordinators alone.
DAYS, PRIVACY = 14, Privacy.SECRET
FARTHEST = timedelta(days=366)
OVER = N_("This moment is over already. Please say a later one.")
TOO_FAR = N_("This moment is more than a year ahead. Please say a nearer one.")
NO_SUCH_DAY = N_("The calendar has no such day. Please say another one.")


def draft(db: Session, mlist: MailingList, user_id: int, asked: Asked, now: datetime, *, zone: ZoneInfo, incoming: Incoming | None = None) -> Survey:
    """A new draft. Raises NotAllowed for anybody but a coordinator, Invalid where it could not be answered."""
    _require_coordinator(db, mlist, user_id)
    survey = Survey(list_id=mlist.id, asked_by=user_id, state=SurveyState.DRAFT, made_at=now, revision=0, incoming_id=incoming.id if incoming else None)
    survey.mlist = mlist
    with db.begin_nested():
        db.add(survey)
        _take(db, survey, asked, now, zone)
    return survey


def change(db: Session, survey: Survey, asked: Asked, now: datetime, *, zone: ZoneInfo) -> None:
    """The draft anew. Raises Conflict once it has been sent, Invalid where it could not be answered."""
    _require(db, survey, SurveyState.DRAFT)
    with db.begin_nested():
        _take(db, survey, asked, now, zone)


def _take(db: Session, survey: Survey, asked: Asked, now: datetime, zone: ZoneInfo) -> None:
    survey.title, survey.intro, survey.privacy = asked.title[:200], asked.intro, asked.privacy or PRIVACY
    survey.closes_at = closing(asked.closes, now, zone) if asked.closes else None
    survey.questions.clear()
    db.flush()
    for number, one in enumerate(asked.questions, 1):
        survey.questions.append(Question(number=number, text=one.text, kind=one.kind, options=LINE.join(one.options)))
    survey.revision += 1
    db.flush()


def set_privacy(db: Session, survey: Survey, privacy: Privacy) -> None:
    """Who sees who answered what, of a draft. Raises Conflict once it has been sent: people answer what they were told."""
    _require(db, survey, SurveyState.DRAFT)
    survey.privacy, survey.revision = privacy, survey.revision + 1


def set_closing(db: Session, survey: Survey, closes: datetime, now: datetime) -> None:
    """Until when a draft is to be answered. Raises Conflict, Invalid."""
    _require(db, survey, SurveyState.DRAFT)
    survey.closes_at, survey.revision = _in_time(closes, now), survey.revision + 1


def closing(closes: Closes, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment that was said, read by this zone's clocks. Raises Invalid."""
    wall = closes.on(now.astimezone(zone).replace(tzinfo=None))
    if wall is None:
        raise Invalid(NO_SUCH_DAY)
    return _in_time(instant(wall, zone), now)


def _in_time(moment: datetime, now: datetime) -> datetime:
    if moment <= now:
        raise Invalid(OVER)
    if moment > now + FARTHEST:
        raise Invalid(TOO_FAR)
    return moment


def closes_at(survey: Survey, now: datetime) -> datetime:
    """When it closes, or would if it were sent now."""
    return survey.closes_at or now + timedelta(days=DAYS)


def send(db: Session, survey: Survey, actor: Actor, now: datetime) -> None:
    """Open it: the letters are written by the calendar, in slices. Raises Conflict once it has been sent, Invalid where its time is over."""
    _require(db, survey, SurveyState.DRAFT)
    _require_actor(db, survey, actor)
    survey.closes_at = _in_time(closes_at(survey, now), now)
    survey.state, survey.sent_at, survey.asked_upto = SurveyState.OPEN, now, 0
    note(db, actor, "survey-sent", mlist=survey.mlist, now=now, about=survey, detail=survey.title)
    db.flush()


def discard(db: Session, survey: Survey, actor: Actor, now: datetime) -> None:
    """Throw a draft away. Raises Conflict once it has been sent."""
    _require(db, survey, SurveyState.DRAFT)
    _require_actor(db, survey, actor)
    survey.state = SurveyState.DISCARDED
    note(db, actor, "survey-discarded", mlist=survey.mlist, now=now, about=survey, detail=survey.title)
    db.flush()


def take_back(db: Session, survey: Survey, actor: Actor, now: datetime) -> bool:
    """A draft again, where nobody has been written to yet; False where it is too late for that. Raises Conflict where it is not open."""
    _require(db, survey, SurveyState.OPEN)
    _require_actor(db, survey, actor)
    if survey.asked or survey.asked_upto != 0:
        return False
    survey.state, survey.sent_at, survey.asked_upto, survey.revision = SurveyState.DRAFT, None, None, survey.revision + 1
    note(db, actor, "survey-taken-back", mlist=survey.mlist, now=now, about=survey, detail=survey.title)
    db.flush()
    return True


def close(db: Session, survey: Survey, actor: Actor, now: datetime) -> None:
    """No more answers count, and no letter about it is written but the results. Raises Conflict where it is not open."""
    _require(db, survey, SurveyState.OPEN)
    _require_actor(db, survey, actor)
    survey.state, survey.closed_at, survey.asked_upto, survey.reminded_upto = SurveyState.CLOSED, now, None, None
    note(db, actor, "survey-closed", mlist=survey.mlist, now=now, about=survey, detail=survey.title)
    db.flush()
    ballots.anew(db, survey)


def extend(db: Session, survey: Survey, until: datetime, actor: Actor, now: datetime) -> None:
    """Leave it open until then. Raises Conflict where it is not open, Invalid where that is over."""
    _require(db, survey, SurveyState.OPEN)
    _require_actor(db, survey, actor)
    survey.closes_at = _in_time(until, now)
    note(db, actor, "survey-extended", mlist=survey.mlist, now=now, about=survey, detail=survey.title)
    db.flush()


def _require(db: Session, survey: Survey, state: SurveyState) -> None:
    """Nobody else decides about it meanwhile."""
    rows.locked_survey(db, survey.id)
    if survey.state is not state:
        raise Conflict("already-decided")


def _require_actor(db: Session, survey: Survey, actor: Actor) -> None:
    if not actor.administrator and actor.door is not CALENDAR.door:
        _require_coordinator(db, survey.mlist, actor.user_id)


def _require_coordinator(db: Session, mlist: MailingList, user_id: int | None) -> None:
    if not user_id or not deciding.still_decides(db, mlist, user_id):
        raise NotAllowed("not-a-coordinator")
