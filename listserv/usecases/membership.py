"""Joining and leaving: an application in plain words, a human's answer, a welcome, a goodbye."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import Conflict, NotAllowed, TooMany
from listserv.mail import address, language
from listserv.mail.address import Mailbox
from listserv.mail.authentication import Alignment
from listserv.mail.parse import Post
from listserv.store.lists import Joining, MailingList, lock
from listserv.store.members import Member, Role, member_by_key
from listserv.store.moderation import OPEN_STATES, Application, ApplicationState, count_journal, open_application
from listserv.store.people import Purpose
from listserv.store.queue import Incoming
from listserv.usecases import deciding, outbox, tokens
from listserv.usecases.access import Actor, Door
from listserv.usecases.administration import NewMember, add_member, one_line, remove_member
from listserv.usecases.journal import note
from listserv.usecases.outbox import Cause

BY_MAIL = Actor(Door.MAIL)
CONFIRM_DAYS = 60
# „Tak, to ja” adds nothing to an application; more words may.
LONGEST_NOD = 4
# Answers to questions that one application may have in a day: two machines that answer each other fall silent.
MANY_ANSWERS = 10


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies, in their own words."""

    box: Mailbox
    subject: str
    text: str
    language: str
    proven: bool
    incoming: Incoming | None = None
    # How the address was proven, where it was.
    proof: str = "aligned"

    @property
    def cause(self) -> Cause:
        """Why letters to this person are written."""
        return Cause(self.incoming, self.proven)


def applicant_from(post: Post, incoming: Incoming, alignment: Alignment, mlist: MailingList) -> Applicant:
    """The applicant that a letter speaks of."""
    tongue = language.guess(f"{post.subject}\n{post.text}") or mlist.language
    return Applicant(post.authors[0], post.subject, post.text.strip(), tongue, alignment is Alignment.ALIGNED, incoming)


def apply(db: Session, mlist: MailingList, applicant: Applicant, now: datetime, *, actor: Actor = BY_MAIL) -> Application:
    """Take an application. A second letter is added to the first; somebody unproven is asked to confirm by a reply."""
    lock(db, mlist)
    known = open_application(db, mlist, address.key(applicant.box.address))
    if known:
        _add_to(db, mlist, known, applicant, now)
        return known
    application = _new(db, mlist, applicant, now)
    note(db, actor, "applied", mlist=mlist, now=now, about=application, detail=application.email)
    if applicant.proven:
        _put_before_moderators(db, mlist, application, applicant.proof, applicant.cause, now)
    else:
        _ask_to_confirm(db, mlist, application, applicant.cause, now)
    return application


def _new(db: Session, mlist: MailingList, applicant: Applicant, now: datetime) -> Application:
    box = applicant.box
    application = Application(list_id=mlist.id, email=box.address, key=address.key(box.address), applied_at=now)
    application.name, application.language = one_line(box.name), applicant.language
    application.subject, application.text = applicant.subject, applicant.text
    application.raw_id = applicant.incoming.raw_id if applicant.incoming else None
    application.state = ApplicationState.AWAITING_CONFIRMATION
    db.add(application)
    db.flush()
    return application


def _add_to(db: Session, mlist: MailingList, application: Application, applicant: Applicant, now: datetime) -> None:
    often = count_journal(db, "application-continued", application, now - timedelta(days=1)) >= MANY_ANSWERS
    note(db, BY_MAIL, "application-continued", mlist=mlist, now=now, about=application, detail=applicant.text)
    if often:
        return  # kept, and not passed on: nobody fills moderators' mailboxes in somebody's name
    if application.state is not ApplicationState.AWAITING_CONFIRMATION:
        _pass_on(db, mlist, application, applicant.text, applicant.cause, now)
    application.text = f"{application.text}\n\n{applicant.text}".strip()
    if application.state is ApplicationState.AWAITING_CONFIRMATION and applicant.proven:
        _put_before_moderators(db, mlist, application, applicant.proof, applicant.cause, now)


def _ask_to_confirm(db: Session, mlist: MailingList, application: Application, cause: Cause, now: datetime) -> None:
    token = tokens.issue(db, Purpose.CONFIRM_APPLICATION, application.email, now, mlist=mlist, object_id=application.id, days=CONFIRM_DAYS)
    reply_to = deciding.reply_address(db, token)
    outbox.write(db, "application-confirm", application.email, application.language, now, mlist=mlist, reply_to=reply_to, cause=cause)


def remind(db: Session, application: Application, now: datetime) -> None:
    """Tell the applicant again how the application stands; nobody proven has asked, so only so many a day."""
    mlist, cause = application.mlist, Cause()
    if application.state is ApplicationState.AWAITING_CONFIRMATION:
        _ask_to_confirm(db, mlist, application, cause, now)
        return
    _say_received(db, mlist, application, cause, now)


def _say_received(db: Session, mlist: MailingList, application: Application, cause: Cause, now: datetime) -> None:
    token = tokens.issue(db, Purpose.ANSWER_APPLICATION, application.email, now, mlist=mlist, object_id=application.id)
    reply_to = deciding.reply_address(db, token)
    outbox.write(db, "application-received", application.email, application.language, now, mlist=mlist, reply_to=reply_to, cause=cause)


def _put_before_moderators(db: Session, mlist: MailingList, application: Application, proof: str, cause: Cause, now: datetime) -> None:
    application.state, application.proof = ApplicationState.AWAITING_MODERATOR, proof
    if mlist.joining is Joining.OPEN:
        admit(db, application, BY_MAIL, now)
        return
    _say_received(db, mlist, application, cause, now)
    ask_moderators(db, application, cause, now)


def ask_moderators(db: Session, application: Application, cause: Cause, now: datetime) -> None:
    """Put an application before every moderator."""
    mlist = application.mlist
    facts = {"name": application.name or application.email, "email": application.email, "subject": application.subject, "text": application.text}
    deciding.ask_each(db, mlist, Purpose.DECIDE_APPLICATION, application.id, "application-moderator", now, cause, applied_at=application.applied_at, **facts)


def confirm(db: Session, application: Application, words: str, cause: Cause, now: datetime) -> None:
    """The applicant has answered from the address they applied with: now the moderators are asked. Harmless when repeated."""
    mlist = application.mlist
    if application.state is ApplicationState.AWAITING_CONFIRMATION:
        note(db, BY_MAIL, "application-confirmed", mlist=mlist, now=now, about=application, detail=words)
        if len(words.split()) > LONGEST_NOD:
            application.text = f"{application.text}\n\n{words}".strip()
        _put_before_moderators(db, mlist, application, "replied", cause, now)
        return
    answer(db, application, words, cause, now)


def disown(db: Session, application: Application, words: str, now: datetime) -> None:
    """The address's owner has not applied: somebody else wrote in their name, and nobody hears of it."""
    if application.state is ApplicationState.AWAITING_CONFIRMATION:
        application.state, application.decided_at = ApplicationState.DECLINED, now
        note(db, BY_MAIL, "application-disowned", mlist=application.mlist, now=now, about=application, detail=words)


def answer(db: Session, application: Application, words: str, cause: Cause, now: datetime) -> None:
    """The applicant has more to say: it goes to the moderators, into the same case. Raises Conflict once it is decided."""
    if application.state not in OPEN_STATES:
        raise Conflict("already-decided")
    mlist = application.mlist
    if count_journal(db, "application-answered", application, now - timedelta(days=1)) >= MANY_ANSWERS:
        raise TooMany("enough-for-today")
    note(db, BY_MAIL, "application-answered", mlist=mlist, now=now, about=application, detail=words)
    application.state = ApplicationState.AWAITING_MODERATOR
    _pass_on(db, mlist, application, words, cause, now)


def _pass_on(db: Session, mlist: MailingList, application: Application, words: str, cause: Cause, now: datetime) -> None:
    facts = {"name": application.name or application.email, "email": application.email, "text": words, "first": application.text}
    deciding.ask_each(db, mlist, Purpose.DECIDE_APPLICATION, application.id, "application-answer", now, cause, **facts)


def admit(db: Session, application: Application, actor: Actor, now: datetime) -> Member:
    """Make the applicant a member and queue the welcome letter. Raises Conflict if already decided."""
    mlist = application.mlist
    _decide(db, application, ApplicationState.ADMITTED, actor, now)
    member = member_by_key(db, mlist, application.key)
    if member is None:
        new = NewMember(application.email, application.name, language=application.language)
        member = add_member(db, mlist, new, actor, now)
    welcome(db, member, now)
    return member


def decline(db: Session, application: Application, words: str, actor: Actor, now: datetime) -> None:
    """Say no, with the moderator's own words. Raises Conflict if already decided."""
    _decide(db, application, ApplicationState.DECLINED, actor, now, words)
    outbox.write(db, "application-declined", application.email, application.language, now, mlist=application.mlist, automatic=False, words=words)


def ask(db: Session, application: Application, words: str, actor: Actor, now: datetime) -> None:
    """Pass a moderator's question on; the answer comes back into the same application. Raises Conflict if decided."""
    _still_open(db, application)
    mlist = application.mlist
    application.state = ApplicationState.ASKED
    note(db, actor, "application-asked", mlist=mlist, now=now, about=application, detail=words)
    token = tokens.issue(db, Purpose.ANSWER_APPLICATION, application.email, now, mlist=mlist, object_id=application.id)
    reply_to = deciding.reply_address(db, token)
    outbox.write(db, "application-question", application.email, application.language, now, mlist=mlist, reply_to=reply_to, automatic=False, words=words)


def _still_open(db: Session, application: Application) -> None:
    """Whoever else decides on it waits until our transaction ends. Raises Conflict once it is decided."""
    db.flush()
    # In this order everywhere, or two would wait for each other.
    lock(db, application.mlist)
    db.refresh(application, with_for_update=True)
    if application.state not in OPEN_STATES:
        raise Conflict("already-decided")


def _decide(db: Session, application: Application, state: ApplicationState, actor: Actor, now: datetime, words: str = "") -> None:
    _still_open(db, application)
    if application.state is ApplicationState.AWAITING_CONFIRMATION:
        raise NotAllowed("not-confirmed")
    application.state, application.answer = state, words
    application.decided_at, application.decided_by = now, actor.user_id
    note(db, actor, f"application-{state}", mlist=application.mlist, now=now, about=application, detail=words)
    who = application.name or application.email
    if actor.user_id:
        deciding.tell_others(db, application.mlist, actor.user_id, now, who=who, what="application", decision=state, words=words)


def welcome(db: Session, member: Member, now: datetime) -> None:
    """The letter that says how to write, read and leave; a reply to it changes settings."""
    settings = outbox.settings_of(db)
    token = tokens.issue(db, Purpose.SETTINGS, member.address.email, now, mlist=member.mlist, object_id=member.id)
    facts = {"unsubscribe_url": links.unsubscribe_url(settings, member.id)}
    reply_to = links.token_address(settings, token)
    outbox.to_member(db, "welcome", member, now, mlist=member.mlist, reply_to=reply_to, automatic=False, **facts)


def leave(db: Session, member: Member, actor: Actor, now: datetime, *, why: str = "") -> None:
    """Take a member off the list at their own wish, with a goodbye and the way back.

    Raises NotAllowed for the last one who decides on the list: nobody would be left to answer applications.
    """
    mlist = member.mlist
    lock(db, mlist)
    if member.role is Role.OWNER and len(deciding.deciders(db, mlist)) == 1:
        raise NotAllowed("last-owner")
    email, tongue = member.address.email, member.user.language
    remove_member(db, member, actor, now, why=why)
    outbox.write(db, "left", email, tongue, now, mlist=mlist, automatic=False)
