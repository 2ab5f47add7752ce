"""The letters about an application: to whoever applies, and to the moderators who decide."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from listserv import links
from listserv.mail import confirming
from listserv.mail.parse import parse
from listserv.store.lists import Joining
from listserv.store.moderation import Application, ApplicationState, last_journal
from listserv.store.people import Purpose, User
from listserv.store.queue import raw_bytes
from listserv.usecases import consents, deciding, outbox, questions, tokens
from listserv.usecases.outbox import Cause

# After that an application which nobody has confirmed is set aside. A reply confirms it for as long again, and longer.
CONFIRM_DAYS = 60
TOKEN_DAYS = 365
# The detail of a token: the letter with it says that a reply agrees to the list's sentence.
AGREES = "agrees"


def ask_to_confirm(db: Session, application: Application, cause: Cause, now: datetime, *, again: str = "") -> None:
    """Ask whoever has this address whether it was they; the one thing to do is to reply. Nothing in it was written by others.

    `again`: where to answer once more, after a reply that was neither yes nor no.
    """
    mlist, email = application.mlist, application.email
    by_button = mlist.joining is Joining.OPEN
    token = tokens.issue(db, Purpose.CONFIRM_APPLICATION, email, now, mlist=mlist, object_id=application.id, days=TOKEN_DAYS) if by_button or not again else ""
    facts: dict[str, Any] = {"questions": questions.unanswered(application), "consent": consents.sentence(mlist, application.language)}
    # Where nobody decides a yes is all there is to say, and a button says it as well.
    facts |= {"again": bool(again), "typed": application.raw_id is None}
    facts |= {"confirm_url": links.subscribe_url(outbox.settings_of(db), mlist.name, token) if by_button else ""}
    reply_to = again or deciding.reply_address(db, token)
    outbox.write(db, "application-confirm", email, application.language, now, mlist=mlist, reply_to=reply_to, cause=cause, **facts)


def say_received(db: Session, application: Application, cause: Cause, now: datetime) -> bool:
    """Say that it came and that a human reads it, and put the list's questions; was there room for the letter?"""
    mlist = application.mlist
    consent = _still_to_agree(db, application)
    facts: dict[str, Any] = {"questions": questions.unanswered(application), "consent": consent, "wish": asks_to_join(application)}
    reply_to = _answer_address(db, application, now, AGREES if consent else "")
    written = outbox.write(db, "application-received", application.email, application.language, now, mlist=mlist, reply_to=reply_to, cause=cause, **facts)
    return written is not None


def asks_to_join(application: Application) -> bool:
    """Is it plainly a wish to be on the list, and no question about the next meeting? The form is, and so is a yes to our question."""
    return application.raw_id is None or application.proof == "replied" or confirming.wishes_to_join(application.text)


def _still_to_agree(db: Session, application: Application) -> str:
    agreed = any(one.withdrawn_at is None for one in consents.of_address(db, application.mlist, application.email))
    return "" if agreed else consents.sentence(application.mlist, application.language)


def _answer_address(db: Session, application: Application, now: datetime, detail: str = "") -> str:
    mlist = application.mlist
    token = tokens.issue(db, Purpose.ANSWER_APPLICATION, application.email, now, mlist=mlist, object_id=application.id, detail=detail)
    return deciding.reply_address(db, token)


def put_question(db: Session, application: Application, words: str, now: datetime) -> None:
    """Pass a moderator's question on."""
    mlist, reply_to = application.mlist, _answer_address(db, application, now)
    outbox.write(db, "application-question", application.email, application.language, now, mlist=mlist, reply_to=reply_to, automatic=False, words=words)


def say_waiting(db: Session, application: Application, now: datetime) -> None:
    """After a week: it waits still, and what one may do."""
    asked = application.state is ApplicationState.ASKED
    reply_to = _answer_address(db, application, now)
    outbox.write(db, "application-waiting", application.email, application.language, now, mlist=application.mlist, reply_to=reply_to, their_turn=asked)


def ask_moderators(db: Session, application: Application, cause: Cause, now: datetime, *, only: str = "") -> None:
    """Put an application before every moderator (or `only` one)."""
    mlist = application.mlist
    facts: dict[str, Any] = {"name": application.name or application.email, "email": application.email}
    facts |= {"subject": application.subject, "text": application.text, "files": _files(db, application)}
    facts |= {"applied_at": application.applied_at, "answered": questions.pairs(application), "no_consent": consents.refused(db, application)}
    deciding.ask_each(db, mlist, Purpose.DECIDE_APPLICATION, application.id, "application-moderator", now, cause, only, **facts)


def _files(db: Session, application: Application) -> str:
    """The names of what came with the letter: sometimes that is all there is."""
    files = parse(raw_bytes(db, application.raw_id)).attachments if application.raw_id else ()
    return ", ".join(file.name for file in files)


def pass_on(db: Session, application: Application, words: str, cause: Cause, now: datetime) -> None:
    """What the applicant has written since goes to the moderators, into the same case."""
    facts: dict[str, Any] = {"name": application.name or application.email, "email": application.email, "text": words, "first": application.text}
    facts |= {"answered": questions.pairs(application), "no_consent": consents.refused(db, application)}
    asked = last_journal(db, "application-asked", application)
    facts |= {"question": asked.detail if asked else "", "asker": deciding.name_of(db.get(User, asked.user_id)) if asked and asked.user_id else ""}
    deciding.ask_each(db, application.mlist, Purpose.DECIDE_APPLICATION, application.id, "application-answer", now, cause, **facts)


def decline(db: Session, application: Application, words: str, now: datetime) -> None:
    """The moderators say no, in their own words."""
    mlist = application.mlist
    outbox.write(db, "application-declined", application.email, application.language, now, mlist=mlist, automatic=False, words=words)
