"""Where mail is: how a post's copies fare, for those who look after its list; any mail and the queue, for administrators."""

from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from listserv.errors import NotFound
from listserv.usecases import queueing, reading, stewards, tracing
from listserv.usecases.tracing import Trace
from listserv.web.api.caller import caller
from listserv.web.api.endpoints import endpoint
from listserv.web.api.models import Line, Moment, Shown
from listserv.web.visit import visit


class Copies(Shown):
    """Copies of a post: the relay took them, they wait, they were given up."""

    sent: int
    pending: int
    failed: int


class Fate(Shown):
    """How a post fares."""

    message_id: str
    state: str
    reasons: list[str]
    copies: Copies


class EventShown(Shown):
    """Something that happened to a mail."""

    at: Moment
    what: str


# Said before a field is called `list`.
Events: TypeAlias = list[EventShown]


class TraceShown(Fate):
    """Where a mail is, with all that happened to it."""

    list: str | None
    thread_id: int | None
    url: str | None
    events: Events


class Traces(Shown):
    """A mail, once for each recipient who took it."""

    items: list[TraceShown]


class TraceAsked(BaseModel):
    """Which mail."""

    model_config = ConfigDict(extra="forbid")

    message_id: Line = Field(min_length=1, max_length=1000, description="Its Message-ID, with or without brackets; or what `queue` calls it.")


class Waiting(Shown):
    """Work of one kind that is still to be done."""

    number: int
    since: Moment | None


class QueueShown(Shown):
    """What is still to do."""

    incoming: Waiting
    outgoing: Waiting
    deliveries: Waiting
    shunted: Waiting


def _fate(found: Trace) -> dict[str, Any]:
    copies = Copies(**found.deliveries._asdict())
    return {"message_id": found.message_id, "state": str(found.state), "reasons": list(found.reasons), "copies": copies}


@endpoint("GET", "/lists/<list:name>/messages/<hash:message_hash>/deliveries", "moderate", returns=Fate)
def of_message(name: str, message_hash: str) -> Fate:
    """How the copies of a post fare, for those who look after its list."""
    who = stewards.steward(visit().db, name, caller().actor)
    message = reading.message(visit().db, name, message_hash, who.actor).post.message_id
    found = [one for one in tracing.trace(visit().db, message) if one.mlist == who.mlist.name]
    if not found:
        raise NotFound("there is no such page")
    return Fate(**_fate(found[0]))


@endpoint("GET", "/deliveries", "admin", query=TraceAsked, returns=Traces)
def trace(query: TraceAsked) -> Traces:
    """Where a mail is, one that came or one of ours: what `listserv trace` tells."""
    _require_administrator()
    return Traces(items=[_traced(one) for one in tracing.trace(visit().db, query.message_id)])


def _traced(found: Trace) -> TraceShown:
    events = [EventShown(at=event.at, what=event.what) for event in found.events]
    return TraceShown(**_fate(found), list=found.mlist, thread_id=found.thread, url=found.url, events=events)


@endpoint("GET", "/queue", "admin", returns=QueueShown)
def queue() -> QueueShown:
    """How much is still to do, and since when."""
    _require_administrator()
    return QueueShown(**{kind: Waiting(number=depth.number, since=depth.since) for kind, depth in queueing.depths(visit().db).items()})


def _require_administrator() -> None:
    if not caller().actor.administrator:
        raise NotFound("there is no such page")
