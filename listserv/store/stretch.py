"""Where in a table a moment lies whose rows come in the order of time: found by halving, so that no index of moments is needed."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def first_since(db: Session, number: Any, at: Any, moment: datetime) -> int:
    """The number below which every row is older than that moment, as far as its neighbours tell; one beyond the last where all are."""
    # Asked together, SQLite would go through all.
    lowest, last = db.scalar(select(func.min(number))), db.scalar(select(func.max(number)))
    if lowest is None or last is None:
        return 1
    low, high = int(lowest), int(last) + 1
    while low < high:
        middle = (low + high) // 2
        # Rows go, and leave gaps: the next one that is there speaks for the gap.
        found = db.execute(select(number, at).where(number >= middle).order_by(number).limit(1)).first()
        if found is None or found[1] >= moment:
            high = middle
        else:
            low = int(found[0]) + 1
    return low
