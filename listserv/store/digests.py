"""Digests that were made: one row for each member and slot of the calendar, so that none is sent twice."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Select, Text, UniqueConstraint, and_, func, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, contains_eager, mapped_column

from listserv.store.archive import SHOWN, Attachment, Body, Message, Thread
from listserv.store.base import NEVER_AGAIN, Base
from listserv.store.lists import MailingList, Topic
from listserv.store.members import DeliveryMode, Member, Status
from listserv.store.people import Address

# More of one post than any digest shows, its quotes included.
MUCH = 60_000
# Variables in one statement.
MANY = 500


class Digest(Base):
    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("member_id", "slot"), NEVER_AGAIN)

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
    # Empty when there was nothing new to tell.
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    made_at: Mapped[datetime]


def due_members(db: Session, now: datetime, limit: int) -> Sequence[Member]:
    """Whose digest is due, those that have waited longest first, with person, address and list; locked until the commit.

    Somebody who has gone over to single copies is among them once: what came before is still owed.
    """
    owed = Member.delivery != DeliveryMode.NONE, Member.status == Status.ENABLED, Member.digest_due <= now
    query = _with_person(select(Member)).where(*owed).order_by(Member.digest_due, Member.id)
    return db.scalars(query.limit(limit).with_for_update(of=Member, skip_locked=True)).all()


def awaiting_plan(db: Session, limit: int = MANY) -> Sequence[Member]:
    """Digest readers for whom the calendar has no day yet."""
    query = _with_person(select(Member)).where(Member.delivery == DeliveryMode.DIGEST, Member.digest_due.is_(None))
    return db.scalars(query.where(Member.status == Status.ENABLED).order_by(Member.id).limit(limit)).all()


def _with_person(query: Select[Member]) -> Select[Member]:
    joined = query.join(Member.user).join(Member.address).join(Member.mlist)
    return joined.options(contains_eager(Member.user), contains_eager(Member.address), contains_eager(Member.mlist))


def readers(db: Session, until: datetime) -> Iterator[Member]:
    """Everybody to whom the calendar owes a digest at that time, or who has no day yet; by list and address."""
    planned = and_(Member.digest_due <= until, Member.delivery != DeliveryMode.NONE)
    fresh = and_(Member.digest_due.is_(None), Member.delivery == DeliveryMode.DIGEST)
    query = _with_person(select(Member)).where(Member.status == Status.ENABLED, or_(planned, fresh))
    yield from db.scalars(query.order_by(MailingList.name, Address.key).execution_options(yield_per=MANY))


def count_new(db: Session, list_id: int, after: int, upto: int) -> int:
    """How many messages there are in a stretch of the archive."""
    return db.scalar(select(func.count()).select_from(Message).where(*_stretch(list_id, after, upto))) or 0


def _stretch(list_id: int, after: int, upto: int) -> tuple[Any, ...]:
    return Message.list_id == list_id, Message.seq > after, Message.seq <= upto, SHOWN


def new_messages(db: Session, list_id: int, after: int, upto: int, skipped: Collection[int] = frozenset()) -> Sequence[Any]:
    """A stretch of the archive in the order of arrival, without texts: message, thread, and who wrote what it answers."""
    parent = aliased(Message)
    query = select(Message.id, Message.seq, Message.hash, Message.author, Message.author_email, Message.sent_at, Message.thread_id)
    query = query.add_columns(Thread.subject, Topic.title.label("topic"))
    query = query.add_columns(parent.author.label("parent_author"), parent.author_email.label("parent_email"))
    joined = query.join(Thread, Thread.id == Message.thread_id).outerjoin(Topic, Topic.id == Thread.topic_id)
    joined = joined.outerjoin(parent, and_(parent.id == Message.parent_id, parent.hidden_at.is_(None)))
    rows = db.execute(joined.where(*_stretch(list_id, after, upto)).order_by(Message.seq)).all()
    return [row for row in rows if row.id not in skipped] if skipped else rows


def texts_for(db: Session, ids: Sequence[int]) -> dict[int, str]:
    """The readable bodies of these messages, or as much of them as a digest can use."""
    found: dict[int, str] = {}
    for some in _some(ids):
        query = select(Message.id, func.substr(Body.text, 1, MUCH)).join(Message.body).where(Message.id.in_(some))
        found.update((row[0], row[1]) for row in db.execute(query))
    return found


def _some(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + MANY] for start in range(0, len(ids), MANY))


def attachments_for(db: Session, ids: Sequence[int]) -> dict[int, list[Attachment]]:
    """What these messages carry, in order."""
    found: dict[int, list[Attachment]] = {}
    for some in _some(ids):
        query = select(Attachment).where(Attachment.message_id.in_(some)).order_by(Attachment.message_id, Attachment.number)
        for file in db.scalars(query):
            found.setdefault(file.message_id, []).append(file)
    return found


def digest_at(db: Session, member_id: int, slot: datetime) -> Digest | None:
    """The digest that this member has had for this moment of the calendar."""
    return db.scalar(select(Digest).where(Digest.member_id == member_id, Digest.slot == slot))


def point(db: Session, digest: Digest, number: int) -> Message | None:
    """The newest message of a numbered thread of a digest; None where there is no such number, or it is gone."""
    points = digest.points.split()
    if not 1 <= number <= len(points):
        return None
    return db.scalar(select(Message).where(Message.list_id == digest.list_id, Message.seq == int(points[number - 1]), SHOWN))


def titles(db: Session, digest: Digest) -> list[str]:
    """The threads of a digest by their titles, in the order of their numbers; empty where a message is gone."""
    seqs = [int(seq) for seq in digest.points.split()]
    query = select(Message.seq, Thread.subject).join(Thread, Thread.id == Message.thread_id)
    found = {row.seq: row.subject for row in db.execute(query.where(Message.list_id == digest.list_id, Message.seq.in_(seqs), SHOWN))}
    return [found.get(seq, "") for seq in seqs]
