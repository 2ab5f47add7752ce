"""Applications: who asks to join a list, and a moderator's answer."""

from pydantic import Field

from listserv.errors import Conflict
from listserv.store import apipages
from listserv.store.moderation import Application, ApplicationState
from listserv.usecases import docket, questions, stewards
from listserv.usecases.cases import name_of
from listserv.usecases.docket import Answer
from listserv.usecases.stewards import Steward
from listserv.web.api.caller import caller
from listserv.web.api.cases import Question, Which, Words, decided
from listserv.web.api.endpoints import endpoint
from listserv.web.api.marks import marked
from listserv.web.api.models import Moment, Paged, Shown
from listserv.web.api.paging import paged, place
from listserv.web.visit import visit

WAITING = (ApplicationState.AWAITING_MODERATOR, ApplicationState.ASKED)
STATES = {"waiting": WAITING, "decided": tuple(state for state in ApplicationState if state not in WAITING), "all": tuple(ApplicationState)}
UNCONFIRMED = "Nobody has confirmed this address yet: a moderator decides after that."


class ApplicationAnswer(Shown):
    """A question of the list, and what was answered."""

    question: str
    answer: str


class ApplicationShown(Shown):
    """Somebody's wish to join a list."""

    id: int
    name: str
    email: str
    language: str
    subject: str
    text: str
    answers: list[ApplicationAnswer]
    proof: str = Field(description="How it was proven that the address is theirs.")
    state: ApplicationState
    applied_at: Moment
    decided_at: Moment | None
    decided_by: str = Field(description="Who has decided it, by name.")


class ApplicationPage(Shown):
    """A page of applications."""

    items: list[ApplicationShown]
    next: str | None


class ApplicationsAsked(Paged):
    """Which applications."""

    which: Which = Field("waiting", description="`waiting` for a moderator, `decided` (or not before one), or `all`.")


def told(one: Application) -> ApplicationShown:
    """An application as moderators see it."""
    names = ("id", "name", "email", "language", "subject", "text", "proof", "state", "applied_at", "decided_at")
    answers = [ApplicationAnswer(question=question, answer=answer) for question, answer in questions.pairs(one)]
    return ApplicationShown(answers=answers, decided_by=name_of(one), **{key: getattr(one, key) for key in names})


def here(name: str, application_id: int) -> tuple[Steward, Application]:
    """Who asks, and an application to their list. Raises NotFound."""
    who = stewards.steward(visit().db, name, caller().actor)
    found = docket.find(visit().db, who, f"a{application_id}")
    assert isinstance(found, Application)
    return who, found


@endpoint("GET", "/lists/<list:name>/applications", "moderate", query=ApplicationsAsked, returns=ApplicationPage)
def ls(name: str, query: ApplicationsAsked) -> ApplicationPage:
    """Applications to a list, in the order in which they came."""
    who = stewards.steward(visit().db, name, caller().actor)
    after = place(query, int) or (0,)
    rows = apipages.applications_after(visit().db, who.mlist.id, STATES[query.which], after[0], query.limit + 1)
    return ApplicationPage(**paged(rows, query, told, lambda one: (one.id,)))


@endpoint("GET", "/lists/<list:name>/applications/<id:application_id>", "moderate", returns=ApplicationShown)
def get(name: str, application_id: int) -> object:
    """One application."""
    return marked(told(here(name, application_id)[1]))


def _decide(name: str, application_id: int, answer: Answer, words: str = "") -> object:
    who, one = here(name, application_id)
    if one.state is ApplicationState.AWAITING_CONFIRMATION:
        raise Conflict(UNCONFIRMED)
    decided(who, f"a{application_id}", answer, words)
    return marked(told(one))


@endpoint("POST", "/lists/<list:name>/applications/<id:application_id>/accept", "moderate", returns=ApplicationShown)
def accept(name: str, application_id: int) -> object:
    """Make the applicant a member, with a letter that welcomes them."""
    return _decide(name, application_id, Answer.APPROVE)


@endpoint("POST", "/lists/<list:name>/applications/<id:application_id>/reject", "moderate", sent=Words, returns=ApplicationShown)
def reject(name: str, application_id: int, json: Words) -> object:
    """Say no, with your own words or none."""
    return _decide(name, application_id, Answer.DECLINE, json.words)


@endpoint("POST", "/lists/<list:name>/applications/<id:application_id>/ask", "moderate", sent=Question, returns=ApplicationShown)
def ask(name: str, application_id: int, json: Question) -> object:
    """Ask the applicant something; the answer comes into the same application."""
    return _decide(name, application_id, Answer.ASK, json.words)
