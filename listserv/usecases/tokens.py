"""Random tokens: issued for one purpose, one person and one object; kept as hashes."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.errors import Expired, NotFound
from listserv.mail import tokens
from listserv.store.lists import MailingList
from listserv.store.people import Purpose, Token, token_by_hash


def issue(
    db: Session,
    purpose: Purpose,
    email: str,
    now: datetime,
    *,
    mlist: MailingList | None = None,
    object_id: int | None = None,
    days: float | None = None,
    detail: str = "",
) -> str:
    """A new token for this person; without `days` it does not expire."""
    token = tokens.new()
    row = Token(hash=tokens.digest(token), purpose=purpose, email=email, object_id=object_id, detail=detail, created_at=now)
    row.list_id = mlist.id if mlist else None
    row.expires_at = now + timedelta(days=days) if days is not None else None
    db.add(row)
    return token


def look_up(db: Session, token: str, now: datetime) -> Token:
    """The token's row. Raises NotFound for one that never was ours, Expired for one that is spent or too old."""
    row = token_by_hash(db, tokens.digest(token))
    if row is None:
        raise NotFound("there is no such token")
    if row.spent_at is not None or (row.expires_at is not None and row.expires_at < now):
        raise Expired("this address was good once", purpose=row.purpose)
    return row


def known(db: Session, token: str) -> Token | None:
    """The token's row, spent or not: whose it was."""
    return token_by_hash(db, tokens.digest(token)) if tokens.looks_right(token) else None


def spend(db: Session, row: Token, now: datetime) -> None:
    """Use a token up."""
    row.spent_at = now
