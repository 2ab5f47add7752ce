"""The newsletter as a blog: issues that were sent, and for those who look after the list what is on its way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.i18n import N_, translations
from listserv.store import newspages as rows
from listserv.store.issues import PAGE, Issue, copies_wait
from listserv.store.lists import Kind
from listserv.store.pages import Record
from listserv.usecases import feeding, issuefigures
from listserv.usecases.access import Actor
from listserv.usecases.conversations import Veil, speaker
from listserv.usecases.feeding import Feed
from listserv.usecases.issuefigures import Effect
from listserv.usecases.reading import page_of, view_of
from listserv.usecases.shown import Pages, View

# So many drafts are shown; on the page that a newsletter begins with, so many issues.
MOST_OPEN, FIRST = 50, 10
A_DAY = timedelta(days=1)
TITLE = N_("Newsletter")


@dataclass(frozen=True, slots=True)
class Sent:
    """An issue that was sent, as a reader finds it."""

    id: int
    subject: str
    at: datetime
    thread_id: int
    hash: str
    author: str
    word: str
    answers: int
    segment: str


@dataclass(frozen=True, slots=True)
class Blog:
    """A page of issues; `open`: drafts and what has a time, for those who write."""

    view: View
    issues: tuple[Sent, ...]
    pages: Pages
    total: int
    open: Sequence[Issue] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above an issue's conversation: the issues around it."""

    issue: Sent
    earlier: Sent | None
    later: Sent | None


def blog(db: Session, name: str, actor: Actor, *, page: int = 1) -> Blog:
    """The issues of a list, newest first. Raises NotFound."""
    view = view_of(db, name, actor)
    total = rows.count_sent(db, view.mlist.id)
    at = page_of(page, total, PAGE)
    open = rows.open_rows(db, view.mlist.id, MOST_OPEN) if view.decides and at.number == 1 else ()
    return Blog(view, _sent(view, rows.sent_page(db, view.mlist.id, PAGE, (at.number - 1) * PAGE)), at, total, open)


def home(db: Session, view: View) -> Blog | None:
    """What a newsletter's own page begins with; None for every other list, and where there is nothing to read yet."""
    if view.mlist.kind is not Kind.NEWSLETTER or not view.issued:
        return None
    found = _sent(view, rows.sent_page(db, view.mlist.id, FIRST + 1))
    return Blog(view, found[:FIRST], Pages(1, 1), len(found)) if found else None


def figures(db: Session, blog: Blog) -> dict[int, Effect]:
    """By issue what came of it, for those who look after the list."""
    if not (blog.view.decides and blog.issues):
        return {}
    days = [one.at.date() for one in blog.issues]
    found = issuefigures.effects(db, blog.view.mlist, min(days) - A_DAY, max(days) + A_DAY)
    return {effect.issue_id: effect for effect in found}


def waiting(db: Session, figures: Mapping[int, Effect]) -> frozenset[int]:
    """Which of these issues have copies that have not left, and can be stopped."""
    waits = copies_wait(db, [effect.message_id for effect in figures.values()]) if figures else ()
    return frozenset(number for number, effect in figures.items() if effect.message_id in waits)


def head(db: Session, view: View, thread_id: int) -> Head | None:
    """The issue that a thread began with, and those around it; None where it began otherwise."""
    row = rows.in_thread(db, view.mlist.id, thread_id)
    if row is None:
        return None
    earlier, later = rows.neighbours(db, view.mlist.id, row.sent_at, row.id)
    return Head(_one(row, view.veil), _one(earlier, view.veil) if earlier else None, _one(later, view.veil) if later else None)


def feed(db: Session, name: str, actor: Actor, key: str = "") -> Feed:
    """The newest issues as a feed. Raises NotFound."""
    view = feeding.sight(db, name, actor, key)
    return feeding.made(view, "news", translations(view.mlist.language).gettext(TITLE), rows.entries(db, view.mlist.id, feeding.ENTRIES))


def _sent(view: View, found: Sequence[Record]) -> tuple[Sent, ...]:
    return tuple(_one(row, view.veil) for row in found)


def _one(row: Record, veil: Veil) -> Sent:
    return Sent(
        id=row.id,
        subject=veil(row.subject),
        at=row.sent_at,
        thread_id=row.thread_id,
        hash=row.hash,
        author=speaker(row.author, row.author_email),
        word=veil(row.snippet),
        answers=max(0, row.messages - 1),
        segment=row.segment,
    )
