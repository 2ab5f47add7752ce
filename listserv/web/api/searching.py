"""Searching: the same words, the same answers and the same counts as on the pages."""

from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from listserv.store.lists import MailingList
from listserv.usecases import searching
from listserv.usecases.access import list_and_member
from listserv.usecases.hits import Hit
from listserv.usecases.searching import Facet, Results
from listserv.web.api.caller import caller, let_search
from listserv.web.api.endpoints import endpoint
from listserv.web.api.messages import address
from listserv.web.api.models import Line, Moment, Shown
from listserv.web.visit import visit
from listserv.words.marking import Part


class SearchAsked(BaseModel):
    """What is looked for."""

    model_config = ConfigDict(extra="forbid")

    q: Line = Field(min_length=1, max_length=500, description='Words, "phrases", `from:`, `topic:`, `before:`, `after:`, `has:attachment`.')
    order: Literal["new", "best"] = "new"
    page: int = Field(1, ge=1, le=100)


# Said before a field is called `list`.
FileNames: TypeAlias = list[str]


class HitShown(Shown):
    """A message that was found."""

    list: str
    hash: str
    url: str
    thread_id: int
    subject: str
    author: str
    sent_at: Moment
    words: str = Field(description="Some of its words, those that were looked for among them.")
    files: FileNames = Field(description="Names of files in which it was found.")


class FacetShown(Shown):
    """A way to see fewer."""

    title: str
    q: str
    count: int


class Found(Shown):
    """What was found, among what this person may read."""

    total: int
    more: bool = Field(description="There are more than were counted.")
    page: int
    pages: int
    items: list[HitShown]
    suggestions: list[str] = Field(description="Where nothing is found: what finds something.")
    topics: list[FacetShown]
    authors: list[FacetShown]


@endpoint("GET", "/search", "read", query=SearchAsked, returns=Found)
def everywhere(query: SearchAsked) -> Found:
    """Search all lists that you may read."""
    return _found(query, None)


@endpoint("GET", "/lists/<list:name>/search", "read", query=SearchAsked, returns=Found)
def here(name: str, query: SearchAsked) -> Found:
    """Search one list."""
    return _found(query, list_and_member(visit().db, name, caller().actor)[0])


def _found(query: SearchAsked, mlist: MailingList | None) -> Found:
    let_search()
    who = caller()
    found = searching.search(visit().db, who.actor, query.q, mlist, page=query.page, order=query.order, zone=who.timezone or visit().settings.timezone)
    return told(found)


def told(found: Results) -> Found:
    """What was found, as programs read it."""
    counts: dict[str, Any] = {"total": found.total, "more": found.more, "page": found.pages.number, "pages": found.pages.count}
    facets: dict[str, Any] = {"topics": _facets(found.topics), "authors": _facets(found.authors)}
    return Found(**counts, **facets, items=[_hit(one) for one in found.hits], suggestions=list(found.suggestions))


def _facets(found: Iterable[Facet]) -> list[FacetShown]:
    return [FacetShown(title=one.title, q=one.query, count=one.count) for one in found]


def _hit(hit: Hit) -> HitShown:
    url = address(f"{hit.list_name}/message/{hit.hash}")
    said: dict[str, Any] = {
        "subject": _plain(hit.subject),
        "author": _plain(hit.author),
        "words": _plain(hit.words),
        "files": [_plain(one) for one in hit.files],
    }
    return HitShown(list=hit.list_name, hash=hit.hash, url=url, thread_id=hit.thread_id, sent_at=hit.sent_at, **said)


def _plain(parts: Iterable[Part]) -> str:
    return "".join(part.text for part in parts)
