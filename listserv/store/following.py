"""What members follow and what they mute: single threads, and whole topics."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Select, and_, delete, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from listserv.store import changing
from listserv.store.archive import SHOWN, Message, Thread
from listserv.store.base import Base, Word, slices
from listserv.store.issues import NO_ISSUE
from listserv.store.lists import Topic
from listserv.store.members import DeliveryMode, Member
from listserv.store.queue import TOLD_ELSEWHERE, Delivery, Outgoing


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
    return choices_of(db, [member_id])[member_id]


def choices_of(db: Session, member_ids: Collection[int]) -> dict[int, Choice]:
    """What each of these members has chosen."""
    threads: dict[int, dict[int, Wish]] = {member_id: {} for member_id in member_ids}
    topics: dict[int, dict[int, Wish]] = {member_id: {} for member_id in member_ids}
    for some in slices(member_ids):
        for row in db.execute(select(ThreadWish.member_id, ThreadWish.thread_id, ThreadWish.wish).where(ThreadWish.member_id.in_(some))):
            threads[row.member_id][row.thread_id] = row.wish
        for row in db.execute(select(TopicWish.member_id, TopicWish.topic_id, TopicWish.wish).where(TopicWish.member_id.in_(some))):
            topics[row.member_id][row.topic_id] = row.wish
    return {member_id: Choice(threads[member_id], topics[member_id]) for member_id in member_ids}


def choosers(db: Session, member_ids: Collection[int]) -> frozenset[int]:
    """Those of these members who have chosen anything that matters now: nearly always nobody."""
    found: set[int] = set()
    for some in slices(member_ids):
        threads = select(ThreadWish.member_id).where(ThreadWish.member_id.in_(some))
        topics = select(TopicWish.member_id).where(TopicWish.member_id.in_(some))
        found.update(db.scalars(threads.union(topics, _in_own_threads().where(Member.id.in_(some)), _changed().where(Member.id.in_(some)))))
    return frozenset(found)


def _in_own_threads() -> Select[int]:
    """Members who have the threads in which they write at once, where one of these has something that no digest has told them."""
    new, said = aliased(Message), aliased(Message)
    written = and_(said.user_id == Member.user_id, said.list_id == Member.list_id)
    untold_yet = select(new.id).where(new.thread_id == said.thread_id, new.seq > Member.digest_seq).exists()
    return select(Member.id).join(said, written).where(Member.own_threads, untold_yet)


def _changed() -> Select[int]:
    """Members who have changed between copies and digests, and whose next digest leaves out what has come as copies."""
    last = and_(Member.delivery == DeliveryMode.EACH, Member.digest_due.is_not(None))
    return select(Member.id).where(or_(Member.digest_mixed, last))


def all_choosers(db: Session) -> frozenset[int]:
    """Every member who has chosen anything that matters now."""
    return frozenset(db.scalars(select(ThreadWish.member_id).union(select(TopicWish.member_id), _in_own_threads(), _changed())))


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
    return untold_by(db, member.list_id, {member: choice_of(db, member.id)}, after, upto)[member.id]


def untold_by(db: Session, list_id: int, members: Mapping[Member, Choice], after: int, upto: int) -> dict[int, frozenset[int]]:
    """The same for several members of a list with what they have chosen, in a fixed number of statements for so many as a run deals with at once."""
    query = select(Message.id, Message.seq, Message.thread_id, Thread.topic_id).join(Thread, Thread.id == Message.thread_id)
    stretch = Message.list_id == list_id, Message.seq > after, Message.seq <= upto, SHOWN, NO_ISSUE
    new = db.execute(query.where(*stretch)).all()
    written = _written(
        db, [one for one, choice in members.items() if one.own_threads or choice.topics], select(Message.thread_id).where(*stretch).correlate(None)
    )
    same: dict[Any, frozenset[int]] = {}
    unwanted: dict[int, frozenset[int]] = {}
    at_once: dict[int, list[int]] = {}
    for member, choice in members.items():
        own = frozenset(written.get(member.id, ()))
        # Most have chosen what others have chosen, too.
        key = frozenset(choice.threads.items()), frozenset(choice.topics.items()), own
        if key not in same:
            same[key] = frozenset(row.id for row in new if not choice.wants(row.thread_id, row.topic_id, own=row.thread_id in own))
        unwanted[member.id] = same[key]
        followed = {thread_id for thread_id, wish in choice.threads.items() if wish is Wish.FOLLOW} | (own if member.own_threads else set())
        at_once[member.id] = [row.id for row in new if row.thread_id in followed] if followed else []
    copied, had = _copied(db, at_once), changing.had(db, list(members), new)
    more = {member.id: copied.get(member.id, set()) | had.get(member.id, set()) for member in members}
    return {member.id: unwanted[member.id] | more[member.id] if more[member.id] else unwanted[member.id] for member in members}


def _written(db: Session, members: Sequence[Member], threads: Select[int]) -> dict[int, set[int]]:
    """In which of these threads these members of one list have written."""
    found: dict[int, set[int]] = {}
    for some in slices([member.id for member in members]):
        query = select(Member.id, Message.thread_id).join(Message, and_(Message.user_id == Member.user_id, Message.list_id == Member.list_id))
        for member_id, thread_id in db.execute(query.where(Member.id.in_(some), Message.thread_id.in_(threads)).distinct()):
            found.setdefault(member_id, set()).add(thread_id)
    return found


def _copied(db: Session, messages: Mapping[int, Collection[int]]) -> dict[int, set[int]]:
    """Those of these messages (by member) of which the member has had, or is about to have, a copy."""
    reached = _reached(db, {message_id for some in messages.values() for message_id in some})
    had: dict[tuple[int, int], int] = {}
    for some in slices([member_id for member_id, ids in messages.items() if ids]):
        query = select(Delivery.member_id, Outgoing.message_id, Delivery.code).join(Outgoing, Outgoing.id == Delivery.outgoing_id)
        for ids in slices(reached):
            had.update(((row[0], row[1]), row[2]) for row in db.execute(query.where(Delivery.member_id.in_(some), Outgoing.message_id.in_(ids))))

    def reaches(member_id: int, message_id: int) -> bool:
        # Followers have their copies with the first slice of all.
        code = had.get((member_id, message_id))
        return reached.get(message_id) == 0 if code is None else code != TOLD_ELSEWHERE

    return {member_id: {one for one in ids if reaches(member_id, one)} for member_id, ids in messages.items()}


def _reached(db: Session, message_ids: Collection[int]) -> dict[int, int | None]:
    """Up to which member these messages have been copied out; None: to all."""
    found: dict[int, int | None] = {}
    for some in slices(message_ids):
        found |= {row[0]: row[1] for row in db.execute(select(Outgoing.message_id, Outgoing.upto).where(Outgoing.message_id.in_(some)))}
    return found
