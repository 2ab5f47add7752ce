"""Threads by References and In-Reply-To (Jamie Zawinski's algorithm), never by guessing from the subject.

The order of arrival plays no part: who hangs under whom follows from the set of messages alone. All ids that were ever
named together are a family; within it a message's own word on its parent counts more than what others know of it, so
that References to two conversations do not make one of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Node:
    """A message of a thread, with the ids that it refers to, oldest first."""

    id: int
    message_id: str
    refs: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Arranged:
    """Who hangs under whom (None: at the top; messages that have not come are passed through), and which make up a thread.

    Threads come by their first message, the messages of each oldest first.
    """

    parents: dict[int, int | None]
    threads: list[list[int]]


def arrange(nodes: Iterable[Node]) -> Arranged:
    """Put messages in their places."""
    ordered = sorted(nodes, key=lambda node: (node.at, node.message_id))
    here = {node.message_id: node.id for node in ordered}
    above: dict[str, str] = {}
    # What a message says of itself comes first ...
    for node in ordered:
        if node.refs:
            _link(above, node.refs[-1], node.message_id)
    # ... then what others know of those that say nothing, ghosts among them.
    for node in ordered:
        for parent, child in zip(node.refs, node.refs[1:], strict=False):
            if child not in above:
                _link(above, parent, child)
    tops = components(((child, parent) for child, parent in above.items()), here)
    threads: dict[str, list[int]] = {}
    for node in ordered:
        threads.setdefault(tops[node.message_id], []).append(node.id)
    return Arranged({node.id: _nearest(above, here, node.message_id) for node in ordered}, list(threads.values()))


def _link(above: dict[str, str], parent: str, child: str) -> None:
    at: str | None = parent
    while at is not None:
        if at == child:
            return  # a cycle: somebody's References are wrong
        at = above.get(at)
    above[child] = parent


def _nearest(above: Mapping[str, str], here: Mapping[str, int], message_id: str) -> int | None:
    at = above.get(message_id)
    while at is not None and at not in here:
        at = above.get(at)
    return here[at] if at is not None else None


def components(chains: Iterable[Sequence[str]], alone: Iterable[str] = ()) -> dict[str, str]:
    """For every id, one id that stands for all that hang together with it: the ids of a chain do, and some may be `alone`."""
    above = {one: one for one in alone}

    def top(one: str) -> str:
        at = one
        while above[at] != at:
            above[at] = above[above[at]]  # halves the way for those who come after
            at = above[at]
        return at

    for chain in chains:
        for one in chain:
            above.setdefault(one, one)
        for one in chain[1:]:
            above[top(one)] = top(chain[0])
    return {one: top(one) for one in above}
