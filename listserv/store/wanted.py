"""What is looked for in the index of words, as a value."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Choice:
    """Terms of which one must be there: words, words in a row, beginnings of words; on certain lists only, where any are named."""

    words: frozenset[str] = frozenset()
    phrases: frozenset[tuple[str, ...]] = frozenset()
    beginnings: frozenset[str] = frozenset()
    lists: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for, and where: within these lists, with one term of each choice, and none of the others."""

    lists: frozenset[int]
    choices: tuple[Choice, ...] = ()
    without: tuple[Choice, ...] = ()
    # Numbers of entries (`search.number_from`): from the first on, below the second.
    since: int | None = None
    until: int | None = None
    topics: frozenset[int] | None = None
    not_topics: frozenset[int] = field(default=frozenset())
    thread: int | None = None
