"""What was written now, and what is quoted, introduced or appended by a mail program.

Structure is asked first: `>` lines, and the short paragraph that leads to them. Words are needed only for programs that
quote without `>` (Outlook, the Polish webmails). Nothing is deleted here; text is labelled, line by line.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from operator import add

from listserv.mail.quotearmour import SIGN, mark_armour
from listserv.mail.quotefeet import mark_below
from listserv.mail.quotehistory import mark_history
from listserv.mail.quotelines import mark_attributions, mark_quoted
from listserv.mail.quotepage import Kind, Page, open_page

__all__ = ["Kind", "Piece", "forwarded", "letter", "passed_on", "reply", "split"]

# The line above a mail that is passed on, which is news to its readers; “Original Message” stands above what is answered.
PASSED_ON = re.compile(
    r"^[-_* ]*(?:begin )?(?:forwarded|przekazan\w+|przekazywan\w+|przesłan\w+|wiadomość przekazana|początek przekaz\w+)\b[^\n]{0,40}\n", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of lines of one kind. The texts of all pieces together are the input."""

    kind: Kind
    text: str


# One mail is asked for its reply, its letter and its words in a row.
@lru_cache(4)
def split(text: str) -> tuple[Piece, ...]:
    """Tell apart what is said, quoted, introduced and appended. The pieces in a row are the text, byte for byte."""
    if not text:
        return ()
    page = open_page(text)
    if SIGN in text:
        mark_armour(page)
    for read in (mark_quoted, mark_attributions, mark_history, mark_below, _spread_to_blanks):
        read(page)
    return _pieces(text, page)


def reply(text: str) -> str:
    """What the author wrote now: without quotes, attributions, farewell, signature, footers; answers between quotes stay in order."""
    return _joined(text, "said")


def letter(text: str) -> str:
    """What the author wrote now, farewell and name included: for passing the author's words on to others."""
    return _joined(text, "said", "farewell")


def passed_on(introduction: str) -> bool:
    """Is what stands below these lines a mail that is passed on, and not one that is answered?"""
    return PASSED_ON.match(introduction.lstrip()) is not None


def forwarded(text: str) -> str:
    """The mail that somebody passes on below words of their own, with the lines that say whose it is; empty where none is."""
    pieces = split(text)
    at = next((number for number, piece in enumerate(pieces) if piece.kind == "attribution" and passed_on(piece.text)), len(pieces))
    return _trim("".join(piece.text for piece in pieces[at : at + 2] if piece.kind in ("attribution", "quote")))


def _joined(text: str, *kinds: Kind) -> str:
    parts = (_trim(piece.text) for piece in split(text) if piece.kind in kinds)
    return "\n\n".join(part for part in parts if part)


def _trim(text: str) -> str:
    """Without blank lines around; the first line keeps its indentation, which may be code."""
    text = text.rstrip()
    first = len(text) - len(text.lstrip())
    return text[text.rfind("\n", 0, first) + 1 :]


def _pieces(text: str, page: Page) -> tuple[Piece, ...]:
    kinds = page.kinds
    # After the last line end there is no line.
    lines = len(kinds) if page.raw[-1] else len(kinds) - 1
    places = list(accumulate(map(add, map(len, page.raw), map(len, page.ends)), initial=0))
    cuts = [0, *(i for i in range(1, lines) if kinds[i] != kinds[i - 1]), lines]
    return tuple(Piece(kinds[first], text[places[first] : places[end]]) for first, end in pairwise(cuts))


def _spread_to_blanks(page: Page) -> None:
    """A blank line belongs to what stands above it, at the top to what follows."""
    first = page.next_line(0)
    if first == len(page.lines):
        return
    page.mark(0, first, page.kinds[first])
    for i in range(first + 1, len(page.lines)):
        if not page.lines[i]:
            page.kinds[i] = page.kinds[i - 1]
