"""Threads by References and In-Reply-To (Jamie Zawinski's algorithm), never by guessing from the subject.

The order of arrival plays no part: who hangs under whom follows from the set of messages alone. All ids that were ever
named together are a family; within it a message's own word on its parent counts, and what others know only of those
that have not come, so that References to two conversations do not make one of them.
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


def arrange(nodes: Iterable[Node], placed: Mapping[str, str] | None = None) -> Arranged:
    """Put messages in their places. `placed` is what moderators say: {id: the id that it belongs under, or "" for a beginning}.

    Their word comes before a message's own and before that of others, whether or not what they speak of has come.
    """
    placed = placed or {}
    ordered = sorted(nodes, key=lambda node: (node.at, node.message_id))
    here = {node.message_id: node.id for node in ordered}
    forest = _Forest()
    for child in sorted(placed):
        if placed[child]:
            forest.hang(child, placed[child])
    # What a message says of itself comes first ...
    for node in ordered:
        if node.refs and node.message_id not in placed:
            forest.hang(node.message_id, node.refs[-1])
    # ... then what others know of those that have not come. Of a message that is here and names no parent they are not
    # believed: whoever names two conversations would join them.
    for node in ordered:
        for parent, child in zip(node.refs, node.refs[1:], strict=False):
            if child not in here and child not in placed:
                forest.hang(child, parent)
    threads: dict[str, list[int]] = {}
    for node in ordered:
        threads.setdefault(forest.top(node.message_id), []).append(node.id)
    nearest: dict[str, int | None] = {}
    return Arranged({node.id: _nearest(forest.above, here, node.message_id, nearest) for node in ordered}, list(threads.values()))


class _Forest:
    """Ids, each under at most one other. Whether two are in one tree is found in nearly no time (union-find)."""

    def __init__(self) -> None:
        self.above: dict[str, str] = {}
        self._way: dict[str, str] = {}

    def top(self, one: str) -> str:
        """The id at the top of its tree."""
        way, at = self._way, one
        while (up := way.get(at, at)) != at:
            way[at] = way.get(up, up)  # halves the way for those who come after
            at = way[at]
        return at

    def hang(self, child: str, parent: str) -> None:
        """Put one under another, unless it hangs somewhere already, or would be its own ancestor: somebody's References are wrong."""
        if child in self.above or self.top(parent) == child:
            return
        self.above[child] = parent
        self._way[child] = self.top(parent)


def _nearest(above: Mapping[str, str], here: Mapping[str, int], message_id: str, known: dict[str, int | None]) -> int | None:
    """The next above it that is here; `known` keeps what has been found for the ghosts on the way."""
    passed = []
    at = above.get(message_id)
    while at is not None and at not in here and at not in known:
        passed.append(at)
        at = above.get(at)
    found = None if at is None else here[at] if at in here else known[at]
    known.update(dict.fromkeys(passed, found))
    return found


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
