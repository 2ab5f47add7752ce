"""Who decides on a list, and whether a mail that decides is really theirs (contract section 8)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from listserv.mail import address
from listserv.mail.authentication import Alignment
from listserv.mail.parse import Post
from listserv.store.lists import MailingList
from listserv.store.members import moderators_of
from listserv.store.people import Purpose, Token, User, address_by_key, administrators
from listserv.usecases import outbox, tokens
from listserv.usecases.access import Actor, Door
from listserv.usecases.outbox import Cause

# What a token's detail says. AGAIN: it came with the question whether the decision is really theirs, and a reply from
# the right address is enough. Otherwise, how often that has been asked: once for a decision, and a moderator may have
# a question and a second thought.
AGAIN = "again"
MOST_QUESTIONS = 3


@dataclass(frozen=True, slots=True)
class Decider:
    """Somebody who decides on a list, and where letters reach them."""

    user_id: int
    name: str
    email: str
    language: str


class Proof(StrEnum):
    """Is a decision's sender who the token was sent to?"""

    PROVEN = "proven"
    ASK_BACK = "ask-back"
    SOMEBODY_ELSE = "somebody-else"


def deciders(db: Session, mlist: MailingList) -> list[Decider]:
    """The list's moderators and owners; the site's administrators where a list has none; else the address of `site.owner`.

    Who is known by that address alone is told and cannot decide.
    """
    found = [Decider(m.user_id, m.user.name, m.address.email, m.user.language) for m in moderators_of(db, mlist)]
    if found:
        return found
    found = [Decider(u.id, u.name, u.addresses[0].email, u.language) for u in administrators(db) if u.addresses]
    owner = outbox.settings_of(db).site.owner
    return found or ([Decider(0, "", owner, "")] if owner else [])


def proof(db: Session, token: Token, post: Post, alignment: Alignment) -> Proof:
    """A decision about somebody else needs the token and an aligned sender; a sender that is not known is asked once."""
    owner = _owner(db, token)
    author = address_by_key(db, address.key(post.authors[0].address)) if len(post.authors) == 1 else None
    same = owner is not None and author is not None and author.user_id == owner.id
    if same and (alignment is Alignment.ALIGNED or (token.detail == AGAIN and alignment is not Alignment.FAILED)):
        return Proof.PROVEN
    # The question goes to the moderator's own mailbox, whoever wrote: only the moderator can answer it.
    return Proof.SOMEBODY_ELSE if token.detail == AGAIN else Proof.ASK_BACK


def _owner(db: Session, token: Token) -> User | None:
    place = address_by_key(db, address.key(token.email))
    return place.user if place else None


def actor(db: Session, token: Token) -> Actor:
    """The person whom a token was sent to, acting by mail."""
    owner = _owner(db, token)
    return Actor(Door.MAIL, owner.id if owner else None, proven=True)


def still_decides(db: Session, mlist: MailingList, user_id: int | None) -> bool:
    """A moderator who has left decides nothing any more."""
    return any(decider.user_id == user_id for decider in deciders(db, mlist))


def ask_back(db: Session, mlist: MailingList, token: Token, subject: str, now: datetime, cause: Cause) -> None:
    """Ask the moderator once more, at their own address: the sender of the decision could not be verified.

    A few times for each token, and tokens are only in moderators' mailboxes: so nobody can make us write to them, and
    no daily cap stands between a moderator and the tenth decision of a day.
    """
    asked = len(token.detail)
    if asked >= MOST_QUESTIONS:
        return
    token.detail = "?" * (asked + 1)
    again = tokens.issue(db, token.purpose, token.email, now, mlist=mlist, object_id=token.object_id, detail=AGAIN)
    reply_to = reply_address(db, again)
    language = _language(db, token)
    outbox.write(db, "confirm-decision", token.email, language, now, mlist=mlist, reply_to=reply_to, automatic=False, cause=cause, subject=subject)


def _language(db: Session, token: Token) -> str:
    owner = _owner(db, token)
    return owner.language if owner else ""


def reply_address(db: Session, token: str) -> str:
    """Where an answer with this token goes."""
    from listserv import links

    return links.token_address(outbox.settings_of(db), token)


def tell_others(db: Session, mlist: MailingList, user_id: int | None, now: datetime, *, who: str, what: str, decision: str, words: str = "") -> None:
    """Tell the other moderators what one of them has decided."""
    name = next((d.name or d.email for d in deciders(db, mlist) if d.user_id == user_id), "")
    for other in deciders(db, mlist):
        if other.user_id != user_id:
            outbox.write(
                db,
                "decided",
                other.email,
                other.language,
                now,
                mlist=mlist,
                automatic=False,
                decider=name,
                who=who,
                what=what,
                decision=decision,
                words=words,
            )


def ask_each(db: Session, mlist: MailingList, purpose: Purpose, object_id: int, letter: str, now: datetime, cause: Cause, **facts: Any) -> None:
    """Send every decider a letter of their own, with a token of their own to answer to."""
    for decider in deciders(db, mlist):
        token = tokens.issue(db, purpose, decider.email, now, mlist=mlist, object_id=object_id)
        reply_to = reply_address(db, token)
        outbox.write(db, letter, decider.email, decider.language, now, mlist=mlist, reply_to=reply_to, automatic=False, cause=cause, **facts)
