"""What a network has made in a school year: found in its archive, its bank, its meetings and its questions, each time somebody looks.

So what was hidden, redacted or erased is not told any more, and nobody had to write anything down.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from digests.excerpt import one_line
from listserv import links
from listserv.mail import address
from listserv.store import contents, made
from listserv.store import successes as rows
from listserv.store.lists import MailingList
from listserv.usecases import outbox, successresults
from listserv.usecases.contents import remembered_some
from listserv.usecases.conversations import speaker
from listserv.usecases.figureperiods import Period, school_year, school_year_of
from listserv.usecases.figures import DAY, midnight, zone_of
from listserv.usecases.milestonefinds import ERASED, is_named

# A thread that was silent so long, and somebody who was.
SILENCE, AWAY = timedelta(days=14), timedelta(days=180)
# So many names of people are told at once, and so many things of one kind in a letter; a page has more.
MOST_NAMES, MOST_TOLD, MOST_SHOWN = 12, 5, 100
LONGEST_TITLE, LONGEST_NAME = 120, 80


class Kind(StrEnum):
    MATERIAL = "material"
    GOOD = "good"
    USED = "used"
    MEETING = "meeting"
    QUESTION = "question"
    ANSWER = "answer"
    VOICES = "voices"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Success:
    """One thing worth telling; `key` tells it from all others of its list, whatever else has come meanwhile."""

    kind: Kind
    key: str
    # What it is called, and what it came from or led to.
    title: str = ""
    other: str = ""
    # By whom, and how many names were left out.
    names: tuple[str, ...] = ()
    more: int = 0
    # Days of silence, people who used it or came or answered; of how many who were asked or invited.
    count: int = 0
    of: int = 0
    at: date | None = None
    # Where it stands, below the list's page; empty for nowhere.
    path: str = ""
    # Of a meeting: who came was written down; and who they are, for members alone.
    noted: bool = False
    present: tuple[str, ...] = ()


def is_on(mlist: MailingList) -> bool:
    """Does the list make anything together? Where all three switches are off there is no such page."""
    return mlist.materials or mlist.meetings or mlist.surveys


def found(db: Session, mlist: MailingList, period: Period, now: datetime) -> tuple[Success, ...]:
    """All of it, in the order in which it is told."""
    zone = zone_of(db)
    bounds = midnight(period.first, zone), min(midnight(period.last + DAY, zone), max(now, midnight(period.first, zone)))
    stamp = mlist.last_seq, contents.stamp(db), period
    said = remembered_some(db, "successes", (mlist.id, period.first), stamp, lambda: (*_answers(db, mlist, bounds), *_people(db, mlist, bounds)))
    return (*_materials(db, mlist, bounds), *_meetings(db, mlist, bounds), *_questions(db, mlist, bounds), *said)


def year_so_far(year: int, today: date) -> Period:
    """A school year, as far as it has come."""
    whole = school_year(year)
    return Period(whole.first, max(whole.first, min(whole.last, today)))


def years(db: Session, mlist: MailingList, today: date) -> tuple[int, ...]:
    """The school years in which anything was written or made, the newest first; this one always."""
    zone = zone_of(db)
    stamp = mlist.last_seq, contents.stamp(db)
    first, last = remembered_some(db, "success years", mlist.id, stamp, lambda: rows.ends(db, mlist.id))
    this = school_year_of(today)
    begun = school_year_of(first.astimezone(zone).date()) if first else this
    # (A message from the day on which somebody's clock stopped makes a network no older.)
    known = {school_year_of(day.astimezone(zone).date()) for day in (first, last) if day}
    return tuple(year for year in range(this, max(min(begun, this), this - 40) - 1, -1) if year == this or year in known or begun <= year)


# ---- from conversations -------------------------------------------------------------------------------------


def _people(db: Session, mlist: MailingList, bounds: tuple[datetime, datetime]) -> Iterator[Success]:
    unnamed = address.key(links.list_address(outbox.settings_of(db), mlist.name))
    told = [one for one in rows.voices(db, mlist.id, bounds, AWAY, unnamed) if _may_be_named(db, one)]
    before = [(one, one.prev or max((day for day in (one.before1, one.before2, one.before3) if day), default=None)) for one in told]
    yield from _group(Kind.VOICES, [one for one, last in before if last is None])
    yield from _group(Kind.BACK, [one for one, last in before if last is not None and one.sent_at - last >= AWAY])


def _may_be_named(db: Session, row: Any) -> bool:
    return bool(is_named(db, row) and speaker(row.author, ""))


def _group(kind: Kind, people: list[Any]) -> Iterator[Success]:
    """Several people are one thing to tell, each of them once."""
    each = {one.user_id or one.author_key: one for one in people}.values()
    if each:
        names = [name_of(one.author) for one in each]
        yield Success(kind, kind.value, names=tuple(names[:MOST_NAMES]), more=max(0, len(names) - MOST_NAMES), count=len(names))


def _answers(db: Session, mlist: MailingList, bounds: tuple[datetime, datetime]) -> Iterator[Success]:
    for row in rows.answered_late(db, mlist.id, bounds, SILENCE)[:MOST_SHOWN]:
        if row.author_key.startswith(ERASED):
            continue
        names = (name_of(row.author),) if _may_be_named(db, row) else ()
        where = f"message/{row.hash}"
        yield Success(Kind.ANSWER, f"answer {row.thread_id}", title_of(row.subject), names=names, count=(row.sent_at - row.prev).days, path=where)


# ---- from what was made -------------------------------------------------------------------------------------


def _materials(db: Session, mlist: MailingList, bounds: tuple[datetime, datetime]) -> Iterator[Success]:
    if not mlist.materials:
        return
    threads = set[int]()
    for row in made.brought_by_threads(db, mlist.id, bounds)[:MOST_SHOWN]:
        # The last one that a conversation brought.
        if row.thread_id not in threads:
            threads.add(row.thread_id)
            yield _material(db, Kind.MATERIAL, row, other=title_of(row.subject))
    for row in made.recommended(db, mlist.id, bounds)[:MOST_SHOWN]:
        yield _material(db, Kind.GOOD, row)
    for row in made.used(db, mlist.id, bounds)[:MOST_SHOWN]:
        yield _material(db, Kind.USED, row, count=row.uses)


def _material(db: Session, kind: Kind, row: Any, **more: Any) -> Success:
    whom = row.author and (_may_be_named(db, row) if row.message_id else row.user_id)
    names = (name_of(row.author),) if whom and name_of(row.author) else ()
    return Success(kind, f"{kind} {row.id}", title_of(row.title), names=names, path=f"materials/{row.number}", **more)


def _meetings(db: Session, mlist: MailingList, bounds: tuple[datetime, datetime]) -> Iterator[Success]:
    if not mlist.meetings:
        return
    held = made.meetings(db, mlist.id, bounds)[:MOST_SHOWN]
    present = made.who_came(db, [row.id for row in held], MOST_NAMES * 4)
    for row in held:
        count = row.were_there if row.noted else row.seats_taken
        facts: dict[str, Any] = {"count": count, "of": row.invited, "at": row.starts_at.astimezone(zone_of(db)).date(), "noted": bool(row.noted)}
        facts["present"] = tuple(name_of(name) for name in present.get(row.id, ()))
        yield Success(Kind.MEETING, f"meeting {row.id}", title_of(row.title), path=f"meetings/{row.number}", **facts)


def _questions(db: Session, mlist: MailingList, bounds: tuple[datetime, datetime]) -> Iterator[Success]:
    if not mlist.surveys:
        return
    for row in made.surveys(db, mlist.id, bounds)[:MOST_SHOWN]:
        facts = {"count": row.answered, "of": row.asked, "at": row.closed_at.astimezone(zone_of(db)).date(), "path": f"questions/{row.id}"}
        decided = title_of(successresults.decided(db, row.id, row.answered))
        yield Success(Kind.QUESTION, f"question {row.id}", title_of(row.title), decided, **facts)


def title_of(text: str) -> str:
    """A title in one line of bounded length."""
    return one_line(text, LONGEST_TITLE)


def name_of(author: str) -> str:
    """What somebody is called, never by an address."""
    return one_line(speaker(author, ""), LONGEST_NAME)


def shortened(told: Iterable[Success]) -> list[Success]:
    """What a letter tells: of each kind so many."""
    seen: dict[Kind, int] = {}
    kept = []
    for one in told:
        seen[one.kind] = seen.get(one.kind, 0) + 1
        if seen[one.kind] <= MOST_TOLD:
            kept.append(one)
    return kept
