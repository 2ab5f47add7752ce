"""A list's topics: named, described, put in order, taken away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import Conflict, Invalid, NotFound
from listserv.i18n import N_
from listserv.store import topics as rows
from listserv.store.lists import Topic, lock, topic_by_slug
from listserv.usecases import administration
from listserv.usecases.journal import note
from listserv.usecases.stewards import Steward

LONGEST_DESCRIPTION = 500
NO_TITLE = N_("A topic needs a title.")
LONG_TITLE = N_("A title has room for 200 characters.")
LONG_DESCRIPTION = N_("A description has room for 500 characters.")
BAD_SLUG = N_("A short name has letters a-z without accents, digits and hyphens, at most 63 of them.")
TAKEN = N_("There is a topic with this short name already.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A topic as somebody typed it."""

    slug: str = ""
    title: str = ""
    description: str = ""
    moderated: bool = False


def all_of(db: Session, who: Steward) -> Sequence[tuple[Topic, int]]:
    """The topics in their order, with how many threads each holds."""
    return rows.counted(db, who.mlist)


def topic_here(db: Session, who: Steward, slug: str) -> Topic:
    """A topic of the steward's list; others who would change the list wait. Raises NotFound."""
    lock(db, who.mlist)
    topic = topic_by_slug(db, who.mlist, slug)
    if topic is None:
        raise NotFound("there is no such page")
    db.refresh(topic)
    return topic


def add(db: Session, who: Steward, wanted: Wanted, now: datetime) -> Topic:
    """Add a topic behind the others. Raises Invalid, or Conflict where the short name is taken."""
    lock(db, who.mlist)
    title, description = _checked(wanted)
    slug = wanted.slug.strip().lower().removeprefix("#")
    if not administration.SLUG.fullmatch(slug):
        raise Invalid(BAD_SLUG)
    if topic_by_slug(db, who.mlist, slug):
        raise Conflict(TAKEN)
    topic = administration.add_topic(db, who.mlist, slug, title, who.actor, now)
    topic.description, topic.moderated = description, wanted.moderated
    topic.position = max((one.position for one, _ in all_of(db, who) if one is not topic), default=-1) + 1
    db.flush()
    db.expire(who.mlist, ["topics"])
    return topic


def change(db: Session, who: Steward, topic: Topic, wanted: Wanted, now: datetime) -> None:
    """Another title and description, read first or not; the short name stays, because addresses and subjects say it. Raises Invalid."""
    title, description = _checked(wanted)
    if (title, description, wanted.moderated) == (topic.title, topic.description, topic.moderated):
        return
    before, switched = topic.title, wanted.moderated is not topic.moderated
    topic.title, topic.description, topic.moderated = title, description, wanted.moderated
    said = f" moderated={'yes' if wanted.moderated else 'no'}" if switched else ""
    note(db, who.actor, "topic-changed", mlist=who.mlist, now=now, about=topic, detail=f"{topic.slug}: {before} → {title}{said}")


def _checked(wanted: Wanted) -> tuple[str, str]:
    title, description = administration.one_line(wanted.title), " ".join(wanted.description.split())
    if not title:
        raise Invalid(NO_TITLE)
    if len(title) > administration.LONGEST_NAME:
        raise Invalid(LONG_TITLE)
    if len(description) > LONGEST_DESCRIPTION:
        raise Invalid(LONG_DESCRIPTION)
    return title, description


def put(db: Session, who: Steward, topic: Topic, place: int, now: datetime) -> None:
    """Put a topic at that place (from 0) among the others."""
    ordered = [one for one, _ in all_of(db, who)]
    ordered.remove(topic)
    ordered.insert(max(0, min(place, len(ordered))), topic)
    for position, one in enumerate(ordered):
        one.position = position
    db.flush()
    db.expire(who.mlist, ["topics"])
    note(db, who.actor, "topics-ordered", mlist=who.mlist, now=now, detail=" ".join(one.slug for one in ordered))


def remove(db: Session, who: Steward, topic: Topic, now: datetime) -> int:
    """Take a topic away; its threads stay and are under none. How many these are."""
    count = rows.unfile(db, topic)
    note(db, who.actor, "topic-removed", mlist=who.mlist, now=now, detail=f"{topic.slug}: {topic.title}, {count} threads")
    db.delete(topic)
    db.flush()
    db.expire(who.mlist, ["topics"])
    return count
