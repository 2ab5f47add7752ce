"""Another address to use for a list, by mail: one of somebody's own at once, a new one when its mailbox has said yes."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from listserv.errors import Invalid
from listserv.mail import address, commands
from listserv.mail.commands import Answer
from listserv.store.members import Member
from listserv.store.people import Address, Purpose, Token, address_by_key
from listserv.store.queue import State
from listserv.usecases import bouncing, deciding, limits, myaddresses, outbox, tokens
from listserv.usecases.administration import checked_email
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.journal import note
from listserv.usecases.outbox import Cause
from listserv.usecases.steering import actor_of

DAYS = 7


def use(db: Session, member: Member, given: str, cause: Cause, now: datetime) -> dict[str, Any]:
    """Use this address for the list; the facts of the letter that says what became of it. Says nothing of whether anybody else has it."""
    try:
        email = checked_email(given)
    except Invalid:
        return {"address_state": "bad", "new_address": given}
    own = next((place for place in member.user.addresses if place.key == address.key(email)), None)
    if own and own.verified_at:
        _switch(db, member, own, now)
        return {"address_state": "changed", "new_address": own.email}
    if len(member.user.addresses) >= myaddresses.MOST_ADDRESSES:
        return {"address_state": "many", "new_address": email}
    return {"address_state": "asked" if _ask(db, member, email, cause, now) else "later", "new_address": email}


def _switch(db: Session, member: Member, place: Address, now: datetime) -> None:
    member.address = place
    db.flush()
    bouncing.moved(db, member, now)
    note(db, actor_of(member), "member-address", mlist=member.mlist, now=now, about=member)


def _ask(db: Session, member: Member, email: str, cause: Cause, now: datetime) -> bool:
    """Ask the new address; whoever's mailbox it is has not asked for the letter."""
    if not limits.within(db, "prove", str(member.user_id), now, timedelta(hours=1), myaddresses.PROOFS):
        return False
    token = tokens.issue(db, Purpose.SWITCH_ADDRESS, email, now, mlist=member.mlist, object_id=member.id, days=DAYS)
    reply_to = deciding.reply_address(db, token)
    unproven = Cause(cause.incoming, proven=False)
    facts: dict[str, Any] = {"member_address": _masked(member.address.email), "days": DAYS}
    told = outbox.write(db, "address-switch", email, member.user.language, now, mlist=member.mlist, reply_to=reply_to, cause=unproven, **facts)
    return told is not None


def _masked(email: str) -> str:
    """Enough for its owner to know it by; nobody's words reach a stranger this way."""
    local, domain = address.split(email)
    return f"{local[:1]}…@{domain}"


def answered(db: Session, token: Token, letter: Letter, now: datetime) -> tuple[Member | None, Outcome]:
    """The new address's mailbox says yes, in so many words, and mail goes there from now on; or no. The member where it does."""
    said = commands.decision(letter.post.reply).answer
    if commands.is_absent(letter.post.reply):
        return None, NOBODY_ANSWERS_MACHINES
    member = db.get(Member, token.object_id)
    if member is None or said is Answer.NO:
        tokens.spend(db, token, now)
        return None, Outcome(State.ANSWERED, ("declined",))
    if said is not Answer.YES:
        return None, Outcome(State.ANSWERED, ("not-understood",))
    tokens.spend(db, token, now)
    place = _own(db, member, token.email, now)
    if place is None:
        # Another person's here: their lists would change hands. They hear it, and nobody else.
        outbox.write(db, "address-taken", token.email, member.user.language, now, mlist=member.mlist, cause=Cause(letter.incoming, proven=True))
        return None, Outcome(State.ANSWERED, ("taken",))
    _switch(db, member, place, now)
    return member, Outcome(State.ANSWERED, ("switched",))


def disowned(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """A reply to the letter that tells of a new address: a plain no takes it away again; everything else changes nothing."""
    if commands.is_absent(letter.post.reply):
        return NOBODY_ANSWERS_MACHINES
    said = commands.decision(letter.post.reply).answer
    if said not in (Answer.NO, Answer.UNDO) and not commands.begins_with_no(letter.post.reply):
        return Outcome(State.ANSWERED, ("thanks",))
    return Outcome(State.ANSWERED, ("disowned",) if myaddresses.disown(db, token, now) else ("gone",))


def _own(db: Session, member: Member, email: str, now: datetime) -> Address | None:
    """The address as the member's own from now on; their other addresses are told."""
    known = address_by_key(db, address.key(email))
    if known and known.user_id != member.user_id:
        return None
    others = [place.email for place in member.user.addresses if place.verified_at and place is not known]
    if known is None:
        known = Address(user=member.user, email=email, key=address.key(email))
        db.add(known)
    known.verified_at = known.verified_at or now
    db.flush()
    note(db, actor_of(member), "address-proven", mlist=None, now=now, about=known)
    myaddresses.tell_added(db, member.user, others, known, now)
    return known
