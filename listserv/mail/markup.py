"""Markdown as people write it in the browser, made into HTML for a mail: no raw HTML, no pictures from elsewhere, no long time.

Whatever could cost more than a glance (a parser that goes back and forth over thousands of brackets) is shown as it was
written: the text part of the mail is the same words in any case.
"""

import re
from functools import cache
from html import escape
from typing import Any

import nh3

from listserv.mail.htmlguard import names

TAGS = names("a blockquote br code del em h3 h4 h5 h6 hr li ol p pre strong table tbody td th thead tr ul")
# Longer texts, or more of what the parser looks at again and again, are set as they stand (measured: tests/mail/test_markup.py).
LONGEST = 60_000
LONGEST_LINE = 20_000
MOST_LINES = 2_000
MOST = {"[": 400, "`": 600, "*": 1500, "_": 1500, "~": 600, "<": 600, "&": 2000, "\\": 1500, "|": 2500, "://": 600, "@": 600, "www.": 600}
# Each bracket is looked for up to the end of its paragraph.
BRACKETS_BY_LENGTH = 1_500_000
DEEPEST = 8
INDENT = re.compile(r"(?m)^(?:[ \t]|>[ ]?|(?:[-*+]|\d{1,9}[.)])[ \t]){0,1000}")
MARKERS = re.compile(r">|[-*+][ \t]|\d+[.)][ \t]|\t| {2,4}")
# A subject of a list's mail has one h1 and the post's author is an h2 of the page: headings of a post begin below.
HEADING = re.compile(r"<(/?)h([1-6])(?=[ >])")
# What is no more than words in paragraphs needs no second form.
MARKED = re.compile(r"<(?!/?p>|br ?/?>)")
SCHEME = re.compile(r"^(?:mailto:|https?://)")
LINK = re.compile(r'<a href="([^"]*)"[^>]*>([^<]*)</a>')


def to_html(text: str) -> str:
    """Safe HTML of a text in Markdown."""
    if not is_bearable(text):
        return as_it_stands(text)
    try:
        parser = IDLE.pop()
    except IndexError:
        parser = _markdown()
    try:
        made = parser.reset().convert(text)
    except (RecursionError, ValueError, IndexError):
        return as_it_stands(text)
    IDLE.append(parser)
    return _cleaner().clean(HEADING.sub(_lower, made)).strip()


def is_bearable(text: str) -> bool:
    """Can this be read as Markdown within a moment?"""
    if len(text) > LONGEST or text.count("\n") > MOST_LINES or any(len(line) > LONGEST_LINE for line in text.split("\n")):
        return False
    if any(text.count(mark) > most for mark, most in MOST.items()):
        return False
    if text.count("[") * max(map(len, re.split(r"\n[ \t]*\n", text))) > BRACKETS_BY_LENGTH:
        return False
    return max((len(MARKERS.findall(found[0])) for found in INDENT.finditer(text)), default=0) <= DEEPEST


def as_it_stands(text: str) -> str:
    """The words with their line ends, and nothing else."""
    paragraphs = [part.strip("\n") for part in re.split(r"\n[ \t]*\n", text.replace("\r", "")) if part.strip()]
    return "\n".join("<p>{}</p>".format(escape(part).replace("\n", "<br>\n")) for part in paragraphs)


def has_marks(html: str) -> bool:
    """Does this HTML say more than the plain text does? Links that show their own address do not."""
    return MARKED.search(LINK.sub(lambda found: found[2] if _shows_itself(found) else found[0], html)) is not None


def _shows_itself(found: re.Match[str]) -> bool:
    return SCHEME.sub("", found[1]).rstrip("/") == SCHEME.sub("", found[2]).rstrip("/")


def _lower(tag: re.Match[str]) -> str:
    return f"<{tag[1]}h{min(6, int(tag[2]) + 2)}"


# Parsers that nobody uses just now: each remembers what it reads, so that two threads must not share one. (Python's lists
# let only one of them have the last.)
IDLE: list[Any] = []


def _markdown() -> Any:
    import markdown  # with its extensions a few megabytes: only where somebody writes

    extensions = ["nl2br", "sane_lists", "tables", "pymdownx.betterem", "pymdownx.tilde", "pymdownx.superfences", "pymdownx.magiclink"]
    settings = {"pymdownx.tilde": {"subscript": False}, "pymdownx.superfences": {"css_class": ""}, "pymdownx.magiclink": {"hide_protocol": False}}
    made = markdown.Markdown(extensions=extensions, extension_configs=settings, output_format="html")
    # Tags are words like any others; pictures would be fetched from elsewhere by whoever reads.
    made.preprocessors.deregister("html_block")
    for name in ("html", "image_link", "image_reference", "short_image_ref"):
        made.inlinePatterns.deregister(name)
    return made


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}, "ol": {"start"}, "th": {"align"}, "td": {"align"}},
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel="nofollow noopener noreferrer ugc",
    )
