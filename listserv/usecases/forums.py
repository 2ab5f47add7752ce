"""The pages of threads: which lists there are, a list, a topic, a month; all threads, or those that are unread or unanswered."""

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy.orm import Session

from listserv.errors import NotFound
from listserv.store import contents, deep, docket, pages
from listserv.store.lists import topic_by_slug
from listserv.store.members import MODERATING
from listserv.store.pages import Record, Where
from listserv.usecases import positions
from listserv.usecases.access import Actor, lists_and_roles
from listserv.usecases.contents import Contents, Stamp, activity_of, contents_of, lasting, people_of, remembered, remembered_some, stamp_of
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
    known = activity_of(db, mlists, stamp_of(db)) if mlists else {}
    new = positions.news_by_list(db, actor.user_id) if mlists and actor.user_id else {}
    return tuple(Shelf(mlist, *known[mlist.id], new.get(mlist.id, 0), waiting.get(mlist.id, 0)) for mlist in mlists)


def forum(db: Session, name: str, actor: Actor, *, page: int = 1, only: str = "") -> Forum:
    """The list's page: all threads, or `only` those that are unread (by a member) or unanswered. Raises NotFound."""
    view = view_of(db, name, actor)
    mlist, since = view.mlist, view.mlist.created_at - UNDER_WAY
    stamp, waiting, drafts = contents.stamp_and_waiting(db, mlist.id, since, MOST_WAITING, writer=actor.user_id or 0)
    sight = _sight(db, view, lasting(db, stamp))
    which: Where = ()
    total = sight.contents.threads
    if only == UNANSWERED:
        which = contents.waiting(since)
        total = waiting if waiting < MOST_WAITING else pages.count_threads(db, (*pages.live_threads(mlist.id), *which))
    elif only == UNREAD and sight.news:
        which, total = (pages.among(list(sight.news.counts)),), len(sight.news.counts)
    return _forum(
        db, sight, which, page_of(page, total, THREADS_A_PAGE), ordered=None if which else "", waiting=waiting, only=only if which else "", drafts=drafts
    )


def threads(db: Session, name: str, actor: Actor, where: Where, limit: int, *, topic: str = "", waiting: bool = False) -> tuple[View, tuple[Line, ...]]:
    """So many threads of a list as its page tells them: those of a topic, those that wait for an answer. Raises NotFound."""
    view = view_of(db, name, actor)
    if topic:
        found = topic_by_slug(db, view.mlist, topic.lower())
        if found is None:
            raise NotFound("there is no such page")
        where = (*where, pages.in_topic(found.id))
    if waiting:
        where = (*where, *contents.waiting(view.mlist.created_at - UNDER_WAY))
    return view, _lines(db, view, pages.threads_page(db, view.mlist.id, where, limit, 0), None)


def topic(db: Session, name: str, slug: str, actor: Actor, *, page: int = 1) -> Forum:
    """The threads of one topic. Raises NotFound."""
    sight = _sight(db, view_of(db, name, actor), stamp_of(db))
    found = next((item for item in sight.contents.topics if item.slug == slug.lower()), None)
    if found is None:
        raise NotFound("there is no such page")
    return _forum(db, sight, (pages.in_topic(found.id),), page_of(page, found.threads, THREADS_A_PAGE), ordered=found.id, topic=found)


def month(db: Session, name: str, year: int, number: int, actor: Actor, *, page: int = 1) -> Forum:
    """The threads in which something was written in a month (of UTC, so that its address means the same to everyone). Raises NotFound."""
    sight = _sight(db, view_of(db, name, actor), stamp_of(db))
    if not (1 <= number <= 12 and 1970 <= year <= 9998):
        raise NotFound("there is no such page")
    start, end = datetime(year, number, 1, tzinfo=UTC), datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
    mlist, stamp = sight.view.mlist, sight.stamp
    found = remembered_some(db, "months", (mlist.id, year, number), (mlist.last_seq, stamp), lambda: array("q", deep.threads_between(db, mlist.id, start, end)))
    at = page_of(page, len(found), THREADS_A_PAGE)
    here = found[(at.number - 1) * THREADS_A_PAGE : at.number * THREADS_A_PAGE]
    return _told(db, sight, pages.lines_of(db, here), at, month=(year, number))


def months(db: Session, name: str, actor: Actor) -> tuple[View, tuple[tuple[int, int, int], ...]]:
    """Every month of the archive with its number of messages, newest first. Raises NotFound."""
    view = view_of(db, name, actor)
    stamp = view.mlist.last_seq, stamp_of(db)
    return view, remembered(db, ("months", view.mlist.id), stamp, lambda: _months(db, view.mlist.id))


def _months(db: Session, mlist_id: int) -> tuple[tuple[int, int, int], ...]:
    ends = deep.stretch(db, mlist_id)
    if ends is None:
        return ()
    first, last = (moment.year * 12 + moment.month - 1 for moment in ends)
    there = [(number // 12, number % 12 + 1) for number in range(last, first - 1, -1)]
    starts = [datetime(year, month, 1, tzinfo=UTC) for year, month in there]
    counts = deep.messages_between(db, mlist_id, list(zip(starts, [datetime.max.replace(tzinfo=UTC), *starts], strict=False)))
    return tuple((year, month, count) for (year, month), count in zip(there, counts, strict=True) if count)


@dataclass(frozen=True, slots=True)
class _Sight:
    """What every page of threads begins with."""

    view: View
    stamp: Stamp
    contents: Contents
    news: News | None


def _sight(db: Session, view: View, stamp: Stamp) -> _Sight:
    return _Sight(view, stamp, contents_of(db, view.mlist, stamp), positions.news(db, view))


def _forum(db: Session, sight: _Sight, some: Where, at: Pages, *, ordered: Hashable = None, **which: Any) -> Forum:
    """A page of some threads; `ordered`: what their order is remembered by, where there may be very many."""
    offset, mlist = (at.number - 1) * THREADS_A_PAGE, sight.view.mlist
    if ordered is None or offset < deep.STRIDE:
        return _told(db, sight, pages.threads_page(db, mlist.id, some, THREADS_A_PAGE, offset), at, **which)
    marks = remembered_some(db, "marks", (mlist.id, ordered), (mlist.last_seq, sight.stamp), lambda: deep.marks(db, mlist.id, some))
    place, mark = marks[max(0, bisect_right(marks, offset, key=itemgetter(0)) - 1)]
    return _told(db, sight, deep.threads_from(db, mlist.id, some, mark, THREADS_A_PAGE, offset - place), at, **which)


def _told(db: Session, sight: _Sight, rows: Sequence[Record], at: Pages, **which: Any) -> Forum:
    view, told = sight.view, sight.contents
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
        announces=row.announces,
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
