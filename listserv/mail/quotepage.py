"""The lines of a letter and what each of them is taken for; shared by the modules that read quotes."""

from dataclasses import dataclass
from typing import Literal

from listserv.mail import quotemarks as marks

Kind = Literal["said", "quote", "attribution", "signature", "footer"]

ATTRIBUTION_LINES = 4


@dataclass(slots=True)
class Page:
    """The lines as they came, as they are matched (stripped, cut to a length no attribution has), and the kind of each so far."""

    raw: list[str]
    lines: list[str]
    kinds: list[Kind]

    def said(self, i: int) -> bool:
        """Is this a line with text that nothing has claimed?"""
        return 0 <= i < len(self.lines) and self.kinds[i] == "said" and bool(self.lines[i])

    def next_line(self, i: int) -> int:
        """The first line with text at or after i."""
        while i < len(self.lines) and not self.lines[i]:
            i += 1
        return i

    def mark(self, first: int, end: int, kind: Kind) -> None:
        """Give these lines a kind."""
        self.kinds[first:end] = [kind] * (end - first)


def open_page(text: str) -> Page:
    """A page on which all is said so far."""
    raw = text.split("\n")
    return Page(raw, [_bare(line) for line in raw], ["said"] * len(raw))


def says_when_or_who(words: str) -> bool:
    """Is there a full date or an address in it?"""
    return marks.ADDRESS.search(words) is not None or marks.DATE.search(words) is not None


def _bare(line: str) -> str:
    line = line.strip()[: marks.LONGEST]
    return line if line.isascii() else line.translate(marks.INVISIBLE).replace("\N{NO-BREAK SPACE}", " ").strip()
