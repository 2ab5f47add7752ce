"""A coordinator's word about an issue that was shown to them.

Nothing is sent, replaced or thrown away but by a clear word about the very revision that its letter showed, proven to be a coordinator's. To
stop what is planned needs neither: while an hour is planned, whatever is no plain yes makes the issue a draft again, and says so.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from digests.schedule import instant
from listserv.errors import Conflict, Invalid, NotAllowed, Refusal
from listserv.i18n import N_
from listserv.mail import commands
from listserv.mail.htmltext import to_text
from listserv.store import issues as rows
from listserv.store.issues import GONE, OPEN, Issue, IssueState, SourceKind
from listserv.store.people import Token, User
from listserv.store.queue import Incoming, State
from listserv.usecases import deciding, issuedoubles, issueletters, issues, newswords, saidagain, strangernews
from listserv.usecases.access import Actor
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.deciding import Proof
from listserv.usecases.outbox import ACT, Cause
from newsletters import answers
from newsletters.answers import Answer, Says

OVER = N_("This moment is over already: say a later one, or send it now.")
NOWHERE = N_("There is no such day this year: say another one, or the year too.")
# What leaves a plan as it is.
KEEPING = frozenset({Says.SEND, Says.PLAN, Says.TRY, Says.YES, Says.THANKS})
# What acts on the words that were shown.
ACTING = frozenset({Says.SEND, Says.PLAN, Says.DISCARD, Says.TEXT, Says.LINES})
# What does nothing, or stops something, and so needs no proof.
TALKING = frozenset({Says.YES, Says.THANKS, Says.WHEN, Says.UNCLEAR, Says.UNDO})
# Beside which a picture is put into the draft, and the draft shown.
OVERTAKEN = (TALKING - {Says.UNDO}) | {Says.SEND, Says.PLAN}
# In a token's detail, below the revision: what the quotation below a word says was asked about.
ASKED_OF_QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to a letter about an issue: what it says, when, about which revision, and is it proven to be a coordinator's."""

    issue: Issue
    token: Token
    letter: Letter
    said: Answer
    proven: bool
    actor: Actor
    # The mail that says it: this one, or an earlier one to which this one says yes.
    mail: Incoming

    @property
    def says(self) -> Says:
        return self.said.says

    @property
    def cause(self) -> Cause:
        return Cause(self.letter.incoming, proven=self.proven)

    @property
    def shown(self) -> int:
        """The revision that the letter showed."""
        return saidagain.revision(self.token)

    @property
    def stale(self) -> bool:
        return self.says in ACTING and self.shown != self.issue.revision


def answer(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """Do what the coordinator says of an issue. Raises Conflict where there is none any more."""
    issue = rows.locked_issue(db, token.object_id or 0)
    if issue is None:
        raise Conflict("already-decided")
    if commands.is_absent(letter.post.reply) and _said(letter, issue).says is not Says.UNDO:
        return NOBODY_ANSWERS_MACHINES
    if issuedoubles.is_answered(db, letter):
        return Outcome(State.DISCARDED, ("double",))
    if not deciding.still_decides(db, issue.mlist, deciding.actor(db, token).user_id):
        return strangernews.pass_on(db, issue.mlist, letter, now, coordinator=False)
    return _obey(db, _reply(db, issue, token, letter), now)


def _reply(db: Session, issue: Issue, token: Token, letter: Letter) -> Reply:
    proven = deciding.proof(db, token, letter.post, letter.alignment) is Proof.PROVEN
    letter, mail = saidagain.meant(db, token, letter, proven=proven)
    actor = replace(deciding.actor(db, token), proven=proven)
    return Reply(issue, token, letter, _said(letter, issue), proven, actor, mail)


def _said(letter: Letter, issue: Issue) -> Answer:
    source = to_text(issue.source) if issue.kind is SourceKind.HTML else issue.source
    below = newswords.below_lines(letter)
    said = answers.read(letter.post.reply if below is None else below, letter.post.author_name, source=source, sets=below is not None)
    came = newswords.brings_pictures(letter) or (said.says in (Says.SEND, Says.PLAN) and newswords.brought(letter))
    return Answer(Says.LINES, left=True) if came and said.says in OVERTAKEN else said


def _obey(db: Session, one: Reply, now: datetime) -> Outcome:
    stale, otherwise = one.stale, _otherwise(db, one)
    stopped = _stops(one, stale or bool(otherwise)) and stop(db, one.issue, one.actor, now)
    if not one.proven and not stopped and not issueletters.may_ask(db, one.token, now):
        return Outcome(State.ANSWERED, ("enough-for-today",))
    if one.issue.state in GONE or one.issue.state is IssueState.DISCARDED:
        return _too_late(db, one, now)
    if one.says in TALKING:
        return _talk(db, one, now, stopped=stopped)
    if not one.proven:
        return _ask_back(db, one, now, shown=one.shown if stale else one.issue.revision, stopped=stopped)
    if stale:
        words = one.letter.words if one.says in (Says.TEXT, Says.LINES) else ""
        issueletters.preview(db, one.issue, one.token.email, now, one.cause, changed=True, stopped=stopped, words=words)
        return Outcome(State.ANSWERED, ("changed-since",))
    if otherwise:
        issueletters.preview(db, one.issue, one.token.email, now, one.cause, otherwise=otherwise, stopped=stopped, kept=ASKED_OF_QUOTE)
        return Outcome(State.ANSWERED, ("quoted-otherwise",))
    try:
        return _do(db, one, now, stopped=stopped)
    except (Invalid, NotAllowed) as refusal:
        return _trouble(db, one, refusal, now, stopped=stopped)


def _otherwise(db: Session, one: Reply) -> str:
    """What of the issue reads otherwise in the quotation below a word that sends it; asked about once."""
    asked = deciding.kept_words(one.token).partition("\n")[2] == ASKED_OF_QUOTE
    if asked or not one.proven or one.stale or one.issue.state not in OPEN or one.says not in (Says.SEND, Says.PLAN):
        return ""
    user = db.get(User, one.actor.user_id) if one.actor.user_id else None
    return newswords.quoted_otherwise(db, one.issue, one.letter, user.name if user else "")


def _stops(one: Reply, doubtful: bool) -> bool:
    """Rather late than wrong: does this answer take back an hour that is planned?"""
    keeps = one.says in KEEPING or (one.says is Says.DISCARD and one.proven)
    return one.issue.state is IssueState.SCHEDULED and (not keeps or (doubtful and one.proven))


def stop(db: Session, issue: Issue, actor: Actor, now: datetime) -> bool:
    """Take the plan back; whoever else planned it hears of it."""
    planner = issue.planned_by or issue.author_id
    issues.unschedule(db, issue, actor, now)
    for decider in deciding.deciders(db, issue.mlist):
        if decider.user_id == planner and decider.user_id != actor.user_id:
            issueletters.told(db, issue, decider.email, now, ACT, "undone")
    return True


def _too_late(db: Session, one: Reply, now: datetime) -> Outcome:
    """It has gone, or was thrown away: what came is given back. Copies that wait for their hour can be kept back still."""
    issue, sent = one.issue, one.issue.state in GONE
    if one.says in (Says.YES, Says.THANKS):
        return Outcome(State.ANSWERED, ("thanks",))
    if sent and one.says is Says.UNDO and rows.copies_wait(db, [issue.message_id or 0]):
        if not one.proven:
            return _ask_back(db, one, now, shown=one.shown, stopped=False)
        left = issues.stop(db, issue, one.actor, now)
        issueletters.told(db, issue, one.token.email, now, one.cause, "stopped", left=left)
        return Outcome(State.ANSWERED, ("issue-stopped",))
    words = one.letter.words if one.says in (Says.TEXT, Says.LINES, Says.UNCLEAR, Says.WHEN) else ""
    issueletters.told(db, issue, one.token.email, now, one.cause, "already" if sent else "gone", words=words)
    return Outcome(State.ANSWERED, ("already-decided",))


def _talk(db: Session, one: Reply, now: datetime, *, stopped: bool) -> Outcome:
    issue, to = one.issue, one.token.email
    if stopped and one.says is Says.UNDO:
        issueletters.told(db, issue, to, now, one.cause, "undone")
        return Outcome(State.ANSWERED, ("issue-undo",))
    if issue.state is IssueState.SCHEDULED:
        # A yes or thanks: it goes as it was planned.
        issueletters.told(db, issue, to, now, one.cause, "local" if issue.local else "planned", at=_hour_of(db, one))
        return Outcome(State.ANSWERED, ("issue-planned",))
    if one.says is Says.THANKS or (one.says is Says.UNDO and not one.said.left):
        if one.says is Says.UNDO and one.proven:
            # A word to send it that is still on its way was said before.
            issues.as_draft(issue)
        issueletters.told(db, issue, to, now, one.cause, "nothing")
        return Outcome(State.ANSWERED, ("issue-waits",))
    issueletters.unclear(db, issue, to, now, one.cause, words=one.letter.words, hour=one.says is Says.WHEN, stopped=stopped)
    return Outcome(State.ANSWERED, ("not-understood",))


def _hour_of(db: Session, one: Reply) -> datetime | None:
    clock = one.issue.clock if one.issue.local else ""
    return instant(datetime.fromisoformat(clock), zone_of(db, one.actor)) if clock else one.issue.at


def _ask_back(db: Session, one: Reply, now: datetime, *, shown: int, stopped: bool) -> Outcome:
    """To the coordinator's own address, whoever wrote: is this yours?"""
    files = [file.name for file in newswords.brought(one.letter)]
    issueletters.confirm(db, one.issue, one.token.email, now, one.cause, words=one.letter.words, files=files, of=shown, mail=one.mail, stopped=stopped)
    return Outcome(State.ANSWERED, ("asked-back",))


def _trouble(db: Session, one: Reply, refusal: Refusal, now: datetime, *, stopped: bool) -> Outcome:
    issue = one.issue
    stopped = stopped or (issue.state is IssueState.SCHEDULED and stop(db, issue, one.actor, now))
    who = next(decider for decider in deciding.deciders(db, issue.mlist) if decider.user_id == one.actor.user_id)
    issueletters.refused(db, issue.mlist, one.token.email, who.language, now, one.cause, refusal, one.letter.words, issue=issue, stopped=stopped)
    return Outcome(State.ANSWERED, ("draft-refused",))


def _do(db: Session, one: Reply, now: datetime, *, stopped: bool) -> Outcome:
    issue, actor, to, cause = one.issue, one.actor, one.token.email, one.cause
    match one.says:
        case Says.SEND:
            issues.send(db, issue, actor, now)
            issueletters.told(db, issue, to, now, cause, "sent")
        case Says.PLAN:
            _plan(db, one, now)
        case Says.TRY:
            issues.try_out(db, issue, to, actor, now)
        case Says.DISCARD:
            issues.discard(db, issue, actor, now)
            issueletters.told(db, issue, to, now, cause, "discarded")
        case _:
            words, notes = newswords.of_answer(db, issue, one.letter, one.said)
            issues.revise(db, issue, words, now)
            issueletters.preview(db, issue, to, now, cause, notes=notes, planned=stopped)
    return Outcome(State.ANSWERED, (f"issue-{one.says}",))


def _plan(db: Session, one: Reply, now: datetime) -> None:
    assert one.said.when is not None
    zone = zone_of(db, one.actor)
    # „Jutro” is the day after it was said.
    said_at = one.mail.received_at.astimezone(zone).replace(tzinfo=None)
    wall = one.said.when.on(said_at)
    if wall is None:
        raise Invalid(NOWHERE if one.said.when.is_nowhere(said_at) else OVER)
    issues.schedule(db, one.issue, instant(wall, zone), one.said.when.local, one.actor, now, zone=zone, wall=wall)
    issueletters.told(db, one.issue, one.token.email, now, one.cause, "local" if one.issue.local else "planned", at=instant(wall, zone))


def zone_of(db: Session, actor: Actor) -> ZoneInfo:
    """The zone in which this coordinator says an hour."""
    return issueletters.zone_of(db, db.get(User, actor.user_id) if actor.user_id else None)
