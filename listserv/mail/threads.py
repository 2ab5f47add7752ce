"""Threads by References and In-Reply-To (Jamie Zawinski's algorithm), never by guessing from the subject.

The order of arrival plays no part: who hangs under whom follows from the set of messages alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Node:
    """A message of a thread, with the ids that it refers to, oldest first."""

    id: int
    message_id: str
    refs: tuple[str, ...]
    at: datetime


def arrange(nodes: Iterable[Node]) -> dict[int, int | None]:
    """The parent of every message: None for those at the top. Messages that have not come (ghosts) are passed through."""
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
    return {node.id: _nearest(above, here, node.message_id) for node in ordered}


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
