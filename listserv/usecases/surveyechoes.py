"""Letters to whoever answers a question to everybody: what was understood, what was not, and what does not count, and why."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from listserv import links
from listserv.mail import address, language
from listserv.mail.authentication import Alignment
from listserv.mail.folding import plain
from listserv.mail.surveykinds import SCALE, Kind
from listserv.mail.votes import Choice, Read
from listserv.store.members import Member, member_by_key
from listserv.store.surveys import ECHO_UNNAMED, Question, Survey
from listserv.usecases import limits, outbox, surveyasking
from listserv.usecases.arrivals import Letter
from listserv.usecases.outbox import Cause

# Of an anonymous answer the letter goes when it has left: it says what was answered, and to whom it was sent (`unlinking.TRACELESS`).
ECHO = "survey-echo"
LONGEST_SHOWN = 2_000
# A sentence with a question mark and no number.
ASKED = re.compile(r"[^.!?:\d]+(?=\?)")
# Of what was not understood nobody is asked again and again, nor told each time what does not count.
ASKED_WITHIN, MOST_ASKED, MOST_TOLD = timedelta(days=1), 3, 2


def told(db: Session, survey: Survey, member: Member, letter: Letter, now: datetime, found: Read, stands: Mapping[int, Choice], *, receipt: str = "") -> None:
    """What was understood, question by question, and how to change it; what was not is asked back."""
    if not found.choices and not limits.within(db, "survey asked back", f"{survey.id} {member.user_id}", now, ASKED_WITHIN, MOST_ASKED):
        return
    settings = outbox.settings_of(db)
    key = receipt if survey.is_anonymous and receipt else links.question_key(settings, member.id, survey.id)
    understood = [{"question": surveyasking.shown(one), "said": said(one, stands[one.number])} for one in survey.questions if one.number in stands]
    unclear = [{"question": surveyasking.shown(one), "why": found.troubles[one.number].value} for one in survey.questions if one.number in found.troubles]
    open_ones = [surveyasking.shown(one) for one in survey.questions if one.number not in stands and one.number not in found.troubles]
    facts: dict[str, Any] = {
        "survey_title": survey.title,
        "survey_privacy": survey.privacy.value,
        "survey_understood": understood,
        "survey_unclear": unclear,
        "survey_left": open_ones,
    }
    facts |= {
        "survey_counted": bool(found.choices),
        "survey_asks": _asks(letter.post.reply, found),
        "link": links.question_url_of(settings, key),
        "survey_closes": survey.closes_at,
        "survey_alone": len(survey.questions) == 1,
    }
    kind = ECHO_UNNAMED if survey.is_anonymous else ECHO
    _write(db, kind, survey, member, letter, now, reply_to=links.token_address(settings, key), **facts)


def _asks(reply: str, found: Read) -> bool:
    """Is something asked beside what is answered? Nothing of it is passed on: an answer is kept apart from who gave it."""
    answered = " ".join(" ".join(choice.words.split()) for choice in found.choices.values())
    # „1 albo 2?” asks for nothing, and „może mniej spotkań?” may be an answer itself.
    return any(one.strip() not in answered for one in ASKED.findall(" ".join(plain(reply[:LONGEST_SHOWN]).split())) if len(one.split()) > 2)


def said(question: Question, choice: Choice) -> dict[str, Any]:
    """An answer as letters show it: `chosen` in its order, or `words`; neither of them is none of the options."""
    if question.kind is Kind.SCALE:
        return {"chosen": tuple((one, f"{one}/{SCALE[-1]}") for one in choice.chosen), "words": "", "kind": question.kind.value}
    options = question.choices
    chosen = tuple((one, options[one - 1]) for one in choice.chosen if one <= len(options))
    return {"chosen": chosen, "words": choice.words[:LONGEST_SHOWN], "kind": question.kind.value}


def late(db: Session, survey: Survey, member: Member, letter: Letter, now: datetime) -> None:
    """It has closed; where the results stand."""
    _write(
        db,
        "survey-late",
        survey,
        member,
        letter,
        now,
        survey_title=survey.title,
        survey_closed=survey.closed_at or survey.closes_at or now,
        **_page(db, survey),
    )


def again(db: Session, survey: Survey, member: Member, letter: Letter, now: datetime) -> None:
    """Somebody has answered an anonymous survey before, and nobody knows what."""
    _write(db, "survey-again", survey, member, letter, now, survey_title=survey.title, **_page(db, survey))


def not_theirs(db: Session, survey: Survey, member: Member | None, letter: Letter, now: datetime) -> None:
    """An answer that does not count: whoever wrote it hears why, and so does whoever was asked; what it said is told nobody."""
    forged = letter.alignment is Alignment.FAILED
    if letter.sender and not forged:
        writer = member_by_key(db, survey.mlist, address.key(letter.sender))
        tongue = writer.user.language if writer else language.guess(letter.post.reply)
        facts: dict[str, Any] = {"survey_title": survey.title, "on_list": writer is not None}
        outbox.write(db, "survey-not-yours", letter.sender, tongue, now, mlist=survey.mlist, cause=letter.cause, **facts)
    known = member is not None and member.list_id == survey.list_id
    if member and known and limits.within(db, "survey answered by others", f"{survey.id} {member.user_id}", now, ASKED_WITHIN, MOST_TOLD):
        settings = outbox.settings_of(db)
        key = links.question_key(settings, member.id, survey.id)
        more: dict[str, Any] = {"survey_title": survey.title, "forged": forged, "link": links.question_url_of(settings, key)}
        outbox.to_member(db, "survey-passed-on", member, now, mlist=survey.mlist, reply_to=links.token_address(settings, key), **more)


def _page(db: Session, survey: Survey) -> dict[str, str]:
    return {"link": links.survey_url(outbox.settings_of(db), survey.mlist.name, survey.id)}


def _write(db: Session, kind: str, survey: Survey, member: Member, letter: Letter, now: datetime, **facts: Any) -> None:
    """To the address from which the member has answered: it is theirs, and they have the key that we sent them."""
    cause = Cause(letter.incoming, proven=True)
    outbox.write(db, kind, letter.sender, member.user.language, now, mlist=survey.mlist, cause=cause, **facts)
