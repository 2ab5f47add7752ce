"""The text twin: the same order, numbers and words, in 72 columns."""

import re
import textwrap

from digests import html
from digests.entries import Edition, Point
from listserv.i18n import HARD_SPACE

WIDTH = 72


def wrapped(text: str, indent: int = 0, first: str = "") -> str:
    """Lines of at most 72 columns, all indented alike; `first` (a number, a dash) hangs before the first."""
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
    env.filters.setdefault("wrapped", wrapped)
    text = env.get_template(template).render(edition=edition, points=points, width=WIDTH)
    # Hard spaces have kept together what belongs together; from here on plain ones read better in every program.
    return re.sub(r"\n{3,}", "\n\n", text.replace(HARD_SPACE, " ")).strip("\n") + "\n"
