"""From an edition to finished forms, small enough for every mail program."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape

from digests import html, plain, words
from digests.entries import MEASURES, Edition, lay_out
from digests.marks import fill
from listserv.i18n import HARD_SPACE

# Gmail clips a letter at 102 KB and hides what follows behind a link.
LIMIT = 100_000
# About what a reply address or a way out needs in a mark's place.
FILLED = 110


@dataclass(frozen=True, slots=True)
class Rendered:
    """A digest's subject and both its forms, with marks for what is each reader's own (digests.marks)."""

    subject: str
    html: str
    text: str

    def filled(self, value: Callable[[str, int], str]) -> "Rendered":
        """The forms for one reader; `value(name, key)` gives their addresses."""
        return replace(self, html=fill(self.html, lambda name, key: escape(value(name, key))), text=fill(self.text, value))


def render(edition: Edition) -> Rendered:
    """Word a digest. Where it would be too big, less of each message is told, then fewer messages, then fewer threads."""
    for measure in MEASURES:
        points = lay_out(edition.entries, measure)
        page = html.render(edition, points)
        if len(page.encode()) + page.count("\x02") * FILLED <= LIMIT:
            break
    return Rendered(words.subject(edition).replace(HARD_SPACE, " "), page, plain.render(edition, points))
