"""What a coordinator has written anew in a mail: of an answer to our letter, and of a mail that begins a draft.

The HTML is cut where the text that is made of it is cut, and only where both then say the same: rather no formatting,
which is told to the author, than words of an older mail in an issue, or a sentence less.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from listserv.i18n import N_
from listserv.mail import quotes
from listserv.mail.htmlguard import is_bearable
from listserv.mail.htmltext import to_text
from listserv.mail.quotefootmarks import FOOTER, FOOTER_WORDS
from listserv.mail.subject import REPLY
from newsletters.drafts import LONGEST_HTML, is_rich

# What begins a line in HTML: a mark behind each tells where its line stands in the text.
BREAK = re.compile(r"<(?:div|p|blockquote|hr|br|li|td|h[1-6]|pre|center)\b[^<>]{0,2000}>", re.IGNORECASE)
OPEN, CLOSE = "\ue004", "\ue005"
MARK = re.compile(f"{OPEN}(\\d+){CLOSE}")
ANSWERING = re.compile(rf"\s*(?:{REPLY})\.?\s?(?:[\[(^]\d{{1,4}}[\])]?)?\s?[:：]", re.IGNORECASE)
OWN = ("said", "farewell")
SIGNATURE_LINES, LONGEST_ADDED = 12, 200
POORER = N_("Headings, links and other formatting of this mail could not be told from the mail that it answers: of it, only the words were taken.")


@dataclass(frozen=True, slots=True)
class Own:
    """Somebody's own words; `html` is empty where the mail has none, or where it could not be told apart (`poorer`: it says more than words)."""

    text: str
    html: str = ""
    poorer: bool = False


def of_answer(text: str, html: str) -> Own:
    """The words of an answer, without what it quotes and without its signature."""
    return _own(text, html, quotes.letter)


def of_draft(text: str, html: str, subject: str) -> Own:
    """The words of a mail that begins a draft: forwarded letters and chosen quotations belong to it.

    What a program has put below an answer (that it is one its subject says) does not; nor does a signature below `-- `.
    """
    return _own(text, html, _above_history if ANSWERING.match(subject) else _unsigned)


def _own(text: str, html: str, choose: Callable[[str], str]) -> Own:
    usable = html if len(html) <= LONGEST_HTML and is_bearable(html) else ""
    whole = to_text(usable) if usable else text
    kept = choose(whole)
    cut = _cut(usable, whole, kept) if usable else ""
    return Own(kept, cut, poorer=bool(usable) and not cut and bool(kept.strip()) and is_rich(usable))


def _above_history(text: str) -> str:
    pieces = quotes.split(text)
    last = max((i for i, piece in enumerate(pieces) if piece.kind in OWN), default=-1)
    if any(piece.kind == "attribution" for piece in pieces[last + 1 :]):
        text = "".join(piece.text for piece in pieces[: last + 1])
    return _unsigned(text)


def _unsigned(text: str) -> str:
    said, mark, below = text.rpartition("\n-- \n")
    lines = (said if mark and below.count("\n") < SIGNATURE_LINES else text).rstrip().split("\n")
    while len(lines) > 1 and (not lines[-1].strip() or _is_added(lines[-1].strip())):
        lines.pop()
    return "\n".join(lines)


def _is_added(line: str) -> bool:
    """„Wysłane z iPhone'a”."""
    return len(line) < LONGEST_ADDED and len(line.split()) <= FOOTER_WORDS and FOOTER.match(line) is not None


def _squeezed(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


def _cut(html: str, whole: str, kept: str) -> str:
    """The HTML down to where the words that are kept end; empty where that is no place in it."""
    length = len(_squeezed(kept))
    if _squeezed(whole) == _squeezed(kept):
        return html
    places = [place for place, before in _places(html) if before == length]
    if not length or not places:
        return ""
    # A picture says nothing that could be counted: what shows one is the author's still.
    picture = html.lower().rfind("<img", places[0], places[-1])
    end = next((place for place in places if place > picture), places[0]) if picture >= 0 else places[0]
    return html[:end] if _squeezed(to_text(html[:end])) == _squeezed(kept) else ""


def _places(html: str) -> list[tuple[int, int]]:
    """Where lines begin in HTML, and how many letters the text has above each."""
    found = list(BREAK.finditer(html))
    pieces: list[str] = []
    at = 0
    for number, tag in enumerate(found):
        pieces += [html[at : tag.end()], f"{OPEN}{number}{CLOSE}"]
        at = tag.end()
    parts = MARK.split(to_text("".join((*pieces, html[at:]))))
    out, above = [], 0
    for said, place in zip(parts[::2], parts[1::2], strict=False):
        above += len(_squeezed(said))
        out.append((found[int(place)].start(), above))
    return out
