"""Mail services that do not want our mail, and domains that are in trouble: one letter a day tells the administrator what to mend."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from listserv.mail import address, bouncekinds
from listserv.mail.bouncekinds import Kind, Trouble
from listserv.store import bounces, calendar
from listserv.store import failing as rows
from listserv.store.bounces import Bounce
from listserv.store.failing import Outage
from listserv.usecases import outbox
from listserv.usecases.deciding import site_deciders
from listserv.usecases.digesting import Owed

WHAT, ABOUT = "mail-refused", "site"
# So long more of the same is waited for.
GRACE = timedelta(minutes=10)
DAY = timedelta(days=1)
# What is older than this is no news.
NEWS = timedelta(days=60)
# So many rows are looked at, and of so many domains a letter tells.
MOST_ROWS, MOST = 20_000, 6


def _since(db: Session, now: datetime) -> datetime:
    last = rows.last_told(db, WHAT, ABOUT)
    return max(last, now - NEWS) if last else now - NEWS


def _due(db: Session, now: datetime) -> datetime | None:
    """When the letter is due; None where there is nothing to tell."""
    since = _since(db, now)
    first = bounces.first_of_kind(db, Kind.POLICY, since)
    moments = [one.since for one in rows.outages_since(db, since)] + ([first] if first else [])
    if not moments:
        return None
    last = rows.last_told(db, WHAT, ABOUT)
    at = max(min(moments) + GRACE, last + DAY) if last else min(moments) + GRACE
    return at if at <= now else None


def run_due(db: Session, now: datetime, limit: int) -> int:
    """Write the letter where there is something to tell; 1 or 0."""
    at, readers = _due(db, now), site_deciders(db)
    if at is None or not readers:
        return 0
    refused = troubles(bounces.of_kind_since(db, Kind.POLICY, _since(db, now), MOST_ROWS))
    outages = [_as_told(one) for one in rows.outages_since(db, _since(db, now))]
    if not calendar.ran(db, WHAT, ABOUT, at, now, detail=f"letters: {len(readers)}"):
        return 0
    facts: dict[str, Any] = {"refusals": refused[:MOST], "refusals_left": max(0, len(refused) - MOST), "outages": outages[:MOST]}
    facts["advice"] = [one for one in Trouble if any(one is told["trouble"] for told in refused)]
    for one in readers:
        outbox.write(db, WHAT, one.email, one.language, now, mlist=None, automatic=False, **facts)
    return 1


def troubles(found: Sequence[Bounce]) -> list[dict[str, Any]]:
    """What was refused, by domain and reason, the most first: {domain, trouble, count, server}; `server` are the latest words."""
    told: dict[tuple[str, Trouble], dict[str, Any]] = {}
    for row in found:
        domain = address.domain_of(row.email) if row.email else ""
        trouble = bouncekinds.trouble(row.status, row.diagnostic)
        one = told.setdefault((domain, trouble), {"domain": domain, "trouble": trouble, "count": 0, "server": " ".join(row.diagnostic.split())[:300]})
        one["count"] += 1
    return sorted((one for one in told.values() if one["domain"]), key=lambda one: (-one["count"], one["domain"]))


def _as_told(outage: Outage) -> dict[str, Any]:
    said = " ".join(outage.diagnostic.split())[:300]
    return {"domain": outage.domain, "count": outage.addresses, "why": bouncekinds.said(outage.kind), "server": said, "since": outage.since}


def owed(db: Session, until: datetime) -> list[Owed]:
    """The letter that will be written by then; changes nothing."""
    at = _due(db, until)
    return [Owed(at, WHAT, "", one.email, "mail services refuse mail, or are in trouble") for one in site_deciders(db)] if at else []
