"""What the calendar does with many rows, each alone: one that cannot be dealt with keeps no other waiting."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

log = structlog.get_logger()

Row = TypeVar("Row")


def each(db: Session, rows: Iterable[Row], work: Callable[[Row], object]) -> int:
    """Do this with each of them, in a savepoint of its own; with how many it went well. What passes by itself (a lock, a database away) is raised."""
    return sum(_alone(db, row, work) for row in list(rows))


def _alone(db: Session, row: Row, work: Callable[[Row], object]) -> bool:
    try:
        with db.begin_nested():
            work(row)
    except OperationalError:
        raise
    except Exception:
        log.exception("calendar failed", row=repr(row))
        return False
    return True
