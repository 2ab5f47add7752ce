"""When old mail was written: its own Date where the mails around it bear it out, otherwise the next best witness.

Clocks stood at 1979 or 2038, programs wrote the year 102, archivers put the day of the export into every separator:
no single field can be believed, but an archive is roughly in order, and its mails vouch for one another.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# Before RFC 822 there is no Date to read.
EARLIEST = datetime(1982, 8, 13, tzinfo=UTC)
AHEAD = timedelta(days=1)
# How many mails before and after one are asked about it, and how few are no judges.
AROUND, FEW = 12, 3
# How far from them it may stand, beside what they stand apart themselves.
SLACK = timedelta(days=90)
# A Date may be so much older than the arrival: mail waits for relays and for moderators.
WAITED = timedelta(days=7)
FAR = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a mail says about its time: its Date, its topmost Received field, the separator of its mbox."""

    date: datetime | None
    received: datetime | None = None
    separator: datetime | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """When a mail was written and when it reached its archive, as far as can be told."""

    sent: datetime
    received: datetime


def place(claims: Sequence[Claim], before: Sequence[datetime], now: datetime) -> list[Times]:
    """The times of mails that stand in this order; `before` are the times of those ahead of them, the nearest last."""
    told = [_likeliest(claim, now) for claim in claims]
    found: list[Times] = []
    placed = list(before[-AROUND:])
    for index, claim in enumerate(claims):
        around = [*placed[-AROUND:], *(at for at in told[index + 1 : index + 1 + AROUND] if at)]
        times = _placed(claim, around, placed[-1] if placed else None, now)
        found.append(times)
        placed.append(times.sent)
    return found


def _possible(at: datetime | None, now: datetime) -> bool:
    return at is not None and EARLIEST <= at <= now + AHEAD


def _likeliest(claim: Claim, now: datetime) -> datetime | None:
    return next((at for at in (claim.date, claim.received, claim.separator) if at and _possible(at, now)), None)


def _placed(claim: Claim, around: Sequence[datetime], last: datetime | None, now: datetime) -> Times:
    low, high = _stretch(around, now)
    date, received, separator = (at if at and low <= at <= high else None for at in (claim.date, claim.received, claim.separator))
    if date and separator and not received and abs(date - separator) > FAR and around:
        # Both are possible: who stands nearer to the others is believed.
        middle = sorted(around)[len(around) // 2]
        date = min(date, separator, key=lambda at: abs(at - middle))
    if date and not (received and not received - WAITED <= date <= received + AHEAD):
        return Times(date, max(received or date, date))
    witness = received or date or separator
    if witness:
        return Times(witness, witness)
    # Nothing of its own can be believed: it stands beside its neighbours.
    beside = last + timedelta(seconds=1) if last else min(around, default=now)
    return Times(beside, beside)


def _stretch(around: Iterable[datetime], now: datetime) -> tuple[datetime, datetime]:
    """From when to when a mail among these can have been written."""
    known = sorted(around)
    if len(known) < FEW:
        return EARLIEST, now + AHEAD
    # Those at either end may be wrong themselves.
    wrong = max(1, len(known) // 10) if len(known) > FEW else 0
    low, high = known[wrong], known[-1 - wrong]
    slack = max(SLACK, 2 * (high - low))
    return max(EARLIEST, low - slack), min(now + AHEAD, high + slack)
