"""What is new to somebody since they were here last: kept for members who are signed in, and for nobody else.

A page that is looked at changes nothing, so a mark moves when somebody says so (or their browser says that they have read
to the end), never behind their back. Where somebody begins: with what comes after their first sign-in (`begin`), because
whoever has read a list by mail for years must not be told of all of it as news; a list that they join while signed in
begins with their joining. What they wrote themselves is not new to them, and what an import brought is new to nobody.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import NotFound
from listserv.store import pages, positions
from listserv.store.pages import Record
from listserv.store.positions import NEWEST
from listserv.usecases import conversations as talk
from listserv.usecases.access import Actor, list_and_member
from listserv.usecases.conversations import Place
from listserv.usecases.shown import Moved, News, View

begin = positions.begin
news_by_list = positions.news_by_list


def news(db: Session, view: View) -> News | None:
    """What is new on a list to whoever looks at it; None where that is no member."""
    if view.member is None:
        return None
    rows = positions.news_of(db, view.member.user_id, view.mlist, view.member.digest_seq)
    since = rows[0].since if rows else None
    return News(
        {row.thread_id: row.fresh for row in rows},
        {row.thread_id: row.first for row in rows},
        max((row.upto for row in rows), default=0),
        since or view.member.joined_at,
    )


def first_posts(db: Session, view: View, found: News, threads: Sequence[Record]) -> dict[int, tuple[int, int]]:
    """The first new message of each of these threads as its page shows them, and on which of its pages: {thread: (message, page)}."""
    fresh = [row for row in threads if row.id in found.counts]
    easy = {row.id: (found.first[row.id], 1) for row in fresh if found.counts[row.id] == 1 and row.messages <= talk.POSTS_A_PAGE}
    hard = [row.id for row in fresh if row.id not in easy]
    if not hard or view.member is None:
        return easy
    heads: dict[int, list[Record]] = {number: [] for number in hard}
    for head in positions.heads_in(db, view.member.user_id, view.mlist, view.member.digest_seq, hard):
        heads[head.thread_id].append(head)
    return easy | {number: first_among(talk.arrange(own), {head.id for head in own if head.new}) for number, own in heads.items()}


def first_among(places: Sequence[Place], new: Collection[int]) -> tuple[int, int]:
    """The first of a thread's places that holds a new message: that message, and on which page it stands; (0, 1) where nothing is new."""
    index = next((index for index, place in enumerate(places) if place.head.id in new), None) if new else None
    return (0, 1) if index is None else (places[index].head.id, index // talk.POSTS_A_PAGE + 1)


def new_among(view: View, row: Record, heads: Sequence[Record]) -> frozenset[int]:
    """Those of a thread's messages that are new to whoever looks (`row`: `pages.thread_on_list` for that reader)."""
    if view.member is None:
        return frozenset()
    me, mark = view.member.user_id, max(row.list_mark, row.thread_mark, view.mlist.last_seq - NEWEST, 0)
    return frozenset(head.id for head in heads if head.seq > mark and head.user_id != me and head.hidden_at is None)


def upto_on(shown: Sequence[Place], places: Sequence[Place], new: frozenset[int]) -> int:
    """The mark of somebody who has read these of a thread's places: what is new and stands on another page stays new. 0 where none moves."""
    if not new:
        return 0
    here = {place.head.seq for place in shown if place.head.id in new}
    elsewhere = {place.head.seq for place in places if place.head.id in new} - here
    return max((seq for seq in here if not elsewhere or seq < min(elsewhere)), default=0)


# ---- moving marks -------------------------------------------------------------------------------------------


def _known(db: Session, name: str, actor: Actor) -> View:
    mlist, member = list_and_member(db, name, actor)
    if member is None:
        raise NotFound("there is no such page")
    return View(mlist, member, sees_addresses=True)


def read_thread(db: Session, name: str, thread_id: int, upto: int, actor: Actor, now: datetime) -> Moved:
    """A member has read a thread up to the message of that number; where the thread is now. Raises NotFound, for all but members too."""
    view = _known(db, name, actor)
    row = pages.thread_on_list(db, view.mlist.id, thread_id)
    if row is not None and row.merged_into is not None:
        row = pages.thread_on_list(db, view.mlist.id, row.merged_into)
    if row is None or row.merged_into is not None or (row.hidden_at and not view.decides):
        raise NotFound("there is no such page")
    seq = min(upto, view.mlist.last_seq)
    if seq > 0:
        positions.raise_thread(db, actor.user_id or 0, row.id, seq)
        _tidy(db, view, now)
    return Moved(view.mlist, row.id)


def read_list(db: Session, name: str, upto: int, actor: Actor, now: datetime) -> View:
    """A member knows a whole list up to the message of that number. Raises NotFound, for all but members too."""
    view = _known(db, name, actor)
    seq = min(upto, view.mlist.last_seq)
    if seq > 0:
        positions.raise_list(db, actor.user_id or 0, view.mlist.id, seq, roughly(now))
        _tidy(db, view, now)
    return view


def _tidy(db: Session, view: View, now: datetime) -> None:
    """The list's own mark follows to where the first new message stands, and takes the marks of threads below it along.

    So there are never more marks than threads that somebody is ahead in, and what has to be counted stays short.
    """
    assert view.member is not None
    me, start = view.member.user_id, view.member.digest_seq
    # The list's number was read before: what comes in between is above it.
    newest = view.mlist.last_seq
    first = positions.first_new(db, me, view.mlist, start)
    seq = newest if first is None else first - 1
    positions.raise_list(db, me, view.mlist.id, seq, roughly(now))
    positions.drop_below(db, me, view.mlist.id, seq)


def roughly(now: datetime) -> datetime:
    """The hour: enough to say "since yesterday" by, too little to follow anybody."""
    return now.replace(minute=0, second=0, microsecond=0)
