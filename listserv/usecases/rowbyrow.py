"""What the calendar does with many rows, each alone: one that cannot be dealt with keeps no other waiting."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

log = structlog.get_logger()

Row = TypeVar("Row")
Made = TypeVar("Made")


def alone(db: Session, work: Callable[[], Made], said: str, **about: object) -> Made | None:
    """What this makes, in a savepoint of its own; None where it failed, which is undone and logged as `said`.

    What passes by itself (a lock, a database that is away) is raised: it says nothing of the row.
    """
    try:
        with db.begin_nested():
            return work()
    except OperationalError:
        raise
    except Exception:
        log.exception(said, **about)
        return None


def went_well(db: Session, work: Callable[[], object], said: str, **about: object) -> bool:
    """The same, where what it makes does not matter."""
    return alone(db, lambda: (work(),), said, **about) is not None


def each(db: Session, rows: Iterable[Row], work: Callable[[Row], object]) -> int:
    """Do this with each of them alone; with how many it went well."""
    return sum(went_well(db, partial(work, row), "calendar failed", row=repr(row)) for row in list(rows))
