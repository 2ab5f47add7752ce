"""Results: counted from what was answered, and told to the list as a post in a thread of its own."""

from datetime import datetime
from hashlib import sha256

import structlog
from sqlalchemy.orm import Session

from listserv import links
from listserv.i18n import choose_language
from listserv.mail import compose, outgoing, parse
from listserv.mail.address import Mailbox
from listserv.mail.surveykinds import Kind
from listserv.mail.tokens import hide
from listserv.store import ballots
from listserv.store import surveys as rows
from listserv.store.archive import Message
from listserv.store.lists import MailingList, lock
from listserv.store.queue import Incoming, State, keep_raw
from listserv.store.surveys import Question, Survey, SurveyState
from listserv.usecases import archiving, outbox, posting, surveyresults, ways
from listserv.usecases.access import CALENDAR
from listserv.usecases.journal import note
from listserv.usecases.surveycounts import Asked, Said, Tally, tally, withheld
from listserv.usecases.surveyresults import Results

# Of sentences, to one question: what a page shows and a mail tells. The file has all.
MOST_WORDS = 2_000
PEER = "survey"

log = structlog.get_logger()


def asked_of(question: Question) -> Asked:
    """A question as it is counted."""
    return Asked(question.text, question.kind.value, question.choices)


def tallies(db: Session, survey: Survey, *, words: int = MOST_WORDS) -> tuple[Tally, ...]:
    """What came of each question; keys of ours that somebody quoted in an answer reach nobody else."""
    return tuple(_tally(db, survey, question, words) for question in survey.questions)


def _tally(db: Session, survey: Survey, question: Question, most: int) -> Tally:
    only_words = question.kind is Kind.WORDS
    said = [Said(rows.numbers(choices), times=count) for choices, count in ballots.tally(db, question.id) if choices or not only_words]
    said += [Said(words=hide(words)) for words in ballots.words_said(db, question.id, most)] if only_words else []
    return tally(asked_of(question), said, f"{survey.id} {question.number}")


def results(db: Session, survey: Survey, now: datetime) -> Results:
    """What everybody is told of a survey that is over."""
    answered, settings = ballots.count_answered(db, survey.id), outbox.settings_of(db)
    few = withheld(anonymous=survey.is_anonymous, answered=answered, closed=True, decides=False) == "few"
    return Results(
        title=hide(survey.title),
        tallies=() if few else tallies(db, survey),
        asked=survey.asked,
        answered=answered,
        opened=survey.sent_at or survey.made_at,
        closed=survey.closed_at or now,
        anonymous=survey.is_anonymous,
        few=few,
        url=links.survey_url(settings, survey.mlist.name, survey.id),
    )


def tell(db: Session, survey: Survey, now: datetime) -> Message | None:
    """Post the results to the list, once; None where that is done."""
    held = rows.locked_survey(db, survey.id)
    if held is None or held.told or held.state is not SurveyState.CLOSED:
        return None
    lock(db, survey.mlist)
    message = _publish(db, survey.mlist, results(db, survey, now), now)
    survey.told, survey.thread_id = True, message.thread_id
    note(db, CALENDAR, "survey-told", mlist=survey.mlist, now=now, about=survey, detail=survey.title)
    db.flush()
    log.info("survey told", list=survey.mlist.name, survey=survey.id)
    return message


def _publish(db: Session, mlist: MailingList, told: Results, now: datetime) -> Message:
    """The way of every post: archive, thread, copies to everybody. The list itself speaks, so that nobody seems to have written it."""
    raw = _mail(db, mlist, told, now)
    raw_id = keep_raw(db, raw).id
    post = archiving.unused_id(db, mlist, parse.parse(raw), sha256(raw).hexdigest())
    incoming = _arrived(db, mlist, raw_id, post.message_id, now)
    message = archiving.add(db, mlist, archiving.Arrival(post, raw_id, now))
    incoming.archived_id = message.id
    copy = outgoing.copy_for_members(raw, post, posting.dress_of(outbox.settings_of(db), mlist))
    outbox.fan_out(db, mlist, message, copy.head, copy.body, now)
    return message


def _mail(db: Session, mlist: MailingList, told: Results, now: datetime) -> bytes:
    settings = outbox.settings_of(db)
    language = choose_language((mlist.language, settings.site.language))
    words = surveyresults.worded(told, language, settings.timezone)
    box = Mailbox(mlist.title, links.list_address(settings, mlist.name))
    headers = {"Content-Language": language, "Auto-Submitted": "auto-generated"}
    return compose.letter(box, box, words.subject, words.text, headers=headers, date=now, html=words.html)


def _arrived(db: Session, mlist: MailingList, raw_id: int, message_id: str, now: datetime) -> Incoming:
    """The row by which `trace` finds the post, as it finds an issue."""
    address = links.list_address(outbox.settings_of(db), mlist.name)
    incoming = Incoming(raw_id=raw_id, message_id=message_id, rcpt=address, peer=PEER, attempts=1)
    incoming.mail_from, incoming.received_at, incoming.done_at = address, now, now
    incoming.list_id, incoming.state = mlist.id, State.POSTED
    db.add(incoming)
    db.flush()
    ways.taken(incoming)
    return incoming
