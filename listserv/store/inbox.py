"""Mails that wait to be worked on."""

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from listserv.store.lists import MailingList
from listserv.store.queue import Incoming, State
from listserv.store.session import look

# What has become of a mail that needs no second look under another address.
DONE = (State.POSTED, State.HELD, State.DRAFT, State.ANSWERED)


def claim(db: Session, now: int, until: int, limit: int, holder: int) -> Sequence[Incoming]:
    """Take up to `limit` mails that are due (milliseconds since the epoch), oldest first, and hold them until then."""
    # PostgreSQL: other workers pass over what this one has taken. SQLite drops the clause; it lets one write at a time.
    due = select(Incoming.id, Incoming.attempts).where(Incoming.due <= now).order_by(Incoming.due, Incoming.id).limit(limit)
    ids = _together([(id, attempts) for id, attempts in db.execute(due.with_for_update(skip_locked=True))])
    if not ids:
        return ()
    mine = update(Incoming).where(Incoming.id.in_(ids)).values(due=until, holder=holder, attempts=Incoming.attempts + 1)
    db.execute(mine.execution_options(synchronize_session=False))
    rows = select(Incoming).where(Incoming.id.in_(ids)).order_by(Incoming.id)
    return db.scalars(rows.execution_options(populate_existing=True)).all()


def _together(found: Sequence[tuple[int, int]]) -> list[int]:
    """Of these (id, attempts) the first that are read together.

    One of which an attempt has ended badly is taken alone: if it ends its worker again, no other mail was in hand and counts that.
    """
    fresh = [id for id, _ in takewhile(lambda row: not row[1], found)]
    return fresh or [id for id, _ in found[:1]]


def give_back(db: Session, holder: int, now: int) -> int:
    """What this worker has claimed is as if it never had; how many mails that was."""
    mine = update(Incoming).where(Incoming.holder == holder, Incoming.due > now).values(due=now, holder=None, attempts=Incoming.attempts - 1)
    return int(db.execute(mine.execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]


UNDERSTOOD = update(Incoming).where(Incoming.id == bindparam("number")).values(list_id=bindparam("list"), echo=bindparam("said"))


def understood(db: Session, mail: Incoming, mlist: MailingList | None, echo: bytes | None) -> None:
    """Which list a mail is for, and what it says (`mail.echo`): written down at once, so that no flush for the next question has to."""
    list_id = mlist.id if mlist else None
    db.connection().execute(UNDERSTOOD, {"number": mail.id, "list": list_id, "said": echo})
    set_committed_value(mail, "list_id", list_id)
    set_committed_value(mail, "echo", echo)


def came_before(db: Session, mail: Incoming, since: datetime) -> bool:
    """Have these very bytes come since then from the same sender to the same address, and reached their state?"""
    same = Incoming.raw_id == mail.raw_id, Incoming.rcpt == mail.rcpt, Incoming.mail_from == mail.mail_from
    finished = Incoming.due.is_(None), Incoming.state != State.SHUNTED, Incoming.id != mail.id, Incoming.received_at >= since
    return db.scalar(select(Incoming.id).where(*same, *finished).limit(1)) is not None


SAME = Incoming.message_id == bindparam("message"), Incoming.list_id == bindparam("list"), Incoming.id < bindparam("before")
EARLIER = select(Incoming.id).where(*SAME, Incoming.state.in_(DONE)).order_by(Incoming.id).limit(1)


def earlier_of(db: Session, list_id: int, mail: Incoming) -> Incoming | None:
    """The same mail, where it has come for this list before, at another of its addresses."""
    found = look(db, EARLIER, {"message": mail.message_id, "list": list_id, "before": mail.id}).first() if mail.message_id else None
    return db.get(Incoming, found[0]) if found else None
