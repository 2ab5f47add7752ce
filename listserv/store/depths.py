"""How much waits, and since when: asked by index alone, however much there is of what is done."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from listserv import tally
from listserv.store.counters import Saying
from listserv.store.queue import Delivery, Incoming, Letter, Outgoing, State


class Depth(NamedTuple):
    """What waits of one kind: how many, the moment that the first in line came, and since when it should have been done (milliseconds)."""

    number: int
    since: datetime | None
    due: int | None


NOTHING = Depth(0, None, None)


def incoming(db: Session) -> Depth:
    """Mails to work on."""
    return _depth(db, Incoming.due, select(Incoming.received_at, Incoming.due).where(Incoming.due.is_not(None)).order_by(Incoming.due))


def deliveries(db: Session) -> Depth:
    """Copies to send, of those that have a row."""
    first = select(Outgoing.created_at, Delivery.due).join(Outgoing, Outgoing.id == Delivery.outgoing_id, isouter=True)
    return _depth(db, Delivery.due, first.where(Delivery.due.is_not(None)).order_by(Delivery.due))


def letters(db: Session) -> Depth:
    """Letters of our own to send."""
    return _depth(db, Letter.due, select(Letter.created_at, Letter.due).where(Letter.due.is_not(None)).order_by(Letter.due))


def posts(db: Session) -> Depth:
    """Posts of which not all copies have a row yet."""
    return _depth(db, Outgoing.upto, select(Outgoing.created_at, Outgoing.upto).where(Outgoing.upto.is_not(None)).order_by(Outgoing.upto))._replace(due=None)


def shunted(db: Session) -> Depth:
    """Mails set aside."""
    count, since = db.execute(select(func.count(), func.min(Incoming.done_at)).where(Incoming.state == State.SHUNTED)).one()
    return Depth(count, since, None)


def _depth(db: Session, column: Any, first: Select[Any, Any]) -> Depth:
    head = db.execute(first.limit(1)).first()
    if head is None:
        return NOTHING
    count = db.scalar(select(func.count()).where(column.is_not(None))) or 0
    return Depth(count, head[0], head[1])


def last_success(db: Session) -> datetime | None:
    """When the relay last took a copy or a letter."""
    last = db.scalar(select(func.max(Saying.words)).where(Saying.name == tally.LAST_TAKEN))
    return datetime.fromtimestamp(int(last), UTC) if last else None
