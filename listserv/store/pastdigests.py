"""Digests that were made: which somebody has had, and which messages each of their numbers means."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from listserv.store.archive import SHOWN, Message
from listserv.store.base import MANY, slices
from listserv.store.digests import OWN_DIGESTS, Digest, texts_for


def digests_of(db: Session, member_id: int, limit: int, offset: int) -> Sequence[Digest]:
    """The digests that this member has had, the newest first."""
    query = select(Digest).where(Digest.member_id == member_id, Digest.letter_id.is_not(None))
    return db.scalars(query.order_by(Digest.id.desc()).limit(limit).offset(offset)).all()


def own_digest(db: Session, member_id: int, digest_id: int) -> Digest | None:
    """This digest, if this member has had it."""
    return db.scalar(select(Digest).where(Digest.id == digest_id, Digest.member_id == member_id, Digest.letter_id.is_not(None)))


def last_seq_before(db: Session, list_id: int, moment: datetime) -> int | None:
    """The number behind which everything is that was written since; None where nothing was."""
    first = db.scalar(select(func.min(Message.seq)).where(Message.list_id == list_id, Message.sent_at >= moment))
    return None if first is None else first - 1


def count_digests(db: Session, member_id: int) -> int:
    """How many digests this member has had."""
    return db.scalar(select(func.count()).select_from(Digest).where(Digest.member_id == member_id, Digest.letter_id.is_not(None))) or 0


def told_message(db: Session, digest: Digest, point: int, place: int) -> Message | None:
    """The message that stands at this place below this number of a digest; None where there is none, or it is gone."""
    groups = digest.items.split()
    seqs = groups[point - 1].split(",") if 1 <= point <= len(groups) else []
    if not 1 <= place <= len(seqs):
        return None
    return db.scalar(select(Message).where(Message.list_id == digest.list_id, Message.seq == int(seqs[place - 1]), SHOWN))


def digest_at(db: Session, member_id: int, slot: datetime) -> Digest | None:
    """The digest that this member has had for this moment of the calendar."""
    return db.scalar(select(Digest).where(Digest.member_id == member_id, Digest.slot == slot))


def digest_telling(db: Session, member_id: int, seq: int) -> Digest | None:
    """The newest digest of this member that told this message among its threads."""
    return next((digest for digest in digests_of(db, member_id, OWN_DIGESTS, 0) if any(seq in group for group in _groups(digest))), None)


def _groups(digest: Digest) -> list[list[int]]:
    """The messages of each numbered thread of a digest, by their numbers in the archive, the newest last."""
    newest = [int(seq) for seq in digest.points.split()]
    told = [[int(seq) for seq in group.split(",")] for group in digest.items.split()] or [[] for _ in newest]
    return [sorted({seq, *group})[-MANY:] for seq, group in zip(newest, told, strict=False)]


@dataclass(frozen=True, slots=True)
class Point:
    """A numbered thread of a digest: the newest message that is left (None where all are gone), and the words of those that were told, by their ids."""

    number: int
    title: str
    message: Message | None
    texts: dict[int, str]


def points(db: Session, digest: Digest) -> list[Point]:
    """The numbered threads of a digest, as an answer to it may quote them: two statements."""
    groups = _groups(digest)
    found: dict[int, Message] = {}
    for some in slices(sorted({seq for group in groups for seq in group})):
        query = select(Message).where(Message.list_id == digest.list_id, Message.seq.in_(some), SHOWN).options(joinedload(Message.thread))
        found |= {message.seq: message for message in db.scalars(query)}
    texts = texts_for(db, [message.id for message in found.values()])
    return [_point(number, [found[seq] for seq in group if seq in found], texts) for number, group in enumerate(groups, start=1)]


def others(db: Session, digest: Digest, ids: Collection[int], number: int) -> list[Point]:
    """Messages of the list that a digest does not tell among its threads, as points from that number on: the questions that it offers to answer."""
    told = {seq for group in _groups(digest) for seq in group}
    wanted = Message.list_id == digest.list_id, Message.id.in_(list(ids)[:MANY])
    seqs = {row.id: row.seq for row in db.execute(select(Message.id, Message.seq).where(*wanted))} if ids else {}
    # One that is gone keeps its number.
    kept = [one for one in ids if one in seqs and seqs[one] not in told]
    query = select(Message).where(Message.id.in_(kept), SHOWN).options(joinedload(Message.thread))
    found = {message.id: message for message in db.scalars(query)} if kept else {}
    texts = texts_for(db, list(found)) if found else {}
    return [_point(number + place, [found[one]] if one in found else [], texts) for place, one in enumerate(kept)]


def _point(number: int, told: Sequence[Message], texts: dict[int, str]) -> Point:
    newest = told[-1] if told else None
    return Point(number, newest.thread.subject if newest else "", newest, {message.id: texts.get(message.id, "") for message in told})
