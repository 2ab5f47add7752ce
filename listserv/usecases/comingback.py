"""The way back for somebody who has just left and writes to the list's machine, and not in answer to the goodbye."""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv.mail import address
from listserv.store.bans import bars
from listserv.store.lists import MailingList
from listserv.store.people import Purpose, Token, latest_token
from listserv.store.queue import State
from listserv.usecases import parting, tokens
from listserv.usecases.arrivals import Letter, Outcome

DAY_SECONDS = 86_400


def way_back(db: Session, mlist: MailingList, email: str, now: datetime) -> Token | None:
    """The goodbye's token, while it is good; None for who has not left, or may not come back so."""
    row = latest_token(db, Purpose.COME_BACK, mlist.id, email, now)
    return None if row is None or mlist.closed_at or bars(db, mlist, [address.key(email)]) else row


def another(db: Session, mlist: MailingList, row: Token, now: datetime) -> str:
    """A token as good as the goodbye's, and for as long: of that one only a hash is kept."""
    left = (row.expires_at - now).total_seconds() / DAY_SECONDS if row.expires_at else parting.WAY_BACK_DAYS
    return tokens.issue(db, Purpose.COME_BACK, row.email, now, mlist=mlist, days=left, detail=row.detail)


def take(db: Session, mlist: MailingList, row: Token, letter: Letter, now: datetime) -> Outcome:
    """WRACAM, from the address that has left: on the list again, as before."""
    parting.come_back(db, mlist, row, now)
    return Outcome(State.ANSWERED, ("came-back",))
