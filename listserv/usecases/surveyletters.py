"""Letters to coordinators about a question to everybody: how it will look, what became of it, what was not understood."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from listserv import letters, links
from listserv.errors import Refusal
from listserv.i18n import choose_language, translations
from listserv.mail import address
from listserv.mail.tokens import hide
from listserv.store import ballots
from listserv.store import surveys as rows
from listserv.store.expanding import zone_named
from listserv.store.lists import MailingList
from listserv.store.people import Purpose, Token, User, address_by_key
from listserv.store.queue import Incoming
from listserv.store.surveys import Survey
from listserv.usecases import deciding, limits, outbox, surveyasking, surveys, tokens
from listserv.usecases.outbox import Cause

SUFFIX = "questions"
LONGEST_SHOWN = 20_000


def preview(
    db: Session, survey: Survey, to: str, now: datetime, cause: Cause, *, changed: bool = False, guessed: tuple[str, ...] = (), template: str = ""
) -> None:
    """The question as members will get it, what was understood of it, and the words that decide. `guessed`: what nobody said, and so was chosen by us."""
    facts = surveyasking.facts_of(survey) | {"changed_since": changed, "survey_guessed": guessed, "survey_template": template}
    facts |= {"readers": rows.count_to_ask(db, survey.list_id), "survey_closes": surveys.closes_at(survey, now), "days": surveys.DAYS}
    facts["below"] = _as_members_see_it(db, survey, to, now)
    _write(db, "survey-preview", survey, to, now, cause, **facts)


def _as_members_see_it(db: Session, survey: Survey, to: str, now: datetime) -> tuple[str, str]:
    """The very letter, with a link that opens nothing."""
    settings, mlist = outbox.settings_of(db), survey.mlist
    closes = surveys.closes_at(survey, now)
    facts = surveyasking.facts_of(survey) | {
        "link": links.survey_url(settings, mlist.name, survey.id),
        "survey_reminder": False,
        "survey_closes": closes,
        "survey_pressed": [],
    }
    words = letters.render(surveyasking.QUESTION, _language(db, mlist, to), **outbox.common_facts(settings, mlist), to=to, **facts)
    return f"{words.subject}\n\n{words.body}", words.html


def told(db: Session, survey: Survey, to: str, now: datetime, cause: Cause, outcome: str) -> None:
    """What has become of it: sent, back, discarded, closed, extended, already, over, gone."""
    facts: dict[str, Any] = {
        "survey_outcome": outcome,
        "survey_closes": surveys.closes_at(survey, now),
        "survey_answered": ballots.count_answered(db, survey.id),
    }
    facts |= {"readers": survey.asked or rows.count_to_ask(db, survey.list_id)}
    facts["link"] = links.survey_url(outbox.settings_of(db), survey.mlist.name, survey.id)
    _write(db, "survey-told", survey, to, now, cause, **facts)


def unclear(db: Session, survey: Survey, to: str, now: datetime, cause: Cause, words: str) -> None:
    """An answer that was not understood: nothing has been done."""
    _write(db, "survey-words", survey, to, now, cause, words=shown(words), survey_open=survey.sent_at is not None)


def confirm(db: Session, survey: Survey, to: str, now: datetime, cause: Cause, *, words: str, of: int, mail: Incoming) -> None:
    """Is this answer really theirs? A yes lets the mail that brought it count as it stands."""
    _write(db, "survey-confirm", survey, to, now, cause, detail=f"{deciding.AGAIN}\n{of}\n{mail.id}", words=shown(words))


def may_ask(db: Session, token: Token, now: datetime) -> bool:
    """May one more answer that nobody vouches for be answered?"""
    return limits.within(db, "asked back", str(token.id), now, deciding.QUESTIONS_WITHIN, deciding.MOST_QUESTIONS)


def refused(db: Session, mlist: MailingList, to: str, now: datetime, cause: Cause, refusal: Refusal, words: str, *, survey: Survey | None = None) -> None:
    """A letter, or a word about a draft (`survey`), that cannot be followed, and why, in one sentence."""
    language = _language(db, mlist, to)
    sentence = translations(language).gettext(refusal.reason)
    facts: dict[str, Any] = {"trouble": sentence.format(**refusal.facts) if refusal.facts else sentence, "words": shown(words), "kept": survey is not None}
    facts["questions_address"] = _address(db, mlist)
    if survey is not None:
        _write(db, "survey-trouble", survey, to, now, cause, **facts)
        return
    reply_to = facts["questions_address"]
    outbox.write(db, "survey-trouble", to, language, now, mlist=mlist, reply_to=reply_to, automatic=False, cause=cause, survey_title="", **facts)


def not_yours(db: Session, mlist: MailingList, to: str, tongue: str, now: datetime, cause: Cause, *, on_list: bool) -> None:
    """To somebody who is no coordinator: where their letter has gone, and where such letters belong."""
    outbox.write(db, "survey-not-asked", to, tongue, now, mlist=mlist, cause=cause, questions_address=_address(db, mlist), on_list=on_list)


def shown(words: str) -> str:
    """Somebody's words as a letter quotes them: no address in them decides anything."""
    return hide(words[:LONGEST_SHOWN])


def zone_of(db: Session, to: str) -> ZoneInfo:
    """The zone in which somebody reads the clock."""
    user = _user_at(db, to)
    return zone_named(user.timezone if user else "", outbox.settings_of(db).timezone)


def _address(db: Session, mlist: MailingList) -> str:
    return links.list_address(outbox.settings_of(db), mlist.name, SUFFIX)


def _user_at(db: Session, email: str) -> User | None:
    place = address_by_key(db, address.key(email))
    return place.user if place else None


def _language(db: Session, mlist: MailingList, email: str) -> str:
    user = _user_at(db, email)
    return choose_language((user.language if user else "", mlist.language))


def _write(db: Session, kind: str, survey: Survey, to: str, now: datetime, cause: Cause, *, detail: str = "", **facts: Any) -> None:
    """A letter with a token of its own: a reply decides about the revision that it speaks of."""
    token = tokens.issue(db, Purpose.SURVEY, to, now, mlist=survey.mlist, object_id=survey.id, detail=detail or f"\n{survey.revision}")
    reply_to = deciding.reply_address(db, token)
    facts |= {"survey_title": survey.title}
    outbox.write(db, kind, to, _language(db, survey.mlist, to), now, mlist=survey.mlist, reply_to=reply_to, automatic=False, cause=cause, **facts)
