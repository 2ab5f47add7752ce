"""What asks for no name and cannot be passed on: whoever wrote it hears why, and nobody else hears of it."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from listserv.mail import address, language
from listserv.mail.authentication import Alignment
from listserv.mail.parse import Post
from listserv.mail.spam import Spam
from listserv.store.bans import bars
from listserv.store.lists import Kind, MailingList
from listserv.store.members import Member
from listserv.store.queue import State
from listserv.usecases import outbox, unlinking
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.drafts import LONGEST_SHOWN
from listserv.usecases.outbox import Cause
from listserv.usecases.unlinking import REFUSED


def unknown(db: Session, mlist: MailingList, letter: Letter, post: Post, now: datetime) -> Outcome | None:
    """From an address that is not on the list nothing is asked without a name, and nothing that may ask for that is shown with one.

    A shy person may have written from a private address: neither the moderators nor anybody else hear of it.
    """
    author = post.authors[0].address
    if letter.spam is not Spam.NO or mlist.closed_at or mlist.kind is Kind.NEWSLETTER or bars(db, mlist, [address.key(author)]):
        return None  # nobody gets these anyhow
    proven = letter.alignment is Alignment.ALIGNED
    # Somebody else's words do not go to an address that may not have written them.
    facts: dict[str, Any] = {"why": "unknown", "text": post.text[:LONGEST_SHOWN] if proven else ""}
    told = outbox.write(db, REFUSED, author, language.guess(post.text) or mlist.language, now, mlist=mlist, cause=letter.cause, **facts)
    if told:
        unlinking.empty(db, letter.incoming, mlist)
    return Outcome(State.REFUSED, ("unnamed", "unknown"))


def unproven(db: Session, member: Member, letter: Letter, post: Post, now: datetime) -> Outcome:
    """What may ask for no name, and may be forged: the member alone hears of it."""
    outcome = refuse(db, member, post.text[:LONGEST_SHOWN], letter.alignment, "unproven", now)
    unlinking.empty(db, letter.incoming, member.mlist)
    return outcome


def refuse(db: Session, member: Member, words: str, alignment: Alignment, why: str, now: datetime) -> Outcome:
    """Where nothing is passed on, the member hears why: their name is not given away because a server could not verify it."""
    outbox.to_member(db, REFUSED, member, now, mlist=member.mlist, cause=Cause(proven=alignment is Alignment.ALIGNED), why=why, text=words)
    return Outcome(State.REFUSED, ("unnamed", why))
