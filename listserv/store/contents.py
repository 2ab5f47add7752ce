"""A list's table of contents: what is counted over a whole archive, and the stamp by which a count of earlier still holds."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, exists, func, select, text
from sqlalchemy.orm import Session

from listserv.store.announcing import announces
from listserv.store.archive import SHOWN, Message, Thread
from listserv.store.drafts import Draft
from listserv.store.lists import Topic
from listserv.store.members import Member
from listserv.store.moderation import Journal
from listserv.store.pages import LIST, Rows, Where, live_threads
from listserv.store.session import look

# ---- what is the same as long as nothing happens ------------------------------------------------------------

# Notes of those who act at once are numbered in one order and written down in another; nobody's hundred others overtake them.
LATELY = 100
NEWEST = select(func.max(Journal.id)).scalar_subquery()
STAMP = select(NEWEST.label("newest"), select(func.count()).where(Journal.id > NEWEST - LATELY).scalar_subquery().label("lately"))


def stamp(db: Session) -> tuple[int, int]:
    """Whatever is done to lists and threads but by a new message is in the journal: as long as this is the same, nothing was."""
    newest, lately = look(db, STAMP, {}).one()
    return newest or 0, lately


# What is done and changes nothing that is counted of an archive and its people: posts that wait, letters of applicants, how members
# want their mail. Every other note, and one that is not known yet, does.
QUIET = (
    *(f"held{word}" for word in ("", "-refused", "-discarded", "-withdrawn", "-asked", "-answered")),
    *("refused", "discarded", "trusted", "trust-ended", "rule-added", "rule-applied", "rule-removed", "rescue-asked", "rescue-denied", "retried", "complaint"),
    *("applied", *(f"application-{word}" for word in ("confirmed", "continued", "answered", "asked", "declined", "letter", "returned", "lapsed"))),
    *("application-disowned", "application-banned", "application-reopened", "banned", "ban-lifted"),
    *(f"member-{word}" for word in ("set", "daily", "weekly", "monthly", "each", "preview", "no-preview", "at-least", "own-at-once", "own-later")),
    *(f"member-{word}" for word in ("digest-form", "pause", "resume", "archive", "language", "zone", "topics", "only-topics", "no-topics", "all-topics")),
    *("thread-follow", "thread-mute", "thread-unmute", "message-sent", "thread-sent", "pause-over", "bouncing", "bouncing-over"),
    *("invited", "invitation-again", "invitation-declined", "invitation-taken-back", "invitation-lapsed", "feed-renewed", "calendar-renewed"),
    *("signed-out-elsewhere", "token-made", "token-taken-back", "passkey-added", "passkey-removed", "codes-set-up", "codes-stopped", "site-checked"),
    *(f"webhook-{word}" for word in ("added", "removed", "changed", "paused", "resumed", "secret-renewed")),
)
THEN: Any = bindparam("then")
LOUD_SINCE = exists(select(Journal.id).where(Journal.id > THEN, Journal.what.not_in(QUIET)))
STILL = select(LOUD_SINCE.label("loud"), select(func.count()).where(Journal.id > THEN - LATELY, Journal.id <= THEN).scalar_subquery().label("lately"))


def only_quiet_since(db: Session, then: tuple[int, int]) -> bool:
    """Has nothing been noted since that stamp that changes what is counted here? Nor something that had a number then and was not seen yet?"""
    loud, lately = look(db, STILL, {"then": then[0]}).one()
    return not loud and lately == then[1]


COUNTS = (
    select(Thread.topic_id, func.count().label("threads"), func.min(Thread.last_at).label("first_at"), func.max(Thread.last_at).label("last_at"))
    .where(*live_threads(LIST))
    .group_by(Thread.topic_id)
)


def topic_counts(db: Session, mlist_id: int) -> Rows:
    """(topic_id, threads, first and last activity) of each topic that has threads; topic_id None for those under none."""
    return db.execute(COUNTS, {"mlist": mlist_id}).all()


TOPICS = select(Topic.id, Topic.slug, Topic.title, Topic.description).where(Topic.list_id == LIST).order_by(Topic.position, Topic.id)


def topics_of(db: Session, mlist_id: int) -> Rows:
    """(id, slug, title, description) of a list's topics, in their order."""
    return db.execute(TOPICS, {"mlist": mlist_id}).all()


WROTE = exists(select(Message.id).where(Message.user_id == Member.user_id, Message.list_id == Member.list_id, SHOWN).correlate(Member))
PEOPLE = select(func.count(), func.count(case((WROTE, 1)))).select_from(Member).where(Member.list_id == LIST)


def people_of(db: Session, mlist_id: int) -> tuple[int, int]:
    """How many are on the list, and how many of them have written to it."""
    everyone, writers = db.execute(PEOPLE, {"mlist": mlist_id}).one()
    return everyone, writers


def activity(db: Session, list_ids: Sequence[int]) -> dict[int, tuple[int, datetime]]:
    """Threads and last activity of each of these lists that has any."""
    query = select(Thread.list_id, func.count(), func.max(Thread.last_at)).where(Thread.list_id.in_(list_ids), *live_threads(Thread.list_id))
    return {list_id: (count, last) for list_id, count, last in db.execute(query.group_by(Thread.list_id))}


# ---- threads that wait for an answer ------------------------------------------------------------------------

# In the words of the index of these (`ix_thread_waits`): SQLite knows it by them.
ALONE: Any = text("thread.messages = 1 AND NOT thread.closed AND NOT thread.pinned")
# What an import brought (`Message.seq` of 0 and less) waits for nothing any more.
LIVE = exists(select(Message.id).where(Message.id == Thread.last_message_id, Message.seq > 0, SHOWN).correlate(Thread))


def waiting(since: Any) -> Where:
    """Threads that nobody has answered yet, and that ask. None is older than its list (`since`), which spares looking through history."""
    return ALONE, Thread.last_at >= since, LIVE, ~announces(Thread.last_message_id, Thread.id)


SOME = select(Thread.id).where(*live_threads(LIST), *waiting(bindparam("since", type_=Thread.last_at.type))).order_by(Thread.last_at.desc())
COUNT_WAITING = select(func.count()).select_from(SOME.limit(bindparam("most")).subquery())


# What somebody has begun to write here (by the key of these).
COUNT_DRAFTS = select(func.count()).where(Draft.user_id == bindparam("writer"), Draft.list_id == LIST)
STAMP_AND_WAITING = STAMP.add_columns(COUNT_WAITING.scalar_subquery(), COUNT_DRAFTS.scalar_subquery())


def stamp_and_waiting(db: Session, mlist_id: int, since: datetime, most: int, *, writer: int = 0) -> tuple[tuple[int, int], int, int]:
    """The stamp, and how many threads of a list wait for an answer (these are counted up to so many); and the drafts of one writer."""
    newest, lately, count, drafts = db.execute(STAMP_AND_WAITING, {"mlist": mlist_id, "since": since, "most": most, "writer": writer}).one()
    return (newest or 0, lately), count, drafts
