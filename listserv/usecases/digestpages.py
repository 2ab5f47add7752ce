"""Digests on the web: the past ones of their reader, and what one would tell everybody now. The archive is asked anew: what was hidden since is gone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from digests.entries import NUMBERED, Kept, Measure, Point, Question, lay_out
from digests.schedule import Every
from listserv.errors import NotFound
from listserv.store import pastdigests as rows
from listserv.store.digests import Digest
from listserv.store.members import Member
from listserv.usecases import digestextras, outbox
from listserv.usecases.access import Actor
from listserv.usecases.gathering import gather
from listserv.usecases.reading import page_of, view_of
from listserv.usecases.shown import Pages, View

A_PAGE = 50
ROOM = Measure(NUMBERED, 5, 450)
# What a digest would tell now: a week's messages, or the last ones where nobody wrote.
RECENT, LAST_ONES = timedelta(days=7), 10


@dataclass(frozen=True, slots=True)
class Past:
    """The digests that somebody has had, the newest first."""

    view: View
    digests: tuple[Digest, ...]
    pages: Pages


@dataclass(frozen=True, slots=True)
class Told:
    """What one digest tells: `made_at` is empty for the one that nobody has had yet."""

    view: View
    subject: str
    made_at: datetime | None
    points: tuple[Point, ...]
    questions: tuple[Question, ...] = ()
    kept: tuple[Kept, ...] = ()


def _reader(db: Session, name: str, actor: Actor) -> tuple[View, Member]:
    view = view_of(db, name, actor)
    if view.member is None:
        raise NotFound("there is no such page")
    return view, view.member


def past(db: Session, name: str, actor: Actor, *, page: int = 1) -> Past:
    """A reader's own digests. Raises NotFound for who is not on the list."""
    view, member = _reader(db, name, actor)
    pages = page_of(page, rows.count_digests(db, member.id), A_PAGE)
    return Past(view, tuple(rows.digests_of(db, member.id, A_PAGE, (pages.number - 1) * A_PAGE)), pages)


def told(db: Session, name: str, digest_id: int, actor: Actor) -> Told:
    """One of a reader's own digests. Raises NotFound, for those of others too."""
    view, member = _reader(db, name, actor)
    digest = rows.own_digest(db, member.id, digest_id)
    if digest is None:
        raise NotFound("there is no such page")
    only = frozenset(int(seq) for group in digest.items.split() for seq in group.split(","))
    news = gather(db, outbox.settings_of(db), view.mlist, digest.after_seq, upto=digest.upto_seq, only=only)
    return Told(view, digest.subject, digest.made_at, lay_out(news.entries, ROOM))


def latest(db: Session, name: str, actor: Actor, now: datetime) -> Told:
    """What a weekly digest would tell everybody now."""
    view, _ = _reader(db, name, actor)
    mlist, settings = view.mlist, outbox.settings_of(db)
    asked = digestextras.asked(db, settings, mlist, now)
    after = rows.last_seq_before(db, mlist.id, now - RECENT)
    after = max(0, mlist.last_seq - LAST_ONES) if after is None else after
    news = gather(db, settings, mlist, after, asking=frozenset(one.thread_id for one in asked))
    waiting = tuple(one for one in asked if one.thread_id not in news.threads)
    beside: dict[str, Any] = {"questions": digestextras.open_questions(waiting, Every.WEEK, now)}
    beside["kept"] = tuple(one.told for one in digestextras.kept(db, settings, mlist, now - RECENT)[: digestextras.TOLD])
    return Told(view, "", None, lay_out(news.entries, ROOM), **beside)
