"""Threads of a list, and one with its messages: what their pages show."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from listserv.errors import NotFound
from listserv.store.apithreads import behind
from listserv.usecases import forums, reading
from listserv.usecases.shown import Line as ThreadLine
from listserv.usecases.shown import Moved
from listserv.usecases.shown import Thread as ThreadPageShown
from listserv.web.api.caller import caller
from listserv.web.api.endpoints import endpoint
from listserv.web.api.marks import marked
from listserv.web.api.messagemodels import MessageShown
from listserv.web.api.messages import address, told_post
from listserv.web.api.models import Line, Moment, Paged, Shown
from listserv.web.api.paging import paged, place
from listserv.web.api.problems import Problem
from listserv.web.visit import visit

# Microseconds since 1970 that a place in a page may name.
FIRST, LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


class ThreadInList(Shown):
    """A thread as the list's page names it."""

    id: int
    url: str
    subject: str
    topic: str | None = Field(description="The topic's slug.")
    messages: int
    last_at: Moment
    last_author: str
    snippet: str
    pinned: bool
    closed: bool


class ThreadPage(Shown):
    """A page of threads."""

    items: list[ThreadInList]
    next: str | None


class ThreadsAsked(Paged):
    """Which threads."""

    topic: Line = Field("", max_length=63, pattern="^([a-zA-Z0-9][a-zA-Z0-9-]*)?$", description="Only those of this topic.")
    only: Literal["", "unanswered"] = Field("", description="`unanswered`: those that nobody has answered yet.")


# Said before a field is called `list`.
Messages: TypeAlias = list[MessageShown]


class ThreadShown(Shown):
    """A conversation, oldest message first."""

    id: int
    url: str
    list: str
    subject: str
    topic: str | None
    started_at: Moment
    pinned: bool
    closed: bool
    hidden: bool
    count: int = Field(description="How many messages there are.")
    page: int
    pages: int
    messages: Messages


class ThreadAsked(BaseModel):
    """Which part of a long thread."""

    model_config = ConfigDict(extra="forbid")

    page: int = Field(1, ge=1, le=100_000, description="A hundred messages at a time.")


def told_line(name: str, line: ThreadLine) -> ThreadInList:
    """A thread as its line tells it."""
    facts: dict[str, Any] = {key: getattr(line, key) for key in ("id", "subject", "messages", "last_at", "pinned", "closed")}
    return ThreadInList(url=address(f"{name}/thread/{line.id}"), topic=line.topic_slug or None, last_author=line.author, snippet=line.word, **facts)


def mark_of(line: ThreadLine) -> tuple[Any, ...]:
    """Where the next page begins."""
    since = line.last_at - datetime(1970, 1, 1, tzinfo=UTC)
    return line.pinned, since.days * 86_400_000_000 + since.seconds * 1_000_000 + since.microseconds, line.id


def moment_of(microseconds: int) -> datetime:
    """The same back. Raises 400 for what no page has said."""
    try:
        found = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    except OverflowError:
        found = FIRST
    if not FIRST < found < LAST:
        raise Problem("bad-request", errors=[{"parameter": "after", "detail": "This is no `next` of a page of these."}])
    return found


@endpoint("GET", "/lists/<list:name>/threads", "read", query=ThreadsAsked, returns=ThreadPage)
def ls(name: str, query: ThreadsAsked) -> ThreadPage:
    """The threads of a list: pinned ones first, then those in which something was written last."""
    after = place(query, bool, int, int)
    where = (behind(after[0], moment_of(after[1]), after[2]),) if after else ()
    view, lines = forums.threads(visit().db, name, caller().actor, where, query.limit + 1, topic=query.topic, waiting=query.only == "unanswered")
    return ThreadPage(**paged(lines, query, lambda line: told_line(view.mlist.name, line), mark_of))


@endpoint("GET", "/lists/<list:name>/threads/<id:thread_id>", "read", query=ThreadAsked, returns=ThreadShown)
def get(name: str, thread_id: int, query: ThreadAsked) -> object:
    """A thread with its messages. One that was joined to another is told as that one."""
    actor = caller().actor
    found = reading.thread(visit().db, name, thread_id, actor, page=query.page, flat=True)
    if isinstance(found, Moved):
        found = reading.thread(visit().db, name, found.thread_id, actor, page=query.page, flat=True)
    if isinstance(found, Moved):
        raise NotFound("there is no such page")
    return marked(told(found))


def told(found: ThreadPageShown) -> ThreadShown:
    """A thread with its messages."""
    mlist = found.view.mlist
    facts: dict[str, Any] = {key: getattr(found, key) for key in ("id", "subject", "pinned", "closed", "hidden")}
    facts |= {"count": found.messages, "page": found.pages.number, "pages": found.pages.count, "started_at": found.first_at}
    posts = [told_post(mlist.name, found.id, post) for post in found.posts]
    return ThreadShown(list=mlist.name, url=address(f"{mlist.name}/thread/{found.id}"), topic=found.topic[0] if found.topic else None, messages=posts, **facts)
