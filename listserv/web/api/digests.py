"""One's own past digests."""

from pydantic import Field

from digests.entries import Point
from listserv.errors import NotFound
from listserv.store.apithreads import digests_before
from listserv.store.digests import Digest
from listserv.usecases import digestpages, reading
from listserv.web.api.caller import caller
from listserv.web.api.endpoints import endpoint
from listserv.web.api.marks import marked
from listserv.web.api.messages import address
from listserv.web.api.models import Moment, Paged, Shown
from listserv.web.api.paging import paged, place
from listserv.web.visit import visit


class DigestInList(Shown):
    """A digest that you have had."""

    id: int
    url: str
    subject: str
    made_at: Moment


class DigestPage(Shown):
    """A page of digests."""

    items: list[DigestInList]
    next: str | None


class DigestItem(Shown):
    """A message in a digest."""

    number: str = Field(description="By which an answer to the digest names it.")
    author: str
    sent_at: Moment
    url: str
    text: str


class DigestPoint(Shown):
    """A thread in a digest."""

    number: int
    url: str
    title: str
    topic: str
    items: list[DigestItem]
    more: int = Field(description="Messages for which there was no room.")


class DigestShown(DigestInList):
    """What a digest tells, of what is still there to be read."""

    points: list[DigestPoint]


@endpoint("GET", "/lists/<list:name>/digests", "read", query=Paged, returns=DigestPage)
def ls(name: str, query: Paged) -> DigestPage:
    """Your own digests of a list, the newest first."""
    view = reading.view_of(visit().db, name, caller().actor)
    if view.member is None:
        raise NotFound("there is no such page")
    after = place(query, int)
    rows = digests_before(visit().db, view.member.id, after[0] if after else None, query.limit + 1)

    def line(one: Digest) -> DigestInList:
        return DigestInList(id=one.id, url=address(f"{view.mlist.name}/digests/{one.id}"), subject=one.subject, made_at=one.made_at)

    return DigestPage(**paged(rows, query, line, lambda one: (one.id,)))


@endpoint("GET", "/lists/<list:name>/digests/<id:digest_id>", "read", returns=DigestShown)
def get(name: str, digest_id: int) -> object:
    """One of your own digests."""
    found = digestpages.told(visit().db, name, digest_id, caller().actor)
    where = address(f"{found.view.mlist.name}/digests/{digest_id}")
    assert found.made_at is not None  # only the one that nobody has had yet has no day
    return marked(DigestShown(id=digest_id, url=where, subject=found.subject, made_at=found.made_at, points=[told(point) for point in found.points]))


def told(point: Point) -> DigestPoint:
    """A thread as the digest tells it."""
    items = [DigestItem(number=one.place, author=one.item.author, sent_at=one.item.at, url=one.item.url, text=one.text) for one in point.shown]
    entry = point.entry
    return DigestPoint(number=point.number, url=entry.url, title=entry.title, topic=entry.topic, items=items, more=len(point.hidden))
