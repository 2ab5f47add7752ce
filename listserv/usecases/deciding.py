"""Who decides on a list, and whether a mail that decides is really theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from listserv import links
from listserv.mail import address
from listserv.mail.authentication import Alignment
from listserv.mail.parse import Post
from listserv.store import docket
from listserv.store.lists import MailingList
from listserv.store.members import Status, moderators_of
from listserv.store.moderation import Application, Held
from listserv.store.people import Address, Purpose, Token, User, address_by_key, administrators
from listserv.usecases import floods, limits, outbox, tokens
from listserv.usecases.access import Actor, Door
from listserv.usecases.outbox import Cause

# What a token's detail says, in its first line. AGAIN: it came with the question whether the decision is really theirs, and
# a reply from the right address is enough; AGAIN_UNDO: that was COFNIJ. Below it: words kept for this reply.
AGAIN, AGAIN_UNDO = "again", "again undo"
Case = Held | Application
# The letters that put a case before moderators.
ASKED_BY = {Held: "held-moderator", Application: "application-moderator"}
# Such questions about one case to one moderator: somebody who knows the token cannot fill a mailbox, nor use them up for long.
MOST_QUESTIONS, QUESTIONS_WITHIN = 3, timedelta(hours=1)


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
    """The list's moderators and owners; the site's administrators where a list has none, or mail reaches none of them.

    Where the site has none either, the address of `site.owner`: who is known by that alone is told and cannot decide.
    """
    there = moderators_of(db, mlist)
    found = [Decider(m.user_id, m.user.name, m.address.email, m.user.language) for m in there]
    if any(m.status is not Status.BOUNCING for m in there):
        return found
    known = {one.email.lower() for one in found}
    return [*found, *(one for one in site_deciders(db) if one.email.lower() not in known)]


def site_deciders(db: Session) -> list[Decider]:
    """The site's administrators, else the address of `site.owner`."""
    found = [Decider(u.id, u.name, u.addresses[0].email, u.language) for u in administrators(db) if u.addresses]
    owner = outbox.settings_of(db).site.owner
    return found or ([Decider(0, "", owner, "")] if owner else [])


def who_wrote(db: Session, known: Sequence[Decider], sender: str) -> Decider | None:
    """Whichever of these an address belongs to, proven or not."""
    place = address_by_key(db, address.key(sender)) if sender else None
    return next((one for one in known if place and one.user_id == place.user_id), None)


def proof(db: Session, token: Token, post: Post, alignment: Alignment) -> Proof:
    """A decision about somebody else needs the token and an aligned sender; a sender that is not known is asked once."""
    owner = _owner(db, token)
    author = address_by_key(db, address.key(post.authors[0].address)) if len(post.authors) == 1 else None
    same = owner is not None and author is not None and author.user_id == owner.id and _is_proven(author, token)
    if same and (alignment is Alignment.ALIGNED or (is_again(token) and alignment is not Alignment.FAILED)):
        return Proof.PROVEN
    # The question goes to the moderator's own mailbox, whoever wrote: only the moderator can answer it.
    return Proof.SOMEBODY_ELSE if is_again(token) else Proof.ASK_BACK


def is_again(token: Token) -> bool:
    """Did it come with the question whether the decision is really theirs?"""
    return token.detail.partition("\n")[0] in (AGAIN, AGAIN_UNDO)


def asked_to_undo(token: Token) -> bool:
    """Was it COFNIJ that the question was about?"""
    return token.detail.partition("\n")[0] == AGAIN_UNDO


def kept_words(token: Token) -> str:
    """The words that the letter with this token has shown, so that nobody types them twice."""
    return token.detail.partition("\n")[2]


def _is_proven(place: Address, token: Token) -> bool:
    """The address that the token was sent to, or one that its owner has signed in or answered from; not one noted at somebody's word."""
    return place.key == address.key(token.email) or place.verified_at is not None


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


def ask_back(db: Session, mlist: MailingList, token: Token, subject: str, now: datetime, cause: Cause, *, undo: bool = False) -> bool:
    """Ask the moderator once more, at their own address: the sender of the decision could not be verified. `undo`: it was COFNIJ.

    A few times an hour for each token, and tokens are only in moderators' mailboxes: so nobody can make us write to them,
    and no daily cap stands between a moderator and the tenth decision of a day. False where it was not asked any more.
    """
    if not limits.within(db, "asked back", str(token.id), now, QUESTIONS_WITHIN, MOST_QUESTIONS):
        return False
    detail = "\n".join([AGAIN_UNDO if undo else AGAIN, *([kept_words(token)] if kept_words(token) else [])])
    again = tokens.issue(db, token.purpose, token.email, now, mlist=mlist, object_id=token.object_id, detail=detail)
    reply_to = reply_address(db, again)
    language = _language(db, token)
    outbox.write(db, "confirm-decision", token.email, language, now, mlist=mlist, reply_to=reply_to, automatic=False, cause=cause, subject=subject)
    return True


def _language(db: Session, token: Token) -> str:
    owner = _owner(db, token)
    return owner.language if owner else ""


def reply_address(db: Session, token: str) -> str:
    """Where an answer with this token goes."""
    return links.token_address(outbox.settings_of(db), token)


def what(case: Case) -> str:
    """`post` or `application`."""
    return "post" if isinstance(case, Held) else "application"


def who(case: Case) -> str:
    """Whose case it is, by name."""
    return (case.author or case.author_email) if isinstance(case, Held) else (case.name or case.email)


def name_of(user: User | None) -> str:
    """What a person is called in letters; empty for nobody."""
    return (user.name or next((place.email for place in user.addresses), "")) if user else ""


def token_for(db: Session, case: Case, email: str, now: datetime, *, keep: str = "") -> str:
    """A new token for one moderator and this case; `keep`: words that a reply may speak of."""
    purpose = Purpose.DECIDE_HELD if isinstance(case, Held) else Purpose.DECIDE_APPLICATION
    return tokens.issue(db, purpose, email, now, mlist=case.mlist, object_id=case.id, detail=f"\n{keep}" if keep else "")


def tell_others(db: Session, case: Case, letter: str, user_id: int | None, now: datetime, **facts: Any) -> None:
    """Tell the other moderators what one of them, or the author, has done with a case; a reply to that letter may take it back."""
    facts |= {"decider": name_of(db.get(User, user_id)) if user_id else "", "who": who(case), "what": what(case), "subject": case.subject}
    for other in deciders(db, case.mlist):
        if other.user_id != user_id:
            reply_to = reply_address(db, token_for(db, case, other.email, now))
            before = docket.letter_about(db, case, ASKED_BY[type(case)], address.key(other.email))
            outbox.write(db, letter, other.email, other.language, now, mlist=case.mlist, automatic=False, reply_to=reply_to, after=before, **facts)


def ask_each(db: Session, mlist: MailingList, purpose: Purpose, object_id: int, letter: str, now: datetime, cause: Cause, only: str = "", **facts: Any) -> None:
    """Send every decider (or `only` the one at this address) a letter of their own, with a token of their own to answer to.

    In a flood the first few; the rest is told together.
    """
    for decider in deciders(db, mlist):
        if decider.email != only if only else floods.keeps_back(db, mlist, decider.email, purpose, object_id, letter, now):
            continue
        token = tokens.issue(db, purpose, decider.email, now, mlist=mlist, object_id=object_id)
        reply_to = reply_address(db, token)
        outbox.write(db, letter, decider.email, decider.language, now, mlist=mlist, reply_to=reply_to, automatic=False, cause=cause, **facts)
