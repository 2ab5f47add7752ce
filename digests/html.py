"""The HTML form: tables with inline styles, as mail programs need it (design.md, section 6)."""

from functools import cache, partial

from jinja2 import Environment
from linkify_it import LinkifyIt
from markupsafe import Markup, escape

from digests import words
from digests.entries import Edition, Point
from digests.marks import mark
from listserv import i18n, templating

LINK = Markup('<a href="%s" class="stamp" style="color:#43389a;">%s</a>')


@cache
def environment(language: str) -> Environment:
    """The templates of both forms in one language."""
    env = templating.environment("digests", language)
    env.globals.update(words=words, mark=mark, language=language)
    env.filters["linked"] = linked
    env.filters["tight"] = partial(i18n.tight, language=language)
    env.filters["kind"] = kind
    return env


@cache
def _finder() -> LinkifyIt:
    # Only what is plainly a link: "zdanie.To" is a missing space, not an address on .to.
    return LinkifyIt(options={"fuzzy_link": False}).add("ftp:", None).add("//", None)


def linked(text: str) -> Markup:
    """Text with its web and mail addresses as links."""
    out, at = Markup(), 0
    for found in _finder().match(text) or ():
        out += escape(text[at : found.index]) + LINK % (found.url, found.text)
        at = found.last_index
    return out + escape(text[at:])


def kind(name: str) -> str:
    """`PDF`: what stands on an attachment's card; empty for a name without an ending."""
    ending = name.rpartition(".")[2] if "." in name else ""
    return ending.upper() if ending.isalnum() and len(ending) <= 4 else ""


def render(edition: Edition, points: tuple[Point, ...]) -> str:
    """The HTML of a digest, with marks where each reader's own addresses go."""
    template = environment(edition.language).get_template("digest.html")
    return template.render(edition=edition, points=points)
