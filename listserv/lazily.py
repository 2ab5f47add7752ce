"""Regular expressions that are compiled when first asked: tables of words are dear to compile, and most starts of the program never read a mail.

What every mail is asked is compiled by `re` when its module is loaded: before `serve` forks, so that it is in memory once.
"""

import re
from typing import Any, cast

METHODS = ("search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn", "flags", "groups", "groupindex")


class Compiled:
    """One that has been asked: its methods are the expression's own, so that asking again costs nothing more."""


class Waiting(Compiled):
    """One that has not been asked yet; as text it can be made part of others."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        # Who copies an object, or shows it, asks for what no expression has.
        if name not in METHODS:
            raise AttributeError(name)
        expression = re.compile(self.pattern, self._flags)
        # Two threads may both do so, and come to the same.
        self.__dict__.update({each: getattr(expression, each) for each in METHODS})
        self.__class__ = Compiled  # type: ignore[assignment]
        return self.__dict__[name]


def compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """What `re.compile` gives, later. Call its methods: the functions of `re` do not know it, and the `re` of a match is another object.

    What is wrong with the pattern is raised at its first use.
    """
    return cast(re.Pattern[str], Waiting(pattern, flags))
