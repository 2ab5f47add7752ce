"""Is this HTML cheap to parse? Asked before any parser sees it.

Parsers are quadratic in depth, and they repeat every formatting element that was left open in each new paragraph: 33 KB
of `<p><b a=1></p><p><b a=2></p>…` become two million elements and 700 MB. So a rough parse in one linear pass counts what
a real one would build. It may think too much of sloppy HTML, never too little: a tag closes only what it would close.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice

MAX_CHARACTERS = 4_000_000
MAX_TAGS = 50_000
MAX_DEPTH = 500
MAX_REPEATED = 100_000
# So few tags cannot hurt, however they nest.
HARMLESS_TAGS = 600
HARMLESS_CHARACTERS = 10_000
# Parsers compare each attribute of a tag with all before it: a tag costs the square of their number.
MAX_ATTRIBUTES = 1_000


def names(*lines: str) -> frozenset[str]:
    """The words of some lines, as a set."""
    return frozenset(" ".join(lines).split())


VOID = names("area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr")
RAW = names("script style textarea title xmp iframe noembed noframes")
# Within these the names above mean nothing, so that tags follow. Where they end only a real parser knows.
FOREIGN = names("svg math select frameset")
FORMATTING = names("a b big code em font i nobr s small strike strong tt u")
BLOCKS = names(
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup",
    "main menu nav ol ul p pre section summary li dd dt body html",
)
# Nothing but their own kind closes these from within.
WALLS = names("table td th caption template object applet marquee button svg math")
TABLE_PARTS = names("table td th tr tbody thead tfoot caption")
# What an opening tag closes by itself.
ENDED_BY = {
    "p": frozenset({"p"}),
    "li": frozenset({"p", "li"}),
    "dd": frozenset({"p", "dd", "dt"}),
    "dt": frozenset({"p", "dd", "dt"}),
    "td": frozenset({"p", "td", "th"}),
    "th": frozenset({"p", "td", "th"}),
    "tr": frozenset({"p", "td", "th", "tr"}),
    "tbody": frozenset({"p", "td", "th", "tr", "tbody", "thead", "tfoot"}),
    "option": frozenset({"option"}),
}
LOOK_BACK = 50

# A tag with its attributes; quotes count only after `=`. Possessive throughout: one pass, no way back.
TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*+)((?:=\s*+(?:\"[^\"]*+\"|'[^']*+')|[^>])*+)>?")
ATTRIBUTE = re.compile(r"[^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+\"?|'[^']*+'?|[^\s>]*+))?")
COMMENT_END = re.compile(r"--!?>")


@dataclass(slots=True)
class _Tree:
    """The open elements, and the formatting that was left open when its paragraph closed, by number of walls around."""

    open: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    walls: int = 0
    left: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    repeated: int = 0

    def enter(self, name: str, text: str) -> None:
        if name in ("a", "nobr"):
            self.leave(name)
        ends = ENDED_BY.get(name, frozenset())
        while ends and (k := self._below_formatting()) >= 0 and self.open[k] in ends:
            self._cut(k)
        self.repeated += self.left.total() if self.left else 0
        if name in VOID:
            return
        self.open.append(name)
        self.texts.append(text)
        self.walls += name in WALLS

    def leave(self, name: str) -> None:
        for k in range(len(self.open) - 1, max(len(self.open) - LOOK_BACK, 0) - 1, -1):
            if self.open[k] == name:
                self._close(k)
                return
            if self._stops(self.open[k], name):
                return
        if name in FORMATTING:
            self._forget(name)

    def _below_formatting(self) -> int:
        k = len(self.open) - 1
        while k >= 0 and self.open[k] in FORMATTING:
            k -= 1
        return k

    def _stops(self, inner: str, name: str) -> bool:
        if inner == "table" or inner in WALLS:
            return name not in TABLE_PARTS or inner == "table"
        return inner in BLOCKS and name not in BLOCKS and name not in FORMATTING and name not in WALLS and name not in TABLE_PARTS

    def _close(self, k: int) -> None:
        if self.open[k] in FORMATTING:
            del self.open[k], self.texts[k]
            return
        self._cut(k)

    def _cut(self, k: int) -> None:
        """Close element k with all in it; formatting in it will be opened again, at most three of a kind."""
        here = self.walls
        for name, text in zip(self.open[k:], self.texts[k:], strict=True):
            self.walls -= name in WALLS
            if name in FORMATTING and self.left[here, name, text] < 3:
                self.left[here, name, text] += 1
        del self.open[k:], self.texts[k:]
        if self.walls < here:
            self.left = Counter({key: n for key, n in self.left.items() if key[0] <= self.walls})

    def _forget(self, name: str) -> None:
        for key in self.left:
            if key[0] == self.walls and key[1] == name:
                del self.left[key]
                return


def is_bearable(html: str) -> bool:
    """Can this be parsed in time and memory in proportion to its size?"""
    if len(html) > MAX_CHARACTERS:
        return False
    if html.count("<") <= HARMLESS_TAGS:
        return len(html) <= HARMLESS_CHARACTERS or not any(_is_overloaded(found[3]) for found in TAG.finditer(html))
    tree, tags, at, foreign = _Tree(), 0, 0, False
    while (at := html.find("<", at)) >= 0:
        found = TAG.match(html, at)
        if found is None:
            at = _skip_other(html, at)
            continue
        at = found.end()
        name = found[2].lower()
        if _is_overloaded(found[3]):
            return False
        if found[1]:
            tree.leave(name)
            continue
        tags += 1
        foreign = foreign or name in FOREIGN
        if name in RAW and not foreign:
            at = _skip_raw(html, at, name)
            continue
        tree.enter(name, found[3])
        if tags > MAX_TAGS or len(tree.open) > MAX_DEPTH or tree.repeated > MAX_REPEATED or name == "plaintext":
            return False
    return True


def _is_overloaded(attributes: str) -> bool:
    """Are these more attributes than any tag has?"""
    return len(attributes) > MAX_ATTRIBUTES and sum(1 for _ in islice(ATTRIBUTE.finditer(attributes), MAX_ATTRIBUTES)) == MAX_ATTRIBUTES


def _skip_other(html: str, at: int) -> int:
    """Past a comment, a declaration or a `<` that opens nothing."""
    if html.startswith("<!--", at):
        if html.startswith((">", "->"), at + 4):
            return at + 5
        end = COMMENT_END.search(html, at + 4)
        return end.end() if end else len(html)
    if html.startswith(("<!", "<?", "</"), at):
        end_at = html.find(">", at)
        return end_at + 1 if end_at >= 0 else len(html)
    return at + 1


def _skip_raw(html: str, at: int, name: str) -> int:
    """To the closing tag of an element whose content is no HTML."""
    end = re.compile(f"</{name}(?=[\\s/>])", re.IGNORECASE).search(html, at)
    return end.start() if end else len(html)
