"""A page of text in the making: running words become lines, with quote marks, list markers and blank lines where they belong."""

import re
from dataclasses import dataclass, field

SPACE = re.compile(r"[ \t\r\n\f]+")
NBSP = "\N{NO-BREAK SPACE}"
BLANK_LINES = 1
BLANK_LINES_IN_CODE = 20
# More than are kept, so that the rest can go at once: there may be millions.
MANY = 30
EMPTY_LINES = re.compile(r"(?:[ \t]*+\n){30,}+")
# Deeper quotes and lists are shown so deep: what every line repeats must not grow with the nesting.
DEEPEST = 20
CELL = " | "


@dataclass(slots=True)
class TextPage:
    """The finished lines, the line in hand, and what every new line begins with."""

    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    # How many quotes this stands in; how far lists have moved it in; the marker that the next line carries.
    depth: int = 0
    indents: list[str] = field(default_factory=list)
    marker: str = ""
    # Is anything written so far that is no quote?
    said: bool = False
    # A blank line is due before the next one.
    gap: bool = False
    preformatted: int = 0
    # In a table row that goes on one line, ends of lines are blanks.
    in_row: bool = False

    def text(self, words: str) -> None:
        """Running words: any white space in them is one blank, except in <pre>."""
        if self.preformatted:
            self._preformatted_text(words)
            return
        words = SPACE.sub(" ", words)
        if words[:1] == " " and (not self.line or self.line[-1][-1:] == " "):
            words = words[1:]
        if words:
            self.line.append(words)

    def _preformatted_text(self, words: str) -> None:
        first, *more = EMPTY_LINES.sub("\n" * MANY, words.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
        self.line.append(first)
        for other in more:
            self.break_line()
            self.line.append(other)

    def cell(self) -> None:
        """The border before the next cell of a row."""
        if self.line:
            self.line[-1] = self.line[-1].rstrip(" ")
            self.line.append(CELL)

    def break_line(self) -> None:
        """A line ends here, be it empty."""
        if not self.end_line():
            self.blank_line()

    def end_line(self) -> bool:
        """A block begins or ends here: finish the line in hand. Was there one?"""
        if self.in_row:
            self.text(" ")
            return True
        words = "".join(self.line)
        self.line.clear()
        if not words.strip(" \t\u200b\N{NO-BREAK SPACE}"):
            # A paragraph of one no-break space is how editors write an empty line.
            if NBSP in words and not self.preformatted:
                self.blank_line()
                return True
            return False
        if self.gap:
            self.blank_line()
        words = words.rstrip() if self.preformatted else words.replace(NBSP, " ").strip(" ")
        self.lines.append(self._prefix() + ("-- " if words == "--" else words))
        self.marker = ""
        self.said = self.said or not self.depth
        return True

    def _prefix(self) -> str:
        indent = "".join(self.indents[-DEEPEST:])
        if self.marker:
            indent = indent[: len(indent) - len(self.marker)] + self.marker
        return f"{self._quoting()} {indent}" if self.depth else indent

    def _quoting(self) -> str:
        return ">" * min(self.depth, DEEPEST)

    def blank_line(self) -> None:
        """A blank line, unless there is one already; none at the top."""
        self.gap = False
        most = BLANK_LINES_IN_CODE if self.preformatted else BLANK_LINES
        blank = self._quoting()
        if self.lines and not all(line == blank for line in self.lines[-most:]):
            self.lines.append(blank)

    def paragraph(self) -> None:
        """Whatever comes next stands off by a blank line."""
        self.end_line()
        # The first paragraph of a list item stands at its marker.
        if not self.marker:
            self.gap = bool(self.lines) and not self.in_row

    def last_line(self) -> str:
        """The last line that has words; what is in hand is none yet."""
        return next((line for line in reversed(self.lines[-3:]) if line.strip("> ")), "")

    def quote(self, depth: int) -> None:
        """From here on, lines stand in so many quotes."""
        self.in_row = False
        self.end_line()
        if self.gap:
            self.blank_line()
        self.depth = depth

    def begin_item(self, marker: str) -> None:
        """A list item: its first line begins with the marker, the others are moved in as far."""
        self.end_line()
        self.indents.append(" " * len(marker))
        self.marker = marker

    def end_item(self) -> None:
        """The item is over; the next one follows closely, whatever stood in this."""
        self.end_line()
        self.gap = False
        self.indents.pop()
        self.marker = ""

    def finish(self) -> str:
        """All lines, without blank ones at the end."""
        self.in_row = False
        self.end_line()
        while self.lines and not self.lines[-1]:
            self.lines.pop()
        return "".join(line + "\n" for line in self.lines)
