"""Digests that were made: one row for each member and slot of the calendar, so that none is sent twice."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, Index, Select, Text, UniqueConstraint, and_, func, insert, or_, select, update
from sqlalchemy.orm import Mapped, Session, aliased, contains_eager, mapped_column
from sqlalchemy.orm.attributes import set_committed_value

from listserv.store.archive import SHOWN, Attachment, Body, Message, Thread
from listserv.store.base import MANY, NEVER_AGAIN, Base, slices
from listserv.store.issues import NO_ISSUE
from listserv.store.lists import MailingList, Topic
from listserv.store.members import UNPLANNED, DeliveryMode, Member, Status
from listserv.store.people import Address, User

# More of one post than any digest shows, its quotes included.
MUCH = 60_000
# No slot of such a schedule is farther off, whatever clocks are put forward or back on the way.
FARTHEST = {"daily": timedelta(days=1, hours=2), "weekly": timedelta(days=7, hours=2)}
# In this order digests are made; the columns of ix_member_digest_due, or a slice of a run would sort all that is due.
IN_TURN = (Member.digest_due, Member.list_id, Member.digest_seq, Member.schedule, Member.digest_form, Member.id)
# How many digests are looked through for the one whose subject an answer bears: a member's own, and anybody's.
OWN_DIGESTS, LOOKED_THROUGH = 60, 20_000
# How many messages a list may have had since one that a digest tells.
FARTHEST_BACK = 5_000


class Digest(Base):
    __tablename__ = "digest"
    __table_args__ = (
        UniqueConstraint("member_id", "slot"),
        Index("ix_digest_letter", "letter_id"),
        Index("ix_digest_list_id_upto_seq", "list_id", "upto_seq"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    # No foreign key: a digest outlives a membership.
    member_id: Mapped[int]
    # The moment that the calendar owed it, and the stretch of the archive it tells: after .. upto.
    slot: Mapped[datetime]
    after_seq: Mapped[int]
    upto_seq: Mapped[int]
    # The newest message of each numbered thread, in order, with spaces: what an answer that begins with "2:" is
    # meant for. Kept, because threads may be joined after the letter has gone.
    points: Mapped[str] = mapped_column(Text, default="")
    # The messages of each of these threads, with commas: what "1.2" means, and what was told.
    items: Mapped[str] = mapped_column(Text, default="", server_default="")
    subject: Mapped[str] = mapped_column(Text, default="", server_default="")
    # Since when its reader had paused, where it told what came meanwhile.
    paused_at: Mapped[datetime | None]
    # Empty when there was nothing new to tell.
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    made_at: Mapped[datetime]


def runs(db: Session, lately: int, limit: int) -> Sequence[Any]:
    """(slot, done_at, list, slots, letters) of the newest digests, by list and slot, the last first; `lately`: so many digests are looked at."""
    newest = db.scalar(select(func.max(Digest.id))) or 0
    query = select(Digest.slot, func.max(Digest.made_at).label("done_at"), MailingList.name.label("list"))
    query = query.add_columns(func.count().label("slots"), func.count(Digest.letter_id).label("letters"))
    query = query.join(MailingList, MailingList.id == Digest.list_id).where(Digest.id > newest - lately)
    return db.execute(query.group_by(Digest.slot, MailingList.name).order_by(func.max(Digest.made_at).desc(), Digest.slot.desc()).limit(limit)).all()


def digests_with(db: Session, list_id: int, seq: int, limit: int = 50) -> Sequence[Any]:
    """(slot, made_at, letters) of the digests that told a message of a list, by slot, the earliest first."""
    # A digest tells at most so many messages; later ones need not be looked at.
    told = Digest.list_id == list_id, Digest.upto_seq >= seq, Digest.upto_seq < seq + FARTHEST_BACK, Digest.after_seq < seq
    query = select(Digest.slot, func.max(Digest.made_at).label("made_at"), func.count().label("letters"))
    return db.execute(query.where(*told, Digest.letter_id.is_not(None)).group_by(Digest.slot).order_by(Digest.slot).limit(limit)).all()


def due_members(db: Session, now: datetime, limit: int) -> Sequence[Member]:
    """Whose digest is due, those that have waited longest first, with person, address and list; locked until the commit.

    Those of one moment come by what is told them, so that equal digests are neighbours. Somebody who has gone over to single
    copies is among them once: what came before is still owed. Whoever hides a message of these lists waits for us, or we for them.
    """
    owed = Member.delivery != DeliveryMode.NONE, Member.status == Status.ENABLED, Member.digest_due <= now
    next_ones = select(Member.list_id).where(*owed).order_by(*IN_TURN).limit(limit).subquery()
    ids = sorted(set(db.scalars(select(next_ones.c.list_id))))
    db.execute(select(MailingList.id).where(MailingList.id.in_(ids)).order_by(MailingList.id).with_for_update(read=True))
    query = _with_person(select(Member)).where(*owed, Member.list_id.in_(ids)).order_by(*IN_TURN)
    return db.scalars(query.limit(limit).with_for_update(of=Member, skip_locked=True)).all()


def awaiting_plan(db: Session, now: datetime, never: datetime, limit: int = MANY) -> Sequence[Member]:
    """Digest readers for whom the calendar has no day yet, or one farther off than their schedule has any: a clock was wrong."""
    lost = [Member.digest_due > never]
    newest = db.scalar(select(Digest.made_at).order_by(Digest.id.desc()).limit(1))
    if newest and newest > now:
        lost += [and_(Member.schedule.startswith(every), Member.digest_due > now + farthest) for every, farthest in FARTHEST.items()]
    # Apart, for an index each: nearly always there is nobody.
    ids = select(Member.id).where(Member.delivery == DeliveryMode.DIGEST, Member.status == Status.ENABLED).limit(limit)
    unplanned = select(Member.id).where(UNPLANNED, Member.status == Status.ENABLED).limit(limit)
    found = [*db.scalars(unplanned), *db.scalars(ids.where(or_(*lost)))]
    if not found:
        return ()
    some = _with_person(select(Member)).where(Member.id.in_(found[:limit])).order_by(Member.id)
    return db.scalars(some.with_for_update(of=Member, skip_locked=True)).all()


def _with_person(query: Select[Member]) -> Select[Member]:
    joined = query.join(Member.user).join(Member.address).join(Member.mlist)
    return joined.options(contains_eager(Member.user), contains_eager(Member.address), contains_eager(Member.mlist))


def readers(db: Session, until: datetime) -> Iterator[Member]:
    """Everybody to whom the calendar owes a digest at that time, or who has no day yet; whose pause is over by then; by list and address."""
    planned = and_(Member.digest_due <= until, Member.delivery != DeliveryMode.NONE)
    fresh = and_(Member.digest_due.is_(None), Member.delivery == DeliveryMode.DIGEST)
    back = and_(Member.status == Status.PAUSED, Member.paused_until <= until, Member.delivery != DeliveryMode.NONE)
    query = _with_person(select(Member)).where(or_(and_(Member.status == Status.ENABLED, or_(planned, fresh)), back))
    yield from db.scalars(query.order_by(MailingList.name, Address.key).execution_options(yield_per=MANY))


def count_new(db: Session, list_id: int, after: int, upto: int) -> int:
    """How many messages there are in a stretch of the archive."""
    return db.scalar(select(func.count()).select_from(Message).where(*_stretch(list_id, after, upto))) or 0


def _stretch(list_id: int, after: int, upto: int) -> tuple[Any, ...]:
    # An issue goes to everybody as the mail that it is: no digest tells it again.
    return Message.list_id == list_id, Message.seq > after, Message.seq <= upto, SHOWN, NO_ISSUE


def new_messages(db: Session, list_id: int, after: int, upto: int, skipped: Collection[int] = frozenset()) -> Sequence[Any]:
    """A stretch of the archive in the order of arrival, without texts: message, thread, and who wrote what it answers."""
    parent = aliased(Message)
    query = select(Message.id, Message.seq, Message.hash, Message.author, Message.author_email, Message.sent_at, Message.thread_id)
    query = query.add_columns(Message.message_id, parent.message_id.label("parent_id"))
    query = query.add_columns(Thread.subject, Topic.title.label("topic"))
    query = query.add_columns(parent.author.label("parent_author"), parent.author_email.label("parent_email"))
    joined = query.join(Thread, Thread.id == Message.thread_id).outerjoin(Topic, Topic.id == Thread.topic_id)
    joined = joined.outerjoin(parent, and_(parent.id == Message.parent_id, parent.hidden_at.is_(None)))
    rows = db.execute(joined.where(*_stretch(list_id, after, upto)).order_by(Message.seq)).all()
    return [row for row in rows if row.id not in skipped] if skipped else rows


def texts_for(db: Session, ids: Sequence[int]) -> dict[int, str]:
    """The readable bodies of these messages, or as much of them as a digest can use."""
    found: dict[int, str] = {}
    for some in slices(ids):
        query = select(Message.id, func.substr(Body.text, 1, MUCH)).join(Message.body).where(Message.id.in_(some))
        found.update((row[0], row[1]) for row in db.execute(query))
    return found


def attachments_for(db: Session, ids: Sequence[int]) -> dict[int, list[Attachment]]:
    """What these messages carry, in order."""
    found: dict[int, list[Attachment]] = {}
    for some in slices(ids):
        query = select(Attachment).where(Attachment.message_id.in_(some)).order_by(Attachment.message_id, Attachment.number)
        for file in db.scalars(query):
            found.setdefault(file.message_id, []).append(file)
    return found


class Reader(NamedTuple):
    """Whose a digest's letter is, and what makes it their own."""

    digest_id: int
    member_id: int
    slot: datetime
    name: str


def readers_of(db: Session, letter_ids: Sequence[int]) -> dict[int, Reader]:
    """The readers of these letters, as far as they are digests of somebody who is still on the list."""
    query = select(Digest.letter_id, Digest.id, Digest.member_id, Digest.slot, User.name)
    joined = query.join(Member, Member.id == Digest.member_id).join(User, User.id == Member.user_id)
    found: dict[int, Reader] = {}
    for some in slices(letter_ids):
        found |= {row[0] or 0: Reader(*row[1:]) for row in db.execute(joined.where(Digest.letter_id.in_(some)))}
    return found


def slots_done(db: Session, slots: dict[int, datetime]) -> set[int]:
    """Which of these members have had a digest for this moment of the calendar."""
    found: set[int] = set()
    for some in slices(slots):
        query = select(Digest.member_id, Digest.slot).where(Digest.member_id.in_(some), Digest.slot.in_({slots[id] for id in some}))
        found |= {row.member_id for row in db.execute(query) if slots[row.member_id] == row.slot}
    return found


class Place(NamedTuple):
    """Where a member's digests are: columns of `member`."""

    digest_seq: int
    digest_due: datetime | None
    digest_told: datetime | None
    digest_waits: datetime | None
    paused_at: datetime | None
    digest_mixed: bool


def place_of(member: Member) -> Place:
    """Where a member's digests are."""
    return Place(member.digest_seq, member.digest_due, member.digest_told, member.digest_waits, member.paused_at, member.digest_mixed)


def move_on(db: Session, moved: Sequence[tuple[Member, Place]]) -> None:
    """Write down where these members' digests are now: a statement for all who are at the same place, and not one each."""
    places: dict[Place, list[int]] = {}
    for member, place in moved:
        places.setdefault(place, []).append(member.id)
    for place, ids in places.items():
        for some in slices(ids):
            here = update(Member).where(Member.id.in_(some)).values(place._asdict())
            db.execute(here, execution_options={"synchronize_session": False})
    for member, place in moved:
        for name, value in zip(Place._fields, place, strict=True):
            set_committed_value(member, name, value)


def keep_all(db: Session, made: Sequence[dict[str, Any]]) -> None:
    """Write down digests that were made, in one statement."""
    if made:
        db.execute(insert(Base.metadata.tables[Digest.__tablename__]), made)


def subjects_of(db: Session, list_id: int, member_id: int | None) -> dict[str, int]:
    """The subjects of the newest digests of this member, or of the newest of the whole list; each with the newest digest that bore it."""
    query = select(Digest.subject, Digest.id).where(Digest.list_id == list_id, Digest.letter_id.is_not(None)).order_by(Digest.id)
    if member_id is not None:
        newest = query.where(Digest.member_id == member_id).order_by(None).order_by(Digest.id.desc()).limit(OWN_DIGESTS)
        return {row.subject: row.id for row in reversed(db.execute(newest).all())}
    last = db.scalar(select(func.max(Digest.id))) or 0
    return {row.subject: row.id for row in db.execute(query.where(Digest.id > last - LOOKED_THROUGH))}


def subjects_of_some(db: Session, list_id: int) -> dict[str, int]:
    """The subjects of digests of a few of a list's readers, where the newest of all are those of other lists."""
    some = select(Member.id).where(Member.list_id == list_id, Member.delivery == DeliveryMode.DIGEST).order_by(Member.id.desc()).limit(20)
    query = select(Digest.subject, Digest.id).where(Digest.member_id.in_(some), Digest.letter_id.is_not(None))
    return {row.subject: row.id for row in db.execute(query.order_by(Digest.id.desc()).limit(OWN_DIGESTS))}
