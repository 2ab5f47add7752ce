"""The journal: who did what, when, through which door."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from listserv.store.lists import MailingList
from listserv.store.moderation import Journal
from listserv.usecases import happenings
from listserv.usecases.access import Actor


def note(db: Session, actor: Actor, what: str, *, mlist: MailingList | None, now: datetime, about: Any = None, detail: str = "") -> Journal:
    """Write down one thing done; `about` is the row it was done to."""
    row = Journal(at=now, user_id=actor.user_id, door=actor.door, what=what, detail=detail)
    row.list_id = mlist.id if mlist else None
    if about is not None:
        row.about, row.about_id = about.__tablename__, about.id
    db.add(row)
    happenings.noted(db, what, row.list_id, row.about_id, now)
    return row
