"""Members who change between copies and digests while posts are on their way: what they have had already, and what still comes to them.

Nearly always there is nobody: only those with `digest_mixed` are asked about.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from listserv.store.archive import Message
from listserv.store.base import slices
from listserv.store.digests import Digest
from listserv.store.members import DeliveryMode, Member, Status
from listserv.store.queue import TOLD_ELSEWHERE, Delivery, Outgoing, insert_unless_there
from listserv.store.session import only_looks


def first_on_its_way(db: Session, member: Member) -> int | None:
    """The number of the first post that is being copied out and has not come to this member yet; of posts since they are on the list."""
    no_copy = select(Delivery.id).where(Delivery.outgoing_id == Outgoing.id, Delivery.member_id == member.id).exists()
    query = select(func.min(Message.seq)).join(Outgoing, Outgoing.message_id == Message.id)
    return db.scalar(query.where(*_on_their_way(member), Outgoing.created_at >= member.joined_at, ~no_copy))


def copy_no_more(db: Session, member: Member, upto: int) -> None:
    """Of the posts up to that number which are being copied out this member gets no copies: digests tell them, or have told them."""
    told = select(Outgoing.id).join(Message, Message.id == Outgoing.message_id).where(*_on_their_way(member), Message.seq <= upto)
    ids = db.scalars(told).all()
    if ids:
        rows = [{"outgoing_id": number, "member_id": member.id, "due": None, "attempts": 0, "code": TOLD_ELSEWHERE} for number in ids]
        db.execute(insert_unless_there(db, Delivery), rows)


def _on_their_way(member: Member) -> tuple[Any, ...]:
    # An issue goes to everybody, whatever their delivery is.
    return Outgoing.list_id == member.list_id, Outgoing.upto < member.id, Outgoing.segment.is_(None)


def had(db: Session, members: Sequence[Member], new: Sequence[Any]) -> dict[int, set[int]]:
    """Which of these messages (id, seq), all of one list, those of these members who have changed have had, or are about to have as copies."""
    return {member.id: _had(db, member, new) for member in members if changed(member)}


def changed(member: Member) -> bool:
    """May something of what no digest has told this member have come as a copy?"""
    return member.digest_mixed or member.delivery is not DeliveryMode.DIGEST


def _had(db: Session, member: Member, new: Sequence[Any]) -> set[int]:
    found: set[int] = set()
    for some in slices([row.id for row in new]):
        posts = select(Outgoing.message_id).where(Outgoing.message_id.in_(some))
        if member.delivery is DeliveryMode.EACH and member.status is Status.ENABLED:
            coming = posts.where(Outgoing.upto < member.id)
            # Whoever makes copies of it at this moment is waited for: they know the member as they were, or as they are.
            found.update(db.scalars(coming if only_looks(db) else coming.with_for_update(read=True)))
        mine = posts.join(Delivery, and_(Delivery.outgoing_id == Outgoing.id, Delivery.member_id == member.id))
        found.difference_update(db.scalars(mine.where(Delivery.code == TOLD_ELSEWHERE)))
        found.update(db.scalars(mine.where(Delivery.code != TOLD_ELSEWHERE)))
    told = _told(db, member, min((row.seq for row in new), default=0))
    return found | {row.id for row in new if row.seq in told}


def _told(db: Session, member: Member, since: int) -> set[int]:
    """The numbers of messages from there on that digests have told this member: who had copies meanwhile may have been put back behind some."""
    query = select(Digest.items).where(Digest.member_id == member.id, Digest.upto_seq >= since, Digest.items != "")
    return {int(seq) for items in db.scalars(query) for seq in items.replace(",", " ").split()}
