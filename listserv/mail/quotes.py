"""What was written now, and what is quoted, introduced or appended by a mail program.

Structure is asked first: `>` lines, and the short paragraph that leads to them. Words are needed only for programs that
quote without `>` (Outlook, the Polish webmails). Nothing is deleted here; text is labelled, line by line.
"""

from dataclasses import dataclass
from itertools import groupby

from listserv.mail.quotefeet import mark_below
from listserv.mail.quotehistory import mark_history
from listserv.mail.quotelines import mark_attributions, mark_quoted
from listserv.mail.quotepage import Kind, Page, open_page

__all__ = ["Kind", "Piece", "reply", "split"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of lines of one kind. The texts of all pieces together are the input."""

    kind: Kind
    text: str


def split(text: str) -> tuple[Piece, ...]:
    """Tell apart what is said, quoted, introduced and appended. The pieces in a row are the text, byte for byte."""
    if not text:
        return ()
    page = open_page(text)
    for read in (mark_quoted, mark_attributions, mark_history, mark_below, _spread_to_blanks):
        read(page)
    return _pieces(page)


def reply(text: str) -> str:
    """What the author wrote now: without quotes, attributions, signature and footers; answers between quotes stay in order."""
    said = (_trim(piece.text) for piece in split(text) if piece.kind == "said")
    return "\n\n".join(part for part in said if part)


def _trim(text: str) -> str:
    """Without blank lines around; the first line keeps its indentation, which may be code."""
    text = text.rstrip()
    first = len(text) - len(text.lstrip())
    return text[text.rfind("\n", 0, first) + 1 :]


def _pieces(page: Page) -> tuple[Piece, ...]:
    lines = [line + "\n" for line in page.raw[:-1]] + ([page.raw[-1]] if page.raw[-1] else [])
    runs = groupby(range(len(lines)), key=page.kinds.__getitem__)
    return tuple(Piece(kind, "".join(lines[i] for i in run)) for kind, run in runs)


def _spread_to_blanks(page: Page) -> None:
    """A blank line belongs to what stands above it, at the top to what follows."""
    first = page.next_line(0)
    if first == len(page.lines):
        return
    page.mark(0, first, page.kinds[first])
    for i in range(first + 1, len(page.lines)):
        if not page.lines[i]:
            page.kinds[i] = page.kinds[i - 1]
