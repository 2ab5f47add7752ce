"""What somebody says, for the few words that stand for a whole letter: without quotations, headings of quotations, signatures and marks."""

import re
from collections.abc import Sequence

from listserv.mail.quotes import Piece, split

# `mail.compose.message_id`: written in the browser, where the text is Markdown. Anybody may write under such an id; it would
# change nothing but a few signs of their own words.
OURS = re.compile(r"[0-9a-f]{24}@")
FENCE = re.compile(r"(?m)^[ >]*(?:```|~~~)[^\n`]*$")
LEADING = re.compile(r"(?m)^ {0,3}(?:#{1,6} +|[-*+] +(?=\S))")
RULE = re.compile(r"(?m)^ {0,3}(?:[-*_] ?){3,}$")
LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\((?:https?://|mailto:)[^\s()]{1,500}\)")
# Each pair within one line and a few hundred characters, so that no text takes long.
PAIRS = tuple(re.compile(rf"(?<!\w){mark}(?=\S)([^\n]{{1,400}}?)(?<=\S){mark}(?!\w)") for mark in (r"\*\*", "__", "~~", r"\*", "_"))
CODE = re.compile(r"`([^`\n]{1,400})`")
# A text with more of them is no letter; each could be looked for in all that follows.
MOST_MARKS = 2_000
MARKS = frozenset("*_~`#[-+")
QUOTED = re.compile(r"(?m)^[ \t]*(?:>[ \t]?)+")


def has_marks(message_id: str, has_html: bool) -> bool:
    """Is this plain text Markdown, because it was written here? (Only then the mail has a second form.)"""
    return has_html and OURS.match(message_id) is not None


def words(text: str) -> str:
    """What is said in a text; in one that only quotes, what it quotes."""
    return both(split(text))[0]


def both(pieces: Sequence[Piece]) -> tuple[str, str]:
    """What is said in a text (where it only quotes, what it quotes); and all of it but the headings of quotations."""
    whole = "".join(piece.text for piece in pieces if piece.kind != "attribution")
    own = "".join(piece.text for piece in pieces if piece.kind in ("said", "farewell"))
    return own if own.strip() else QUOTED.sub("", "".join(piece.text for piece in pieces if piece.kind == "quote")), whole


def unmarked(text: str) -> str:
    """Markdown as its words alone."""
    if MARKS.isdisjoint(text) or sum(map(text.count, "*_~[`")) > MOST_MARKS:
        return text
    for marks, instead in ((FENCE, ""), (RULE, ""), (LEADING, ""), (LINK, r"\1"), *((pair, r"\1") for pair in PAIRS), (CODE, r"\1")):
        text = marks.sub(instead, text)
    return text
