"""Threads put in order again after something has come that others have waited for: who hangs under whom, and what is a thread."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy.orm import Session

from listserv.mail.subject import base_subject
from listserv.mail.threads import Arranged, arrange
from listserv.store import threads
from listserv.store.threads import Told


def settle(db: Session, families: Collection[int]) -> None:
    """Arrange all messages of these families, and bring what is known of their threads up to date.

    A thread keeps its number as long as any of its messages is in it; one that has lost them all points to where they went.
    """
    places: list[dict[str, Any]] = []
    figures: list[dict[str, Any]] = []
    left: dict[int, int] = {}
    idle = threads.threads_in(db, families)
    for family, told in threads.told_in(db, families).items():
        arranged = arrange(one.node for one in told)
        by_id = {one.node.id: one for one in told}
        groups = [[by_id[row] for row in thread] for thread in arranged.threads]
        numbers = _numbers(db, groups)
        places += _moved(groups, numbers, arranged)
        left |= _left(groups, numbers)
        # A thread whose only message turned out to be somewhere else already.
        placed = {*numbers, *left}
        left |= {thread: numbers[0] for thread in idle[family] if numbers and thread not in placed}
        figures += [_figures(group, arranged) | {"id": number} for group, number in zip(groups, numbers, strict=True)]
    threads.write_places(db, places)
    for thread, to in left.items():
        threads.merge(db, to, [thread])
    threads.write_figures(db, figures)


def _numbers(db: Session, groups: Sequence[Sequence[Told]]) -> list[int]:
    """The thread of each group: the oldest of those that its messages were in, if no group before has taken it; else a new one."""
    taken: set[int] = set()
    numbers = []
    for group in groups:
        own = sorted({one.thread_id for one in group})
        number = next((thread for thread in own if thread not in taken), None)
        numbers.append(threads.part_from(db, own[0]).id if number is None else number)
        taken.add(numbers[-1])
    return numbers


def _moved(groups: Sequence[Sequence[Told]], numbers: Sequence[int], arranged: Arranged) -> list[dict[str, Any]]:
    return [
        {"id": one.node.id, "thread_id": number, "parent_id": arranged.parents[one.node.id]}
        for group, number in zip(groups, numbers, strict=True)
        for one in group
        if (number, arranged.parents[one.node.id]) != (one.thread_id, one.parent_id)
    ]


def _left(groups: Sequence[Sequence[Told]], numbers: Sequence[int]) -> dict[int, int]:
    """Threads that have lost all their messages, and where the first of these is now."""
    went: dict[int, int] = {}
    for group, number in zip(groups, numbers, strict=True):
        for one in group:
            went.setdefault(one.thread_id, number)
    kept = set(numbers)
    return {thread: number for thread, number in went.items() if thread not in kept}


def _figures(group: Sequence[Told], arranged: Arranged) -> dict[str, Any]:
    """What is known of a thread, by column; its messages are there by their dates."""
    newest = max(group, key=lambda one: (one.node.at, one.node.id))
    root = next(one for one in group if arranged.parents[one.node.id] is None)
    return {
        "subject": base_subject(root.subject),
        "messages": len(group),
        "authors": len({one.author_key for one in group}),
        "first_at": group[0].node.at,
        "last_at": newest.node.at,
        "last_message_id": newest.node.id,
    }
