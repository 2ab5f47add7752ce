"""A mail's text as HTML: paragraphs, quotes and signatures folded, links that can be followed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, pairwise
from textwrap import dedent

from markupsafe import Markup, escape

from listserv.i18n import N_, translations
from listserv.mail import patches
from listserv.mail.quotes import Piece, passed_on
from listserv.usecases.cases import Case
from listserv.usecases.conversations import Post, on_html
from listserv.web import diffs, marked
from listserv.web.kept import Kept, key_of
from listserv.web.visit import visit
from listserv.web.words import size

# Not `ftp://www.…`, nor the end of a longer name; what cannot be seen is no part of an address.
URL = re.compile(r"(?:https?://|(?<![\w@./-])www\.)\w[^\s<>\"„”“«\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]{0,2000}", re.IGNORECASE)
BRACKETS = {")": "(", "]": "[", "}": "{"}
AFTER_URL = ".,;:!?'’»*_~…–—|"
ITEM = re.compile(r"\s*(?:[-*•–—+]|\d{1,3}[.)]|[a-zA-Z][.)])\s")
FENCE, OPENING = "```", re.compile(r" {0,3}(```+)[\w+#. -]{0,40}")
FAR = ("    ", "\t")
SAID = ("said", "farewell")
FOLDED = {"signature": N_("signature"), "footer": N_("footer")}
# Somebody's mail program broke these lines: the next word would not have fitted.
NARROWEST_WRAP, WIDEST_WRAP = 60, 80
RAGGED = 15
# Only within tags does nh3 leave such quotation marks.
COLOURED = re.compile(r'(?:bgcolor|[ ;]color|"color)[=:]|background-color:', re.IGNORECASE)
# A quote of this size that stands between two answers is read, not skipped.
SHORT_LINES, SHORT_TEXT = 3, 300
# Of quotes that are cut short: how many lines they have, and the link to all of them.
Short = Mapping[str, tuple[int, Markup]]
NOTHING: Short = {}
# Some three thousand letters.
BODIES = Kept(8 * 1024 * 1024)


def sheet(html: str) -> str:
    """The class of the box that holds a formatted letter: one with colours of its own lies on white paper, also where pages are dark."""
    return "sheet" if COLOURED.search(html) else ""


def body(post: Post, place: str = "") -> Markup:
    """A post's words, finished once for all who see the same of it. `place`: the address of its own page, where a long one goes on."""
    above, language, marks = post.above_name, visit().language, marked.is_marked(post)
    if post.room:
        key = key_of(post, above, language, marks, post.room, post.number, place)
        return BODIES.get(key, lambda: _veiled(post, _beginning(post, place, language, marks), marks))
    return BODIES.get(key_of(post, above, language, marks), lambda: _veiled(post, _body(post.pieces, above, language, marks), marks))


def _beginning(post: Post, place: str, language: str, marks: bool) -> Markup:
    """So much of a long post as there is room for; where something is left out it says so, and leads there."""
    found, number = post.shown, post.number
    short = {found.pieces[at].text: (lines, _further(place, number, language)) for at, lines in found.short.items()}
    made = _body(found.pieces, post.above_name, language, marks, short)
    return Markup("{}\n{}").format(made, rest(place, found.left, language, number)) if found.left else made


def rest(place: str, left: int, language: str, number: int = 0) -> Markup:
    """A link to what follows, and how much that is."""
    words = translations(language)
    # As a file's size is told: most letters are one byte each.
    amount = size(left)
    of_which = Markup('<span class="vh"> {}</span>').format(words.gettext("of message no. %(number)s") % {"number": number}) if number else ""
    return Markup('<p class="more"><a href="{}">{}{}</a></p>').format(place, words.gettext("What follows (%(amount)s more)") % {"amount": amount}, of_which)


def _further(place: str, number: int, language: str) -> Markup:
    words = translations(language)
    of_which = words.gettext("of message no. %(number)s") % {"number": number}
    return Markup('\n<p class="more"><a href="{}">{}<span class="vh"> {}</span></a></p>').format(place, words.gettext("The whole quote"), of_which)


def _veiled(post: Post, made: Markup, marks: bool) -> Markup:
    """Of what was marked an address is seen that was none in its text."""
    return Markup(on_html(post.veil)(made)) if marks else made  # nosec B704: it was Markup before a veil was put on


def waiting(case: Case) -> Markup:
    """The words of a letter that waits for moderators, who see it once."""
    return _body(case.pieces, case.above_name, visit().language)


def _body(pieces: tuple[Piece, ...], above: str, language: str, marks: bool = False, short: Short = NOTHING) -> Markup:
    parts = _together([piece for piece in _patches_apart(pieces) if piece.text.strip()])
    between = sum(kind == "quote" for kind, _, _ in parts) > 1
    # Where nothing else is said, what is passed on is what there is to read.
    opened = " open" if not any(kind in SAID for kind, _, _ in parts) else ""
    made = [_part(kind, lead, text, above, language, between, marks, opened, short) for kind, lead, text in parts]
    return Markup("\n").join(part for part in made if part)


def _patches_apart(pieces: tuple[Piece, ...]) -> Iterable[Piece]:
    """The pieces, but a patch is what its author says now, whatever its lines look like: it may stand below a signature."""
    if not any(patches.may_hold(piece.text) for piece in pieces):
        return pieces
    lines = [(piece.kind, line) for piece in pieces for line in piece.text.removesuffix("\n").split("\n")]
    for patch in patches.find([line for _, line in lines]):
        lines[patch.start : patch.end] = [("said", line) for _, line in lines[patch.start : patch.end]]
    return [Piece(kind, "".join(f"{line}\n" for _, line in group)) for kind, group in groupby(lines, key=lambda one: one[0])]


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


def _part(kind: str, lead: str, text: str, above: str, language: str, between: bool, marks: bool, opened: str, short: Short = NOTHING) -> Markup:
    if kind in SAID:
        bare_patch = patches.may_hold(text) and FENCE not in text
        return marked.shown(text) if marks and not bare_patch else blocks(text, language)
    if kind != "quote":
        appended = _soft(text)
        return _fold("sig", translations(language).gettext(FOLDED[kind]), appended) if appended else appended
    bare = "\n".join(_unquoted(line) for line in text.split("\n"))
    lines, further = short.get(text) or (sum(bool(line.strip()) for line in bare.split("\n")), Markup(""))
    if between and lines <= SHORT_LINES and len(bare) <= SHORT_TEXT:
        return Markup("<blockquote>{}</blockquote>").format(blocks(bare, language))
    introduced = Markup('<p class="soft">{}</p>').format(_lines(lead.strip().split("\n"))) if lead.strip() else Markup("")
    whose = above if above and above in lead else ""
    inside = Markup("{}<blockquote>{}</blockquote>{}").format(introduced, blocks(bare, language), further)
    return _fold("quote", _quote_summary(language, whose, lines), inside, opened or (" open" if passed_on(lead) else ""))


def _quote_summary(language: str, whose: str, lines: int) -> str:
    words = translations(language)
    if not lines:
        return words.gettext("quote")
    if whose:
        return words.ngettext("quote: %(name)s, %(num)s line", "quote: %(name)s, %(num)s lines", lines) % {"name": whose, "num": lines}
    return words.ngettext("quote, %(num)s line", "quote, %(num)s lines", lines) % {"num": lines}


def _unquoted(line: str) -> str:
    return line[2:] if line.startswith("> ") else line.removeprefix(">")


def _fold(kind: str, summary: str, inside: Markup, opened: str = "") -> Markup:
    return Markup('<details class="fold {}"{}><summary>{}</summary>{}</details>').format(kind, opened, summary, inside)


def _soft(text: str) -> Markup:
    lines = [line for line in text.strip("\n").split("\n") if line.strip() not in ("--", "-- ")]
    return Markup('<div class="soft">{}</div>').format(_lines(lines)) if any(map(str.strip, lines)) else Markup("")


def blocks(text: str, language: str = "en") -> Markup:
    """Paragraphs of a text; patches, code and drawn tables keep their columns, and every line break that somebody meant stays."""
    if not patches.may_hold(text) and FENCE not in text:
        return _paragraphs_of(text)
    parts = []
    for patch, lines in diffs.apart(text):
        parts += [diffs.shown(patch, lines, language)] if patch else [_fenced(lines)]
    return Markup("\n").join(part for part in parts if part)


def _paragraphs_of(text: str) -> Markup:
    return Markup("\n").join(_block(lines) for lines in _code_together(_paragraphs(text)))


def _fenced(lines: list[str]) -> Markup:
    """A text in which somebody may have put code between fences, as in Markdown; a fence that nobody closes is none."""
    made: list[Markup] = []
    at = done = 0
    while at < len(lines):
        fence = OPENING.fullmatch(lines[at])
        end = next((number for number in range(at + 1, len(lines)) if lines[number].strip() == fence[1]), 0) if fence else 0
        if not end:
            # What is opened and never closed is looked for once.
            at = len(lines) if fence else at + 1
            continue
        made += [_paragraphs_of("\n".join(lines[done:at])), _code(lines[at + 1 : end])]
        at = done = end + 1
    return Markup("\n").join(part for part in [*made, _paragraphs_of("\n".join(lines[done:]))] if part)


def _code(lines: list[str]) -> Markup:
    return Markup('<pre tabindex="0">{}\n</pre>').format("\n".join(lines)) if any(map(str.strip, lines)) else Markup("")


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
    return Markup("<br>\n".join(_linked(line) for line in lines))  # nosec B704: each line is escaped


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
    over = {closing: url.count(closing) - url.count(opening) for closing, opening in BRACKETS.items()}
    end = len(url)
    while end and (url[end - 1] in AFTER_URL or over.get(url[end - 1], 0) > 0):
        end -= 1
        if url[end] in over:
            over[url[end]] -= 1
    return url[:end]


def _link(url: str) -> str:
    target, shown = escape(url if "://" in url else f"https://{url}"), escape(url)
    return f'<a class="url" href="{target}" rel="nofollow noopener noreferrer ugc">{shown}</a>'
