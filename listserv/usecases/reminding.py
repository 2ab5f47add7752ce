"""Nothing waits in silence: moderators are reminded of what they have not decided, applicants hear that it waits still.

All of it is counted from what the rows say, so that a second run, or a second worker, finds nothing left to do.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from listserv.mail import cutting
from listserv.rules import Reason
from listserv.store import calendar, purging, untold, waiting
from listserv.store.lists import MailingList, lock
from listserv.store.moderation import Application, ApplicationState, Held
from listserv.store.people import Purpose, address_by_key
from listserv.usecases import applicationletters, consents, deciding, moderation, outbox, posting, tokens
from listserv.usecases.access import CALENDAR, Actor
from listserv.usecases.applicationletters import CONFIRM_DAYS
from listserv.usecases.deciding import Case, Decider
from listserv.usecases.digesting import Owed
from listserv.usecases.journal import note
from listserv.usecases.outbox import Cause
from listserv.usecases.rowbyrow import alone

DAY, WEEK = timedelta(days=1), timedelta(days=7)
# So long after a case came; then every week.
STAGES = (2 * DAY, 7 * DAY, 14 * DAY)
# When an applicant hears that it waits still; later than so long, it helps nobody any more.
TOLD_AFTER, TOO_LATE = 7 * DAY, 60 * DAY
LAPSES_AFTER = CONFIRM_DAYS * DAY
AGAIN = timedelta(hours=1)
# Of several cases, so many stand in the letter by name; of one, so much of its words.
NAMED, LONGEST = 10, 1_500


def since(case: Case) -> datetime:
    """Since when it is before moderators."""
    return case.held_at if isinstance(case, Held) else case.waits_since or case.applied_at


def next_reminder(case: Case, now: datetime) -> datetime:
    """When moderators hear of it next: after 2, 7 and 14 days, then every week."""
    began = since(case)
    stage = next((began + stage for stage in STAGES if began + stage > now), None)
    return stage or began + WEEK * ((now - began) // WEEK + 1)


def run_due(db: Session, now: datetime, limit: int = 100) -> int:
    """Write what is due by now, at most `limit` of each kind; how many things were done. Call until it returns 0."""
    lists = sum(_safely(db, list_id, now) for list_id in waiting.lists_due(db, now, STAGES[0], limit))
    return lists + _tell_applicants(db, now, limit) + _ask_known_again(db, now, limit) + _lapse(db, now, limit)


# ---- moderators --------------------------------------------------------------------------------------------


def _safely(db: Session, list_id: int, now: datetime) -> int:
    mlist = db.get_one(MailingList, list_id)
    done = alone(db, partial(_remind, db, mlist, now), "reminder failed", list=mlist.name)
    if done is not None:
        return done
    for case in waiting.cases_due(db, list_id, now, STAGES[0]):
        case.remind_at = now + AGAIN
    return 1


def _remind(db: Session, mlist: MailingList, now: datetime) -> int:
    """One letter for each moderator about all that is due today; 0 where another worker was faster."""
    lock(db, mlist)
    if not waiting.cases_due(db, mlist.id, now, STAGES[0]):
        return 0
    today = _end_of_day(db, now)
    cases = waiting.cases_due(db, mlist.id, today, STAGES[0])
    for decider in deciding.deciders(db, mlist):
        if len(cases) == 1:
            _about_one(db, mlist, cases[0], decider, now)
        else:
            _about_several(db, mlist, cases, decider, now)
    slot = min(case.remind_at or since(case) + STAGES[0] for case in cases)
    for case in cases:
        case.remind_at = next_reminder(case, today)
    calendar.ran(db, "reminder", f"list:{mlist.id}", slot, now, list_id=mlist.id, detail=f"{len(cases)} waiting")
    return 1


def _end_of_day(db: Session, now: datetime) -> datetime:
    """What is due later on the same day comes along."""
    local = now.astimezone(ZoneInfo(outbox.settings_of(db).timezone))
    return max(now, local.replace(hour=23, minute=59, second=59, microsecond=0))


def _about_one(db: Session, mlist: MailingList, case: Case, decider: Decider, now: datetime) -> None:
    """Its words once more, and an address that decides about it."""
    text = _words(db, case)
    head = cutting.beginning(text, cutting.size(LONGEST))
    facts: dict[str, Any] = {**_named(case, now), "no_consent": isinstance(case, Application) and consents.refused(db, case)}
    facts |= {"text": head, "cut": len(head) < len(text), "trustable": isinstance(case, Application) or posting.may_be_trusted(case.reasons)}
    facts["unnamed"] = isinstance(case, Held) and Reason.UNNAMED in case.reasons.split()
    reply_to = deciding.reply_address(db, deciding.token_for(db, case, decider.email, now))
    letter = outbox.write(db, "waits-still", decider.email, decider.language, now, mlist=mlist, reply_to=reply_to, automatic=False, **facts)
    if letter and isinstance(case, Held):
        # It answers nothing, and tells of this mail: whoever is forgotten is so here, too.
        letter.incoming_id = case.incoming_id


def _words(db: Session, case: Case) -> str:
    if isinstance(case, Application):
        return case.text
    return moderation.submission_of(db, case.mlist, case).post.text


def _about_several(db: Session, mlist: MailingList, cases: Sequence[Case], decider: Decider, now: datetime) -> None:
    """What they are; a reply brings them one by one, each in a letter that a word decides (`usecases.bundling`)."""
    kept = [(Purpose.DECIDE_HELD if isinstance(case, Held) else Purpose.DECIDE_APPLICATION, case.id) for case in cases]
    untold.keep_told(db, mlist, decider.email, kept, now)
    token = tokens.issue(db, Purpose.NEXT_CASES, decider.email, now, mlist=mlist)
    named = [_named(case, now) for case in cases[:NAMED]]
    facts: dict[str, Any] = {"cases": named, "left": len(cases) - len(named)}
    reply_to = deciding.reply_address(db, token)
    outbox.write(db, "several-wait", decider.email, decider.language, now, mlist=mlist, reply_to=reply_to, automatic=False, **facts)


def _named(case: Case, now: datetime) -> dict[str, Any]:
    their_turn = isinstance(case, Application) and case.state is ApplicationState.ASKED
    return {"who": deciding.who(case), "subject": case.subject, "what": deciding.what(case), "days": (now - since(case)) // DAY, "their_turn": their_turn}


# ---- applicants --------------------------------------------------------------------------------------------


def _tell_applicants(db: Session, now: datetime, limit: int) -> int:
    """Once, after a week: it waits still. To those alone who have proven that the address is theirs."""
    due = waiting.applicants_to_tell(db, now - TOLD_AFTER, now - TOO_LATE, limit)
    for application in due:
        application.told_at = now
        applicationletters.say_waiting(db, application, now)
        _ran(db, "application-waiting", application, since(application) + TOLD_AFTER, now)
    return len(due)


def _ask_known_again(db: Session, now: datetime, limit: int) -> int:
    """Once, after a week, whether it was they: only whoever is known here by this very address. Nobody else has ever written to us."""
    due = waiting.unconfirmed_untold(db, now - TOLD_AFTER, limit)
    for application in due:
        application.told_at = now
        if _is_known(db, application):
            applicationletters.ask_to_confirm(db, application, Cause(), now)
            _ran(db, "application-confirm", application, application.applied_at + TOLD_AFTER, now)
    return len(due)


def _ran(db: Session, what: str, application: Application, slot: datetime, now: datetime) -> None:
    calendar.ran(db, what, f"application:{application.id}", slot, now, list_id=application.list_id)


def _is_known(db: Session, application: Application) -> bool:
    place = address_by_key(db, application.key)
    return place is not None and place.verified_at is not None


def _lapse(db: Session, now: datetime, limit: int) -> int:
    """What nobody has confirmed for two months is set aside, where it can be seen. A reply to the letter confirms it even then."""
    due = waiting.unconfirmed_since(db, now - LAPSES_AFTER, limit)
    for application in due:
        application.state, application.decided_at = ApplicationState.LAPSED, now
        note(db, CALENDAR, "application-lapsed", mlist=application.mlist, now=now, about=application, detail=application.email)
        _ran(db, "application-lapses", application, application.applied_at + LAPSES_AFTER, now)
    return len(due)


def purge(db: Session, mlist: MailingList, older: timedelta, actor: Actor, now: datetime) -> int:
    """Forget the words and addresses of what was set aside so long ago because nobody had confirmed it; how many. That the mails came stays."""
    gone = waiting.lapsed(db, mlist.id, now - older)
    for application in gone:
        purging.forget(db, application)
    if gone:
        note(db, actor, "applications-purged", mlist=mlist, now=now, detail=str(len(gone)))
    return len(gone)


# ---- telling what is due -----------------------------------------------------------------------------------


def owed(db: Session, until: datetime) -> list[Owed]:
    """What the calendar owes at that time; changes nothing."""
    return [*_owed_to_moderators(db, until), *_owed_to_applicants(db, until)]


def _owed_to_moderators(db: Session, until: datetime) -> Iterator[Owed]:
    for list_id in waiting.lists_due(db, until, STAGES[0]):
        mlist, cases = db.get_one(MailingList, list_id), waiting.cases_due(db, list_id, until, STAGES[0])
        at = min(case.remind_at or since(case) + STAGES[0] for case in cases)
        for decider in deciding.deciders(db, mlist):
            yield Owed(at, "reminder", mlist.name, decider.email, f"{len(cases)} waiting")


def _owed_to_applicants(db: Session, until: datetime) -> Iterator[Owed]:
    for one in waiting.applicants_to_tell(db, until - TOLD_AFTER, until - TOO_LATE):
        yield Owed(since(one) + TOLD_AFTER, "application-waiting", one.mlist.name, one.email, f"{(until - since(one)) // DAY} days")
    for one in waiting.unconfirmed_untold(db, until - TOLD_AFTER):
        if _is_known(db, one):
            yield Owed(one.applied_at + TOLD_AFTER, "application-confirm", one.mlist.name, one.email, "not confirmed")
    for one in waiting.unconfirmed_since(db, until - LAPSES_AFTER):
        yield Owed(one.applied_at + LAPSES_AFTER, "application-lapses", one.mlist.name, one.email, f"not confirmed for {CONFIRM_DAYS} days")
