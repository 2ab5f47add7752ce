"""Threads put in order again after something has come that others have waited for: who hangs under whom, and what is a thread."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy.orm import Session

from listserv.mail.subject import Tags, base_subject
from listserv.mail.threads import Arranged, arrange
from listserv.store import positions, search, threadrows, threads
from listserv.store.archive import Thread
from listserv.store.threads import Told


def settle(db: Session, families: Collection[int]) -> None:
    """Arrange all messages of these families, and bring what is known of their threads up to date.

    A thread keeps its number as long as any of its messages is in it; one that has lost them all points to where they went.
    What moderators have said comes first: where a message belongs, what a thread is called, what is hidden.
    """
    places: list[dict[str, Any]] = []
    figures: list[dict[str, Any]] = []
    went: set[tuple[int, int]] = set()
    left: dict[int, int] = {}
    hidden: list[dict[str, Any]] = []
    idle, said, renamed = threads.threads_in(db, families), threads.placed_in(db, families), threads.renamed_in(db, families)
    tags, whole = Tags(threads.slugs_in(db, families)), threads.hidden_in(db, families)
    for family, told in threads.told_in(db, families).items():
        arranged = arrange((one.node for one in told), said)
        told = _hidden_with_their_threads(told, arranged, whole, hidden)
        by_id = {one.node.id: one for one in told}
        groups = [[by_id[row] for row in thread] for thread in arranged.threads]
        numbers = _numbers(db, groups)
        places += _moved(groups, numbers, arranged)
        went |= {(one.thread_id, number) for group, number in zip(groups, numbers, strict=True) for one in group}
        left |= _left(groups, numbers)
        # A thread whose only message turned out to be somewhere else already.
        placed = {*numbers, *left}
        left |= {thread: numbers[0] for thread in idle[family] if numbers and thread not in placed}
        for group, number in zip(groups, numbers, strict=True):
            figures.append(_figures(group) | ({} if number in renamed else _title(group, arranged, tags)) | {"id": number})
    threads.write_places(db, places)
    positions.carry(db, went)
    threads.hide(db, hidden)
    search.forget(db, [row["id"] for row in hidden])
    for thread, to in left.items():
        threads.merge(db, to, [thread])
    # Rows of one statement name the same columns.
    threads.write_figures(db, [row for row in figures if "subject" in row])
    threads.write_figures(db, [row for row in figures if "subject" not in row])


def _hidden_with_their_threads(told: list[Told], arranged: Arranged, whole: Collection[int], hidden: list[dict[str, Any]]) -> list[Told]:
    """What belongs into one of the threads that are hidden as a `whole` is hidden with it, also when it comes later (noted in `hidden`)."""
    if not whole:
        return told
    by_id = {one.node.id: one for one in told}
    since = {one.node.id: one.hidden_at if one.thread_id in whole else None for one in told}
    for one in told:
        way: list[int] = []
        at: int | None = one.node.id
        while at is not None and by_id[at].hidden_at is None and since[at] is None:
            way.append(at)
            at = arranged.parents[at]
        for row in way if at is not None and since[at] else ():
            since[row] = since[at] if at is not None else None
    late = [one for one in told if one.hidden_at is None and since[one.node.id]]
    hidden += [{"id": one.node.id, "hidden_at": since[one.node.id]} for one in late]
    return [one._replace(hidden_at=one.hidden_at or since[one.node.id]) for one in told]


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


def _title(group: Sequence[Told], arranged: Arranged, tags: Tags) -> dict[str, Any]:
    """A thread is called as its first message is, of those that are shown where any is."""
    shown = [one for one in group if one.hidden_at is None] or group
    root = next((one for one in shown if arranged.parents[one.node.id] is None), shown[0])
    gone = any(one.hidden_at is not None and not one.subject and arranged.parents[one.node.id] is None for one in group)
    return {"subject": tags.read(_own_title(root.subject, gone=gone)).rest}


def _own_title(subject: str, *, gone: bool) -> str:
    """What a first message calls its thread. Where the one before it was deleted for good (`gone`), an answer's “Re: …” would say its words on."""
    title = base_subject(subject)
    return "" if gone and title != subject.strip() else title


def entitle(db: Session, thread: Thread) -> None:
    """Call a thread as its first message that is shown, unless moderators have given it a title, or nothing is shown."""
    subject = None if thread.renamed else threadrows.first_shown(db, thread)
    if subject is not None:
        thread.subject = Tags(threads.slugs_in(db, [thread.family])).read(_own_title(subject, gone=threadrows.has_lost_its_beginning(db, thread))).rest


def _figures(group: Sequence[Told]) -> dict[str, Any]:
    """What is known of a thread, by column; its messages are there by their dates. What is hidden does not count."""
    shown = [one for one in group if one.hidden_at is None]
    counted = shown or group
    newest = max(counted, key=lambda one: (one.node.at, one.node.id))
    return {
        "messages": len(shown),
        "authors": len({one.author_key for one in counted}),
        "first_at": counted[0].node.at,
        "last_at": newest.node.at,
        "last_message_id": newest.node.id,
        "hidden_at": None if shown else max(one.hidden_at for one in group if one.hidden_at),
    }
