"""What an applicant replies: it was they or it was not, more words, answers to questions, and whether they agree."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.errors import Conflict, TooMany
from listserv.mail import address, agreement, confirming
from listserv.mail.confirming import Said
from listserv.store.moderation import OPEN_STATES, Application, ApplicationState, count_journal, open_application, unconfirmed
from listserv.usecases import applicationletters, consents, questions
from listserv.usecases.access import Actor
from listserv.usecases.applicants import Applicant
from listserv.usecases.consents import How
from listserv.usecases.journal import note
from listserv.usecases.membership import BY_MAIL, MANY_ANSWERS, hold, put_before_moderators
from listserv.usecases.outbox import Cause

# „Tak, to ja” adds nothing to an application; more words may.
LONGEST_NOD = 4


def confirm(db: Session, application: Application, words: str, cause: Cause, now: datetime, *, text: str = "", actor: Actor = BY_MAIL) -> None:
    """The applicant has answered from the address they applied with: now the moderators are asked. Harmless when repeated.

    `text`: the whole reply with what it quotes, in which answers may stand below the questions. On the web it is a button that
    answers, on the page that our letter leads to.
    """
    hold(db, application)
    if application.state is ApplicationState.LAPSED:
        application.state, application.decided_at = ApplicationState.AWAITING_CONFIRMATION, None
    if application.state is not ApplicationState.AWAITING_CONFIRMATION:
        answer(db, application, words, cause, now, text=text)
        return
    mlist = application.mlist
    note(db, actor, "application-confirmed", mlist=mlist, now=now, about=application, detail=words)
    rest = questions.take(application, text or words, words)
    if len(rest.split()) > LONGEST_NOD:
        application.text = f"{application.text}\n\n{rest}".strip()
    agreed = None if agreement.refuses(words) else How.REPLY if actor is BY_MAIL else How.FORM
    if agreed is None:
        _refuse(db, application, now)
    mine = Applicant(address.Mailbox(application.name, application.email), "", "", application.language, True, cause.incoming, "replied", agreed=agreed)
    put_before_moderators(db, application, mine, actor, now)
    _ask_about_others(db, application, cause, now)


def _ask_about_others(db: Session, application: Application, cause: Cause, now: datetime) -> None:
    """One unanswered question a mailbox: what was asked for other lists meanwhile comes now, when somebody has answered."""
    for other in unconfirmed(db, application.mailbox):
        applicationletters.ask_to_confirm(db, other, cause, now)


def disown(db: Session, application: Application, words: str, now: datetime) -> None:
    """The address's owner has not applied: somebody else wrote in their name, and nobody hears of it."""
    hold(db, application)
    if application.state in (ApplicationState.AWAITING_CONFIRMATION, ApplicationState.LAPSED):
        application.state, application.decided_at = ApplicationState.DECLINED, now
        note(db, BY_MAIL, "application-disowned", mlist=application.mlist, now=now, about=application, detail=words)


def answer(db: Session, application: Application, words: str, cause: Cause, now: datetime, *, text: str = "", agreed: bool = False) -> None:
    """The applicant has more to say: it goes to the moderators, into the same case. Raises Conflict once it is decided.

    `agreed`: the letter that they reply to says that a reply agrees to the list's sentence.
    """
    hold(db, application)
    mlist = application.mlist
    _agree(db, application, words, cause, now, agreed=agreed, text=text or words)
    if application.state not in OPEN_STATES:
        raise Conflict("already-decided")
    if count_journal(db, "application-answered", application, now - timedelta(days=1)) >= MANY_ANSWERS:
        raise TooMany("enough-for-today")
    note(db, BY_MAIL, "application-answered", mlist=mlist, now=now, about=application, detail=words)
    application.state = ApplicationState.AWAITING_MODERATOR
    rest = questions.take(application, text or words, words)
    applicationletters.pass_on(db, application, words if rest else "", cause, now)


def _agree(db: Session, application: Application, words: str, cause: Cause, now: datetime, *, agreed: bool, text: str) -> None:
    """A reply agrees where our letter said so, and where it is of somebody who does ask to be on the list."""
    mlist, email = application.mlist, application.email
    if agreement.refuses(words):
        _refuse(db, application, now)
    elif agreed and application.state is not ApplicationState.LETTER and _means_it(application, words, text):
        consents.record(db, mlist, email, How.REPLY, BY_MAIL, now, language=application.language, incoming=cause.incoming)


def _means_it(application: Application, words: str, text: str) -> bool:
    said = confirming.about_joining(words)
    return said is Said.YES or (said is Said.UNCLEAR and applicationletters.asks_to_join(application)) or questions.are_answered_by(application, text, words)


def _refuse(db: Session, application: Application, now: datetime) -> None:
    if consents.sentence(application.mlist, application.language):
        note(db, BY_MAIL, consents.REFUSED, mlist=application.mlist, now=now, about=application, detail="")
        consents.withdraw(db, application.mlist, application.email, BY_MAIL, now)


def reopen(db: Session, application: Application, words: str, cause: Cause, now: datetime, *, text: str = "", agreed: bool = False) -> bool:
    """A moderator took it for an ordinary letter, and its writer does ask to be on the list: it waits again. False for any other words."""
    hold(db, application)
    if application.state is not ApplicationState.LETTER or confirming.about_joining(words) is not Said.YES:
        return False
    if open_application(db, application.mlist, application.key):
        return False
    application.state, application.decided_at, application.decided_by = ApplicationState.AWAITING_MODERATOR, None, None
    application.waits_since, application.remind_at, application.told_at = now, None, None
    note(db, BY_MAIL, "application-reopened", mlist=application.mlist, now=now, about=application)
    answer(db, application, words, cause, now, text=text, agreed=agreed)
    return True
