"""HTML of mails, read as text: paragraphs, lists, links, and above all what is quoted, as `> ` lines."""

import re
from dataclasses import dataclass, field
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from listserv.mail import htmlquotes
from listserv.mail.htmlguard import is_bearable, names
from listserv.mail.textpage import SPACE, TextPage

SKIPPED = names("script style head title noscript template svg math iframe object embed textarea select audio video canvas -comment")
# They stand off by a blank line, unless their style says otherwise.
PARAGRAPHS = names("p h1 h2 h3 h4 h5 h6 ul ol dl pre table figure")
BLOCKS = PARAGRAPHS | names(
    "div dt dd tr td th address article aside body center details dialog dir caption fieldset figcaption footer form header main menu nav",
    "section summary",
)
HIDDEN = re.compile(
    r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden"
    r"|(?<![\w-])(?:opacity|max-height)\s*:\s*0(?:\.0{1,9})?(?:px|em|pt|%)?\s*(?:[;!]|$)",
    re.IGNORECASE,
)
NO_MARGIN = re.compile(r"margin(?:-bottom)?\s*:\s*0(?!\.?\d)", re.IGNORECASE)
# A row is put on one line if its cells are as short as those of a table of figures.
LONGEST_CELL = 80
LAYOUT = "table, ul, ol, blockquote, pre, hr, h1, h2, h3"
# Outlook's heading of older mail. Where it is missing, an empty element that stands above it will do.
HEADED = "[id$=divRplyFwdMsg]"
APPENDED = "appendonsend"
NO_LINKS = ("#", "javascript:", "data:", "cid:", "vbscript:", "file:")
LONGEST_LINK = 2000
LONGEST_ALT = 200
# (No `++` around what may fail half-way: before Python 3.11.5 the half stays eaten, gh-106052. The bound is one of memory.)
TAG = re.compile(r"(?:<[^<>]*+>\s*+){1,1000}")
SPACES = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
LINE_ENDS = re.compile(r" ?\n\s*")


def to_text(html: str) -> str:
    """The readable text of HTML: quoted parts as `> ` lines, links as `text <url>`; hidden parts are left out."""
    if not is_bearable(html):
        return _rough_text(html)
    body = LexborHTMLParser(html if html.isascii() else html.encode("utf-8", "replace").decode()).body
    if body is None:
        return ""
    headed = body.css_first(HEADED) is not None
    # Where all is hidden somebody wrote something all the same.
    return _Reader(headed=headed).read(body) or _Reader(headed=headed, shows_hidden=True).read(body)


def _rough_text(html: str) -> str:
    """Only the tags taken out: for HTML that no parser should see."""
    # Whole and not line by line: hostile HTML is millions of lines.
    text = LINE_ENDS.sub("\n", SPACES.sub(" ", unescape(TAG.sub("\n", html)))).strip()
    return f"{text}\n" if text else ""


@dataclass(frozen=True, slots=True)
class _Open:
    """An element whose content is being read: how deep in quotes, and at which line, it began."""

    node: LexborNode
    tag: str
    attributes: dict[str, str | None]
    depth: int
    line: int


@dataclass(slots=True)
class _Reader:
    page: TextPage = field(default_factory=TextPage)
    # The next number of every ordered list that is open; None for bullets.
    numbers: list[int | None] = field(default_factory=list)
    # Is there a heading of older mail? Has it been passed? Which element, being read, holds such mail?
    headed: bool = False
    in_older_mail: bool = False
    holder: _Open | None = None
    shows_hidden: bool = False

    def read(self, root: LexborNode) -> str:
        """Without recursion: mail nests as deep as it likes."""
        work: list[LexborNode | _Open] = [root]
        while work:
            item = work.pop()
            if isinstance(item, _Open):
                self.leave(item)
                continue
            tag = item.tag or ""
            if tag == "-text":
                self.page.text(item.text_content or "")
                continue
            attributes = item.attributes
            if tag in SKIPPED or (not self.shows_hidden and _is_hidden(attributes)):
                continue
            element = _Open(item, tag, attributes, self.page.depth, len(self.page.lines))
            self.enter(element)
            work.append(element)
            work.extend(reversed(list(item.iter(include_text=True))))
        return self.page.finish()

    def enter(self, element: _Open) -> None:
        page, tag = self.page, element.tag
        if tag == "br":
            page.break_line()
        elif tag == "img":
            page.text(_alt(element.attributes))
        elif tag == "hr":
            self._rule(element)
        elif tag == "blockquote":
            page.quote(page.depth if htmlquotes.is_indentation(element.attributes) else page.depth + 1)
        elif tag == "li":
            page.begin_item(self._marker())
        elif tag == "tr":
            page.end_line()
            page.in_row = page.in_row or _fits_one_line(element.node)
        elif tag in ("td", "th") and page.in_row:
            page.cell()
        elif tag in BLOCKS:
            self._begin_block(element)

    def _rule(self, element: _Open) -> None:
        self.page.end_line()
        if self.page.said and htmlquotes.marks_of(element.attributes) & htmlquotes.RULES:
            self._begin_older_mail()
            return
        self.page.text("-----")
        self.page.end_line()

    def leave(self, element: _Open) -> None:
        page, tag = self.page, element.tag
        if tag == "a":
            page.text(_link(element))
        elif tag == "blockquote":
            page.quote(element.depth)
            page.gap = bool(page.lines)
        elif tag == "li":
            page.end_item()
        elif tag == "tr":
            page.in_row = False
            page.end_line()
        elif tag in BLOCKS:
            self._end_block(element)

    def _begin_block(self, element: _Open) -> None:
        page, tag = self.page, element.tag
        if self._stands_off(element):
            page.paragraph()
        page.end_line()
        if tag in ("ul", "ol"):
            self.numbers.append(_start(element.attributes) if tag == "ol" else None)
        if tag == "pre":
            page.preformatted += 1
        if page.said and self._may_hold() and htmlquotes.holds_older_mail(element.attributes, page.last_line()):
            self.holder = element
            page.quote(page.depth + 1)
        elif not page.depth and htmlquotes.marks_of(element.attributes) & htmlquotes.SIGNATURES and any(page.lines) and page.lines[-1] != "-- ":
            page.lines.append("-- ")

    def _may_hold(self) -> bool:
        """Not what is inside older mail already."""
        return self.holder is None and not self.in_older_mail

    def _end_block(self, element: _Open) -> None:
        page, tag = self.page, element.tag
        page.end_line()
        if tag == "pre":
            page.preformatted -= 1
        if tag in ("ul", "ol"):
            self.numbers.pop()
        if self._stands_off(element):
            page.paragraph()
        if element is self.holder:
            self.holder = None
            page.quote(element.depth)
        elif tag in ("div", "table") and self._may_hold() and self._heads_older_mail(element):
            heading = page.lines[element.line :]
            if not htmlquotes.is_readable_heading(heading):
                page.lines[element.line :] = [f"> {line}" for line in heading]
            self._begin_older_mail()

    def _begin_older_mail(self) -> None:
        """Nothing closes older mail in Outlook's HTML: it goes on to the end."""
        if self._may_hold():
            self.in_older_mail = True
            self.page.quote(self.page.depth + 1)

    def _heads_older_mail(self, element: _Open) -> bool:
        if htmlquotes.is_heading(element.attributes):
            return True
        if not self.headed and (element.attributes.get("id") or "").endswith(APPENDED):
            return self.page.said
        return htmlquotes.is_bordered_heading(element.attributes, self.page.lines[element.line :])

    def _stands_off(self, element: _Open) -> bool:
        if element.tag not in PARAGRAPHS or (self.numbers and element.tag in ("ul", "ol")):
            return False
        style, names = element.attributes.get("style") or "", element.attributes.get("class") or ""
        return NO_MARGIN.search(style) is None and not names.startswith(("MsoNormal", "MsoPlainText", "MsoListParagraph"))

    def _marker(self) -> str:
        number = self.numbers[-1] if self.numbers else None
        if number is None:
            return "- "
        self.numbers[-1] = number + 1
        return f"{number}. "


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    return "hidden" in attributes or HIDDEN.search(attributes.get("style") or "") is not None


def _fits_one_line(row: LexborNode) -> bool:
    cells = [cell for cell in row.iter() if cell.tag in ("td", "th")]
    if len(cells) < 2 or row.css_first(LAYOUT) is not None:
        return False
    return all(len(cell.text().strip()) <= LONGEST_CELL for cell in cells)


def _start(attributes: dict[str, str | None]) -> int:
    start = attributes.get("start") or ""
    return int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 1


def _alt(attributes: dict[str, str | None]) -> str:
    alt = SPACE.sub(" ", attributes.get("alt") or "").strip()[:LONGEST_ALT]
    # A picture of a smile has the smile for its text.
    return f"[{alt}]" if any(c.isalnum() for c in alt) else alt


def _link(element: _Open) -> str:
    """The address behind a link, where its text does not say it."""
    address = SPACE.sub("", element.attributes.get("href") or "")
    if not address or len(address) > LONGEST_LINK or address.lower().startswith(NO_LINKS):
        return ""
    shown = SPACE.sub("", element.node.text())
    if address[:7].lower() == "mailto:":
        address = address[7:].partition("?")[0]
    if not address or _plain(address) == _plain(shown) or not (shown or element.node.css_first("img[alt]")):
        return ""
    return f" <{address}>"


def _plain(address: str) -> str:
    """What two spellings of one address have in common."""
    address = address.casefold().strip("<>()")
    for prefix in ("mailto:", "https://", "http://", "www."):
        address = address.removeprefix(prefix)
    return address.rstrip("/").strip("<>()")
