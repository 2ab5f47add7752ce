"""Questions in the browser: what is open and what came of the others; one survey as somebody may see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from listserv.errors import Conflict, NotFound
from listserv.mail.surveykinds import Privacy
from listserv.mail.votes import Ask, Choice
from listserv.store import ballots
from listserv.store import surveyresults as more
from listserv.store import surveys as rows
from listserv.store.surveys import Survey, SurveyState
from listserv.usecases import surveyanswers, surveytemplates, surveytold
from listserv.usecases.access import Actor
from listserv.usecases.reading import page_of, view_of
from listserv.usecases.shown import Pages, View
from listserv.usecases.stewards import Steward, steward
from listserv.usecases.surveycounts import Tally, withheld

PAGE, MOST_OPEN = 25, 100
# Of people who have answered, on a page; the file has all.
MOST_NAMES = 500


@dataclass(frozen=True, slots=True)
class Card:
    """A survey in a list of them."""

    id: int
    title: str
    state: str
    privacy: str
    asked: int
    answered: int
    until: datetime | None
    closed: datetime | None
    made: datetime
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Shelf:
    """All of a list's: what is open, what came of others, and for those who decide the drafts."""

    view: View
    open: tuple[Card, ...]
    closed: tuple[Card, ...]
    drafts: tuple[Card, ...]
    pages: Pages


@dataclass(frozen=True, slots=True)
class Sheet:
    """One survey, as somebody may see it: its questions to be answered, or what came of them."""

    view: View
    survey: Survey
    asks: tuple[Ask, ...]
    answered: int
    # May this person answer now, have they, and what stands on their ballot.
    votes: bool = False
    mine: bool = False
    standing: Mapping[int, Choice] = field(default_factory=dict)
    # What came of it; else why nothing is shown.
    tallies: tuple[Tally, ...] = ()
    withheld: str = ""
    names: tuple[str, ...] = ()
    thread_id: int = 0

    @property
    def state(self) -> str:
        """`draft`, `open` or `closed`."""
        return self.survey.state.value


def seen(db: Session, name: str, actor: Actor) -> View:
    """The list as this person sees its questions: those on it, where they are turned on. Raises NotFound, for strangers at a public archive too."""
    view = view_of(db, name, actor)
    if not view.mlist.surveys or not view.sees_addresses:
        raise NotFound("there is no such page")
    return view


def shelf(db: Session, name: str, actor: Actor, *, page: int = 1) -> Shelf:
    """The page of questions. Raises NotFound."""
    view = seen(db, name, actor)
    at = page_of(page, more.count_closed(db, view.mlist.id), PAGE)
    open_ones = rows.surveys_of(db, view.mlist, (SurveyState.OPEN,), MOST_OPEN) if at.number == 1 else ()
    drafts = rows.surveys_of(db, view.mlist, (SurveyState.DRAFT,), MOST_OPEN) if at.number == 1 and view.decides else ()
    closed = more.closed_page(db, view.mlist.id, PAGE, (at.number - 1) * PAGE)
    every = (*open_ones, *drafts, *closed)
    counted, mine = more.answered(db, [one.id for one in every]), more.marked(db, [one.id for one in open_ones], actor.user_id or 0)
    cards = {one.id: _card(one, counted.get(one.id, 0), one.id in mine) for one in every}
    first, second, third = (tuple(cards[one.id] for one in some) for some in (open_ones, closed, drafts))
    return Shelf(view, first, second, third, at)


def _card(survey: Survey, answered: int, mine: bool) -> Card:
    return Card(
        survey.id,
        survey.title,
        survey.state.value,
        survey.privacy.value,
        survey.asked,
        answered,
        survey.closes_at,
        survey.closed_at,
        survey.made_at,
        mine,
    )


def survey_here(db: Session, view: View, survey_id: int) -> Survey:
    """A survey of this list; drafts are for those who decide alone. Raises NotFound."""
    survey = rows.survey_by_id(db, view.mlist, survey_id)
    if survey is None or survey.state is SurveyState.DISCARDED or (survey.state is SurveyState.DRAFT and not view.decides):
        raise NotFound("there is no such page")
    return survey


def sheet(db: Session, name: str, survey_id: int, actor: Actor) -> Sheet:
    """One survey. Raises NotFound."""
    view = seen(db, name, actor)
    survey = survey_here(db, view, survey_id)
    answered, user_id = ballots.count_answered(db, survey.id), actor.user_id if view.member else None
    closed = survey.state is SurveyState.CLOSED
    why = withheld(anonymous=survey.is_anonymous, answered=answered, closed=closed, decides=view.decides)
    thread = more.thread_shown(db, survey, hidden=view.decides)
    if closed and survey.told and not thread and not view.decides:
        # Who looks after the list has taken the results out of sight.
        why = "hidden"
    mine = user_id is not None and ballots.has_answered(db, survey.id, user_id)
    votes = user_id is not None and survey.state is SurveyState.OPEN and not (mine and survey.is_anonymous)
    return Sheet(
        view=view,
        survey=survey,
        asks=surveyanswers.asks(survey),
        answered=answered,
        votes=votes,
        mine=mine,
        standing=surveyanswers.standing(db, survey, user_id=user_id) if mine and not survey.is_anonymous else {},
        tallies=surveytold.tallies(db, survey) if not why and survey.state is not SurveyState.DRAFT else (),
        withheld=why,
        names=tuple(ballots.names_answered(db, survey.id, MOST_NAMES)) if names_seen(survey, view) and not why else (),
        thread_id=thread,
    )


def names_seen(survey: Survey, view: View) -> bool:
    """May this person see who answered what? Of open surveys all members, of secret ones those who decide, of anonymous ones nobody."""
    return survey.privacy is Privacy.OPEN or (survey.privacy is Privacy.SECRET and view.decides)


def is_used(db: Session, opened: surveyanswers.Opened) -> bool:
    """Has whoever holds this key answered anonymously, so that only their receipt changes it?"""
    return opened.survey.is_anonymous and opened.member is not None and ballots.has_answered(db, opened.survey.id, opened.member.user_id)


# ---- asking -------------------------------------------------------------------------------------------------


def asker(db: Session, name: str, actor: Actor) -> Steward:
    """Somebody who asks the list's questions: who looks after it and is on it. Raises NotFound for everybody else, and on a closed list."""
    seen(db, name, actor)
    who = steward(db, name, actor)
    if who.member is None or who.mlist.closed_at:
        raise NotFound("there is no such page")
    return who


def draft_of(db: Session, who: Steward, survey_id: int) -> Survey:
    """A draft of the list. Raises NotFound, also for what has been sent: that stays as people have read it."""
    survey = theirs(db, who, survey_id)
    if survey.state is not SurveyState.DRAFT:
        raise NotFound("there is no such page")
    return survey


def theirs(db: Session, who: Steward, survey_id: int) -> Survey:
    """A survey of the list that is a draft or open, for whoever decides about it. Raises NotFound."""
    survey = rows.survey_by_id(db, who.mlist, survey_id)
    if survey is None or survey.state is SurveyState.DISCARDED:
        raise NotFound("there is no such page")
    return survey


def hold(db: Session, survey: Survey, revision: int) -> None:
    """The survey as it is now, if it is still what the page has shown. Raises Conflict."""
    held = rows.locked_survey(db, survey.id)
    if held is None or held.revision != revision:
        raise Conflict("changed-meanwhile")


def reach(db: Session, survey: Survey) -> int:
    """How many people would get a letter now."""
    return rows.count_to_ask(db, survey.list_id)


def as_letter(survey: Survey, language: str, zone: str) -> str:
    """A draft as plain words again, to be changed."""
    asked = [surveytold.asked_of(question) for question in survey.questions]
    return surveytemplates.letter(survey.intro, asked, survey.privacy, language, survey.closes_at.astimezone(ZoneInfo(zone)) if survey.closes_at else None)
