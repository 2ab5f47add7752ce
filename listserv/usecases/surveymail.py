"""`LIST-questions@`: a coordinator's plain letter becomes a question to everybody; it is shown first, and nothing is sent before a word says so."""

import re
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.errors import Invalid, Refusal
from listserv.i18n import N_, choose_language
from listserv.mail import surveysays, surveywords
from listserv.mail.authentication import Alignment
from listserv.mail.decisions import after_greeting
from listserv.mail.folding import fold, plain
from listserv.mail.spam import Spam
from listserv.mail.surveysays import Says
from listserv.mail.surveywords import Asked
from listserv.store import surveys as rows
from listserv.store.lists import MailingList
from listserv.store.queue import State
from listserv.usecases import deciding, limits, strangernews, surveyletters, surveys, surveytemplates
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.deciding import Decider
from listserv.usecases.outbox import Cause

# Drafts of one coordinator in an hour; of one whose mail nobody has vouched for.
MANY, FEW, HOUR = 30, 6, timedelta(hours=1)
TEMPLATE = re.compile(r"\W*(?:szablon|wzor|template)\b[\s:„\"]*(?P<name>[\w ]{0,40}?)\W*")
ONLY_A_WORD = N_("This is a word about a question, and no question. It works in an answer to the letter that shows the question: then it is clear which one.")
NO_TEMPLATE = N_("There is no such template. These are: {names}.")
MANY_DRAFTS = N_("So many drafts came within an hour that this one was not taken, nor will another be until the hour is over. Please send it once more then.")


def take(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """A mail to this address: a draft where a coordinator wrote it; anybody else's reaches the coordinators as the letter that it is."""
    who = deciding.who_wrote(db, deciding.deciders(db, mlist), letter.sender)
    doubtful = letter.alignment is Alignment.FAILED or (letter.spam is not Spam.NO and letter.alignment is not Alignment.ALIGNED)
    if who is None or not who.user_id or doubtful:
        return strangernews.pass_on(db, mlist, letter, now, coordinator=who is not None, tell=surveyletters.not_yours)
    if rows.is_known(db, mlist.id, letter.incoming):
        return Outcome(State.DISCARDED, ("double",))
    if not limits.within(db, "survey draft", f"{mlist.id} {who.user_id}", now, HOUR, MANY if letter.alignment is Alignment.ALIGNED else FEW):
        return _too_many(db, mlist, letter, who, now)
    return _draft(db, mlist, letter, who, now)


def _draft(db: Session, mlist: MailingList, letter: Letter, who: Decider, now: datetime) -> Outcome:
    letter.incoming.list_id = mlist.id
    try:
        name, asked = _asked(letter, choose_language((who.language, mlist.language)), mlist)
        survey = surveys.draft(db, mlist, who.user_id, asked, now, zone=surveyletters.zone_of(db, who.email), incoming=letter.incoming)
    except Refusal as refusal:
        return _refuse(db, mlist, letter, who, refusal, now)
    surveyletters.preview(db, survey, who.email, now, _cause(letter), guessed=guessed(asked), template=name)
    return Outcome(State.DRAFT, ("survey",))


def guessed(asked: Asked) -> tuple[str, ...]:
    """What nobody said, and so was chosen for them."""
    return tuple(what for what, said in (("closes", asked.closes), ("privacy", asked.privacy)) if said is None)


def _asked(letter: Letter, language: str, mlist: MailingList) -> tuple[str, Asked]:
    """What the letter asks, or the template that it names (its text as it would be written, to be changed). Raises Invalid."""
    reply = letter.post.reply
    wanted = _template(reply) or _template(letter.post.base_subject) if len(reply.split()) < 8 else _template(after_greeting(reply).strip().split("\n")[0])
    if wanted is not None:
        text = surveytemplates.text(wanted, language, mlist.title)
        if text is None:
            raise Invalid(NO_TEMPLATE, names=surveytemplates.CALLED.get(language, surveytemplates.CALLED["en"]))
        return text, surveywords.read("", text)
    if surveysays.read(reply, letter.post.author_name).says in (Says.SEND, Says.DISCARD, Says.CLOSE, Says.SET):
        raise Invalid(ONLY_A_WORD)
    return "", surveywords.read(letter.post.base_subject, reply)


def _template(words: str) -> str | None:
    """The template that is asked for, and nothing besides; None where none is."""
    line = next((one for one in plain(after_greeting(words.strip())).split("\n") if one.strip()), "")
    found = TEMPLATE.fullmatch(fold(line))
    return " ".join(found["name"].split()) if found else None


def _cause(letter: Letter) -> Cause:
    return Cause(letter.incoming, proven=letter.alignment is Alignment.ALIGNED)


def _refuse(db: Session, mlist: MailingList, letter: Letter, who: Decider, refusal: Refusal, now: datetime) -> Outcome:
    surveyletters.refused(db, mlist, who.email, now, _cause(letter), refusal, letter.words)
    return Outcome(State.ANSWERED, ("draft-refused",))


def _too_many(db: Session, mlist: MailingList, letter: Letter, who: Decider, now: datetime) -> Outcome:
    """The first of them is given back, with a word of what becomes of the others."""
    if not limits.within(db, "too many survey drafts", f"{mlist.id} {who.user_id}", now, HOUR, 1):
        return Outcome(State.DISCARDED, ("enough-for-today",))
    return _refuse(db, mlist, letter, who, Invalid(MANY_DRAFTS), now)
