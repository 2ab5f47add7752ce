"""Single letters on their way: taken up, and what became of each."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlalchemy.orm import Session

from listserv import tally
from listserv.store import deliveries, outbox, tools
from listserv.store.queue import Letter, keep_raw
from listserv.usecases import delivery, digestletters, letterfailures

log = structlog.get_logger()

# Letters that hold other people's mails, or all that is kept about somebody: not kept a second time once they have left.
NOT_KEPT = frozenset({"copy", "my-data", "answers"})
GONE = b"Subject: -\r\n\r\nThis letter has left. What it held is not kept a second time.\r\n"


class LetterToSend(NamedTuple):
    """A claimed letter."""

    id: int
    kind: str
    sender: str
    recipient: str
    raw: bytes


def take_letters(db: Session, holder: int, now: datetime, limit: int) -> list[LetterToSend]:
    """Take letters that are due, oldest first."""
    rows = outbox.claim(db, holder, deliveries.milliseconds(now), deliveries.milliseconds(now + delivery.LEASE), limit)
    made, unmade = _finished(db, rows, now)
    for row in rows:
        if row.id not in made and row.id not in unmade:
            row.due, row.holder, row.answer = None, None, "taken back: its reader is gone"
    return [LetterToSend(row.id, row.kind, row.mail_from, row.to, made[row.id]) for row in rows if row.id in made]


def _finished(db: Session, rows: Sequence[Letter], now: datetime) -> tuple[Mapping[int, bytes], set[int]]:
    """The bytes of letters by their ids, and those that cannot be made: they stop nobody, are tried again, and say so."""
    try:
        return digestletters.all_finished(db, rows), set()
    except Exception:
        log.exception("letters could not be made together")
    made, unmade = dict[int, bytes](), set[int]()
    for row in rows:
        try:
            made |= digestletters.all_finished(db, [row])
        except Exception as wrong:
            log.exception("a letter could not be made", letter=row.id, kind=row.kind)
            wait = delivery.retry_after(row.attempts)
            row.due, row.holder, row.tried_at = deliveries.milliseconds(now + wait) if wait else None, None, now
            row.code, row.answer = 451, f"4.3.0 this letter could not be made: {wrong!r}"[:500]
            unmade.add(row.id)
    return made, unmade


def record_letter(db: Session, letter_id: int, answer: delivery.Answer | None, now: datetime, holder: int | None = None) -> None:
    """Write down what became of a letter; without an answer it was never tried.

    One that another than `holder` has by now is theirs to tell of, unless it is sent.
    """
    row = db.get(Letter, letter_id, with_for_update=True)
    if row is None or (holder is not None and row.holder != holder and not (answer and answer.sent)):
        return
    row.holder = None
    if answer is None or not delivery.is_attempt(answer, row.created_at, now):
        row.due, row.attempts = deliveries.milliseconds(now + timedelta(seconds=answer.wait if answer else 0)), row.attempts - 1
        return
    row.code, row.answer, row.tried_at = answer.code, answer.text, now
    if answer.sent:
        tally.note(db.info, "letter")
    wait = None if answer.sent else delivery.wait_after(answer, row.attempts)
    row.due = deliveries.milliseconds(now + wait) if wait else None
    if row.due is None and not answer.sent:
        status = answer.status if answer.permanent else delivery.EXPIRED
        letterfailures.refused(db, row, delivery.Failure(status, answer.text), now, blame=delivery.speaks_of_recipient(answer))
    if row.due is None and row.kind in NOT_KEPT:
        used, row.raw_id = row.raw_id, keep_raw(db, GONE).id
        tools.destroy_unused(db, [used])
