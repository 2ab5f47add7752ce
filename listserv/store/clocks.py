"""Rows that wait for a moment which the clock has named wrongly."""

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from listserv.store.queue import Delivery, Incoming, Letter, Outgoing
from listserv.store.search import FileText
from listserv.store.webhooks import Webhook, WebhookDelivery
from listserv.store.workers import BY_HAND

# Webhooks are tried for three days, the last time a day after the time before; in milliseconds.
TWO_DAYS = 172_800_000


def due_at_once(db: Session, now: int, latest: int) -> int:
    """What is due later than that, in nobody's hands, is due now (milliseconds since the epoch); how many rows that was.

    Left alone are the copies of an issue that goes out at each reader's hour, and has not been tried: these hours were named by a person.
    """
    by_hour = select(Outgoing.id).where(Outgoing.clock != "")
    count = 0
    for table in (Incoming, Letter, Delivery):
        wrong = update(table).where(table.due > latest, or_(table.holder.is_(None), table.holder == BY_HAND))
        if table is Delivery:
            wrong = wrong.where(or_(Delivery.attempts > 0, Delivery.outgoing_id.not_in(by_hour)))
        done = db.execute(wrong.values(due=now, holder=None).execution_options(synchronize_session=False))
        count += done.rowcount  # type: ignore[attr-defined]
    for model in (Webhook, WebhookDelivery):
        far = update(model).where(model.due > latest + TWO_DAYS).values(due=now)
        count += int(db.execute(far.execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]
    files = update(FileText).where(FileText.due > latest).values(due=now).execution_options(synchronize_session=False)
    return count + int(db.execute(files).rowcount)  # type: ignore[attr-defined]
