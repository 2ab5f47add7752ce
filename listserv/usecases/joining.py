"""An application from a form on the web: the same application as by mail, and the same answer whoever asks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.errors import Invalid, NotFound, TooMany
from listserv.i18n import N_
from listserv.mail import address
from listserv.mail.address import Mailbox
from listserv.store.bans import bars
from listserv.store.lists import Joining, MailingList, list_by_name
from listserv.store.members import member_by_key
from listserv.store.moderation import Application, ApplicationState, open_application
from listserv.store.people import address_by_key
from listserv.usecases import consents, helping, limits, membership, outbox, questions
from listserv.usecases.access import Actor
from listserv.usecases.administration import checked_email, one_line
from listserv.usecases.applicants import Applicant
from listserv.usecases.consents import How
from listserv.usecases.journal import note
from listserv.usecases.outbox import Cause

LONGEST_NAME, LONGEST_WORDS, LONGEST_ANSWER = 200, 10_000, 2_000
# In an hour: from one network (a school's people may all apply after the same lesson), and for one address.
PER_NETWORK, PER_ADDRESS = 30, 5
HOUR = timedelta(hours=1)
NO_WORDS = N_("Please write a few words: a human will read them.")
TOO_LONG = N_("Please say it a little shorter.")
NOT_AGREED = N_("Please tick the box beside the sentence, if you agree to it.")
NO_ADDRESS = N_("This does not look like an e-mail address. Please check it.")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody typed into the form, the language they read it in, and where they asked from."""

    name: str
    email: str
    words: str
    language: str
    peer: str = ""
    # To the list's questions, in their order; and the box beside its sentence.
    answers: tuple[str, ...] = ()
    agrees: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """What the form asks beside a name and an address; `must_agree`: the sentence is the list's own and has a box."""

    questions: tuple[str, ...]
    consent: str
    must_agree: bool
    # A few words about oneself: where a human reads them.
    needs_words: bool = True


def form_of(mlist: MailingList, language: str) -> Form:
    """The form by which one asks to join this list."""
    needs_words = mlist.joining is Joining.APPLICATION
    return Form(questions.of_form(mlist), consents.sentence(mlist, language), consents.has_own_sentence(mlist), needs_words)


def place(db: Session, name: str) -> MailingList:
    """The list that one may ask to join, private ones too: whoever knows its name can write to it as well. Raises NotFound."""
    mlist = list_by_name(db, name)
    if mlist is None or mlist.closed_at is not None:
        raise NotFound("there is no such page")
    return mlist


def ask(db: Session, mlist: MailingList, wish: Wish, actor: Actor, now: datetime) -> None:
    """Take the wish to join. What becomes of it goes by mail to the address alone: the page tells nobody who is on the list.

    Raises Invalid with a sentence for the form, TooMany where a limit protects somebody.
    """
    email = _checked(mlist, wish)
    _count(db, mlist, wish, email, now)
    key = address.key(email)
    member = member_by_key(db, mlist, key)
    if member:
        helping.to_member(db, member, Cause(), now, joins=True)
        return
    if bars(db, mlist, (key,)):
        note(db, actor, "application-banned", mlist=mlist, now=now, detail=email)
        outbox.write(db, "application-banned", email, wish.language, now, mlist=mlist, cause=Cause())
        return
    _apply(db, mlist, wish, email, actor, now)


def _checked(mlist: MailingList, wish: Wish) -> str:
    try:
        email = checked_email(wish.email)
    except Invalid:
        raise Invalid(NO_ADDRESS) from None
    if form_of(mlist, "").needs_words and not wish.words.strip():
        raise Invalid(NO_WORDS)
    if len(wish.words) > LONGEST_WORDS or len(wish.name) > LONGEST_NAME or any(len(one) > LONGEST_ANSWER for one in wish.answers):
        raise Invalid(TOO_LONG)
    if consents.has_own_sentence(mlist) and not wish.agrees:
        raise Invalid(NOT_AGREED)
    return email


def _count(db: Session, mlist: MailingList, wish: Wish, email: str, now: datetime) -> None:
    network = limits.network_of(wish.peer)
    if network and not limits.within(db, "join", network, now, HOUR, PER_NETWORK):
        raise TooMany("enough-for-now")
    if not limits.within(db, "join", f"{mlist.id} {address.key(email)}", now, HOUR, PER_ADDRESS):
        raise TooMany("enough-for-now")


def _apply(db: Session, mlist: MailingList, wish: Wish, email: str, actor: Actor, now: datetime) -> None:
    known = open_application(db, mlist, address.key(email))
    proven = _is_theirs(db, email, actor)
    if known and known.state is not ApplicationState.AWAITING_CONFIRMATION and not proven:
        # Anybody can type somebody's address: their case gets no words from here, and they are told where it stands.
        membership.remind(db, known, now)
        return
    answered = questions.from_form(mlist, wish.name, wish.answers)
    # A tick of somebody whom nobody has proven is worth nothing: their reply agrees.
    agreed = How.TICK if wish.agrees and proven else None
    box = Mailbox(one_line(wish.name), email)
    applicant = Applicant(box, "", wish.words.strip(), wish.language, proven, proof="signed-in", answers=answered, agreed=agreed)
    application = membership.apply(db, mlist, applicant, now, actor=actor)
    _ask_again(db, known, application, now)


def _is_theirs(db: Session, email: str, actor: Actor) -> bool:
    """Who is signed in has proven their addresses already."""
    place = address_by_key(db, address.key(email))
    return actor.proven and place is not None and place.user_id == actor.user_id and place.verified_at is not None


def _ask_again(db: Session, known: Application | None, application: Application, now: datetime) -> None:
    """The first letter may have been lost: the question comes once more, as often as letters to one address may."""
    if known and application.state is ApplicationState.AWAITING_CONFIRMATION:
        membership.remind(db, application, now)
