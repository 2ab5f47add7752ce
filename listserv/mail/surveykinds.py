"""What questions to everybody are like, in words that every floor shares."""

from enum import StrEnum


class Kind(StrEnum):
    """How a question is answered: one option, several, all in an order, a mark from 1 to 5, or words."""

    ONE = "one"
    SEVERAL = "several"
    RANKED = "ranked"
    SCALE = "scale"
    WORDS = "words"


class Privacy(StrEnum):
    """Who sees who answered what: all members, coordinators alone, nobody."""

    OPEN = "open"
    SECRET = "secret"  # nosec B105: a word
    ANONYMOUS = "anonymous"


SCALE = (1, 2, 3, 4, 5)
