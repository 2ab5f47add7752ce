"""The hour of an issue: what the calendar owes, sends, and gives back to its author as a draft."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from listserv.errors import Conflict, Invalid, Refusal
from listserv.i18n import N_, choose_language
from listserv.store import calendar
from listserv.store import issues as rows
from listserv.store.issues import Issue
from listserv.usecases import deciding, issueletters, issues, outbox
from listserv.usecases.access import CALENDAR
from listserv.usecases.digesting import Owed
from listserv.usecases.journal import note

MOST_LISTED = 1_000
# A server that was down sends nothing that was meant for a day that is over.
TOO_LATE = timedelta(days=1)
LATE = N_("Its hour passed more than a day before it could be sent. Perhaps its words were meant for that day.")
BROKEN = N_("The program could not make it; whoever runs this server finds the reason in its log.")

log = structlog.get_logger()


def owed(db: Session, until: datetime) -> list[Owed]:
    """The issues that the calendar owes at that time."""
    return [one for issue in rows.due_issues(db, until, MOST_LISTED, lock=False) for one in _owed(db, issue, until)]


def _owed(db: Session, issue: Issue, until: datetime) -> list[Owed]:
    at, why = issue.at or until, f"“{issue.subject}” was planned for then"
    if not issue.mlist.closed_at:
        return [Owed(at, "issue", issue.mlist.name, issue.segment or "everybody", why)]
    # It goes to nobody: its author hears that it is a draft again.
    why += ", but the list is closed: it becomes a draft again"
    return [Owed(at, "issue", issue.mlist.name, decider.email, why) for decider in _told(db, issue)]


def run_due(db: Session, now: datetime, limit: int) -> int:
    """Send what is planned for now; how many. What cannot be sent is a draft again, and its author is told; the others go."""
    due = rows.due_issues(db, now, limit)
    for issue in due:
        refusal = _sent(db, issue, now)
        if refusal is not None:
            _give_back(db, issue, refusal, now)
    db.flush()
    return len(due)


def _sent(db: Session, issue: Issue, now: datetime) -> Refusal | None:
    """Send one; why that cannot be."""
    issue_id = issue.id
    try:
        with db.begin_nested():
            if issue.at and now - issue.at > TOO_LATE:
                return Invalid(LATE)
            issues.send(db, issue, CALENDAR, now)
    except Conflict:
        return None  # somebody was faster
    except Refusal as refusal:
        return refusal
    except OperationalError:
        # The database is busy or away: that passes, and says nothing of the issue.
        raise
    except Exception:  # one that cannot be made must not keep all others waiting
        log.exception("issue failed", issue=issue_id)
        return Invalid(BROKEN)
    return None


def _give_back(db: Session, issue: Issue, refusal: Refusal, now: datetime) -> None:
    db.refresh(issue)
    told = _told(db, issue)
    calendar.ran(db, "issue", f"issue:{issue.id}", issue.at or now, now, list_id=issue.list_id, detail=f"not sent: {refusal.reason}"[:200])
    issues.as_draft(issue)
    note(db, CALENDAR, "issue-failed", mlist=issue.mlist, now=now, about=issue, detail=issue.subject[:200])
    for decider in told:
        tongue = choose_language((decider.language, issue.mlist.language))
        issueletters.told(db, issue, decider.email, now, outbox.ACT, "failed", trouble=issueletters.worded(refusal, tongue))


def _told(db: Session, issue: Issue) -> list[deciding.Decider]:
    """Whoever planned it and its author, where they coordinate still; else all who do."""
    known = list(deciding.deciders(db, issue.mlist))
    return [one for one in known if one.user_id in (issue.planned_by, issue.author_id)] or known
