"""Taking things back: copies and letters that have not left, and a message that goes out of sight and comes back."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from listserv.store.issues import Issue
from listserv.store.moderation import Journal
from listserv.store.queue import Delivery, Letter, Outgoing

STOPPED = "issue-stopped"


def stop_copies(db: Session, message_id: int) -> int:
    """Take back the copies of a post that nobody has in hand; how many have left or are leaving.

    What is in a worker's hand at this moment goes out: a row taken from under it would be sent a second time later.
    """
    outgoing = select(Outgoing.id).where(Outgoing.message_id == message_id).scalar_subquery()
    db.execute(update(Outgoing).where(Outgoing.message_id == message_id).values(upto=None))
    db.execute(delete(Delivery).where(Delivery.outgoing_id == outgoing, Delivery.due.is_not(None), Delivery.holder.is_(None)))
    return db.scalar(select(func.count()).select_from(Delivery).where(Delivery.outgoing_id == outgoing)) or 0


def resume_copies(db: Session, message_id: int) -> None:
    """Put a post on its way again: who has had a copy gets no second one. An issue that a human has stopped stays where it is."""
    stopped = select(Journal.id).join(Issue, (Journal.about == Issue.__tablename__) & (Journal.about_id == Issue.id))
    stopped = stopped.where(Issue.message_id == message_id, Journal.what == STOPPED)
    db.execute(update(Outgoing).where(Outgoing.message_id == message_id, ~stopped.exists()).values(upto=0))


def copies_left(db: Session, message_ids: Collection[int]) -> dict[int, int]:
    """How many copies of each of these posts have left or are leaving."""
    if not message_ids:
        return {}
    query = select(Outgoing.message_id, func.count(Delivery.id)).join(Delivery, Delivery.outgoing_id == Outgoing.id)
    gone = query.where(Outgoing.message_id.in_(message_ids), Delivery.due.is_(None) | Delivery.holder.is_not(None))
    return dict(db.execute(gone.group_by(Outgoing.message_id)).all())


def stop_letters(db: Session, kind: str, list_id: int, to_key: str, since: datetime, incoming_id: int | None = None) -> bool:
    """Take back the letters of a kind that were written to this address since then (because of one mail); False where one of them has left."""
    mine = [Letter.kind == kind, Letter.list_id == list_id, Letter.to_key == to_key, Letter.created_at >= since]
    mine += [Letter.incoming_id == incoming_id] if incoming_id else []
    db.execute(delete(Letter).where(*mine, Letter.due.is_not(None), Letter.holder.is_(None), Letter.attempts == 0))
    return db.scalar(select(Letter.id).where(*mine).limit(1)) is None
