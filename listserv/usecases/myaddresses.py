"""The addresses that a person has here: another one proven, one given up, and each of them told of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import Conflict, Invalid, NotFound, TooMany
from listserv.i18n import N_
from listserv.mail import address
from listserv.store.members import memberships
from listserv.store.people import Address, Purpose, Token, User, address_by_key, open_tokens
from listserv.usecases import bouncing, deciding, limits, outbox, tokens
from listserv.usecases.access import Actor, Door
from listserv.usecases.administration import checked_email
from listserv.usecases.journal import note
from listserv.usecases.signin import Person

PROVE_HOURS = 24
MOST_ADDRESSES = 10
# Letters that prove an address, asked for in an hour.
PROOFS = 5
# So long a new address can be taken away again by one word.
DISOWN_DAYS = 60


def add_address(db: Session, person: Person, given: str, now: datetime) -> str:
    """Send a link to one more address of this person; the address as it is written. Says nothing of whether anybody has it.

    Raises Invalid for what is none, Conflict for one that is proven already, TooMany.
    """
    user = db.get_one(User, person.user_id)
    try:
        email = checked_email(given)
    except Invalid:
        raise Invalid(N_("This does not look like an e-mail address. Please check it.")) from None
    known = next((place for place in user.addresses if place.key == address.key(email)), None)
    if known and known.verified_at:
        raise Conflict(N_("This address is yours already."))
    if len(user.addresses) >= MOST_ADDRESSES:
        raise Invalid(N_("Ten addresses are the most. Please remove one first."))
    if not limits.within(db, "prove", str(user.id), now, timedelta(hours=1), PROOFS):
        raise TooMany(N_("Many letters were asked for within the hour. It will work again later."))
    _ask_for_proof(db, user, email, now)
    return email


def pending_addresses(db: Session, user: User, now: datetime) -> list[str]:
    """Addresses that this person has asked to prove, and has not yet, while the link works."""
    mine = {place.key for place in user.addresses}
    asked = open_tokens(db, Purpose.PROVE_ADDRESS, user.id, now)
    return list({address.key(row.email): row.email for row in asked if address.key(row.email) not in mine}.values())


def _ask_for_proof(db: Session, user: User, email: str, now: datetime) -> None:
    # Nobody proven: whoever's mailbox this is has not asked for the letter.
    if not outbox.may_write(db, "address-prove", email, now, proven=False):
        return
    token = tokens.issue(db, Purpose.PROVE_ADDRESS, email, now, object_id=user.id, days=PROVE_HOURS / 24)
    url = links.prove_url(outbox.settings_of(db), token)
    outbox.write(db, "address-prove", email, user.language, now, cause=outbox.Cause(), link=url)


def proof(db: Session, token: str, person: Person | None, now: datetime) -> Token:
    """The row of a link that proves an address. Raises NotFound or Expired; and NotFound for everybody but who asked for it.

    A link that somebody else opens must not give their mailbox to whoever asked.
    """
    row = tokens.look_up(db, token, now)
    if row.purpose is not Purpose.PROVE_ADDRESS or person is None or row.object_id != person.user_id:
        raise NotFound("there is no such link")
    return row


def prove(db: Session, token: str, person: Person, now: datetime) -> Address:
    """The address is this person's from now on; their other addresses are told. Raises Conflict where it is another person's."""
    row = proof(db, token, person, now)
    user = db.get_one(User, person.user_id)
    known = address_by_key(db, address.key(row.email))
    if known and known.user_id != user.id:
        raise Conflict(N_("This address belongs to another person here, with lists of its own. Please sign in with it and leave those lists first."))
    tokens.spend(db, row, now)
    others = [place.email for place in user.addresses if place.verified_at and place is not known]
    if known is None:
        known = Address(user=user, email=row.email, key=address.key(row.email))
        db.add(known)
    known.verified_at = known.verified_at or now
    db.flush()
    note(db, person.actor, "address-proven", mlist=None, now=now, about=known)
    tell_added(db, user, others, known, now)
    return known


def remove_address(db: Session, person: Person, address_id: int, now: datetime) -> None:
    """Give an address up; it and the others are told. Raises Conflict for one that is still needed."""
    user = db.get_one(User, person.user_id)
    place = next((one for one in user.addresses if one.id == address_id), None)
    if place is None:
        raise NotFound("there is no such address")
    if not any(one.verified_at for one in user.addresses if one is not place):
        raise Conflict(N_("This is your only address here: without it there is no way in."))
    if any(member.address_id == place.id for member in memberships(db, user.id)):
        raise Conflict(N_("A list writes to this address. Please choose another one for it first."))
    note(db, person.actor, "address-removed", mlist=None, now=now, about=place)
    told = [one.email for one in user.addresses if one.verified_at]
    tell(db, user, told, "address-removed", now, email=place.email)
    db.delete(place)
    db.flush()
    db.refresh(user, ["addresses"])


def tell(db: Session, user: User, emails: Sequence[str], letter: str, now: datetime, **facts: Any) -> None:
    """A letter to each of a person's addresses: what somebody else might have done must not stay unseen."""
    for email in emails:
        outbox.write(db, letter, email, user.language, now, automatic=False, **facts)


def tell_added(db: Session, user: User, emails: Sequence[str], added: Address, now: datetime) -> None:
    """Each of a person's other addresses hears of a new one, and takes it away again by one word."""
    for email in emails:
        token = tokens.issue(db, Purpose.DISOWN_ADDRESS, email, now, object_id=added.id, days=DISOWN_DAYS)
        tell(db, user, [email], "address-added", now, email=added.email, reply_to=deciding.reply_address(db, token))


def disown(db: Session, token: Token, now: datetime) -> bool:
    """“That was not me”: the new address is no longer this person's, and what came to it comes where the letter went. False where it is gone."""
    added, own = db.get(Address, token.object_id or 0), address_by_key(db, address.key(token.email))
    if added is None or own is None or own.user_id != added.user_id or own is added:
        return False
    tokens.spend(db, token, now)
    for member in memberships(db, added.user_id):
        if member.address_id == added.id:
            member.address = own
            db.flush()
            bouncing.moved(db, member, now)
    note(db, Actor(Door.MAIL, own.user_id, proven=True), "address-removed", mlist=None, now=now, about=added)
    user, emails = added.user, [one.email for one in added.user.addresses if one.verified_at]
    tell(db, user, emails, "address-removed", now, email=added.email)
    db.delete(added)
    db.flush()
    db.refresh(user, ["addresses"])
    return True
