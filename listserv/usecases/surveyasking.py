"""The letters with a question to each member: in slices by the calendar, each with an address of its own to answer to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from listserv import links
from listserv.config import Settings
from listserv.i18n import choose_language
from listserv.mail import address, surveywords, tokens
from listserv.mail.surveykinds import Kind
from listserv.store import surveys as rows
from listserv.store.members import Member
from listserv.store.packing import content
from listserv.store.queue import keep_raw_many
from listserv.store.surveys import Question, Survey, SurveyState
from listserv.usecases import outbox, surveyforms

QUESTION = surveyforms.QUESTION


def ask_slice(db: Session, survey: Survey, now: datetime, limit: int) -> int:
    """Write to the next members; how many. 0 where everybody has been written to, and the cursor is gone."""
    if survey.state is not SurveyState.OPEN or survey.asked_upto is None:
        return 0
    members = rows.members_to_ask(db, survey, survey.asked_upto, limit)
    _write(db, survey, members, now, reminder=False)
    survey.asked += len(members)
    # The last slice is not full: nobody is left.
    survey.asked_upto = members[-1].id if len(members) == limit else None
    return len(members)


def begin_reminding(db: Session, survey: Survey, now: datetime) -> None:
    """From now on those are written to who have not answered."""
    survey.reminded_at, survey.reminded_upto = now, 0


def remind_slice(db: Session, survey: Survey, now: datetime, limit: int) -> int:
    """Remind the next members who have not answered; how many."""
    if survey.state is not SurveyState.OPEN or survey.reminded_upto is None:
        return 0
    members = rows.members_to_ask(db, survey, survey.reminded_upto, limit, unanswered=True)
    _write(db, survey, members, now, reminder=True)
    survey.reminded_upto = members[-1].id if len(members) == limit else None
    return len(members)


def _write(db: Session, survey: Survey, members: Sequence[Member], now: datetime, *, reminder: bool) -> None:
    """Their letters, in few statements: what is worded once for all who share a language is filled for each."""
    settings = outbox.settings_of(db)
    forms: dict[str, surveyforms.Form] = {}
    made: list[bytes] = []
    ids: list[str] = []
    for member in members:
        tongue = language_of(survey, member)
        if tongue not in forms:
            forms[tongue] = surveyforms.form(settings, survey, tongue, now, {**facts_of(survey), "survey_reminder": reminder})
        key = links.question_key(settings, member.id, survey.id)
        ids.append(surveyforms.message_id(settings, key, survey.reminded_at if reminder else None))
        made.append(surveyforms.filled(settings, forms[tongue], member.address.email, key, ids[-1]))
    raws = keep_raw_many(db, [content(one) for one in made])
    parcels = [
        outbox.Parcel(member.address.email, raw_id, survey.list_id, _mail_from(settings, member), own_id)
        for member, raw_id, own_id in zip(members, raws, ids, strict=True)
        if address.can_receive(member.address.email)
    ]
    if parcels:
        outbox.post_parcels(db, QUESTION, parcels, now)


def _mail_from(settings: Settings, member: Member) -> str:
    """What comes back tells whose mailbox it is."""
    return links.token_address(settings, tokens.sign(links.signing_key(settings), tokens.Kind.BOUNCE, member.id, 0))


def facts_of(survey: Survey) -> dict[str, Any]:
    """What of a survey stands alike in every letter."""
    questions = [shown(one) for one in survey.questions]
    facts = {"survey_title": survey.title, "survey_intro": survey.intro, "survey_privacy": survey.privacy.value}
    return {**facts, "survey_questions": questions, "survey_several": len(questions) > 1}


def shown(question: Question) -> dict[str, Any]:
    """A question as letters show it."""
    scale = question.choices if question.kind is Kind.SCALE else ()
    options = () if question.kind is Kind.SCALE else tuple(enumerate(question.choices, 1))
    return {
        "number": question.number,
        "text": question.text,
        "kind": question.kind.value,
        "options": options,
        "ends": scale,
        "says_how": surveywords.says_how(question.kind, question.text),
    }


def language_of(survey: Survey, member: Member) -> str:
    """The language in which this member is written to."""
    return choose_language((member.user.language, survey.mlist.language))


def letter_text(db: Session, survey: Survey, member: Member, now: datetime) -> str:
    """The text of the letter that this member answers, to tell its words from theirs."""
    form = surveyforms.form(outbox.settings_of(db), survey, language_of(survey, member), now, {**facts_of(survey), "survey_reminder": False})
    return form.text
