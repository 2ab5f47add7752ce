"""Tables in clean HTML. Those that only lay out a page are taken apart into paragraphs; those that say something get what readers need.

Clean HTML is well formed, so that its tags can be counted in one pass without a parser.
"""

import re
from dataclasses import dataclass

TAG = re.compile(r"<(/?)(table|thead|tbody|tr|td|th)(?=[ >])([^<>]*)>")
LAYOUT_ROLE = re.compile(r'\brole="(?:presentation|none)"')
SCOPED = re.compile(r"\bscope=")


@dataclass(slots=True)
class _Table:
    """What has been seen of a table so far."""

    is_layout: bool
    headed: bool = False
    holds_table: bool = False
    rows: int = 0
    cells: int = 0
    widest: int = 0

    def lays_out(self) -> bool:
        """Is it no table to its readers? Marked as such, or with nothing that a row and a column would say."""
        return self.is_layout or self.holds_table or (not self.headed and (self.widest < 2 or self.rows < 2))


def sorted_out(html: str) -> str:
    """HTML without tables that only lay out: each of their cells is a paragraph; and none but those has a role."""
    if "<table" not in html:
        return html
    layout = _layout(html)
    number, stack = -1, []
    out, at = [], 0
    for tag in TAG.finditer(html):
        if tag[2] == "table" and not tag[1]:
            number += 1
            stack.append(number)
        out += [html[at : tag.start()], _written(tag, bool(stack) and layout[stack[-1]])]
        at = tag.end()
        if tag[2] == "table" and tag[1] and stack:
            stack.pop()
    return "".join((*out, html[at:]))


def _layout(html: str) -> list[bool]:
    """By the order in which they begin: does this table only lay out?"""
    tables: list[_Table] = []
    stack: list[_Table] = []
    for tag in TAG.finditer(html):
        _count(tag, tables, stack)
    return [table.lays_out() for table in tables]


def _count(tag: re.Match[str], tables: list[_Table], stack: list[_Table]) -> None:
    closing, name = bool(tag[1]), tag[2]
    if name == "table" and not closing:
        if stack:
            stack[-1].holds_table = True
        stack.append(_Table(LAYOUT_ROLE.search(tag[3]) is not None))
        tables.append(stack[-1])
    elif name == "table" and stack:
        stack.pop()
    elif stack and not closing:
        table = stack[-1]
        table.headed = table.headed or name == "th"
        if name == "tr":
            table.rows, table.cells = table.rows + 1, 0
        elif name in ("td", "th"):
            table.cells += 1
            table.widest = max(table.widest, table.cells)


def _written(tag: re.Match[str], layout: bool) -> str:
    if not layout:
        return f"<{tag[1]}table>" if tag[2] == "table" else tag[0]
    return f"<{tag[1]}p>" if tag[2] in ("td", "th") else ""


PIECE = re.compile(r"(<[^<>]*>)")
BLOCK = re.compile(r"</?(?:p|h[1-6]|ul|ol|li|dl|dt|dd|table|thead|tbody|tr|td|th|blockquote|pre|figure|figcaption)(?=[ >])|<hr")


def in_paragraphs(html: str) -> str:
    """HTML whose loose words, beside its blocks, are paragraphs too. What begins in one and ends in another is left to the cleaner."""
    out: list[str] = []
    loose: list[str] = []
    depth = 0
    for piece in PIECE.split(html):
        block = BLOCK.match(piece)
        if depth == 0 and not block:
            loose.append(piece)
            continue
        out += [*_paragraph(loose), piece]
        loose = []
        if block and not piece.startswith("<hr"):
            depth = max(0, depth + (-1 if piece.startswith("</") else 1))
    return "".join((*out, *_paragraph(loose)))


def _paragraph(loose: list[str]) -> list[str]:
    words = "".join(loose)
    return ["<p>", words, "</p>"] if words.strip() else [words]


HEAD = re.compile(r"<thead>.{0,20000}?</thead>", re.DOTALL)
TH = re.compile(r"<th(?=[ >])([^<>]*)>")


def readable(html: str) -> str:
    """Tables that say something: in a frame that scrolls where they are too wide, their headings said to be those of columns."""
    if "<table>" not in html:
        return html
    html = HEAD.sub(lambda head: TH.sub(lambda th: th[0] if SCOPED.search(th[1]) else f'<th scope="col"{th[1]}>', head[0]), html)
    return html.replace("<table>", '<div class="wide" tabindex="0"><table>').replace("</table>", "</table></div>")
