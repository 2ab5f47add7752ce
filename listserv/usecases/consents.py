"""Consent (RODO, GDPR article 7): the sentence that a list asks people to agree to, and who agreed, when, by which message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from listserv.i18n import N_, choose_language, translations
from listserv.mail import address
from listserv.store.consents import Consent, consents_of
from listserv.store.lists import MailingList
from listserv.store.moderation import Application, last_journal
from listserv.store.people import User
from listserv.store.queue import Incoming
from listserv.usecases.access import Actor
from listserv.usecases.journal import note

# What the journal says of an applicant who does not agree.
REFUSED = "consent-refused"
# What a list's setting says where nothing is to be agreed to. Empty: the usual sentence.
NOTHING = frozenset({"-", "–", "—"})
USUAL = N_(
    "I agree that my name, my e-mail address and what I write to the list “{title}” are kept and used to run it, until I leave the list or ask to be erased."
)


class How(StrEnum):
    """In which way somebody agreed."""

    # A reply to the letter that names the sentence.
    REPLY = "reply"
    # The box beside the sentence, ticked by themselves; or the form that says what sending it means.
    TICK = "tick"
    FORM = "form"
    # The invitation that names the sentence, accepted.
    INVITATION = "invitation"


@dataclass(frozen=True, slots=True)
class Given:
    """A consent as pages and exports show it."""

    words: str
    at: datetime
    how: How
    door: str
    email: str
    message_id: str
    list_name: str
    withdrawn_at: datetime | None = None


def sentence(mlist: MailingList, language: str = "") -> str:
    """What people who join this list agree to, in the words that they read; empty where the list asks for nothing.

    A list's own sentence (its setting `consent`) is in one language; the usual one is in the reader's.
    """
    own = mlist.consent.strip()
    if own:
        return "" if own in NOTHING else own
    tongue = choose_language((language, mlist.language))
    return translations(tongue).gettext(USUAL).format(title=mlist.title)


def has_own_sentence(mlist: MailingList) -> bool:
    """Has the list written its own? Then the web form has a box to tick, and nobody is taken to have agreed without a word."""
    return mlist.consent.strip() not in NOTHING | {""}


def record(
    db: Session, mlist: MailingList, email: str, how: How, actor: Actor, now: datetime, *, language: str = "", incoming: Incoming | None = None
) -> Consent | None:
    """Keep that whoever has this address agreed to the list's sentence as it stands now (None where it asks for nothing).

    Call it where somebody proven acts: a reply, a tick, an accepted invitation. `language` is the one in which they read the
    sentence, `incoming` the mail by which they agreed. Harmless when repeated: the same words are kept once for an address.
    """
    words, key = sentence(mlist, language), address.key(email)
    if not words:
        return None
    known = next((one for one in consents_of(db, (key,), mlist.id) if one.words == words and one.withdrawn_at is None), None)
    if known:
        return known
    row = Consent(list_id=mlist.id, email=email, key=key, words=words, given_at=now, how=how, door=actor.door)
    if incoming:
        row.raw_id, row.message_id = incoming.raw_id, incoming.message_id
    db.add(row)
    db.flush()
    note(db, actor, "consent-given", mlist=mlist, now=now, about=row, detail=f"{email} {how}")
    return row


def withdraw(db: Session, mlist: MailingList, email: str, actor: Actor, now: datetime) -> bool:
    """Keep that they do not agree after all; False where they had not agreed."""
    rows = [one for one in consents_of(db, (address.key(email),), mlist.id) if one.withdrawn_at is None]
    for row in rows:
        row.withdrawn_at = now
        note(db, actor, "consent-withdrawn", mlist=mlist, now=now, about=row, detail=email)
    return bool(rows)


def refused(db: Session, application: Application) -> bool:
    """Has whoever applied said that they do not agree, and not agreed since?"""
    said = last_journal(db, REFUSED, application)
    if said is None or not sentence(application.mlist, application.language):
        return False
    return all(one.withdrawn_at for one in consents_of(db, (application.key,), application.list_id))


def bring_back(db: Session, mlist: MailingList, email: str, withdrawn_at: datetime, actor: Actor, now: datetime) -> None:
    """What was withdrawn at that time with a moderator's word that has been taken back."""
    for row in consents_of(db, (address.key(email),), mlist.id):
        if row.withdrawn_at == withdrawn_at:
            row.withdrawn_at = None
            note(db, actor, "consent-given", mlist=mlist, now=now, about=row, detail=f"{email} {row.how}")


def of_address(db: Session, mlist: MailingList, email: str) -> Sequence[Given]:
    """What whoever has this address agreed to on this list, newest first."""
    return _given(consents_of(db, (address.key(email),), mlist.id))


def of_person(db: Session, user: User, mlist: MailingList | None = None) -> Sequence[Given]:
    """What this person agreed to with any of their addresses, newest first; on one list, or on all."""
    return _given(consents_of(db, {place.key for place in user.addresses}, mlist.id if mlist else None))


def _given(rows: Sequence[Consent]) -> tuple[Given, ...]:
    return tuple(Given(row.words, row.given_at, How(row.how), row.door, row.email, row.message_id, row.mlist.name, row.withdrawn_at) for row in rows)
