"""The letter with all the addresses and words that work; an answer to it comes back to the list's machine."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.people import Purpose, Token
from listserv.usecases import comingback, deciding, outbox, tokens
from listserv.usecases.outbox import Cause


def facts(mlist: MailingList, *, known: bool, joins: bool = False) -> dict[str, Any]:
    """What the letter needs to know. `joins`: somebody on the list has asked to be put on it."""
    return {"known": known, "joins": joins, "back_until": None, "topics": [topic.title for topic in mlist.topics]}


def to_member(db: Session, member: Member, cause: Cause, now: datetime, *, tongue: str = "", joins: bool = False) -> None:
    """To somebody on the list, at their own address."""
    mlist = member.mlist
    token = tokens.issue(db, Purpose.SETTINGS, member.address.email, now, mlist=mlist, object_id=member.id)
    told, language = facts(mlist, known=True, joins=joins), tongue or member.user.language
    outbox.write(db, "help", member.address.email, language, now, mlist=mlist, reply_to=deciding.reply_address(db, token), cause=cause, **told)


def to_stranger(db: Session, mlist: MailingList, email: str, tongue: str, cause: Cause, now: datetime, *, back: Token | None = None) -> None:
    """To who is not on the list; `back` is the way back for who has just left."""
    reply_to = deciding.reply_address(db, comingback.another(db, mlist, back, now)) if back else ""
    told = {**facts(mlist, known=False), "back_until": back.expires_at if back else None}
    outbox.write(db, "help", email, tongue, now, mlist=mlist, reply_to=reply_to, cause=cause, **told)
