"""What waits on a whole site, a page at a time and by index alone: each page begins behind the last row of the one before."""

import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select, tuple_, update
from sqlalchemy.orm import Session

from listserv.store.archive import Message
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.people import Address
from listserv.store.queue import Delivery, Incoming, Letter, Outgoing, Raw, State
from listserv.store.stretch import first_since

# The place of a row in its queue: when it is due (milliseconds), and its number.
Place = tuple[int, int]
# Of each end of the queue of copies, so many are looked at to see which domains wait: those that were put off stand at its end.
LOOKED_AT = 2_000
# Mails that are counted by state: nobody waits for a count of millions.
MOST_COUNTED = 20_000


def _behind(query: Any, model: Any, after: Place | None, limit: int) -> Any:
    waits = query.where(model.due.is_not(None)).order_by(model.due, model.id).limit(limit)
    return waits.where(model.due >= after[0], tuple_(model.due, model.id) > tuple_(literal(after[0]), literal(after[1]))) if after else waits


def incoming(db: Session, limit: int, after: Place | None = None) -> Sequence[Any]:
    """Mails to work on, in the order in which they are due."""
    said = select(Incoming.id, Incoming.rcpt, Incoming.message_id, Incoming.received_at.label("since"), Incoming.due, Incoming.attempts, Incoming.trouble)
    return db.execute(_behind(said, Incoming, after, limit)).all()


def letters(db: Session, limit: int, after: Place | None = None) -> Sequence[Any]:
    """Letters of our own to send, in the order in which they are due."""
    said = select(Letter.id, Letter.kind, Letter.to, Letter.message_id, Letter.created_at.label("since"), Letter.due, Letter.attempts, Letter.answer)
    return db.execute(_behind(said, Letter, after, limit)).all()


def deliveries(db: Session, limit: int, after: Place | None = None) -> Sequence[Any]:
    """Copies to send, in the order in which they are due."""
    said = select(Delivery.id, Address.email, MailingList.name.label("mlist"), Message.message_id, Outgoing.created_at.label("since"))
    said = said.add_columns(Delivery.due, Delivery.attempts, Delivery.answer, Delivery.outgoing_id)
    said = said.outerjoin(Member, Member.id == Delivery.member_id).outerjoin(Address, Address.id == Member.address_id)
    said = said.outerjoin(Outgoing, Outgoing.id == Delivery.outgoing_id).outerjoin(Message, Message.id == Outgoing.message_id)
    return db.execute(_behind(said.outerjoin(MailingList, MailingList.id == Outgoing.list_id), Delivery, after, limit)).all()


def shunted(db: Session, limit: int, after: tuple[datetime, int] | None = None) -> Sequence[Any]:
    """Mails set aside, the latest first."""
    said = select(Incoming.id, Incoming.rcpt, Incoming.message_id, Incoming.received_at, Incoming.done_at, Incoming.attempts, Incoming.trouble)
    aside = said.where(Incoming.state == State.SHUNTED).order_by(Incoming.done_at.desc(), Incoming.id.desc()).limit(limit)
    if after:
        aside = aside.where(Incoming.done_at <= after[0], ~((Incoming.done_at == after[0]) & (Incoming.id >= after[1])))
    return db.execute(aside).all()


def posts(db: Session, limit: int) -> Sequence[Any]:
    """Posts of which copies are to be made still, or wait at one of the ends of the queue; with the relay's last words about one of them."""
    words: dict[int, str] = {}
    for row in waiting_copies(db):
        words[row.outgoing_id] = row.answer or words.get(row.outgoing_id, "")
    ids = sorted({*db.scalars(select(Outgoing.id).where(Outgoing.upto.is_not(None))), *words})[:limit]
    said = select(Outgoing.id, Outgoing.created_at.label("since"), MailingList.name.label("mlist"), Message.message_id, Message.subject)
    said = said.join(MailingList, MailingList.id == Outgoing.list_id).join(Message, Message.id == Outgoing.message_id)
    found = db.execute(said.where(Outgoing.id.in_(ids)).order_by(Outgoing.id)).all() if ids else ()
    return [(row, words.get(row.id, "")) for row in found]


def waiting_copies(db: Session) -> Sequence[Any]:
    """(address, due, attempts, answer, at, post) of copies at both ends of the queue."""
    said = select(Address.key, Delivery.due, Delivery.attempts, Delivery.answer, Delivery.at, Delivery.id, Delivery.outgoing_id)
    said = said.outerjoin(Member, Member.id == Delivery.member_id).outerjoin(Address, Address.id == Member.address_id).where(Delivery.due.is_not(None))
    first = db.execute(said.order_by(Delivery.due).limit(LOOKED_AT)).all()
    if len(first) < LOOKED_AT:
        return first
    last = db.execute(said.order_by(Delivery.due.desc()).limit(LOOKED_AT)).all()
    return list({row.id: row for row in (*first, *last)}.values())


def by_state(db: Session, since: datetime) -> dict[str, int]:
    """What has become of the mails that came since then; of the latest ones, where they are very many."""
    first = first_since(db, Incoming.id, Incoming.received_at, since)
    latest = select(Incoming.state).where(Incoming.id >= first).order_by(Incoming.id.desc()).limit(MOST_COUNTED).subquery()
    return {str(state): number for state, number in db.execute(select(latest.c.state, func.count()).group_by(latest.c.state))}


def beginning(db: Session, raw_id: int, octets: int) -> tuple[bytes, int]:
    """The beginning of a kept mail, and how large the whole is: no more is unpacked than is shown."""
    size, packed = db.execute(select(Raw.size, Raw.packed).where(Raw.id == raw_id)).one()
    return zlib.decompressobj().decompress(packed, octets), int(size)


def hurry_copies(db: Session, outgoing_id: int, now: int) -> int:
    """The copies of a post that wait for a later time, and that nobody holds, are due now; how many that were."""
    mine = update(Delivery).where(Delivery.outgoing_id == outgoing_id, Delivery.due > now, Delivery.holder.is_(None))
    return int(db.execute(mine.values(due=now), execution_options={"synchronize_session": False}).rowcount)  # type: ignore[attr-defined]
