"""The text twin: the same order, numbers and words, in 72 columns."""

import re
import textwrap
from functools import partial

from digests import html
from digests.entries import Edition, Point
from listserv.i18n import HARD_SPACE, tight

WIDTH = 72


def wrapped(text: str, indent: int = 0, first: str = "", *, language: str = "") -> str:
    """Lines of at most 72 columns, all indented alike; `first` (a number, a dash) hangs before the first."""
    lines = _filled(tight(text, language), indent, first)
    # So many one-letter words in a row that they would make one line: these words are no sentence.
    return lines if max(map(len, lines.split("\n"))) <= WIDTH else _filled(text, indent, first)


def _filled(text: str, indent: int, first: str) -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=first.ljust(indent) if first else " " * indent,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def render(edition: Edition, points: tuple[Point, ...]) -> str:
    """The text of a digest, with marks where each reader's own addresses go."""
    return worded("digest.txt", edition, points)


def worded(template: str, edition: Edition, points: tuple[Point, ...]) -> str:
    """One of the text templates."""
    env = html.environment(edition.language)
    env.filters.setdefault("wrapped", partial(wrapped, language=edition.language))
    text = env.get_template(template).render(edition=edition, points=points, width=WIDTH)
    # Hard spaces have kept together what belongs together; from here on plain ones read better in every program.
    return re.sub(r"\n{3,}", "\n\n", text.replace(HARD_SPACE, " ")).strip("\n") + "\n"
