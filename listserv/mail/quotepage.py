"""The lines of a letter and what each of them is taken for; shared by the modules that read quotes."""

from dataclasses import dataclass
from typing import Literal

from listserv.mail import quotemarks as marks

Kind = Literal["said", "quote", "attribution", "farewell", "signature", "footer"]

ATTRIBUTION_LINES = 4


@dataclass(slots=True)
class Page:
    """The lines as they came, with their ends; as they are matched (stripped, cut to a length no attribution has); the kind of each so far."""

    raw: list[str]
    ends: list[str]
    lines: list[str]
    kinds: list[Kind]
    # Down to which line a header block has been looked for, and how often again above it.
    looked: int = 0
    again: int = 0

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

    def role(self, i: int) -> str:
        """Which field of a header block this line may be; nothing for any other, and past the end."""
        return marks.role(self.lines[i])[0] if 0 <= i < len(self.lines) else ""


def open_page(text: str) -> Page:
    """A page on which all is said so far."""
    raw = text.split("\n")
    ends = ["\n"] * (len(raw) - 1) + [""]
    if any(sign in text for sign in marks.GLUED_SIGNS):
        raw, ends = _cut_loose(text, raw, ends)
    # Translating costs more than everything else here, and few letters need it.
    lines = [_bare(line) for line in raw] if marks.UNUSUAL.search(text) else [line.strip()[: marks.LONGEST] for line in raw]
    return Page(raw, ends, lines, ["said"] * len(raw))


def _cut_loose(text: str, raw: list[str], ends: list[str]) -> tuple[list[str], list[str]]:
    """Headings that were glued to the words above them stand on a line of their own."""
    cuts = [found.start() for found in marks.GLUED.finditer(text) if text[max(found.start() - 1, 0)] not in marks.NOT_GLUED]
    cuts = sorted({*cuts, *(found.end() for found in marks.UNRULED.finditer(text))})
    if not cuts:
        return raw, ends
    pieces = [text[first:end] for first, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    raw, ends = [], []
    for piece in pieces:
        lines = piece.split("\n")
        raw += lines
        ends += ["\n"] * (len(lines) - 1) + [""]
    return raw, ends


def says_when_or_who(words: str) -> bool:
    """Is there a full date or an address in it?"""
    return marks.ADDRESS.search(words) is not None or marks.DATE.search(words) is not None


def _bare(line: str) -> str:
    line = line.strip()[: marks.LONGEST]
    return line.translate(marks.INVISIBLE).translate(marks.ODD).strip() if marks.UNUSUAL.search(line) else line
