"""The figures of an issue: to how many it went, and what came of it. Never who opened it, and never who clicked what.

Visits of its page, answers, readers who left by it, copies that did not arrive; and a letter with them to whoever wrote it.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from listserv import links
from listserv.store import calendar
from listserv.store import effects as rows
from listserv.store.issues import Issue
from listserv.store.lists import MailingList
from listserv.usecases import deciding, outbox
from listserv.usecases.digesting import Owed

WHAT = "issue-figures"
# By then nearly everything has come that will; a letter about an older one (after a month without a worker) helps nobody.
AFTER, AT_MOST = timedelta(days=5), timedelta(days=30)
MOST = 1_000
log = structlog.get_logger()
COLUMNS = ("sent", "subject", "copies", "visits", "replies", "unsubscribed", "bounced")


@dataclass(frozen=True, slots=True)
class Effect:
    """What came of one issue so far. `replies`: in its thread, and to the coordinators alone."""

    issue_id: int
    message_id: int
    subject: str
    sent_at: datetime
    copies: int
    visits: int
    replies: int
    unsubscribed: int
    bounced: int


def of_issue(db: Session, issue: Issue) -> Effect | None:
    """The figures of one issue; None before it was sent, and for one that nobody may see any more."""
    return next(iter(_effects(db, [issue])), None) if issue.message_id and issue.sent_at else None


def effects(db: Session, mlist: MailingList, first: date, last: date) -> tuple[Effect, ...]:
    """The figures of the issues sent from one day to another, both included, as the site's clocks have days; oldest first."""
    zone = ZoneInfo(outbox.settings_of(db).timezone)
    begin, end = datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone)
    return _effects(db, rows.sent_between(db, mlist, begin, end, MOST))


def _effects(db: Session, issues: Sequence[Issue]) -> tuple[Effect, ...]:
    """In five statements, however many they are."""
    ids = [issue.message_id for issue in issues if issue.message_id]
    if not ids:
        return ()
    sums, copies, bounces, answers = rows.sums(db, ids), rows.copies(db, ids), rows.bounces(db, ids), rows.answers(db, ids)
    found = []
    for issue in issues:
        number, sent_at = issue.message_id, issue.sent_at
        if number and sent_at:
            visits, letters, left = sums.get(number, (0, 0, 0))
            replies = letters + answers.get(number, 0)
            found.append(Effect(issue.id, number, issue.subject, sent_at, copies.get(number, 0), visits, replies, left, bounces.get(number, 0)))
    return tuple(found)


def as_row(effect: Effect, zone: str) -> dict[str, Any]:
    """As JSON and CSV say it."""
    sent = effect.sent_at.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")
    facts = (sent, effect.subject, effect.copies, effect.visits, effect.replies, effect.unsubscribed, effect.bounced)
    return dict(zip(COLUMNS, facts, strict=True))


def as_csv(found: Iterable[Effect], zone: str) -> str:
    """A table of them; no cell of it is a formula to a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in (as_row(one, zone) for one in found):
        writer.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in row.values()])
    return text.getvalue()


def safe_cell(cell: str) -> str:
    """No formula to a spreadsheet."""
    return f"'{cell}" if cell.lstrip("'").startswith(("=", "+", "-", "@", "\t", "\r")) else cell


# ---- the letter ---------------------------------------------------------------------------------------------


def owed(db: Session, until: datetime) -> list[Owed]:
    """The letters that the calendar owes at that time."""
    due = rows.untold(db, WHAT, until - AFTER - AT_MOST, until - AFTER, MOST)
    return [Owed(_slot(issue), WHAT, issue.mlist.name, one.email, f"what came of “{issue.subject}”") for issue in due for one in _told(db, issue)]


def run_due(db: Session, now: datetime, limit: int) -> int:
    """Write to those whose issue is some days old; how many letters were owed."""
    done = 0
    for issue in rows.untold(db, WHAT, now - AFTER - AT_MOST, now - AFTER, limit):
        if _is_told(db, issue, now):
            done += 1
    return done


def _is_told(db: Session, issue: Issue, now: datetime) -> bool:
    """Write about one; where that fails, it is noted, and the others are written about."""
    about, slot, list_id, subject = f"issue:{issue.id}", _slot(issue), issue.list_id, issue.subject[:200]
    try:
        with db.begin_nested():
            first = calendar.ran(db, WHAT, about, slot, now, list_id=list_id, detail=subject)
            if first:
                _tell(db, issue, now)
            return first
    except OperationalError:
        # The database is busy or away: that passes.
        raise
    except Exception:
        log.exception("figures of an issue failed", issue=about)
        return calendar.ran(db, WHAT, about, slot, now, list_id=list_id, detail=f"failed: {subject}"[:200])


def _slot(issue: Issue) -> datetime:
    assert issue.sent_at is not None
    return issue.sent_at + AFTER


def _tell(db: Session, issue: Issue, now: datetime) -> None:
    effect, mlist = of_issue(db, issue), issue.mlist
    if effect is None:
        return
    url = links.message_url(outbox.settings_of(db), mlist.name, issue.message.hash) if issue.message else ""
    facts: dict[str, Any] = {key: getattr(effect, key) for key in ("subject", "sent_at", "copies", "unsubscribed", "bounced")}
    facts |= {"page_visits": effect.visits, "replied": effect.replies}
    for decider in _told(db, issue):
        outbox.write(db, WHAT, decider.email, decider.language, now, mlist=mlist, automatic=False, where=url, **facts)


def _told(db: Session, issue: Issue) -> list[deciding.Decider]:
    """Its author, as long as they coordinate the list; else all who do."""
    known = deciding.deciders(db, issue.mlist)
    return [one for one in known if one.user_id == issue.author_id] or known
