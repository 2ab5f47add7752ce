"""What webhooks are told of: put down in the very transaction in which it happens, so that nothing is lost and nothing told that was taken back."""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv import jobs
from listserv.store import webhooks as rows
from listserv.store.deliveries import milliseconds
from listserv.store.webhooks import Event

# Words of the journal that are told.
NOTED = {"held": Event.HELD, "member-added": Event.JOINED, "member-removed": Event.LEFT}
LANE = "webhooks"
# Where a session remembers who listens: hundreds may be added in one.
KEPT = "listening"


def happened(db: Session, event: Event, list_id: int, about_id: int, now: datetime, *, detail: str = "") -> None:
    """Tell every webhook that wants to hear of it, as soon as this transaction is through."""
    known = db.info.get(KEPT)
    if known is None:
        known = db.info[KEPT] = [(id, where, frozenset(events.split())) for id, where, events in rows.listening(db)]
    hooks = [id for id, where, events in known if where in (None, list_id) and event in events]
    if hooks:
        same = {"event": event, "list_id": list_id, "about_id": about_id, "detail": detail[:64], "at": now, "due": milliseconds(now)}
        rows.tell(db, [{"webhook_id": id, **same} for id in hooks])
        jobs.enqueue(db, LANE)


def noted(db: Session, what: str, list_id: int | None, about_id: int | None, now: datetime) -> None:
    """The same for what stands in the journal."""
    event = NOTED.get(what)
    if event and list_id and about_id:
        happened(db, event, list_id, about_id, now)
