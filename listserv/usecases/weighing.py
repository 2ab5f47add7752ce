"""What failed deliveries come to: one count a day, certain evidence at once, and time in which nothing comes back takes it away again."""

from datetime import datetime, timedelta

from listserv.mail.bouncekinds import COUNTS, HARD, Kind
from listserv.store.failing import Failing

# From here on an address gets nothing until it is known to live again.
LIMIT = 5.0
# Many lists and many posts on one day are one piece of evidence; a digest that comes at the same hour each day is another one.
ONE_A_DAY = timedelta(hours=20)
# A count fades so long after the last one: longer than a month, so that a monthly digest which never arrives comes to something too.
FADES = timedelta(days=35)


def faded(score: float, last: datetime | None, now: datetime) -> float:
    """What is left of a score whose last count was then."""
    return max(0.0, score - (now - last) // FADES) if last else score


def count(row: Failing, kind: Kind, now: datetime) -> None:
    """Count one failure against an address."""
    row.score = faded(row.score, row.counted_at, now)
    if kind in HARD:
        row.score, row.counted_at = max(row.score, LIMIT), now
    elif kind in COUNTS and (row.counted_at is None or now - row.counted_at >= ONE_A_DAY):
        row.score, row.counted_at = row.score + 1, now


def is_too_much(row: Failing) -> bool:
    """Is it time to stop?"""
    return row.score >= LIMIT
