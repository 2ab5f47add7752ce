"""Taking things back: copies and letters that have not left, and a message that goes out of sight and comes back."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from listserv.store.issues import Issue
from listserv.store.moderation import Journal
from listserv.store.queue import Delivery, Letter, Outgoing
from listserv.store.workers import WorkerRow

STOPPED = "issue-stopped"
# The relay's yes, and the first of its answers that are for good.
TAKEN, PERMANENT = 250, 500


def stop_copies(db: Session, message_id: int) -> int:
    """Take back the copies of a post that nobody has in hand; how many have left or are leaving.

    What is in a worker's hand at this moment may go out: a row taken from under it would be sent a second time later.
    Where it comes back from there unsent it stays here.
    """
    outgoing = select(Outgoing.id).where(Outgoing.message_id == message_id).scalar_subquery()
    db.execute(update(Outgoing).where(Outgoing.message_id == message_id).values(upto=None))
    db.execute(delete(Delivery).where(Delivery.outgoing_id == outgoing, Delivery.due.is_not(None), Delivery.holder.is_(None)))
    db.execute(update(Delivery).where(Delivery.outgoing_id == outgoing, Delivery.due.is_not(None)).values(due=None))
    cleared = db.scalar(select(_cleared()).where(Outgoing.message_id == message_id)) or 0
    return (db.scalar(select(func.count()).select_from(Delivery).where(Delivery.outgoing_id == outgoing)) or 0) + cleared


def _cleared() -> ColumnElement[int]:
    """How many copies of a post have no row any more (usecases.sweeping)."""
    return func.coalesce(Outgoing.sent, 0) + func.coalesce(Outgoing.failed, 0)


def resume_copies(db: Session, message_id: int) -> None:
    """Put a post on its way again: who has had a copy gets no second one. An issue that a human has stopped stays where it is.

    So does a post so old that nobody knows any more who has had it.
    """
    stopped = select(Journal.id).join(Issue, (Journal.about == Issue.__tablename__) & (Journal.about_id == Issue.id))
    stopped = stopped.where(Issue.message_id == message_id, Journal.what == STOPPED)
    again = Outgoing.message_id == message_id, Outgoing.sent.is_(None), ~stopped.exists()
    # Those that came back unsent are made anew; one that somebody still has in hand is left to them.
    held = Delivery.holder.in_(select(WorkerRow.id))
    unsent = Delivery.due.is_(None), Delivery.code < PERMANENT, Delivery.code != TAKEN, Delivery.holder.is_(None) | ~held
    db.execute(delete(Delivery).where(Delivery.outgoing_id.in_(select(Outgoing.id).where(*again)), *unsent).execution_options(synchronize_session=False))
    db.execute(update(Outgoing).where(*again).values(upto=0))


def copies_left(db: Session, message_ids: Collection[int]) -> dict[int, int]:
    """How many copies of each of these posts have left or are leaving."""
    if not message_ids:
        return {}
    left = (Delivery.outgoing_id == Outgoing.id) & (Delivery.due.is_(None) | Delivery.holder.is_not(None))
    query = select(Outgoing.message_id, func.count(Delivery.id), func.max(_cleared())).join(Delivery, left, isouter=True)
    found = db.execute(query.where(Outgoing.message_id.in_(message_ids)).group_by(Outgoing.message_id))
    return {message: copies + cleared for message, copies, cleared in found if copies + cleared}


def stop_letters(db: Session, kind: str, list_id: int, to_key: str, since: datetime, incoming_id: int | None = None) -> bool:
    """Take back the letters of a kind that were written to this address since then (because of one mail); False where one of them has left."""
    mine = [Letter.kind == kind, Letter.list_id == list_id, Letter.to_key == to_key, Letter.created_at >= since]
    mine += [Letter.incoming_id == incoming_id] if incoming_id else []
    db.execute(delete(Letter).where(*mine, Letter.due.is_not(None), Letter.holder.is_(None), Letter.attempts == 0))
    return db.scalar(select(Letter.id).where(*mine).limit(1)) is None
