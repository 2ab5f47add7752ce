"""What `check` has found, asked for on the administrator's page: begun, ended, and the last result kept for all web processes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from listserv.errors import Conflict
from listserv.store import counters
from listserv.usecases import checking
from listserv.usecases.access import Actor
from listserv.usecases.checking import Finding
from listserv.usecases.journal import note

# Whoever began one and has not ended it by then is not there any more.
LONGEST = timedelta(minutes=3)
# It took longer than it may; it could not be begun.
TOO_LONG, NOT_BEGUN = "too-long", "not-begun"


@dataclass(frozen=True, slots=True)
class Checked:
    """The last check: when it began, whether it is still at work, what it found, and what kept it from an end."""

    at: datetime
    running: bool
    findings: tuple[Finding, ...]
    fault: str = ""


def last(db: Session, now: datetime) -> Checked | None:
    """The last one; None where there was none."""
    row = counters.kept_saying(db)
    if row is None:
        return None
    said: dict[str, Any] = json.loads(row.words)
    findings = tuple(map(checking.of_row, said["findings"]))
    running = bool(said["running"]) and now - row.since < LONGEST
    return Checked(row.since, running, findings, TOO_LONG if said["running"] and not running else said["fault"])


def begin(db: Session, actor: Actor, now: datetime) -> None:
    """Somebody asks for one. Raises Conflict while another is at work."""
    before = last(db, now)
    if before and before.running:
        raise Conflict("a check is at work already")
    _keep(db, now, now, running=True)
    note(db, actor, "site-checked", mlist=None, now=now)


def end(db: Session, findings: Sequence[Finding], now: datetime, *, fault: str = "") -> None:
    """It is through, or will not be."""
    began = last(db, now)
    _keep(db, began.at if began else now, now, running=False, findings=findings, fault=fault)


def _keep(db: Session, began: datetime, now: datetime, *, running: bool, findings: Sequence[Finding] = (), fault: str = "") -> None:
    rows = [checking.as_row(one) for one in findings]
    counters.keep_saying(db, json.dumps({"running": running, "findings": rows, "fault": fault}, ensure_ascii=False), began, now)
