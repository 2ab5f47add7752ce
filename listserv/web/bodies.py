"""A mail's text as HTML: paragraphs, quotes and signatures folded, links that can be followed."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from textwrap import dedent

from markupsafe import Markup, escape

from listserv.i18n import N_, translations
from listserv.mail.quotes import Piece
from listserv.usecases.conversations import KEPT, Post
from listserv.web.visit import visit

URL = re.compile(r"(?:https?://|www\.)\w[^\s<>\"„”“]{0,2000}", re.IGNORECASE)
AFTER_URL = ".,;:!?'’»*_~"
ITEM = re.compile(r"\s*(?:[-*•–—+]|\d{1,3}[.)]|[a-zA-Z][.)])\s")
FAR = ("    ", "\t")
FOLDED = {"signature": N_("signature"), "footer": N_("footer")}
# Somebody's mail program broke these lines: the next word would not have fitted.
NARROWEST_WRAP, WIDEST_WRAP = 60, 80
RAGGED = 15
# Only within tags does nh3 leave such quotation marks.
COLOURED = re.compile(r'(?:bgcolor|[ ;]color|"color)[=:]|background-color:', re.IGNORECASE)
# A quote of this size that stands between two answers is read, not skipped.
SHORT_LINES, SHORT_TEXT = 3, 300


def sheet(html: str) -> str:
    """The class of the box that holds a formatted letter: one with colours of its own lies on white paper, also where pages are dark."""
    return "sheet" if COLOURED.search(html) else ""


def body(post: Post) -> Markup:
    """A post's words."""
    made = _kept_body if sum(len(piece.text) for piece in post.pieces) <= KEPT else _body
    return made(post.pieces, post.above_name, visit().language)


@lru_cache(maxsize=512)
def _kept_body(pieces: tuple[Piece, ...], above: str, language: str) -> Markup:
    return _body(pieces, above, language)


def _body(pieces: tuple[Piece, ...], above: str, language: str) -> Markup:
    parts = _together([piece for piece in pieces if piece.text.strip()])
    between = sum(kind == "quote" for kind, _, _ in parts) > 1
    made = [_part(kind, lead, text, above, language, between) for kind, lead, text in parts]
    return Markup("\n").join(made)


def _together(pieces: list[Piece]) -> list[tuple[str, str, str]]:
    """(kind, attribution, text): an attribution goes with the quote that it introduces."""
    parts: list[tuple[str, str, str]] = []
    lead = ""
    for piece in pieces:
        if piece.kind == "attribution":
            lead += piece.text
            continue
        if lead and piece.kind != "quote":
            parts.append(("quote", lead, ""))
            lead = ""
        parts.append((piece.kind, lead, piece.text))
        lead = ""
    return [*parts, ("quote", lead, "")] if lead else parts


def _part(kind: str, lead: str, text: str, above: str, language: str, between: bool) -> Markup:
    if kind in ("said", "farewell"):
        return blocks(text)
    if kind != "quote":
        return _fold("sig", translations(language).gettext(FOLDED[kind]), _soft(text))
    bare = "\n".join(_unquoted(line) for line in text.split("\n"))
    lines = sum(bool(line.strip()) for line in bare.split("\n"))
    if between and lines <= SHORT_LINES and len(bare) <= SHORT_TEXT:
        return Markup("<blockquote>{}</blockquote>").format(blocks(bare))
    introduced = Markup('<p class="soft">{}</p>').format(_lines(lead.strip().split("\n"))) if lead.strip() else Markup("")
    whose = above if above and above in lead else ""
    return _fold("quote", _quote_summary(language, whose, lines), Markup("{}<blockquote>{}</blockquote>").format(introduced, blocks(bare)))


def _quote_summary(language: str, whose: str, lines: int) -> str:
    words = translations(language)
    if not lines:
        return words.gettext("quote")
    if whose:
        return words.ngettext("quote: %(name)s, %(num)s line", "quote: %(name)s, %(num)s lines", lines) % {"name": whose, "num": lines}
    return words.ngettext("quote, %(num)s line", "quote, %(num)s lines", lines) % {"num": lines}


def _unquoted(line: str) -> str:
    return line[2:] if line.startswith("> ") else line.removeprefix(">")


def _fold(kind: str, summary: str, inside: Markup) -> Markup:
    return Markup('<details class="fold {}"><summary>{}</summary>{}</details>').format(kind, summary, inside)


def _soft(text: str) -> Markup:
    lines = [line for line in text.strip("\n").split("\n") if line.strip() not in ("--", "-- ")]
    return Markup('<div class="soft">{}</div>').format(_lines(lines))


def blocks(text: str) -> Markup:
    """Paragraphs of a text; code and drawn tables keep their columns, and every line break that somebody meant stays."""
    return Markup("\n").join(_block(lines) for lines in _code_together(_paragraphs(text)))


def _code_together(paragraphs: Iterable[list[str]]) -> Iterator[list[str]]:
    """Code has empty lines too: paragraphs that all stand far to the right are one."""
    held: list[str] = []
    for lines in paragraphs:
        if all(line.startswith(FAR) for line in lines):
            held += ["", *lines] if held else lines
            continue
        if held:
            yield held
            held = []
        yield lines
    if held:
        yield held


def _paragraphs(text: str) -> Iterator[list[str]]:
    lines: list[str] = []
    for line in text.split("\n"):
        if line.strip():
            lines.append(line.rstrip())
        elif lines:
            yield lines
            lines = []
    if lines:
        yield lines


def _block(lines: list[str]) -> Markup:
    if _is_drawn(lines):
        return Markup('<pre tabindex="0">{}</pre>').format(dedent("\n".join(lines)))
    return Markup("<p>{}</p>").format(_lines(rejoined(lines)))


def _is_drawn(lines: list[str]) -> bool:
    """Columns or code: most lines begin far to the right, or hold wide gaps."""
    far = sum(line.startswith(FAR) for line in lines)
    gaps = sum("   " in line.strip() or "\t" in line.strip() for line in lines)
    return len(lines) > 1 and (far * 2 >= len(lines) or gaps * 2 > len(lines))


def rejoined(lines: list[str]) -> list[str]:
    """Lines as they were meant: those that a mail program broke are put together again."""
    width = max((len(line) for line in lines if len(line) <= WIDEST_WRAP), default=0)
    # One long line proves no margin: where its sentence ends, its author may have ended it too.
    proven = sum(len(line) > width - RAGGED for line in lines[:-1]) > 1
    meant = [lines[:1]]
    for before, line in pairwise(lines):
        word = line.split(maxsplit=1)[0]
        full = width >= NARROWEST_WRAP and len(before) + 1 + len(word) > width and (proven or before[-1] not in ".!?:")
        if full and not ITEM.match(line) and not line[0].isspace():
            meant[-1].append(line)
        else:
            meant.append([line])
    return [" ".join(parts) for parts in meant]


def _lines(lines: list[str]) -> Markup:
    return Markup("<br>\n".join(_linked(line) for line in lines))


def _linked(line: str) -> str:
    """A line as HTML, with its web addresses as links and its indent."""
    if line[:1] != " " and "://" not in line and "www." not in line.lower():
        return escape(line)
    made: list[str] = []
    at = 0
    for found in URL.finditer(line):
        url = _url_proper(found[0])
        made += (escape(line[at : found.start()]), _link(url))
        at = found.start() + len(url)
    made.append(escape(line[at:]))
    indent = len(line) - len(line.lstrip(" "))
    return "\N{NO-BREAK SPACE}" * indent + "".join(made).lstrip(" ")


def _url_proper(url: str) -> str:
    """Without what belongs to the sentence around it: a full stop, a bracket that was opened before."""
    while url:
        if url[-1] in AFTER_URL or (url[-1] in ")]}" and url.count(url[-1]) > url.count("([{"[")]}".index(url[-1])])):
            url = url[:-1]
            continue
        break
    return url


def _link(url: str) -> Markup:
    target = url if "://" in url else f"https://{url}"
    return Markup('<a class="url" href="{}" rel="nofollow noopener noreferrer ugc">{}</a>').format(target, url)
