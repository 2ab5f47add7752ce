"""Patterns of addresses: one address, a whole domain (`@example.org`), or a regular expression (`^.*@spam\\.example$`).

Regular expressions come from other people's sites, and one such as `^(a+)+$` keeps Python's own engine busy for years.
So they are read here into an automaton that looks at each character once: the time is bounded by the pattern's length
times the address's. What no automaton can do (back-references, looking around) is refused.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from listserv.errors import Invalid
from listserv.mail import address

LONGEST: Final = 500
LONGEST_ADDRESS: Final = 320
# Characters times states: so long a text is read.
MOST_STEPS: Final = 640_000
# Counted repeats are written out; what then has more states than this is refused.
MOST_STATES: Final = 2000
DEEPEST: Final = 50
DOMAIN = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,24}")
TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?:|\(\?P<\w+>|\{\d{0,3}(?:,\d{0,3})?\}|.", re.S)
COUNT = re.compile(r"\{(\d*)(,?)(\d*)\}")
# Behind a backslash these are classes of characters, and these the ends of the text; other letters and digits are more.
CLASSES = tuple(f"\\{letter}" for letter in "dDsSwW")
ENDS = {"^": "^", "$": "$", r"\A": "^", r"\Z": "$"}
REPEATS = {"*": (0, None), "+": (1, None), "?": (0, 1)}


def normal(pattern: str) -> str:
    """A pattern as it is kept: folded, and known to be readable. Raises Invalid with what to do."""
    text = pattern.strip()
    if not text or len(text) > LONGEST or not text.isprintable():
        raise Invalid("a ban is an address, a domain such as @example.org, or a regular expression that begins with ^ (at most 500 characters)")
    if text.startswith("^"):
        _automaton(text)
        return text
    local, at, domain = text.rpartition("@")
    if DOMAIN.fullmatch(text):
        raise Invalid("{pattern} is no address: for everybody of that domain write @{pattern}", pattern=text)
    if not at or not domain or " " in text:
        raise Invalid("{pattern} is no address: write name@example.org, @example.org for a domain, or ^ and a regular expression", pattern=text)
    return address.key(text) if local else f"@{address.domain_of('x' + text)}"


def matches(pattern: str, key: str) -> bool:
    """Does a kept pattern mean this address (folded form), or another spelling of its mailbox? Expressions compare without case.

    Whoever is barred as `evil@gmail.com` is so as `e.vil+1@googlemail.com`, too: that costs nothing to write.
    """
    if pattern.startswith("@"):
        return pattern == f"@{address.split(key)[1]}" or pattern == f"@{address.split(address.mailbox(key))[1]}"
    if not pattern.startswith("^"):
        return pattern == key or _is_same_mailbox(pattern, key)
    mailbox = address.mailbox(key) if all(address.split(key)) else key
    try:
        return any(_automaton(pattern).matches(one[:LONGEST_ADDRESS]) for one in dict.fromkeys((key, mailbox)))
    except Invalid:
        return False  # kept by a version that could read more


def _is_same_mailbox(pattern: str, key: str) -> bool:
    """Most are not, as their first letters tell: bans may be many."""
    return pattern[:1] == key.lstrip('."')[:1] and address.mailbox(pattern) == address.mailbox(key)


def finds(pattern: str, text: str) -> bool:
    """Does a kept expression fit a text, such as a subject? All of the text is read, as long as the expression is no monster."""
    try:
        made = _automaton(pattern)
    except Invalid:
        return False  # kept by a version that could read more
    return made.matches(text[: max(LONGEST_ADDRESS, MOST_STEPS // len(made.needs))])


@dataclass(slots=True)
class _Automaton:
    """States: an arrow that needs a character that fits, or a place (`^`, `$`), or nothing (then several). State 0 is the end."""

    needs: list[re.Pattern[str] | str] = field(default_factory=lambda: [""])
    leads: list[list[int]] = field(default_factory=lambda: [[]])
    start: int = 0

    def state(self, needs: re.Pattern[str] | str, *leads: int) -> int:
        """A new one."""
        if len(self.needs) >= MOST_STATES:
            raise Invalid("this regular expression repeats too much: write it shorter")
        self.needs.append(needs)
        self.leads.append(list(leads))
        return len(self.needs) - 1

    def reached(self, states: Iterable[int], at: int, length: int) -> set[int]:
        """These states and all that can be had from them without a character."""
        seen: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state in seen:
                continue
            seen.add(state)
            need = self.needs[state]
            if need == "" or (need == "^" and at == 0) or (need == "$" and at == length):
                waiting += self.leads[state]
        return seen

    def matches(self, text: str) -> bool:
        """Does the text begin like this? As with Mailman, the rest is free where the pattern does not end with $."""
        states = self.reached([self.start], 0, len(text))
        for at, character in enumerate(text, 1):
            if 0 in states or not states:
                break
            fitting = (self.leads[s][0] for s in states if isinstance(need := self.needs[s], re.Pattern) and need.match(character))
            states = self.reached(fitting, at, len(text))
        return 0 in states


# What was read: a character's pattern or a place; a sequence of such; a choice of sequences; or one with its repeats.
@dataclass(frozen=True, slots=True)
class _Sequence:
    parts: tuple["_Node", ...]


@dataclass(frozen=True, slots=True)
class _Choice:
    ways: tuple[_Sequence, ...]


@dataclass(frozen=True, slots=True)
class _Repeat:
    part: "_Node"
    least: int
    most: int | None


_Node = re.Pattern[str] | str | _Sequence | _Choice | _Repeat


@lru_cache(maxsize=1024)
def _automaton(pattern: str) -> _Automaton:
    """The automaton of a regular expression. Raises Invalid for what it cannot do."""
    reader = _Reader(pattern)
    read = reader.choice(0)
    if reader.tokens:
        raise reader.wrong("a bracket is closed that was not opened")
    made = _Automaton()
    made.start = _lay(made, read, 0)
    return made


def _lay(made: _Automaton, node: _Node, behind: int) -> int:
    """Lay out the states of a node in front of the state behind it; the first of them."""
    if isinstance(node, (re.Pattern, str)):
        return made.state(node, behind)
    if isinstance(node, _Sequence):
        for part in reversed(node.parts):
            behind = _lay(made, part, behind)
        return behind
    if isinstance(node, _Choice):
        return made.state("", *[_lay(made, way, behind) for way in node.ways])
    if node.most is None:
        again = made.state("", behind)
        made.leads[again].append(_lay(made, node.part, again))
        first = again
    else:
        first = behind
        for _ in range(node.most - node.least):
            first = made.state("", behind, _lay(made, node.part, first))
    for _ in range(node.least):
        first = _lay(made, node.part, first)
    return first


class _Reader:
    """Reads an expression from left to right."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        # Flags stand at the beginning only; this one is the case anyway.
        self.tokens = TOKEN.findall(pattern.replace("(?i)", "", 1))[::-1]

    def wrong(self, why: str) -> Invalid:
        return Invalid("the regular expression {pattern} cannot be used: {why}", pattern=self.pattern, why=why)

    def choice(self, depth: int) -> _Choice:
        """`a|b|c`, up to a closing bracket or the end."""
        if depth > DEEPEST:
            raise self.wrong("too many brackets in brackets")
        ways = [self.sequence(depth)]
        while self.tokens and self.tokens[-1] == "|":
            self.tokens.pop()
            ways.append(self.sequence(depth))
        return _Choice(tuple(ways))

    def sequence(self, depth: int) -> _Sequence:
        parts: list[_Node] = []
        while self.tokens and self.tokens[-1] not in "|)":
            parts.append(self.repeated(self.one(self.tokens.pop(), depth)))
        return _Sequence(tuple(parts))

    def one(self, token: str, depth: int) -> _Node:
        """A character, a class, a place or a group."""
        if token.startswith("("):
            return self.group(token, depth)
        if token in ENDS:
            return ENDS[token]
        if token in REPEATS or COUNT.fullmatch(token):
            raise self.wrong(f"there is nothing before {token} to repeat")
        if token in ("[", "\\"):
            raise self.wrong("it breaks off in the middle")
        if token[0] == "\\" and token[1:].isalnum() and token not in CLASSES:
            raise self.wrong(f"{token} is more than can be looked for")
        try:
            # What one character must be: this much Python's own engine may decide.
            return re.compile(token if token != "{" else r"\{", re.IGNORECASE | re.DOTALL)  # nosec B105: a sign of an expression
        except re.error as why:
            raise self.wrong(str(why)) from None

    def group(self, token: str, depth: int) -> _Node:
        if token == "(" and self.tokens and self.tokens[-1] == "?":  # nosec B105: a sign of an expression
            raise self.wrong("brackets that begin with ? are more than can be looked for")
        inner = self.choice(depth + 1)
        if not self.tokens:
            raise self.wrong("a bracket is not closed")
        self.tokens.pop()
        return inner

    def repeated(self, part: _Node) -> _Node:
        """The part with its `*`, `+`, `?` or `{2,5}`. Whether a repeat is greedy makes no difference to yes or no."""
        if not self.tokens or not (self.tokens[-1] in REPEATS or COUNT.fullmatch(self.tokens[-1])):
            return part
        token = self.tokens.pop()
        least, most = REPEATS.get(token) or self.counted(token)
        if self.tokens and self.tokens[-1] == "?":
            self.tokens.pop()
        if self.tokens and (self.tokens[-1] in REPEATS or COUNT.fullmatch(self.tokens[-1])):
            raise self.wrong(f"{token}{self.tokens[-1]} repeats twice")
        return _Repeat(part, least, most)

    def counted(self, token: str) -> tuple[int, int | None]:
        found = COUNT.fullmatch(token)
        least, comma, most = found.groups() if found else ("", "", "")
        if not (least or most):
            raise self.wrong(f"{token} is no count")
        first = int(least or 0)
        last = int(most) if most else (None if comma else first)
        if last is not None and last < first:
            raise self.wrong(f"{token} counts down")
        return first, last
