"""When a mail service fails, its people are not gone: nobody is paused for what befalls most of a domain at once."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from listserv.store import failing as rows
from listserv.store.failing import Failing, Outage

DAY = timedelta(days=1)
# So many addresses of a domain in a day, for one reason, and at least such a part of those that get mail here.
MANY, A_QUARTER = 20, 4
# Of a small domain: so many, and nearly all.
FEW, FOUR_IN_FIVE = 5, 5
# The whole domain is counted while the number may still be most of a small one, and then only now and then.
LOOKS = frozenset(range(5, 31))
EVERY = 50
# A domain that fails for longer is no longer in trouble: it is gone, and so are its addresses.
BELIEVED = timedelta(days=5)
# Of lists with few posts: the same trouble goes on, although nothing was sent there for a while.
GOES_ON = timedelta(days=35)

log = structlog.get_logger()


def holds_back(db: Session, row: Failing, now: datetime, free: Callable[[Failing], object]) -> bool:
    """Is it the domain that fails, and not this address? When that is noticed, `free` is called for those who were paused by it."""
    known = _known(db, row.domain)
    goes_on = known is not None and known.kind == row.kind and now - known.last_at < GOES_ON
    if known and goes_on and now - known.since <= BELIEVED:
        known.last_at = now
        return True
    if not _is_time_to_look(db, row, now):
        return False
    found = rows.count_failed(db, row.domain, row.kind, now - DAY)
    if not _is_most(found, _everyone(db, row.domain)):
        return False
    if known and goes_on:
        # Only a storm keeps a storm alive: single addresses of a large service die all the time, and another storm may come one day.
        known.last_at = now
        return False
    _begins(db, known, row, found, now)
    for one in rows.failed_at(db, row.domain, row.kind, now - DAY):
        free(one)
    return True


def _known(db: Session, domain: str) -> Outage | None:
    """The domain's last trouble, asked once in a transaction: in one turn hundreds of its addresses may fail."""
    seen: dict[str, Outage | None] = db.info.setdefault("outages", {})
    if domain not in seen:
        seen[domain] = rows.outage_of(db, domain)
    return seen[domain]


def _is_time_to_look(db: Session, row: Failing, now: datetime) -> bool:
    """Have so many failed today that it is worth counting the domain? Counted once in a transaction, and from there on by one."""
    counts: dict[tuple[str, str, object], int] = db.info.setdefault("failed at", {})
    key = (row.domain, row.kind, now.date())
    counts[key] = counts[key] + 1 if key in counts else rows.count_failed(db, row.domain, row.kind, now - DAY)
    return counts[key] in LOOKS or counts[key] % EVERY == 0


def _everyone(db: Session, domain: str) -> int:
    """How many get mail there; counted once in a transaction, because it looks at all addresses."""
    counts: dict[str, int] = db.info.setdefault("addresses at", {})
    if domain not in counts:
        counts[domain] = rows.count_addresses(db, domain)
    return counts[domain]


def _is_most(found: int, everyone: int) -> bool:
    if found >= MANY:
        return found * A_QUARTER >= everyone
    return found >= FEW and found * FOUR_IN_FIVE >= everyone * (FOUR_IN_FIVE - 1)


def _begins(db: Session, known: Outage | None, row: Failing, found: int, now: datetime) -> None:
    outage = known or Outage(domain=row.domain)
    outage.kind, outage.diagnostic, outage.since, outage.last_at, outage.addresses = row.kind, row.diagnostic, now, now, found
    db.add(outage)
    db.flush()
    db.info.setdefault("outages", {})[row.domain] = outage
    log.warning("domain in trouble", domain=row.domain, kind=row.kind, addresses=found)
