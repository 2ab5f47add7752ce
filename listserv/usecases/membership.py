"""Joining and leaving: an application in plain words, a human's answer, a welcome, a goodbye."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import Conflict, Invalid, NotAllowed
from listserv.i18n import N_
from listserv.mail import address, quotes
from listserv.store.lists import Joining, MailingList, lock
from listserv.store.members import Member, member_by_key
from listserv.store.moderation import OPEN_STATES, Application, ApplicationState, count_journal, open_application, unconfirmed
from listserv.store.people import Purpose
from listserv.store.webhooks import Event
from listserv.usecases import applicationletters, consents, deciding, happenings, outbox, questions, tokens
from listserv.usecases.access import Actor, Door
from listserv.usecases.administration import NewMember, add_member, one_line
from listserv.usecases.applicants import Applicant
from listserv.usecases.consents import How
from listserv.usecases.journal import note
from listserv.usecases.outbox import Cause

BY_MAIL = Actor(Door.MAIL)
# Answers to questions that one application may have in a day: two machines that answer each other fall silent.
MANY_ANSWERS = 10
ASKED_AGAIN_AFTER = timedelta(days=3)
REFUSED_CONSENT = N_("The applicant does not agree to the list's sentence about their data. Please ask them first: they can be admitted when they agree.")


# ---- coming in ---------------------------------------------------------------------------------------------


def apply(db: Session, mlist: MailingList, applicant: Applicant, now: datetime, *, actor: Actor = BY_MAIL) -> Application:
    """Take an application. A second letter is added to the first; somebody unproven is asked to confirm by a reply."""
    lock(db, mlist)
    known = _known(db, mlist, applicant)
    if known:
        _add_to(db, mlist, known, applicant, actor, now)
        return known
    application = _new(db, mlist, applicant, now)
    note(db, actor, "applied", mlist=mlist, now=now, about=application, detail=application.email)
    if applicant.proven and not _must_agree_first(mlist, applicant):
        put_before_moderators(db, application, applicant, actor, now)
    else:
        applicationletters.ask_to_confirm(db, application, applicant.cause, now)
    return application


def _must_agree_first(mlist: MailingList, applicant: Applicant) -> bool:
    """Where nobody decides, and so no letter comes before the welcome, the list's own sentence is agreed to by a reply first."""
    return mlist.joining is Joining.OPEN and consents.has_own_sentence(mlist) and applicant.agreed is None


def _known(db: Session, mlist: MailingList, applicant: Applicant) -> Application | None:
    """The case that this belongs to. What nobody has proven is one case for all spellings of a mailbox: thousands could be made up."""
    mine = open_application(db, mlist, address.key(applicant.box.address))
    if mine or applicant.proven:
        return mine
    return next(iter(unconfirmed(db, address.mailbox(applicant.box.address), mlist)), None)


def _new(db: Session, mlist: MailingList, applicant: Applicant, now: datetime) -> Application:
    box = applicant.box
    application = Application(list_id=mlist.id, mlist=mlist, email=box.address, key=address.key(box.address), applied_at=now)
    application.name, application.language, application.mailbox = one_line(box.name), applicant.language, address.mailbox(box.address)
    application.subject, application.text = applicant.subject, applicant.text
    application.raw_id = applicant.incoming.raw_id if applicant.incoming else None
    application.state = ApplicationState.AWAITING_CONFIRMATION
    if applicant.incoming:
        questions.begin(mlist, application, applicant.text)
    questions.add(application, applicant.answers)
    db.add(application)
    db.flush()
    return application


def _add_to(db: Session, mlist: MailingList, application: Application, applicant: Applicant, actor: Actor, now: datetime) -> None:
    often = count_journal(db, "application-continued", application, now - timedelta(days=1)) >= MANY_ANSWERS
    note(db, actor, "application-continued", mlist=mlist, now=now, about=application, detail=applicant.text)
    if often:
        return  # kept, and not passed on: nobody fills moderators' mailboxes in somebody's name
    questions.add(application, applicant.answers)
    # Perhaps a reply to a letter of ours that went to the moderators' address.
    words = quotes.letter(applicant.text).strip() or applicant.text
    questions.take(application, applicant.text, words)
    waits_for_confirmation = application.state is ApplicationState.AWAITING_CONFIRMATION
    if not waits_for_confirmation:
        applicationletters.pass_on(db, application, words, applicant.cause, now)
    application.text = f"{application.text}\n\n{words}".strip()
    if not waits_for_confirmation:
        return
    if applicant.proven and not _must_agree_first(mlist, applicant):
        put_before_moderators(db, application, applicant, actor, now)
    elif now >= application.applied_at + ASKED_AGAIN_AFTER:
        # Whoever writes anew after days may have lost our first letter; the caps on such questions hold.
        applicationletters.ask_to_confirm(db, application, applicant.cause, now)


def remind(db: Session, application: Application, now: datetime) -> None:
    """Tell the applicant again how the application stands; nobody proven has asked, so only so many a day."""
    if application.state is ApplicationState.AWAITING_CONFIRMATION:
        applicationletters.ask_to_confirm(db, application, Cause(), now)
        return
    applicationletters.say_received(db, application, Cause(), now)


def put_before_moderators(db: Session, application: Application, applicant: Applicant, actor: Actor, now: datetime) -> None:
    """Whoever applies is proven: they are told so, and the moderators are asked. Where nobody decides, they are on the list."""
    mlist, cause = application.mlist, applicant.cause
    application.state, application.proof, application.waits_since = ApplicationState.AWAITING_MODERATOR, applicant.proof, now
    # Their first letter was written before they saw the sentence, and is perhaps no application: it agrees to nothing. The form shows it.
    agreed = applicant.agreed or (None if applicant.incoming or consents.has_own_sentence(mlist) else How.FORM)
    if agreed:
        consents.record(db, mlist, application.email, agreed, actor, now, language=application.language, incoming=applicant.incoming)
    if mlist.joining is Joining.OPEN and not consents.refused(db, application):
        admit(db, application, BY_MAIL, now)
        return
    applicationletters.say_received(db, application, cause, now)
    ask_moderators(db, application, cause, now)
    happenings.happened(db, Event.APPLIED, mlist.id, application.id, now)


ask_moderators = applicationletters.ask_moderators


# ---- decisions ---------------------------------------------------------------------------------------------


def admit(db: Session, application: Application, actor: Actor, now: datetime) -> Member:
    """Make the applicant a member and queue the welcome letter.

    Raises Conflict if already decided, Invalid for who does not agree that their data are kept: they are asked first.
    """
    mlist = application.mlist
    _still_open(db, application)
    if consents.refused(db, application):
        raise Invalid(REFUSED_CONSENT)
    _decide(db, application, ApplicationState.ADMITTED, actor, now)
    member = member_by_key(db, mlist, application.key)
    if member is None:
        new = NewMember(application.email, application.name, language=application.language)
        member = add_member(db, mlist, new, actor, now)
    welcome(db, member, now)
    return member


def decline(db: Session, application: Application, words: str, actor: Actor, now: datetime, *, silently: bool = False) -> None:
    """Say no, with the moderator's own words, or (`silently`) to nobody. Raises Conflict if already decided."""
    _decide(db, application, ApplicationState.DECLINED, actor, now, words)
    if silently:
        return
    applicationletters.decline(db, application, words, now)


def ask(db: Session, application: Application, words: str, actor: Actor, now: datetime) -> None:
    """Pass a moderator's question on; the answer comes back into the same application. Raises Conflict if decided."""
    _still_open(db, application)
    application.state = ApplicationState.ASKED
    note(db, actor, "application-asked", mlist=application.mlist, now=now, about=application, detail=words)
    applicationletters.put_question(db, application, words, now)
    if actor.user_id:
        deciding.tell_others(db, application, "application-asked", actor.user_id, now, words=words)


def not_an_application(db: Session, application: Application, actor: Actor, now: datetime) -> None:
    """It asks for nothing that a list decides: the case is closed, and nobody is told here (`contact.from_application` does it)."""
    _decide(db, application, ApplicationState.LETTER, actor, now, tell=False)
    # Whoever answered our letter before that was known has agreed to nothing that is still meant.
    consents.withdraw(db, application.mlist, application.email, actor, now)


def hold(db: Session, application: Application) -> None:
    """As it is now: whoever else would change it waits until our transaction ends."""
    db.flush()
    # In this order everywhere, or two would wait for each other.
    lock(db, application.mlist)
    db.refresh(application, with_for_update=True)


def _still_open(db: Session, application: Application) -> None:
    """Hold it. Raises Conflict once it is decided."""
    hold(db, application)
    if application.state not in OPEN_STATES:
        raise Conflict("already-decided")


def _decide(db: Session, application: Application, state: ApplicationState, actor: Actor, now: datetime, words: str = "", *, tell: bool = True) -> None:
    _still_open(db, application)
    if application.state is ApplicationState.AWAITING_CONFIRMATION:
        raise NotAllowed("not-confirmed")
    application.state, application.answer = state, words
    application.decided_at, application.decided_by = now, actor.user_id
    note(db, actor, f"application-{state}", mlist=application.mlist, now=now, about=application, detail=words)
    if actor.user_id and tell:
        deciding.tell_others(db, application, "decided", actor.user_id, now, decision=state, words=words)


def welcome(db: Session, member: Member, now: datetime) -> None:
    """The letter that says how to write, read and leave; a reply to it changes settings."""
    settings = outbox.settings_of(db)
    token = tokens.issue(db, Purpose.SETTINGS, member.address.email, now, mlist=member.mlist, object_id=member.id)
    facts = {"unsubscribe_url": links.unsubscribe_url(settings, member.id)}
    reply_to = links.token_address(settings, token)
    outbox.to_member(db, "welcome", member, now, mlist=member.mlist, reply_to=reply_to, automatic=False, **facts)
