"""A digest as answers quote it: which line of a quotation belongs to which point.

Mail programs wrap, indent, mark and shorten what they quote, and make text of HTML each in its own way. So lines are known
by their words: a run of four words that stands in one point alone, a title behind its number, a reply address of ours.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from listserv.mail.folding import fold
from listserv.mail.tokens import IN_TEXT

RUN = 4
# Of a quotation, and of one message: more than any digest shows.
MOST_LINES, MOST_LETTERS = 4_000, 4_000
# Below a message stand its reply link, the link to the whole, its attachments: so many lines may be between it and the answer.
NEAR = 5
WORDS = re.compile(r"[^\W_]+")
MARKS = re.compile(r"[>|\s]*")
HEADING = re.compile(r"\W{0,3}(\d{1,3})[.)]?\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Told:
    """What a digest told under a number: the thread's title, and the messages' words."""

    number: int
    title: str
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a quotation with words in it. `number`: the point it belongs to, 0 where nobody knows; `title`: it is that point's heading."""

    number: int
    title: bool = False


class Atlas:
    """Knows the lines of one digest again."""

    def __init__(self, told: Sequence[Told], item_of: Callable[[str], int | None]) -> None:
        self._item_of = item_of
        self._titles = {one.number: _words(one.title) for one in told}
        self._runs: dict[tuple[str, ...], set[int]] = {}
        for one in told:
            for text in (one.title, *(text[:MOST_LETTERS] for text in one.texts)):
                self._learn(one.number, text)

    def _learn(self, number: int, text: str) -> None:
        words = _words(text)
        for run in _runs(words):
            self._runs.setdefault(run, set()).add(number)
        for line in text.split("\n"):
            # Short lines are known as a whole.
            short = _words(line)
            if 0 < len(short) < RUN:
                self._runs.setdefault(tuple(short), set()).add(number)

    def read(self, quote: str) -> list[Line]:
        """The lines of a quotation that have words, each with its point."""
        lines = [MARKS.sub("", line, count=1) for line in quote.split("\n")[:MOST_LINES] if WORDS.search(line)]
        words = [_words(line) for line in lines]
        return [self._line(*one) for one in zip(lines, words, self._covered(words), strict=True)]

    def _covered(self, lines: list[list[str]]) -> list[dict[int, int]]:
        """For each line, how many of its words stand in runs that one point alone has. Runs go on over the ends of lines: others wrapped them."""
        every = [(place, word) for place, words in enumerate(lines) for word in words]
        owners: list[int] = [0] * len(every)
        for at in range(len(every) - RUN + 1):
            hit = self._runs.get(tuple(word for _, word in every[at : at + RUN]), set())
            if len(hit) == 1:
                owners[at : at + RUN] = list(hit) * RUN
        found: list[dict[int, int]] = [{} for _ in lines]
        for (place, _), owner in zip(every, owners, strict=True):
            if owner:
                found[place][owner] = found[place].get(owner, 0) + 1
        return found

    def _line(self, line: str, words: list[str], covered: dict[int, int]) -> Line:
        tokens = {number for found in IN_TEXT.finditer(line) if (number := self._item_of(found[0][2:].lower())) is not None}
        if tokens:
            return Line(tokens.pop() if len(tokens) == 1 else 0)
        heading = HEADING.match(line)
        if heading and self._is_title(int(heading[1]), line[heading.end() :]):
            return Line(int(heading[1]), title=True)
        titled = [number for number, title in self._titles.items() if title and words[: len(title)] == title and len(words) <= len(title) + 2]
        if len(titled) == 1:
            return Line(titled[0], title=True)
        # A line of ours that happens to share some words with a post is not its quotation.
        if len(covered) == 1 and (owner := next(iter(covered))) and covered[owner] * 2 >= len(words):
            return Line(owner)
        whole = self._runs.get(tuple(words), set()) if len(words) < RUN and not covered else set()
        return Line(next(iter(whole)) if len(whole) == 1 else 0)

    def _is_title(self, number: int, rest: str) -> bool:
        title, words = self._titles.get(number), _words(rest)
        # Wrapped behind some of its words.
        return bool(title) and bool(words) and (words[: len(title or ())] == title or (len(words) >= 3 and (title or [])[: len(words)] == words))

    @staticmethod
    def nearest(lines: Sequence[Line]) -> int | None:
        """The last line that belongs to a point, unless much stands below it that belongs to none."""
        for place in range(len(lines) - 1, max(-1, len(lines) - 2 - NEAR), -1):
            if lines[place].number:
                return place
        return None

    @staticmethod
    def in_contents(lines: Sequence[Line], place: int) -> bool:
        """Is this a heading straight below another point's: a line of the table of contents, of which nobody knows what is meant?"""
        above = lines[place - 1] if place else Line(0)
        return lines[place].title and above.title and above.number != lines[place].number


def _words(text: str) -> list[str]:
    return WORDS.findall(fold(IN_TEXT.sub(" ", text)))


def _runs(words: list[str]) -> list[tuple[str, ...]]:
    return [tuple(words[place : place + RUN]) for place in range(len(words) - RUN + 1)]
