"""A post becomes copies: rows for its members, in slices, lowest cursor first.

Nearly always a slice is as large as what the worker has room for, and its rows are claimed as they are made: one write
instead of two. Only where readers have hours of their own, or have chosen something, rows are made first and claimed then.
"""

from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Subquery, case, func, literal, select, text, true
from sqlalchemy.orm import Session

from digests.schedule import instant
from listserv.mail.segments import parse
from listserv.store.deliveries import Claimed, Lease, ask, is_sqlite, milliseconds, tell
from listserv.store.lists import MailingList
from listserv.store.members import DeliveryMode, Member, Status
from listserv.store.people import User
from listserv.store.queue import Delivery, insert_unless_there
from listserv.store.segments import statement

# Members who get their rows in one go: one giant INSERT … SELECT holds other writers for 100 ms and more.
SLICE = 2_000

RECEIVERS = "FROM member WHERE list_id = :list AND delivery = :each AND status = :enabled AND id > :upto"
LAST = f"SELECT max(id), count(*) FROM (SELECT id {RECEIVERS} ORDER BY id LIMIT :slice) AS slice"
# A row that is there already (a cursor put back by hand) is no reason to stop.
EXPAND = f"""INSERT INTO delivery (outgoing_id, member_id, due, attempts, code)
    SELECT :outgoing, id, :now, 0, 0 {RECEIVERS} AND id <= :last ORDER BY id ON CONFLICT DO NOTHING"""
# The next post, where it belongs, and has anybody chosen something about that? Nearly always nobody has: then nothing more is asked.
NEXT = """SELECT outgoing.id, outgoing.list_id, upto, segment, clock, message.thread_id, thread.topic_id,
        EXISTS (SELECT 1 FROM thread_wish WHERE thread_wish.thread_id = message.thread_id)
        OR EXISTS (SELECT 1 FROM topic_wish JOIN topic ON topic.id = topic_wish.topic_id WHERE topic.list_id = message.list_id)
        OR EXISTS (SELECT 1 FROM message said JOIN member ON member.list_id = message.list_id AND member.user_id = said.user_id
            WHERE said.thread_id = message.thread_id AND member.own_threads)
    FROM (SELECT * FROM outgoing WHERE upto IS NOT NULL ORDER BY upto, id LIMIT 1) AS outgoing
    JOIN message ON message.id = outgoing.message_id JOIN thread ON thread.id = message.thread_id"""
NEXT_UNLOCKED = NEXT.replace("LIMIT 1", "LIMIT 1 FOR UPDATE SKIP LOCKED")
# The same as `following.Choice.wants`: a word about the thread first, then one about its topic; what one has written in comes.
# Of the slice alone: each has a stretch of members of its own.
UNWANTED = """id IN (SELECT member_id FROM thread_wish WHERE thread_id = :thread AND wish = 'mute')
    OR (id IN (SELECT w.member_id FROM topic_wish w JOIN topic ON topic.id = w.topic_id
            WHERE topic.list_id = :list AND w.member_id > :upto AND w.member_id <= :last GROUP BY w.member_id
            HAVING max(CASE WHEN w.topic_id = :topic THEN CASE w.wish WHEN 'follow' THEN 2 ELSE 1 END ELSE 0 END) = 1
            OR (max(CASE WHEN w.wish = 'follow' THEN 1 ELSE 0 END) = 1 AND max(CASE WHEN w.topic_id = :topic THEN 1 ELSE 0 END) = 0))
        AND id NOT IN (SELECT member_id FROM thread_wish WHERE thread_id = :thread)
        AND user_id NOT IN (SELECT user_id FROM message WHERE thread_id = :thread AND user_id IS NOT NULL))"""
EXPAND_CHOSEN = EXPAND.replace("ORDER BY", f"AND NOT ({UNWANTED}) ORDER BY")
# Who follows the thread has each of its posts at once, also where digests or nothing come otherwise; so has who has written in it
# and wants that of all such threads, unless this one is muted.
FOLLOWERS = """INSERT INTO delivery (outgoing_id, member_id, due, attempts, code)
    SELECT :outgoing, id, :now, 0, 0 FROM member WHERE list_id = :list AND delivery <> :each AND status = :enabled
        AND (id IN (SELECT member_id FROM thread_wish WHERE thread_id = :thread AND wish = 'follow')
            OR (own_threads AND user_id IN (SELECT user_id FROM message WHERE thread_id = :thread AND user_id IS NOT NULL)
                AND id NOT IN (SELECT member_id FROM thread_wish WHERE thread_id = :thread AND wish = 'mute'))) ORDER BY id ON CONFLICT DO NOTHING"""


# On SQLite the writing transaction keeps others away between the statements; on PostgreSQL they are one: each way to its server costs more than what it does.
ADDRESSES = f"""SELECT member.id, address.email FROM (SELECT id, address_id {RECEIVERS} ORDER BY id LIMIT :slice) AS member
    LEFT JOIN address ON address.id = member.address_id ORDER BY member.id"""
TAKE = f"""INSERT INTO delivery (outgoing_id, member_id, due, holder, attempts, code)
    SELECT :outgoing, id, :until, :holder, 1, 0 {RECEIVERS} AND id <= :last ORDER BY id ON CONFLICT DO NOTHING RETURNING id, member_id"""
TAKE_TOGETHER = f"""WITH slice AS MATERIALIZED (SELECT id {RECEIVERS} ORDER BY id LIMIT :slice),
    made AS (INSERT INTO delivery (outgoing_id, member_id, due, holder, attempts, code)
        SELECT :outgoing, id, :until, :holder, 1, 0 FROM slice ORDER BY id ON CONFLICT DO NOTHING RETURNING id, member_id),
    moved AS (UPDATE outgoing SET upto = (SELECT max(id) FROM slice HAVING count(*) = :slice) WHERE id = :outgoing)
    SELECT made.id, made.member_id, address.email FROM made
    JOIN member ON member.id = made.member_id LEFT JOIN address ON address.id = member.address_id ORDER BY made.id"""


def expand(db: Session, now: int) -> int:
    """Make rows for the next members, lowest cursor first, so that a small list need not wait for a big one.

    Returns how many, about a slice at most; 0 when nothing is left to expand.
    """
    made = 0
    while made < SLICE and (post := _next(db)):
        made += _expand_one(db, post, now)
    return made


def take_new(db: Session, lease: Lease, limit: int) -> tuple[list[Claimed], int]:
    """Copies that had no row yet, made and claimed at once; and how many rows were made beside, which anybody may claim."""
    taken, made = list[Claimed](), 0
    while len(taken) + made < limit and (post := _next(db)):
        if post.segment is None and not post.any_wish:
            taken += _take_slice(db, post, lease, min(limit - len(taken), SLICE))
        else:
            made += _expand_one(db, post, lease.now)
    return taken, made


def are_left(db: Session) -> bool:
    """Are there posts that have not reached all their members yet?"""
    return bool(ask(db, "SELECT 1 FROM outgoing WHERE upto IS NOT NULL LIMIT 1", {}))


class Next(NamedTuple):
    """A post on its way to its members, how far it has come, where it belongs, and whether anybody has chosen something about that."""

    id: int
    list_id: int
    upto: int
    segment: str | None
    clock: str
    thread: int
    topic: int | None
    any_wish: bool


def _next(db: Session) -> Next | None:
    found = ask(db, NEXT if is_sqlite(db) else NEXT_UNLOCKED, {})
    return Next(*found[0]) if found else None


def _who(post: Next) -> dict[str, Any]:
    return {"list": post.list_id, "each": DeliveryMode.EACH, "enabled": Status.ENABLED, "upto": post.upto}


def _moved(db: Session, post: Next, last: int | None) -> None:
    """So far the post has come; None: to all."""
    tell(db, "UPDATE outgoing SET upto = :last WHERE id = :id", {"last": last, "id": post.id})


def _take_slice(db: Session, post: Next, lease: Lease, limit: int) -> list[Claimed]:
    who = _who(post)
    values = {**who, "outgoing": post.id, "until": lease.until, "holder": lease.holder}
    if not is_sqlite(db):
        found = ask(db, TAKE_TOGETHER, {**values, "slice": limit})
        return [Claimed(id, post.id, member, 1, email) for id, member, email in found]
    people = ask(db, ADDRESSES, {**who, "slice": limit})
    made = ask(db, TAKE, {**values, "last": people[-1][0]}) if people else []
    _moved(db, post, None if len(people) < limit else people[-1][0])
    emails = dict(people)
    return [Claimed(id, post.id, member, 1, emails[member]) for id, member in made]


def _expand_one(db: Session, post: Next, now: int) -> int:
    if post.segment is not None:
        return _expand_issue(db, post, now)
    who = _who(post)
    last, count = ask(db, LAST, {**who, "slice": SLICE})[0]
    values = {**who, "outgoing": post.id, "now": now}
    beside = 0
    if post.any_wish:
        beside = _expand_chosen(db, values, post, last)
    elif count:
        tell(db, EXPAND, {**values, "last": last})
    _moved(db, post, None if count < SLICE else last)
    return int(count) + beside


def _expand_chosen(db: Session, values: dict[str, Any], post: Next, last: int | None) -> int:
    """The same where somebody has chosen something about this thread or a topic; how many followers came beside the slice."""
    chosen = {**values, "thread": post.thread, "topic": post.topic}
    if last is not None:
        tell(db, EXPAND_CHOSEN, {**chosen, "last": last})
    if values["upto"]:
        return 0
    return int(db.execute(text(FOLLOWERS), chosen).rowcount)  # type: ignore[attr-defined]


def _expand_issue(db: Session, post: Next, now: int) -> int:
    """The next readers of an issue: those of its segment, whether they get posts or digests, each at their hour."""
    meant = statement(db.get_one(MailingList, post.list_id), parse(post.segment or "")).where(Member.id > post.upto)
    part = meant.order_by(Member.id).limit(SLICE).subquery()
    last, count = db.execute(select(func.max(part.c.id), func.count()).select_from(part)).one()
    if count:
        readers = select(literal(post.id), Member.id, _due(db, part, post.clock, now), literal(0), literal(0))
        readers = readers.join(part, part.c.id == Member.id).join(User, User.id == Member.user_id).order_by(Member.id)
        columns = ("outgoing_id", "member_id", "due", "attempts", "code")
        # SQLite needs a WHERE here, or it takes ON CONFLICT for a part of the join.
        db.execute(insert_unless_there(db, Delivery).from_select(columns, readers.where(true())))
    _moved(db, post, None if count < SLICE else last)
    return int(count)


def _due(db: Session, part: Subquery, clock: str, now: int) -> Any:
    """When these readers get their copy: at once, or when it is that time of the clock where they are."""
    if not clock:
        return literal(now)
    wall, usual = datetime.fromisoformat(clock.partition(" ")[0]), clock.partition(" ")[2]
    zones = db.scalars(select(User.timezone).join(Member, Member.user_id == User.id).join(part, part.c.id == Member.id).distinct()).all()
    hours = {name: max(now, milliseconds(instant(wall, zone_named(name, usual)))) for name in {*zones, ""}}
    return case(*((User.timezone == name, hour) for name, hour in hours.items()), else_=hours[""])


def zone_named(name: str, usual: str) -> ZoneInfo:
    """Somebody's zone; the usual one where they have named none, or one that is not known any more."""
    try:
        return ZoneInfo(name or usual)
    except (KeyError, ValueError, OSError):
        return ZoneInfo(usual)
