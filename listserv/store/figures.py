"""What a coordinator's figures are counted from: few statements, each over one stretch of the archive, whatever its size.

Databases do not agree on zones: where a month begins is reckoned in Python and handed over as moments.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Float,
    ForeignKey,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    extract,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from listserv.store import figurepeople
from listserv.store.announcing import announced_on
from listserv.store.archive import SHOWN, Message, Thread
from listserv.store.base import Base
from listserv.store.calendar import CalendarRun
from listserv.store.digests import Digest
from listserv.store.lists import REAL, MailingList, Reports
from listserv.store.pages import Record, Rows, live_threads
from listserv.store.people import Address
from listserv.store.queue import Incoming, insert_unless_there
from listserv.store.visits import Visits

# Of the row that is the sum of all months.
ALL = -1
LARGEST = 2**63 - 1


class DayCount(Base):
    """How often something happened on a list on a day: what would take too long to count again each time somebody asks."""

    __tablename__ = "day_count"

    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    what: Mapped[str] = mapped_column(String(16), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


def stretch_of(moment: Any, bounds: Sequence[datetime], low: int = 0) -> ColumnElement[int]:
    """Which stretch a moment lies in; `bounds`: where all but the first begin. A tree, so that a hundred months cost seven questions."""
    if not bounds:
        return literal_column(str(low))
    middle = len(bounds) // 2
    before, after = stretch_of(moment, bounds[:middle], low), stretch_of(moment, bounds[middle + 1 :], low + middle + 1)
    return case((moment < bounds[middle], before), else_=after)


# ---- messages and those who wrote them ----------------------------------------------------------------------


def messages_by_month(db: Session, mlist_id: int, bounds: Sequence[datetime], unnamed: str = "") -> dict[int, Record]:
    """(month, posts, writers, answers, voices, sharing, now, late) of each month with messages, by its number, and of ALL.

    `bounds`: where each month begins, and where the last one ends. A person is one person, in however many months; somebody
    without an account is told by the name, as on the page of people; `unnamed`: under this address (folded) stands what was asked
    without a name. Voices: those who had never written before; the last three: `figurepeople.sharing`.
    """
    told = _told(mlist_id, bounds, unnamed)
    people = select(told.c.who, func.max(told.c.uid).label("uid"), func.min(told.c.key).label("key")).where(told.c.who != "").group_by(told.c.who).cte("people")
    writers = func.count(func.nullif(told.c.who, "")).label("writers")
    by_month = select(told.c.month, func.sum(told.c.posts).label("posts"), writers, func.sum(told.c.answers).label("answers"))
    by_month = by_month.add_columns(*(literal_column("0").label(name) for name in ("voices", "sharing", "now", "late"))).group_by(told.c.month)
    whole = select(literal_column(str(ALL)), func.coalesce(func.sum(told.c.posts), 0), _count(people), func.coalesce(func.sum(told.c.answers), 0))
    whole = whole.add_columns(_voices(people, mlist_id, bounds[0]), *figurepeople.sharing(db, people, mlist_id, bounds[0], bounds[-1]))
    return {row.month: row for row in db.execute(union_all(by_month, whole)).all()}


# What came before its author had an account here is theirs all the same.
PLACE = and_(Message.user_id.is_(None), Message.author_key != "", Address.key == Message.author_key)
UID: Any = func.coalesce(Message.user_id, Address.user_id)
WHO = case((UID.is_not(None), literal("u") + cast(UID, String)), (Message.author != "", literal("n") + Message.author), else_=literal("k") + Message.author_key)


def _told(mlist_id: int, bounds: Sequence[datetime], unnamed: str) -> CTE:
    """A row for each month and person: how many messages, how many of them answers. One row for all who have no name."""
    who = case((and_(Message.user_id.is_(None), Message.author_key == unnamed), ""), else_=WHO)
    query = select(stretch_of(Message.sent_at, bounds[1:-1]).label("month"), who.label("who"), UID.label("uid"), Message.author_key, Message.parent_id)
    where = Message.list_id == mlist_id, Message.sent_at >= bounds[0], Message.sent_at < bounds[-1], SHOWN
    each = query.outerjoin(Address, PLACE).where(*where).subquery()
    sums = select(each.c.month, each.c.who, func.max(each.c.uid).label("uid"), func.min(each.c.author_key).label("key"))
    return sums.add_columns(func.count().label("posts"), func.count(each.c.parent_id).label("answers")).group_by(each.c.month, each.c.who).cte("told")


def _count(people: CTE) -> Any:
    return select(func.count()).select_from(people).scalar_subquery()


def _voices(people: CTE, mlist_id: int, start: datetime) -> Any:
    # Each by an index of its own: an OR of the two would read the whole list for everybody. So would SQLite for the second, by the
    # index of the time, were it told plainly what it compares (no message is without its time).
    here, earlier = (Message.list_id == mlist_id, SHOWN), func.coalesce(Message.sent_at, Message.received_at) < start
    as_user = exists(select(Message.id).where(Message.user_id == people.c.uid, *here, Message.sent_at < start).correlate(people))
    as_author = exists(select(Message.id).where(Message.author_key == people.c.key, *here, earlier).correlate(people))
    # From another address of theirs, before they had an account.
    from_there = exists(select(Message.id).where(Message.author_key == Address.key, *here, earlier).correlate(Address))
    as_other = exists(select(Address.id).where(Address.user_id == people.c.uid, from_there).correlate(people))
    # Asked once: before a list's first message nobody had written.
    anybody = exists(select(Message.id).where(*here, Message.sent_at < start))
    return select(func.count()).select_from(people).where(or_(~anybody, and_(~as_user, ~as_author, ~as_other))).scalar_subquery()


# ---- threads, and how soon they were answered ---------------------------------------------------------------


def threads_by_month(db: Session, mlist_id: int, bounds: Sequence[datetime]) -> dict[int, Record]:
    """(month, threads, answered, waiting, took) of each month in which threads began, by its number: answered by somebody else, whenever; waiting still.

    Of ALL only `took`: the seconds in which half of those that were answered had their first answer; None where none had one.
    """
    begun = _begun(mlist_id, bounds)
    waits = case((and_(begun.c.answer_at.is_(None), ~begun.c.done), 1))
    query = select(begun.c.month, func.count().label("threads"), func.count(begun.c.answer_at).label("answered"), func.count(waits).label("waiting"))
    query = query.add_columns(cast(null(), Float).label("took")).group_by(begun.c.month)
    middle = select(literal_column(str(ALL)), literal_column("0"), literal_column("0"), literal_column("0"), _median(db, begun))
    return {row.month: row for row in db.execute(union_all(query, middle)).all()}


def _median(db: Session, begun: CTE) -> Any:
    took = select(seconds_between(db, begun.c.answer_at, begun.c.first_at).label("took")).where(begun.c.answer_at.is_not(None)).subquery()
    place: Any = func.row_number().over(order_by=took.c.took).label("place")
    placed = select(took.c.took, place, func.count().over().label("n")).subquery()
    middle = placed.c.place * 2 >= placed.c.n, placed.c.place * 2 <= placed.c.n + 2
    return select(cast(func.avg(placed.c.took), Float)).where(*middle).scalar_subquery()


def _begun(mlist_id: int, bounds: Sequence[datetime]) -> CTE:
    """Threads that began in that time: when they did, and when somebody else answered first, from whichever address."""
    # The last word is never older than the first: the index of the list's page, which is by the last word, can be entered.
    named = Thread.pinned.in_((False, True)), Thread.last_at >= bounds[0]
    own = Message.thread_id == Thread.id, SHOWN
    asker = select(WHO).select_from(Message).outerjoin(Address, PLACE).where(*own).order_by(Message.sent_at, Message.id).limit(1)
    announced = Thread.id.in_(announced_on(mlist_id))
    query = select(
        Thread.id, Thread.first_at, asker.correlate(Thread).scalar_subquery().label("asker"), (Thread.closed | Thread.pinned | announced).label("done")
    )
    query = query.add_columns(stretch_of(Thread.first_at, bounds[1:-1]).label("month"))
    began = Thread.messages > 0, Thread.first_at >= bounds[0], Thread.first_at < bounds[-1]
    # (Asked once a thread, and not again for each of its messages.)
    threads = query.where(*live_threads(mlist_id), *named, *began).cte("threads").prefix_with("MATERIALIZED")
    others = Message.thread_id == threads.c.id, threads.c.asker != WHO, SHOWN
    answer_at = select(func.min(Message.sent_at)).select_from(Message).outerjoin(Address, PLACE).where(*others).correlate(threads).scalar_subquery()
    return select(threads.c.month, threads.c.first_at, threads.c.done, answer_at.label("answer_at")).cte("begun")


def seconds_between(db: Session, later: Any, earlier: Any) -> Any:
    """How many seconds lie between two moments, as either database says it."""
    if db.get_bind().dialect.name == "sqlite":
        return (func.julianday(later) - func.julianday(earlier)) * 86_400
    return extract("epoch", later - earlier)


def answers_by_token(db: Session, mlist_id: int, start: datetime, end: datetime) -> int:
    """How many messages came to an address that a digest (or a page) gives for answering one message."""
    by_token = Incoming.rcpt.like("r+%") | Incoming.rcpt.like("r-%")
    where = Message.list_id == mlist_id, Message.sent_at >= start, Message.sent_at < end, Message.seq > 0, SHOWN
    query = select(func.count(func.distinct(Message.id))).join(Incoming, Incoming.message_id == Message.message_id)
    return db.scalar(query.where(*where, by_token, Incoming.list_id == mlist_id)) or 0


# ---- from when to when there is anything --------------------------------------------------------------------


def first_and_last(db: Session, mlist_id: int, start: datetime, end: datetime, days: tuple[date, date]) -> Record:
    """(first message, last message, first visit, last visit) between two moments, the end not included; None where there is none."""
    said: Select[Any] = select(Message.sent_at).where(Message.list_id == mlist_id, SHOWN, Message.sent_at >= start, Message.sent_at < end).limit(1)
    read = Visits.list_id == mlist_id, Visits.count > 0, Visits.day >= days[0], Visits.day < days[1]
    ends = said.order_by(Message.sent_at).scalar_subquery(), said.order_by(Message.sent_at.desc()).scalar_subquery()
    visits = select(func.min(Visits.day)).where(*read).scalar_subquery(), select(func.max(Visits.day)).where(*read).scalar_subquery()
    return db.execute(select(*ends, *visits)).one()


# ---- digests, counted once ----------------------------------------------------------------------------------


def counted_upto(db: Session, what: str, about: str) -> int:
    """The largest number that was ever noted at such a run: also after a clock that ran ahead, whose slot stays the newest."""
    found = db.scalar(select(CalendarRun.detail).where(CalendarRun.what == what, CalendarRun.about == about).order_by(CalendarRun.id.desc()).limit(1)) or ""
    return int(found) if found.isdigit() else 0


def newest_digest(db: Session, before: datetime) -> int:
    """The number of the newest digest made before that moment."""
    return db.scalar(select(Digest.id).where(Digest.made_at < before).order_by(Digest.id.desc()).limit(1)) or 0


def digests_between(db: Session, after: int, upto: int, bounds: Sequence[datetime], mlist_id: int | None = None) -> Rows:
    """(list_id, stretch, count) of the digests with these numbers that were sent."""
    # A digest in which nothing was new to tell has no letter.
    where = [Digest.id > after, Digest.id <= upto, Digest.letter_id.is_not(None), Digest.made_at >= bounds[0], Digest.made_at < bounds[-1]]
    where += [] if mlist_id is None else [Digest.list_id == mlist_id]
    each = select(Digest.list_id, stretch_of(Digest.made_at, bounds[1:-1]).label("stretch")).where(*where).subquery()
    return db.execute(select(each.c.list_id, each.c.stretch, func.count().label("count")).group_by(each.c.list_id, each.c.stretch)).all()


def next_digest_made(db: Session, after: int, upto: int, since: datetime | None = None) -> datetime | None:
    """When the first of the digests with these numbers, from that moment on, was made; None where there are none."""
    query = select(func.min(Digest.made_at)).where(Digest.id > after, Digest.id <= upto)
    return db.scalar(query if since is None else query.where(Digest.made_at >= since))


def add_to_day(db: Session, list_id: int, day: date, what: str, more: int) -> None:
    """Count so many more."""
    key = {"list_id": list_id, "day": day, "what": what}
    db.execute(insert_unless_there(db, DayCount), {**key, "count": 0})
    row = db.get_one(DayCount, (list_id, day, what), with_for_update=True, populate_existing=True)
    row.count += more


def counted(db: Session, list_id: int, what: str, first: date, last: date) -> int:
    """How often it happened from one day to another, both included."""
    query = select(func.coalesce(func.sum(DayCount.count), 0)).where(DayCount.list_id == list_id, DayCount.what == what)
    return int(db.scalar(query.where(DayCount.day >= first, DayCount.day <= last)) or 0)


# ---- whose letters are due ----------------------------------------------------------------------------------


def lists_with_reports(db: Session, what: str, slot: datetime) -> Sequence[MailingList]:
    """The lists that tell their coordinators figures, were there before that slot and have not been told of for it, by name."""
    about = literal("list:") + cast(MailingList.id, String)
    done = select(CalendarRun.id).where(CalendarRun.what == what, CalendarRun.about == about, CalendarRun.slot == slot).exists()
    query = select(MailingList).where(REAL, MailingList.report != Reports.NONE, MailingList.created_at < slot, MailingList.closed_at.is_(None))
    return db.scalars(query.where(~done).order_by(MailingList.name)).all()
