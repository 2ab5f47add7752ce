"""The pages of threads: which lists there are, a list, a topic, a month; all threads, or those that are unread or unanswered."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from listserv.errors import NotFound
from listserv.store import contents, docket, pages
from listserv.store.members import MODERATING
from listserv.store.pages import Record, Where
from listserv.usecases import positions
from listserv.usecases.access import Actor, lists_and_roles
from listserv.usecases.contents import Contents, Stamp, activity_of, contents_of, people_of
from listserv.usecases.conversations import Veil, speaker
from listserv.usecases.reading import THREADS_A_PAGE, page_of, view_of
from listserv.usecases.shown import Forum, Line, News, Pages, Shelf, View

# Waiting threads are counted so far; and a letter may have been written so long before it came.
MOST_WAITING, UNDER_WAY = 100, timedelta(days=7)
UNREAD, UNANSWERED = "unread", "unanswered"
# How many are named beside a thread before the rest is counted.
NAMED = 2


def front(db: Session, actor: Actor) -> tuple[Shelf, ...]:
    """The lists that this person may see, by title."""
    seen = lists_and_roles(db, actor)
    mlists = [mlist for mlist, _ in seen]
    waiting = docket.waiting_by_list(db, [mlist.id for mlist, role in seen if role in MODERATING or actor.administrator])
    known = activity_of(db, mlists, contents.stamp(db)) if mlists else {}
    new = positions.news_by_list(db, actor.user_id) if mlists and actor.user_id else {}
    return tuple(Shelf(mlist, *known[mlist.id], new.get(mlist.id, 0), waiting.get(mlist.id, 0)) for mlist in mlists)


def forum(db: Session, name: str, actor: Actor, *, page: int = 1, only: str = "") -> Forum:
    """The list's page: all threads, or `only` those that are unread (by a member) or unanswered. Raises NotFound."""
    view = view_of(db, name, actor)
    mlist, since = view.mlist, view.mlist.created_at - UNDER_WAY
    stamp, waiting, drafts = contents.stamp_and_waiting(db, mlist.id, since, MOST_WAITING, writer=actor.user_id or 0)
    sight = _sight(db, view, stamp)
    which: Where = ()
    total = sight.contents.threads
    if only == UNANSWERED:
        which = contents.waiting(since)
        total = waiting if waiting < MOST_WAITING else pages.count_threads(db, (*pages.live_threads(mlist.id), *which))
    elif only == UNREAD and sight.news:
        which, total = (pages.among(list(sight.news.counts)),), len(sight.news.counts)
    return _forum(db, sight, which, page_of(page, total, THREADS_A_PAGE), waiting=waiting, only=only if which else "", drafts=drafts)


def topic(db: Session, name: str, slug: str, actor: Actor, *, page: int = 1) -> Forum:
    """The threads of one topic. Raises NotFound."""
    sight = _sight(db, view_of(db, name, actor), contents.stamp(db))
    found = next((item for item in sight.contents.topics if item.slug == slug.lower()), None)
    if found is None:
        raise NotFound("there is no such page")
    return _forum(db, sight, (pages.in_topic(found.id),), page_of(page, found.threads, THREADS_A_PAGE), topic=found)


def month(db: Session, name: str, year: int, number: int, actor: Actor, *, page: int = 1) -> Forum:
    """The threads in which something was written in a month (of UTC, so that its address means the same to everyone). Raises NotFound."""
    sight = _sight(db, view_of(db, name, actor), contents.stamp(db))
    if not (1 <= number <= 12 and 1970 <= year <= 9998):
        raise NotFound("there is no such page")
    start, end = datetime(year, number, 1, tzinfo=UTC), datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
    which = (pages.spoken_between(start, end),)
    at = page_of(page, pages.count_threads(db, (*pages.live_threads(sight.view.mlist.id), *which)), THREADS_A_PAGE)
    return _forum(db, sight, which, at, month=(year, number))


def months(db: Session, name: str, actor: Actor) -> tuple[View, tuple[tuple[int, int, int], ...]]:
    """Every month of the archive with its number of messages, newest first. Raises NotFound."""
    view = view_of(db, name, actor)
    return view, tuple(pages.months_of(db, view.mlist.id))


@dataclass(frozen=True, slots=True)
class _Sight:
    """What every page of threads begins with."""

    view: View
    stamp: Stamp
    contents: Contents
    news: News | None


def _sight(db: Session, view: View, stamp: Stamp) -> _Sight:
    return _Sight(view, stamp, contents_of(db, view.mlist, stamp), positions.news(db, view))


def _forum(db: Session, sight: _Sight, some: Where, at: Pages, **which: Any) -> Forum:
    view, told = sight.view, sight.contents
    rows = pages.threads_page(db, view.mlist.id, some, THREADS_A_PAGE, (at.number - 1) * THREADS_A_PAGE)
    people = people_of(db, view.mlist, sight.stamp) if view.sees_addresses else None
    return Forum(view, _lines(db, view, rows, sight.news), at, told.topics, told.months, people=people, news=sight.news, **which)


def _lines(db: Session, view: View, rows: Sequence[Record], news: News | None) -> tuple[Line, ...]:
    speakers: defaultdict[int, list[str]] = defaultdict(list)
    for thread_id, author, email in pages.speakers_of(db, [row.id for row in rows]):
        speakers[thread_id].append(speaker(author, email))
    first = positions.first_posts(db, view, news, rows) if news else {}
    counts = news.counts if news else {}
    return tuple(_line(row, speakers[row.id], view.veil, counts.get(row.id, 0), first.get(row.id, (0, 1))) for row in rows)


def _line(row: Record, speakers: list[str], veil: Veil, new: int, first: tuple[int, int]) -> Line:
    author = speaker(row.author or "", row.author_email or "")
    others = [name for name in speakers if name != author]
    # "Anna and 1 person" tells less than "Anna and Ewa".
    named = others if len(others) <= NAMED + 1 else others[:NAMED]
    return Line(
        id=row.id,
        subject=veil(row.subject),
        messages=row.messages,
        last_at=row.last_at,
        pinned=row.pinned,
        closed=row.closed,
        history=row.seq is not None and row.seq <= 0,
        topic_slug=row.slug or "",
        topic_title=row.title or "",
        author=author,
        word=veil(row.snippet or ""),
        others=tuple(named),
        more=len(others) - len(named),
        new=new,
        first_new=first[0],
        first_page=first[1],
    )
