"""What the calendar does beside digests: pauses end by themselves, people are forgotten, what nobody needs any more goes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.orm import Session

from listserv.store import calendar, health
from listserv.store.digests import runs as digest_runs
from listserv.store.drafts import drafts_before, forget_written
from listserv.store.limits import forget_tallies
from listserv.store.people import forget_browsers, forget_tokens
from listserv.usecases import (
    answerdays,
    apitokens,
    bankfilling,
    bouncenews,
    bulkadding,
    bundling,
    digesting,
    forgetting,
    invitationdays,
    issuecounts,
    issuedays,
    issuefigures,
    meetingdays,
    milestones,
    pausing,
    previewing,
    probing,
    refusals,
    reminding,
    repeating,
    reporting,
    successdays,
    surveydays,
    sweeping,
    thanking,
    unlinking,
    visiting,
    webhooksout,
)
from listserv.usecases.digesting import Owed

# A draft that nobody has touched for so long is not wanted; a form older than this is not sent twice.
DRAFTS_KEPT, FORMS_KEPT = timedelta(days=180), timedelta(days=30)
# Whoever finds a letter of ours again, half a year later, still hears what its address was for, and that it is used up.
TOKENS_KEPT = timedelta(days=180)
FORGOTTEN, MOST_LISTED = "draft-forgotten", 1_000
# For the list of what was done.
DIGESTS_LOOKED_AT = 200_000
# All that the calendar does, by who does it, in this order.
KINDS = (
    pausing,
    digesting,
    invitationdays,
    bulkadding,
    reminding,
    issuedays,
    issuefigures,
    meetingdays,
    surveydays,
    reporting,
    milestones,
    successdays,
    previewing,
    answerdays,
    unlinking,
    thanking,
    bundling,
    bouncenews,
    probing,
    refusals,
    forgetting,
)
# So many digests cost what one thing of another kind does; and one list's figures may cost much.
SO_MANY = {digesting: 10}
ONE = (reporting, milestones, successdays)
# Claimed row by row, so that many workers make a hundred thousand digests together. Everything else is one worker's at a time.
SHARED = (digesting.run_due,)

log = structlog.get_logger()


def run_due(db: Session, now: datetime, limit: int = 100) -> int:
    """Do what the calendar owes by now, at most `limit` things of each kind; how many were done. Call until it returns 0.

    Whatever is done here, and matters to anybody, stands in `owed` before, and in `store.calendar` afterwards.
    """
    return sum(part(db, now) for part in parts(limit))


def parts(limit: int = 100) -> list[Callable[[Session, datetime], int]]:
    """The same, kind by kind: each may have a transaction of its own, so that nothing is locked while others are done."""
    works: list[tuple[Callable[[Session, datetime, int], int], int]] = [
        (verbs.run_due, 1 if verbs in ONE else limit * SO_MANY.get(verbs, 1)) for verbs in KINDS
    ]
    aside = (tidy, sweeping.run_due, webhooksout.run_due, bankfilling.run_due)
    return [partial(_safely, work, most) for work, most in [*works, *((work, limit) for work in aside)]]


def _safely(work: Callable[[Session, datetime, int], int], most: int, db: Session, now: datetime) -> int:
    """One kind that fails must not keep all others from being done."""
    try:
        if work not in SHARED:
            # Another worker's turn ends with its commit; what it has done is seen by every statement from here on.
            calendar.alone(db, work.__module__)
        with db.begin_nested():
            return work(db, now, most)
    except Exception as wrong:
        if health.is_away(wrong):
            raise
        log.exception("calendar failed", kind=work.__module__.rpartition(".")[2])
        return 0


def owed(db: Session, until: datetime) -> list[Owed]:
    """What the calendar owes at that time, in its order, and why. Changes nothing.

    Not in it: books that are kept (`figures`, the bank of what is in the archive already), and what only machines remember (counters,
    spent keys, visitors' hashes) and is swept away.
    """
    found = [one for verbs in KINDS for one in verbs.owed(db, until)]
    return sorted([*found, *_owed_tidying(db, until)], key=lambda one: (one.at, one.list, one.who, one.what))


def _owed_tidying(db: Session, until: datetime) -> list[Owed]:
    why = f"untouched for {DRAFTS_KEPT.days} days"
    return [Owed(one.saved_at + DRAFTS_KEPT, FORGOTTEN, one.mlist.name, "", why) for one in drafts_before(db, until - DRAFTS_KEPT, MOST_LISTED)]


@dataclass(frozen=True, slots=True)
class Done:
    """What the calendar has done: a row of `listserv due --done`. `about`: "member:7", "list:1"; of digests how many slots were dealt with."""

    at: datetime
    done_at: datetime
    what: str
    list: str
    about: str
    detail: str


def done(db: Session, limit: int = 100) -> list[Done]:
    """What was done last, the newest first; digests of one list and slot are one row."""
    runs = [Done(row.slot, row.done_at, row.what, row.list or "", row.about, row.detail) for row in calendar.latest(db, limit)]
    digests = [
        Done(row.slot, row.done_at, "digest", row.list, f"members:{row.slots}", f"letters: {row.letters}") for row in digest_runs(db, DIGESTS_LOOKED_AT, limit)
    ]
    return sorted([*runs, *digests], key=lambda one: (one.done_at, one.at), reverse=True)[:limit]


def tidy(db: Session, now: datetime, limit: int) -> int:
    """Take away what nobody needs any more; how many drafts and keys went."""
    old = drafts_before(db, now - DRAFTS_KEPT, limit)
    for draft in old:
        calendar.ran(db, FORGOTTEN, f"draft:{draft.id}", draft.saved_at + DRAFTS_KEPT, now, list_id=draft.list_id)
        db.delete(draft)
    forget_written(db, now - FORMS_KEPT)
    forget_tallies(db, now)
    forget_browsers(db, now)
    visiting.forget(db, now)
    issuecounts.forget(db, now)
    gone = repeating.forget(db, now, 10 * limit) + apitokens.forget(db, now, limit)
    return len(old) + gone + forget_tokens(db, now - TOKENS_KEPT, 10 * limit)
