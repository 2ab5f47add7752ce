"""A list's topics: for all who may read the list; added, described, ordered and taken away by those who look after it."""

from dataclasses import replace

from pydantic import Field

from listserv import links
from listserv.errors import NotFound
from listserv.store.lists import MailingList, Topic, lock, topic_by_slug
from listserv.usecases import stewards, topics
from listserv.usecases.access import readable_list
from listserv.usecases.topics import Wanted
from listserv.web.api.caller import caller
from listserv.web.api.endpoints import endpoint
from listserv.web.api.marks import marked, require_unchanged
from listserv.web.api.models import Line, Paged, Sent, Shown, Text
from listserv.web.api.paging import paged, place
from listserv.web.visit import visit


class TopicShown(Shown):
    """A subject area of a list."""

    slug: str
    address: str = Field(description="Where one writes under this topic.")
    title: str
    description: str
    moderated: bool = Field(description="Messages of ordinary members are read first here.")
    position: int = Field(description="Its place among the others, from 0.")


class TopicPage(Shown):
    """A page of topics."""

    items: list[TopicShown]
    next: str | None


class NewTopic(Sent):
    """A topic to be added."""

    slug: Line = Field(min_length=1, max_length=63, pattern="^[a-z0-9][a-z0-9-]*$")
    title: Line = Field(min_length=1, max_length=200)
    description: Text = Field("", max_length=500)
    moderated: bool = False


class TopicChange(Sent):
    """What is to be different; what is left out stays. The slug stays: addresses and subjects say it."""

    title: Line = Field(None, min_length=1, max_length=200)  # type: ignore[assignment]
    description: Text = Field(None, max_length=500)  # type: ignore[assignment]
    moderated: bool = None  # type: ignore[assignment]
    position: int = Field(None, ge=0, le=1000)  # type: ignore[assignment]


def told(mlist: MailingList, topic: Topic) -> TopicShown:
    """A topic as programs read it."""
    facts = {key: getattr(topic, key) for key in ("slug", "title", "description", "moderated")}
    return TopicShown(address=links.list_address(visit().settings, f"{mlist.name}+{topic.slug}"), position=mlist.topics.index(topic), **facts)


@endpoint("GET", "/lists/<list:name>/topics", "read", query=Paged, returns=TopicPage)
def ls(name: str, query: Paged) -> TopicPage:
    """The topics of a list, in its order."""
    mlist = readable_list(visit().db, name, caller().actor)
    after = place(query, int, int) or (-1, -1)
    rows = [one for one in mlist.topics if (one.position, one.id) > after][: query.limit + 1]
    return TopicPage(**paged(rows, query, lambda one: told(mlist, one), lambda one: (one.position, one.id)))


@endpoint("GET", "/lists/<list:name>/topics/<slug:slug>", "read", returns=TopicShown)
def get(name: str, slug: str) -> object:
    """One topic."""
    mlist = readable_list(visit().db, name, caller().actor)
    topic = topic_by_slug(visit().db, mlist, slug)
    if topic is None:
        raise NotFound("there is no such topic")
    return marked(told(mlist, topic))


@endpoint("POST", "/lists/<list:name>/topics", "moderate", sent=NewTopic, returns=TopicShown, status=201)
def add(name: str, json: NewTopic) -> object:
    """Add a topic behind the others."""
    who = stewards.steward(visit().db, name, caller().actor)
    topic = topics.add(visit().db, who, Wanted(**json.model_dump()), visit().now)
    answer = marked(told(who.mlist, topic), 201)
    answer.headers["Location"] = f"{visit().settings.site.url}/api/v1/lists/{who.mlist.name}/topics/{topic.slug}"
    return answer


@endpoint("PATCH", "/lists/<list:name>/topics/<slug:slug>", "moderate", sent=TopicChange, returns=TopicShown)
def change(name: str, slug: str, json: TopicChange) -> object:
    """Describe a topic, or put it at another place."""
    db = visit().db
    who = stewards.steward(db, name, caller().actor)
    topic = topics.topic_here(db, who, slug)
    require_unchanged(told(who.mlist, topic))
    said = json.model_dump(exclude_unset=True)
    where = said.pop("position", None)
    if said:
        was = Wanted(topic.slug, topic.title, topic.description, topic.moderated)
        topics.change(db, who, topic, replace(was, **said), visit().now)
    if where is not None:
        topics.put(db, who, topic, where, visit().now)
    db.flush()
    return marked(told(who.mlist, topic))


@endpoint("DELETE", "/lists/<list:name>/topics/<slug:slug>", "moderate", status=204)
def remove(name: str, slug: str) -> None:
    """Take a topic away; its threads stay and are under none."""
    db = visit().db
    who = stewards.steward(db, name, caller().actor)
    lock(db, who.mlist)
    topic = topics.topic_here(db, who, slug)
    require_unchanged(told(who.mlist, topic))
    topics.remove(db, who, topic, visit().now)
