"""What members follow and what they mute: single threads, and whole topics."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, delete, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from listserv.store.archive import SHOWN, Message, Thread
from listserv.store.base import Base, Word, slices
from listserv.store.lists import Topic
from listserv.store.members import Member
from listserv.store.queue import Delivery, Outgoing


class Wish(StrEnum):
    """Every post at once, whatever is digested otherwise; or none at all."""

    FOLLOW = "follow"
    MUTE = "mute"


class ThreadWish(Base):
    """A member follows or mutes a thread. It goes with the membership, and with the thread."""

    __tablename__ = "thread_wish"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, index=True)
    wish: Mapped[Wish] = mapped_column(Word(Wish))
    made_at: Mapped[datetime]


class TopicWish(Base):
    """A member follows a topic (then only those come that are followed), or leaves it out."""

    __tablename__ = "topic_wish"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True, index=True)
    wish: Mapped[Wish] = mapped_column(Word(Wish))
    made_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Choice:
    """What one member has chosen: threads and topics by their numbers."""

    threads: Mapping[int, Wish]
    topics: Mapping[int, Wish]

    def wants(self, thread_id: int, topic_id: int | None, *, own: bool) -> bool:
        """Does a post of this thread concern the member? `own`: they have written in it."""
        wish = self.threads.get(thread_id)
        if wish is not None:
            return wish is Wish.FOLLOW
        about = self.topics.get(topic_id) if topic_id is not None else None
        if about is not None:
            return about is Wish.FOLLOW or own
        return own or Wish.FOLLOW not in self.topics.values()


def choice_of(db: Session, member_id: int) -> Choice:
    """What this member has chosen."""
    threads = db.execute(select(ThreadWish.thread_id, ThreadWish.wish).where(ThreadWish.member_id == member_id))
    topics = db.execute(select(TopicWish.topic_id, TopicWish.wish).where(TopicWish.member_id == member_id))
    return Choice(dict(threads.all()), dict(topics.all()))


def choosers(db: Session, member_ids: Collection[int]) -> frozenset[int]:
    """Those of these members who have chosen anything: nearly always nobody."""
    found: set[int] = set()
    for some in slices(member_ids):
        threads = select(ThreadWish.member_id).where(ThreadWish.member_id.in_(some))
        found.update(db.scalars(threads.union(select(TopicWish.member_id).where(TopicWish.member_id.in_(some)))))
    return frozenset(found)


def all_choosers(db: Session) -> frozenset[int]:
    """Every member who has chosen anything."""
    return frozenset(db.scalars(select(ThreadWish.member_id).union(select(TopicWish.member_id))))


def set_thread(db: Session, member_id: int, thread_id: int, wish: Wish | None, now: datetime) -> None:
    """Follow or mute a thread; None: neither."""
    row = db.get(ThreadWish, (member_id, thread_id))
    if wish is None:
        db.execute(delete(ThreadWish).where(ThreadWish.member_id == member_id, ThreadWish.thread_id == thread_id))
    elif row is None:
        db.add(ThreadWish(member_id=member_id, thread_id=thread_id, wish=wish, made_at=now))
    else:
        row.wish, row.made_at = wish, now
    db.flush()


def set_topics(db: Session, member_id: int, topic_ids: Iterable[int], wish: Wish, now: datetime) -> None:
    """Follow these topics, or leave them out."""
    for topic_id in topic_ids:
        row = db.get(TopicWish, (member_id, topic_id))
        if row is None:
            db.add(TopicWish(member_id=member_id, topic_id=topic_id, wish=wish, made_at=now))
        else:
            row.wish, row.made_at = wish, now
    db.flush()


def forget_topics(db: Session, member_id: int, topic_ids: Collection[int]) -> None:
    """Nothing is chosen about these topics any more."""
    db.execute(delete(TopicWish).where(TopicWish.member_id == member_id, TopicWish.topic_id.in_(topic_ids)))


def clear_topics(db: Session, member_id: int) -> None:
    """All topics come again."""
    db.execute(delete(TopicWish).where(TopicWish.member_id == member_id))


def topics_of(db: Session, member_id: int) -> Sequence[tuple[str, Wish]]:
    """The titles of the topics that this member follows or leaves out, in the list's order."""
    query = select(Topic.title, TopicWish.wish).join(TopicWish, TopicWish.topic_id == Topic.id)
    rows = db.execute(query.where(TopicWish.member_id == member_id).order_by(Topic.position, Topic.id))
    return [(title, wish) for title, wish in rows]


def threads_of(db: Session, member_id: int, limit: int) -> Sequence[tuple[str, Wish]]:
    """The subjects of the threads that this member has chosen something for, the latest choice first."""
    shown = select(Message.id).where(Message.thread_id == Thread.id, SHOWN).exists()
    query = select(Thread.subject, ThreadWish.wish).join(ThreadWish, ThreadWish.thread_id == Thread.id)
    rows = db.execute(query.where(ThreadWish.member_id == member_id, shown).order_by(ThreadWish.made_at.desc(), Thread.id.desc()).limit(limit))
    return [(title, wish) for title, wish in rows]


def join_threads(db: Session, keep: int, others: Collection[int]) -> None:
    """Threads have become one: what was chosen for the others holds for it, unless something was chosen for it already."""
    rows = db.scalars(select(ThreadWish).where(ThreadWish.thread_id.in_([keep, *others])).order_by(ThreadWish.made_at, ThreadWish.thread_id)).all()
    if not any(row.thread_id != keep for row in rows):
        return
    kept = {row.member_id for row in rows if row.thread_id == keep}
    chosen = {row.member_id: (row.wish, row.made_at) for row in rows if row.thread_id != keep and row.member_id not in kept}
    db.execute(delete(ThreadWish).where(ThreadWish.thread_id.in_(others)))
    db.add_all(ThreadWish(member_id=member_id, thread_id=keep, wish=wish, made_at=at) for member_id, (wish, at) in chosen.items())
    db.flush()


# ---- digests ------------------------------------------------------------------------------------------------


def untold(db: Session, member: Member, after: int, upto: int) -> frozenset[int]:
    """The messages of a stretch of the archive that this member's digest leaves out: unwanted ones, and those they had as copies."""
    choice = choice_of(db, member.id)
    query = select(Message.id, Message.thread_id, Thread.topic_id).join(Thread, Thread.id == Message.thread_id)
    rows = db.execute(query.where(Message.list_id == member.list_id, Message.seq > after, Message.seq <= upto, SHOWN)).all()
    own = _own_threads(db, member, {row.thread_id for row in rows}) if choice.topics else frozenset()
    skipped = {row.id for row in rows if not choice.wants(row.thread_id, row.topic_id, own=row.thread_id in own)}
    followed = {row.id for row in rows if choice.threads.get(row.thread_id) is Wish.FOLLOW}
    return frozenset(skipped | _copied(db, member, followed))


def _own_threads(db: Session, member: Member, thread_ids: Collection[int]) -> frozenset[int]:
    query = select(Message.thread_id).where(Message.user_id == member.user_id, Message.list_id == member.list_id)
    return frozenset(db.scalars(query.where(Message.thread_id.in_(thread_ids)).distinct())) if thread_ids else frozenset()


def _copied(db: Session, member: Member, message_ids: Collection[int]) -> set[int]:
    """Those of these messages of which this member has had, or is about to have, a copy."""
    if not message_ids:
        return set()
    mine: Any = (Delivery.outgoing_id == Outgoing.id) & (Delivery.member_id == member.id)
    query = select(Outgoing.message_id).outerjoin(Delivery, mine).where(Outgoing.message_id.in_(message_ids))
    return set(db.scalars(query.where(or_(Delivery.id.is_not(None), Outgoing.upto < member.id))))
