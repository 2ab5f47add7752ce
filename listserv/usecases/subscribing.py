"""A newsletter's sign-up: an address comes from a form, here or on another site; its owner says yes in a letter or by a button.

A form of another site brings no token of ours, and so it does nothing but fill our own form, which asks by a letter to the address itself;
before its owner has said yes nothing else happens (double opt-in).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import Conflict, Expired, NotFound
from listserv.store.lists import Joining, MailingList
from listserv.store.moderation import Application, ApplicationState
from listserv.store.people import Purpose
from listserv.usecases import applicantanswers, consents, joining, outbox, tokens
from listserv.usecases.access import Actor, Door
from listserv.usecases.stewards import Steward

# Its owner may still say yes to it.
UNANSWERED = frozenset({ApplicationState.AWAITING_CONFIRMATION, ApplicationState.LAPSED})


def place(db: Session, name: str) -> MailingList:
    """A list that one joins without anybody's decision. Raises NotFound for every other, and for none."""
    mlist = joining.place(db, name)
    if mlist.joining is not Joining.OPEN:
        raise NotFound("there is no such page")
    return mlist


def asked(db: Session, name: str, token: str, now: datetime) -> Application:
    """What the link in our letter is for. Raises NotFound, or Expired where nothing can be said to it any more."""
    row = tokens.look_up(db, token, now)
    found = db.get(Application, row.object_id) if row.purpose is Purpose.CONFIRM_APPLICATION else None
    if found is None or found.mlist.name != name.lower():
        raise NotFound("there is no such page")
    if found.mlist.closed_at or found.mlist.joining is not Joining.OPEN or found.state not in (*UNANSWERED, ApplicationState.ADMITTED):
        raise Expired("this link was good once")
    return found


def confirm(db: Session, application: Application, now: datetime) -> None:
    """Whoever pressed the button has our letter: they are on the list. Harmless when repeated."""
    if application.state is ApplicationState.ADMITTED:
        return
    try:
        applicantanswers.confirm(db, application, "", outbox.ACT, now, actor=Actor(Door.WEB, proven=True))
    except Conflict:
        raise Expired("this link was good once") from None


@dataclass(frozen=True, slots=True)
class Embedded:
    """The form for another site: where it sends what is typed, and the sentence with a box, where the list has one."""

    mlist: MailingList
    url: str
    consent: str
    must_agree: bool
    # Only lists that nobody decides about have it.
    open: bool


def embedded(db: Session, who: Steward) -> Embedded:
    """What a coordinator pastes into another site."""
    mlist = who.mlist
    url = links.subscribe_url(outbox.settings_of(db), mlist.name)
    sentence = consents.sentence(mlist, mlist.language)
    return Embedded(mlist, url, sentence, consents.has_own_sentence(mlist), mlist.joining is Joining.OPEN and mlist.closed_at is None)
