"""Held posts: what waits for a moderator, why, and the moderator's answer."""

from pydantic import Field

from listserv.mail import parse
from listserv.rules import WORDS, Reason
from listserv.store import apipages, docket
from listserv.store.moderation import Held, HeldState
from listserv.usecases import docket as desk
from listserv.usecases import stewards, unnamed
from listserv.usecases.cases import name_of
from listserv.usecases.docket import Answer
from listserv.usecases.stewards import Steward
from listserv.web.api.caller import caller
from listserv.web.api.cases import Question, Which, Words, decided
from listserv.web.api.endpoints import endpoint
from listserv.web.api.marks import marked
from listserv.web.api.models import Moment, Paged, Sent, Shown
from listserv.web.api.paging import paged, place
from listserv.web.visit import visit

WAITING = (HeldState.PENDING,)
STATES = {"waiting": WAITING, "decided": tuple(state for state in HeldState if state not in WAITING), "all": tuple(HeldState)}


class HeldReason(Shown):
    """Why a post waits."""

    reason: str
    words: str


class HeldFile(Shown):
    """A file of a held post."""

    name: str
    type: str
    size: int


class HeldShown(Shown):
    """A post that waits for a decision, or has had one."""

    id: int
    subject: str
    author: str
    email: str = Field(description="Empty where the author is not to be named.")
    topic: str
    reasons: list[HeldReason]
    proof: str = Field(description="Whether it is proven that the mail comes from this address: `aligned`, `unknown`, `failed`.")
    state: HeldState
    held_at: Moment
    decided_at: Moment | None
    decided_by: str = Field(description="Who has decided it, by name.")


class HeldWhole(HeldShown):
    """A held post with what it says."""

    text: str
    files: list[HeldFile]


class HeldPage(Shown):
    """A page of held posts."""

    items: list[HeldShown]
    next: str | None


class HeldAsked(Paged):
    """Which held posts."""

    which: Which = "waiting"


class Acceptance(Sent):
    """How a post is accepted."""

    trust: bool = Field(False, description="Let this author's further messages through as well.")


def facts(held: Held) -> dict[str, object]:
    """A held post in the fields that a row of many has."""
    nameless = unnamed.is_one(held)
    reasons = [HeldReason(reason=word, words=WORDS[Reason(word)]) for word in held.reasons.split() if word in list(Reason)]
    found = {key: getattr(held, key) for key in ("id", "subject", "author", "topic", "state", "held_at", "decided_at")}
    proof = Reason.UNNAMED.value if nameless else held.alignment
    return {**found, "email": "" if nameless else held.author_email, "reasons": reasons, "proof": proof, "decided_by": name_of(held)}


def whole(held: Held) -> HeldWhole:
    """A held post as its moderators see it."""
    post = parse.parse(docket.raws(visit().db, [held.raw_id]).get(held.raw_id, b""))
    files = [HeldFile(name=file.name, type=file.type, size=file.size) for file in post.attachments]
    return HeldWhole(text=post.text, files=files, **facts(held))  # type: ignore[arg-type]


def here(name: str, held_id: int) -> tuple[Steward, Held]:
    """Who asks, and a held post of their list. Raises NotFound."""
    who = stewards.steward(visit().db, name, caller().actor)
    found = desk.find(visit().db, who, f"p{held_id}")
    assert isinstance(found, Held)
    return who, found


@endpoint("GET", "/lists/<list:name>/held", "moderate", query=HeldAsked, returns=HeldPage)
def ls(name: str, query: HeldAsked) -> HeldPage:
    """Held posts of a list, in the order in which they came."""
    who = stewards.steward(visit().db, name, caller().actor)
    after = place(query, int) or (0,)
    rows = apipages.held_after(visit().db, who.mlist.id, STATES[query.which], after[0], query.limit + 1)
    return HeldPage(**paged(rows, query, lambda held: HeldShown(**facts(held)), lambda held: (held.id,)))  # type: ignore[arg-type]


@endpoint("GET", "/lists/<list:name>/held/<id:held_id>", "moderate", returns=HeldWhole)
def get(name: str, held_id: int) -> object:
    """One held post, with its words."""
    return marked(whole(here(name, held_id)[1]))


def _decide(name: str, held_id: int, answer: Answer, words: str = "") -> object:
    who, held = here(name, held_id)
    decided(who, f"p{held_id}", answer, words)
    return marked(whole(held))


@endpoint("POST", "/lists/<list:name>/held/<id:held_id>/accept", "moderate", sent=Acceptance, returns=HeldWhole)
def accept(name: str, held_id: int, json: Acceptance) -> object:
    """Let the post go to everybody."""
    return _decide(name, held_id, Answer.TRUST if json.trust else Answer.APPROVE)


@endpoint("POST", "/lists/<list:name>/held/<id:held_id>/reject", "moderate", sent=Words, returns=HeldWhole)
def reject(name: str, held_id: int, json: Words) -> object:
    """Send the post back to its author, with your own words or none."""
    return _decide(name, held_id, Answer.DECLINE, json.words)


@endpoint("POST", "/lists/<list:name>/held/<id:held_id>/discard", "moderate", returns=HeldWhole)
def discard(name: str, held_id: int) -> object:
    """Put the post aside for good, and tell its author nothing."""
    return _decide(name, held_id, Answer.DISCARD)


@endpoint("POST", "/lists/<list:name>/held/<id:held_id>/ask", "moderate", sent=Question, returns=HeldWhole)
def ask(name: str, held_id: int, json: Question) -> object:
    """Ask the author something; the post goes on waiting."""
    return _decide(name, held_id, Answer.ASK, json.words)
