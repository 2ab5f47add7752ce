"""A request that may come again: its answer is kept under the key that came with it, in the transaction that did the thing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.errors import Refusal
from listserv.store import apitokens as rows
from listserv.store.apitokens import ApiAnswer
from listserv.usecases.apitokens import Caller

# How long an answer is kept: a program that has heard nothing for a day does not know itself what it wanted.
KEPT = timedelta(hours=24)
LONGEST_KEY = 200


class KeyReused(Refusal):
    """The key came with another request before."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said: the status, the headers (one a line) and the body."""

    status: int
    headers: str
    body: str


def begin(db: Session, who: Caller, key: str, digest: bytes, now: datetime) -> ApiAnswer:
    """The row of this request: with a status where it was answered before. Raises KeyReused.

    Two at once: on PostgreSQL the second waits at its insert for the first, fails on the unique key, and is begun again by the door.
    """
    known = rows.answer_to(db, who.token_id, key)
    if known and known.created_at < now - KEPT:
        db.delete(known)
        db.flush()
        known = None
    if known is None:
        known = ApiAnswer(token_id=who.token_id, user_id=who.user_id, key=key, digest=digest, status=0, created_at=now)
        db.add(known)
        db.flush()
    if known.digest != digest:
        raise KeyReused("this key came with another request")
    return known


def keep(db: Session, row: ApiAnswer, answer: Answer) -> None:
    """This is what was answered."""
    row.status, row.headers, row.body = answer.status, answer.headers, answer.body


def forget(db: Session, now: datetime, limit: int) -> int:
    """Answers that nobody asks for again; how many went."""
    return rows.forget_answers(db, now - KEPT, limit)
