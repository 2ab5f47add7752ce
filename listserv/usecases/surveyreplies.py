"""A coordinator's word about a question that was shown to them: nothing is sent, changed or closed but by a word that is proven theirs,

about the very revision that their letter showed.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import Conflict, Invalid, NotAllowed
from listserv.mail import commands, surveysays, surveywords
from listserv.mail.surveysays import Said, Says
from listserv.store import surveys as rows
from listserv.store.people import Token
from listserv.store.queue import Incoming, State
from listserv.store.surveys import Survey, SurveyState
from listserv.usecases import deciding, issuedoubles, saidagain, strangernews, surveyletters, surveymail, surveys
from listserv.usecases.access import Actor
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.deciding import Proof
from listserv.usecases.outbox import Cause

ANSWERED = State.ANSWERED


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to a letter about a survey: what it says, about which revision, and is it proven to be a coordinator's."""

    survey: Survey
    token: Token
    letter: Letter
    said: Said
    proven: bool
    actor: Actor
    # The mail that says it: this one, or an earlier one to which this one says yes.
    mail: Incoming

    @property
    def cause(self) -> Cause:
        return Cause(self.letter.incoming, proven=self.proven)

    @property
    def shown(self) -> int:
        return saidagain.revision(self.token)


def answer(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """Do what the coordinator says of a question. Raises Conflict where there is none any more."""
    survey = rows.locked_survey(db, token.object_id or 0)
    if survey is None or not survey.mlist.surveys:
        raise Conflict("already-decided")
    letter.incoming.list_id = survey.list_id
    if commands.is_absent(letter.post.reply):
        return NOBODY_ANSWERS_MACHINES
    if issuedoubles.is_answered(db, letter):
        return Outcome(State.DISCARDED, ("double",))
    if not deciding.still_decides(db, survey.mlist, deciding.actor(db, token).user_id):
        return strangernews.pass_on(db, survey.mlist, letter, now, coordinator=False, tell=surveyletters.not_yours)
    one = _reply(db, survey, token, letter)
    if not one.proven and not surveyletters.may_ask(db, token, now):
        return Outcome(ANSWERED, ("enough-for-today",))
    return _obey(db, one, now)


def _reply(db: Session, survey: Survey, token: Token, letter: Letter) -> Reply:
    proven = deciding.proof(db, token, letter.post, letter.alignment) is Proof.PROVEN
    letter, mail = saidagain.meant(db, token, letter, proven=proven)
    said = surveysays.read(letter.post.reply, letter.post.author_name)
    return Reply(survey, token, letter, said, proven, replace(deciding.actor(db, token), proven=proven), mail)


def _obey(db: Session, one: Reply, now: datetime) -> Outcome:
    says, survey, to = one.said.says, one.survey, one.token.email
    if says is Says.THANKS:
        return Outcome(ANSWERED, ("thanks",))
    if says in (Says.YES, Says.UNCLEAR):
        # „TAK” below „wyślij” would do; alone it names nothing to be done.
        surveyletters.unclear(db, survey, to, now, one.cause, one.letter.words)
        return Outcome(ANSWERED, ("not-understood",))
    if not one.proven:
        surveyletters.confirm(db, survey, to, now, one.cause, words=one.letter.words, of=one.shown, mail=one.mail)
        return Outcome(ANSWERED, ("asked-back",))
    if survey.state is SurveyState.DRAFT and one.shown != survey.revision and says is not Says.DISCARD:
        surveyletters.preview(db, survey, to, now, one.cause, changed=True)
        return Outcome(ANSWERED, ("changed-since",))
    try:
        return _do(db, one, now)
    except (Invalid, NotAllowed) as refusal:
        surveyletters.refused(db, survey.mlist, to, now, one.cause, refusal, one.letter.words, survey=survey)
        return Outcome(ANSWERED, ("draft-refused",))


def _do(db: Session, one: Reply, now: datetime) -> Outcome:
    if one.survey.state is SurveyState.DRAFT:
        return _of_draft(db, one, now)
    outcome = _of_open(db, one, now) if one.survey.state is SurveyState.OPEN else _of_closed(one)
    surveyletters.told(db, one.survey, one.token.email, now, one.cause, outcome)
    return Outcome(ANSWERED, (f"survey-{outcome}",))


def _of_draft(db: Session, one: Reply, now: datetime) -> Outcome:
    survey, to, says = one.survey, one.token.email, one.said.says
    if says is Says.SEND:
        surveys.send(db, survey, one.actor, now)
        surveyletters.told(db, survey, to, now, one.cause, "sent")
        return Outcome(ANSWERED, ("survey-sent",))
    if says in (Says.DISCARD, Says.CLOSE):
        surveys.discard(db, survey, one.actor, now)
        surveyletters.told(db, survey, to, now, one.cause, "discarded")
        return Outcome(ANSWERED, ("survey-discarded",))
    zone = surveyletters.zone_of(db, to)
    if says is Says.SET:
        if one.said.closes:
            surveys.set_closing(db, survey, surveys.closing(one.said.closes, now, zone), now)
        if one.said.privacy:
            surveys.set_privacy(db, survey, one.said.privacy)
        surveyletters.preview(db, survey, to, now, one.cause)
        return Outcome(ANSWERED, ("survey-changed",))
    asked = surveywords.read("", one.letter.post.reply)
    if asked.title == asked.questions[0].text:
        asked = replace(asked, title=survey.title)
    # What was said of the letter before holds, where the new one says nothing else.
    asked = replace(asked, privacy=asked.privacy or survey.privacy)
    closes = survey.closes_at
    surveys.change(db, survey, asked, now, zone=zone)
    survey.closes_at = survey.closes_at or closes
    surveyletters.preview(db, survey, to, now, one.cause, guessed=surveymail.guessed(asked) if survey.closes_at is None else ())
    return Outcome(ANSWERED, ("survey-changed",))


def _of_open(db: Session, one: Reply, now: datetime) -> str:
    says, survey = one.said.says, one.survey
    if says is Says.CLOSE:
        surveys.close(db, survey, one.actor, now)
        return "closed"
    if says is Says.SET and one.said.closes:
        surveys.extend(db, survey, surveys.closing(one.said.closes, now, surveyletters.zone_of(db, one.token.email)), one.actor, now)
        return "extended"
    if says is Says.DISCARD and surveys.take_back(db, survey, one.actor, now):
        return "back"
    return "already"


def _of_closed(one: Reply) -> str:
    return "over" if one.survey.state is SurveyState.CLOSED else "gone"
