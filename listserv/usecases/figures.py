"""A list's figures for some stretch of days: counted from the archive and the books of visits, a few statements whatever the size.

Hidden messages do not count, imported history does, and a person is one person. Months are those of the site's clocks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from listserv import links
from listserv.mail import address
from listserv.store import calendar, figurepeople
from listserv.store import figures as rows
from listserv.store.lists import Kind, MailingList
from listserv.usecases import figuremade, outbox, visiting
from listserv.usecases.figuremade import NOTHING, Together

DAY = timedelta(days=1)
# In the store's books of days, and in the calendar's; so many days of them are counted at once.
DIGESTS, COUNTING, AT_ONCE = "digests", "figures", 31


@dataclass(frozen=True, slots=True)
class Month:
    """One month, or the part of it that the stretch holds; `whole`: it is over, and all of it is in."""

    year: int
    month: int
    threads: int
    posts: int
    writers: int
    visits: int
    whole: bool = True
    together: Together = NOTHING

    @property
    def name(self) -> str:
        """`2026-03`."""
        return f"{self.year}-{self.month:02}"


@dataclass(frozen=True, slots=True)
class Figures:
    """What coordinators are told of a stretch of days, both ends included."""

    first: date
    last: date
    # The last of these days that has come: what is to come is no quiet day.
    until: date
    # Who was on the list at the end of it, as far as that is known: else who is on it now.
    members: int
    members_then: bool
    # Everybody who was on it at some time in it; the same now where that is not known.
    present: int
    # Everybody who wrote, once each; and those of them who were on the list then.
    writers: int
    sharing: int
    threads: int
    posts: int
    visits: int
    months: tuple[Month, ...]
    # Who joined; who wrote for the first time.
    newcomers: int = 0
    voices: int = 0
    # Messages that answer one; threads that somebody else answered, and those that wait for it still; how soon the middle one was.
    answers: int = 0
    answered: int = 0
    waiting: int = 0
    first_answer: timedelta | None = None
    # Digests that were sent; messages that came in answer to a point of one.
    digests: int = 0
    by_digest: int = 0
    # All of it is still to come; some of it is.
    ahead: bool = False
    open: bool = False
    # From when on there was anything to count, where the list is younger than these days.
    since: date | None = None
    # Its messages are issues, and nobody talks there.
    newsletter: bool = False
    # Which of materials, meetings and questions the list has turned on.
    on: tuple[str, ...] = ()

    @property
    def days(self) -> int:
        """How many days have come since there is anything to count."""
        return max(1, (self.until - (self.since or self.first)).days + 1)

    @property
    def a_day(self) -> float:
        """Visits in a day."""
        return self.visits / self.days

    @property
    def together(self) -> Together:
        """What was made in all of these months."""
        return sum((month.together for month in self.months), NOTHING)

    @property
    def share(self) -> float:
        """Writers to members, from 0 to 1."""
        return min(1.0, self.writers / self.members) if self.members else 0.0

    @property
    def share_of_members(self) -> float:
        """How many of those who were on the list have written, from 0 to 1."""
        return min(1.0, self.sharing / self.present) if self.present else 0.0


def zone_of(db: Session) -> ZoneInfo:
    """Whose months and days are counted."""
    return ZoneInfo(outbox.settings_of(db).timezone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def months_of(first: date, last: date) -> list[date]:
    """The first days of the months from one day to another; of the first month the day itself."""
    numbers = range(first.year * 12 + first.month, last.year * 12 + last.month)
    return [first, *(date(number // 12, number % 12 + 1, 1) for number in numbers)]


def figures(db: Session, mlist: MailingList, first: date, last: date, *, today: date | None = None) -> Figures:
    """The figures of a list from one day to another, both included."""
    zone, begins = zone_of(db), months_of(first, last)
    bounds = [midnight(day, zone) for day in (*begins, last + DAY)]
    said = rows.messages_by_month(db, mlist.id, bounds, address.key(links.list_address(outbox.settings_of(db), mlist.name)))
    begun = rows.threads_by_month(db, mlist.id, bounds)
    visits = {(one.year, one.month): one.visits for one in visiting.by_month(db, mlist, first, last)}
    until = min(last, max(first, today)) if today else last
    made = figuremade.by_month(db, mlist, bounds, midnight(until + DAY, zone))
    months = tuple(
        replace(_month(day, said.get(number), begun.get(number), visits, (first, until)), together=made.get(number, NOTHING))
        for number, day in enumerate(begins)
    )
    everyone, took = said[rows.ALL], begun.pop(rows.ALL).took
    members, known, present, sharing, joined = _people(db, mlist, bounds, everyone)
    return Figures(
        *(first, last, until, members, known, present, everyone.writers, sharing),
        *(sum(month.threads for month in months), int(everyone.posts), sum(visits.values()), months),
        newcomers=joined,
        voices=everyone.voices,
        answers=int(everyone.answers),
        answered=sum(row.answered for row in begun.values()),
        waiting=sum(row.waiting for row in begun.values()),
        first_answer=None if took is None else timedelta(seconds=round(max(0.0, took))),
        digests=_digests(db, mlist, first, last),
        by_digest=rows.answers_by_token(db, mlist.id, bounds[0], bounds[-1]),
        ahead=bool(today and first > today),
        open=until < last,
        since=_since(db, mlist, first, until, zone),
        newsletter=mlist.kind is Kind.NEWSLETTER,
        on=figuremade.turned_on(mlist),
    )


def _since(db: Session, mlist: MailingList, first: date, until: date, zone: ZoneInfo) -> date | None:
    """Where the list was made in these days: the day of it, or of the first thing that is older."""
    made = mlist.created_at.astimezone(zone).date()
    if made <= first:
        return None
    found = rows.first_and_last(db, mlist.id, midnight(first, zone), midnight(until + DAY, zone), (first, until + DAY))
    days: list[date] = [day for day in (found[0].astimezone(zone).date() if found[0] else None, found[2]) if day]
    return min([*days, made, until])


def _month(day: date, said: Any, begun: Any, visits: dict[tuple[int, int], int], ends: tuple[date, date]) -> Month:
    after = (day.replace(day=1) + 31 * DAY).replace(day=1)
    whole = day.day == 1 and after - DAY <= ends[1]
    # (Sums of whole numbers are decimal ones on PostgreSQL.)
    posts, writers = (int(said.posts), said.writers) if said else (0, 0)
    return Month(day.year, day.month, begun.threads if begun else 0, posts, writers, visits.get((day.year, day.month), 0), whole)


def _people(db: Session, mlist: MailingList, bounds: Sequence[datetime], wrote: Any) -> tuple[int, bool, int, int, int]:
    """Members at the end, whether that is known, members at some time, how many of them wrote, how many joined."""
    people = figurepeople.people_then(db, mlist.id, bounds[0], bounds[-1])
    # Where history was brought here, and its people after it, nobody has written down who was on the list in those days.
    if mlist.created_at < bounds[-1] and people.within and wrote.late <= people.within:
        return people.then, True, people.within, wrote.sharing, people.joined
    return people.now, False, people.now, wrote.now, people.joined


# ---- digests: counted once, because there may be a hundred thousand of them a day -----------------------------


def _digests(db: Session, mlist: MailingList, first: date, last: date) -> int:
    zone = zone_of(db)
    ends = [midnight(first, zone), midnight(last + DAY, zone)]
    fresh = rows.digests_between(db, counted_upto(db), rows.LARGEST, ends, mlist.id)
    return rows.counted(db, mlist.id, DIGESTS, first, last) + sum(int(row.count) for row in fresh)


def counted_upto(db: Session) -> int:
    """The number of the newest digest that stands in the books of days."""
    return rows.counted_upto(db, COUNTING, DIGESTS)


def count_digests(db: Session, now: datetime) -> int:
    """Write yesterday's digests into the books, once a day; 0 where that is done."""
    zone = zone_of(db)
    today = now.astimezone(zone).date()
    slot = midnight(today, zone)
    if calendar.has_run(db, COUNTING, DIGESTS, slot):
        return 0
    # Not the last hours': of digests made at the same time by several workers, a lower number may be written down later.
    after, upto = counted_upto(db), rows.newest_digest(db, min(slot, now - timedelta(hours=3)))
    if not calendar.ran(db, COUNTING, DIGESTS, slot, now, detail=str(max(after, upto))):
        return 0
    made = rows.next_digest_made(db, after, upto)
    # A month at a time, from one with digests to the next: one may lie a hundred years ahead, by a clock that was wrong.
    while made:
        first = made.astimezone(zone).date()
        days = [first + number * DAY for number in range(AT_ONCE + 1)]
        bounds = [midnight(day, zone) for day in days]
        for row in rows.digests_between(db, after, upto, bounds):
            rows.add_to_day(db, row.list_id, days[row.stretch], DIGESTS, row.count)
        made = rows.next_digest_made(db, after, upto, bounds[-1])
    return 1
