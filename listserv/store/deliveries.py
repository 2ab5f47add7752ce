"""The statements of the fan-out: a row for each copy, made in slices, claimed with a lease, recorded in batches.

They were measured (docs/performance.md): sets instead of rows wherever possible, because each step into the database is
a chance to wait for the interpreter's lock. What differs between the databases stands in one function each.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from json import dumps
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Subquery, case, func, literal, select, text, true, update
from sqlalchemy.orm import Session

from digests.schedule import instant
from listserv.mail.segments import parse
from listserv.store.lists import MailingList
from listserv.store.members import DeliveryMode, Member, Status
from listserv.store.packing import unpack
from listserv.store.people import User
from listserv.store.queue import Delivery, Outgoing, insert_unless_there
from listserv.store.segments import statement

# Members who get their rows in one go: one giant INSERT … SELECT holds other writers for 100 ms and more.
SLICE = 2_000


class Claimed(NamedTuple):
    """A copy that is ours to send until the lease ends. `email` is None where the member has gone."""

    id: int
    outgoing_id: int
    member_id: int
    attempts: int
    email: str | None
    # Of the reader, where the post has fields for it; None where it has none.
    name: str | None = None


class Post(NamedTuple):
    """What all copies of a post share, as it is kept; `raw_id` is another one as soon as something of it is taken out."""

    id: int
    raw_id: int
    list_name: str
    head: bytes
    body: bytes | None
    packed: bytes | None

    @property
    def raw(self) -> bytes:
        """The mail as it came; empty where the body was changed."""
        return unpack(self.packed) if self.packed else b""


class Again(NamedTuple):
    """A copy that is to be tried later, or (`due` None) never again."""

    id: int
    due: int | None
    code: int


def milliseconds(moment: datetime) -> int:
    """Milliseconds since the epoch, as `due` counts them."""
    return int(moment.timestamp() * 1000)


def _is_sqlite(db: Session) -> bool:
    return db.get_bind().dialect.name == "sqlite"


def _among(db: Session, ids: Iterable[int]) -> tuple[str, Any]:
    """`id IN …` for any number of ids as one parameter `ids`, and its value."""
    if _is_sqlite(db):
        return "IN (SELECT value FROM json_each(:ids))", dumps(list(ids))
    return "= ANY(:ids)", list(ids)


NEXT = "SELECT id, list_id, message_id, upto, segment, clock FROM outgoing WHERE upto IS NOT NULL ORDER BY upto, id LIMIT 1"
RECEIVERS = "FROM member WHERE list_id = :list AND delivery = :each AND status = :enabled AND id > :upto"
LAST = f"SELECT max(id), count(*) FROM (SELECT id {RECEIVERS} ORDER BY id LIMIT :slice) AS slice"
# A row that is there already (a cursor put back by hand) is no reason to stop.
EXPAND = f"""INSERT INTO delivery (outgoing_id, member_id, due, attempts, code)
    SELECT :outgoing, id, :now, 0, 0 {RECEIVERS} AND id <= :last ORDER BY id ON CONFLICT DO NOTHING"""
# Nearly always nobody has chosen anything about a thread or a topic: then nothing more is asked than this.
CHOSEN = """SELECT message.thread_id AS thread, thread.topic_id AS topic,
        EXISTS (SELECT 1 FROM thread_wish WHERE thread_wish.thread_id = message.thread_id)
        OR EXISTS (SELECT 1 FROM topic_wish JOIN topic ON topic.id = topic_wish.topic_id WHERE topic.list_id = message.list_id)
        OR EXISTS (SELECT 1 FROM message said JOIN member ON member.list_id = message.list_id AND member.user_id = said.user_id
            WHERE said.thread_id = message.thread_id AND member.own_threads) AS any_wish
    FROM message JOIN thread ON thread.id = message.thread_id WHERE message.id = :message"""
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


def expand(db: Session, now: int) -> int:
    """Make rows for the next members, lowest cursor first, so that a small list need not wait for a big one.

    Returns how many, about a slice at most; 0 when nothing is left to expand.
    """
    made = 0
    locked = NEXT if _is_sqlite(db) else f"{NEXT} FOR UPDATE SKIP LOCKED"
    while made < SLICE and (post := db.execute(text(locked)).first()):
        made += _expand_one(db, post, now)
    return made


def _expand_one(db: Session, post: Any, now: int) -> int:
    if post.segment is not None:
        return _expand_issue(db, post, now)
    who = {"list": post.list_id, "each": DeliveryMode.EACH, "enabled": Status.ENABLED, "upto": post.upto}
    last, count = db.execute(text(LAST), {**who, "slice": SLICE}).one()
    about = db.execute(text(CHOSEN), {"message": post.message_id}).one()
    values = {**who, "outgoing": post.id, "now": now}
    beside = 0
    if about.any_wish:
        beside = _expand_chosen(db, values, about, last)
    elif count:
        db.execute(text(EXPAND), {**values, "last": last})
    done = count < SLICE
    db.execute(update(Outgoing).where(Outgoing.id == post.id).values(upto=None if done else last))
    return int(count) + beside


def _expand_chosen(db: Session, values: dict[str, Any], about: Any, last: int | None) -> int:
    """The same where somebody has chosen something about this thread or a topic; how many followers came beside the slice."""
    chosen = {**values, "thread": about.thread, "topic": about.topic}
    if last is not None:
        db.execute(text(EXPAND_CHOSEN), {**chosen, "last": last})
    if values["upto"]:
        return 0
    return int(db.execute(text(FOLLOWERS), chosen).rowcount)  # type: ignore[attr-defined]


def _expand_issue(db: Session, post: Any, now: int) -> int:
    """The next readers of an issue: those of its segment, whether they get posts or digests, each at their hour."""
    meant = statement(db.get_one(MailingList, post.list_id), parse(post.segment)).where(Member.id > post.upto)
    part = meant.order_by(Member.id).limit(SLICE).subquery()
    last, count = db.execute(select(func.max(part.c.id), func.count()).select_from(part)).one()
    if count:
        readers = select(literal(post.id), Member.id, _due(db, part, post.clock, now), literal(0), literal(0))
        readers = readers.join(part, part.c.id == Member.id).join(User, User.id == Member.user_id).order_by(Member.id)
        columns = ("outgoing_id", "member_id", "due", "attempts", "code")
        # SQLite needs a WHERE here, or it takes ON CONFLICT for a part of the join.
        db.execute(insert_unless_there(db, Delivery).from_select(columns, readers.where(true())))
    db.execute(update(Outgoing).where(Outgoing.id == post.id).values(upto=None if count < SLICE else last))
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


def names_of(db: Session, member_ids: Collection[int]) -> dict[int, str]:
    """What these members are called."""
    among, value = _among(db, member_ids)
    query = f'SELECT member.id, "user".name FROM member JOIN "user" ON "user".id = member.user_id WHERE member.id {among}'
    return {row[0]: row[1] for row in db.execute(text(query), {"ids": value})}


def with_fields(db: Session, ids: Collection[int]) -> set[int]:
    """Which of these posts have fields that are filled for each reader."""
    if not ids:
        return set()
    among, value = _among(db, ids)
    return {row[0] for row in db.execute(text(f"SELECT id FROM outgoing WHERE fields AND id {among}"), {"ids": value})}


def claim(db: Session, holder: int, now: int, until: int, limit: int) -> list[Claimed]:
    """Take up to `limit` copies that are due, in order, until the lease ends. The attempt is counted before it is made."""
    claim_here = _claim_sqlite if _is_sqlite(db) else _claim_postgresql
    return _still_wanted(db, claim_here(db, {"holder": holder, "now": now, "until": until, "limit": limit}))


def _still_wanted(db: Session, copies: list[Claimed]) -> list[Claimed]:
    """Copies of an issue may wait a day for their reader's hour: who wants no mail since then is like somebody who has gone."""
    if not copies:
        return copies
    among, value = _among(db, {copy.outgoing_id for copy in copies})
    issues = set(db.scalars(text(f"SELECT id FROM outgoing WHERE segment IS NOT NULL AND id {among}"), {"ids": value}))
    if not issues:
        return copies
    among, value = _among(db, {copy.member_id for copy in copies if copy.outgoing_id in issues})
    still = f"SELECT id FROM member WHERE status = :enabled AND delivery <> :none AND id {among}"
    wanted = set(db.scalars(text(still), {"ids": value, "enabled": Status.ENABLED, "none": DeliveryMode.NONE}))
    return [copy._replace(email=None) if copy.outgoing_id in issues and copy.member_id not in wanted else copy for copy in copies]


WITH_ADDRESS = "LEFT JOIN member ON member.id = d.member_id LEFT JOIN address ON address.id = member.address_id"


def _claim_sqlite(db: Session, values: dict[str, int]) -> list[Claimed]:
    # The writing transaction (BEGIN IMMEDIATE) keeps others away between the two statements.
    due = f"""SELECT d.id, d.outgoing_id, d.member_id, d.attempts + 1, address.email
        FROM (SELECT * FROM delivery WHERE due <= :now ORDER BY due, id LIMIT :limit) AS d {WITH_ADDRESS}"""
    found = [Claimed(*row) for row in db.execute(text(due), values)]
    if found:
        among, ids = _among(db, (row.id for row in found))
        lease = f"UPDATE delivery SET due = :until, holder = :holder, attempts = attempts + 1 WHERE id {among}"
        db.execute(text(lease), {"until": values["until"], "holder": values["holder"], "ids": ids})
    return found


def _claim_postgresql(db: Session, values: dict[str, int]) -> list[Claimed]:
    # Materialized: a plain IN (SELECT … LIMIT … SKIP LOCKED) may be run again and exceed its limit.
    lease = f"""WITH picked AS MATERIALIZED (
            SELECT id FROM delivery WHERE due <= :now ORDER BY due, id LIMIT :limit FOR UPDATE SKIP LOCKED),
        d AS (UPDATE delivery SET due = :until, holder = :holder, attempts = attempts + 1
            FROM picked WHERE delivery.id = picked.id
            RETURNING delivery.id, delivery.outgoing_id, delivery.member_id, delivery.attempts)
        SELECT d.id, d.outgoing_id, d.member_id, d.attempts, address.email FROM d {WITH_ADDRESS} ORDER BY d.id"""
    return [Claimed(*row) for row in db.execute(text(lease), values)]


def posts(db: Session, ids: Collection[int]) -> dict[int, Post]:
    """What the copies of these posts share."""
    if not ids:
        return {}
    among, value = _among(db, ids)
    # The raw mail is fetched only where its body is what goes out.
    query = f"""SELECT outgoing.id, outgoing.raw_id, mailing_list.name, head, body, CASE WHEN body IS NULL THEN raw.packed END
        FROM outgoing JOIN mailing_list ON mailing_list.id = outgoing.list_id JOIN raw ON raw.id = outgoing.raw_id
        WHERE outgoing.id {among}"""
    return {row[0]: Post._make(row) for row in db.execute(text(query), {"ids": value})}


def contents(db: Session, ids: Collection[int]) -> dict[int, int]:
    """Which bytes (`raw_id`) the copies of these posts are made of now."""
    if not ids:
        return {}
    among, value = _among(db, ids)
    return {row[0]: row[1] for row in db.execute(text(f"SELECT id, raw_id FROM outgoing WHERE id {among}"), {"ids": value})}


def sizes(db: Session, ids: Collection[int]) -> dict[int, int]:
    """About how many bytes the shared part of these posts takes."""
    if not ids:
        return {}
    among, value = _among(db, ids)
    query = f"SELECT outgoing.id, raw.size FROM outgoing JOIN raw ON raw.id = outgoing.raw_id WHERE outgoing.id {among}"
    return {row[0]: row[1] for row in db.execute(text(query), {"ids": value})}


def record_sent(db: Session, ids: Sequence[int]) -> None:
    """The relay has taken these copies."""
    if ids:
        among, value = _among(db, ids)
        db.execute(text(f"UPDATE delivery SET due = NULL, code = 250 WHERE id {among}"), {"ids": value})


def record_again(db: Session, rows: Sequence[Again]) -> None:
    """These copies were not taken: for now, or for good."""
    if rows:
        values = [row._asdict() for row in rows]
        db.execute(text("UPDATE delivery SET due = :due, code = :code, holder = NULL WHERE id = :id"), values)


def give_back(db: Session, ids: Sequence[int], now: int) -> None:
    """These copies were claimed and never tried: as if nothing had happened."""
    if ids:
        among, value = _among(db, ids)
        free = f"UPDATE delivery SET due = :now, holder = NULL, attempts = attempts - 1 WHERE id {among}"
        db.execute(text(free), {"now": now, "ids": value})


def take_back(db: Session, holder: int, now: int) -> int:
    """What a dead predecessor of the same name held is due at once; how many copies and letters that was."""
    count = 0
    for table in ("delivery", "letter"):
        freed = db.execute(text(f"UPDATE {table} SET due = :now, holder = NULL WHERE due > :now AND holder = :holder"), {"now": now, "holder": holder})
        count += freed.rowcount  # type: ignore[attr-defined]
    return count


class Waiting(NamedTuple):
    """What there is to do now."""

    incoming: bool
    copies: bool
    letters: bool


def waiting(db: Session, now: int) -> Waiting:
    """Is there a mail to be read, a copy or a letter to be sent? One question, asked each second."""
    query = """SELECT EXISTS (SELECT 1 FROM incoming WHERE due <= :now),
        EXISTS (SELECT 1 FROM delivery WHERE due <= :now) OR EXISTS (SELECT 1 FROM outgoing WHERE upto IS NOT NULL),
        EXISTS (SELECT 1 FROM letter WHERE due <= :now)"""
    return Waiting._make(map(bool, db.execute(text(query), {"now": now}).one()))
