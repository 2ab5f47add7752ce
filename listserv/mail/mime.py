"""The tree of a mail's parts.

Taken apart as the standard parser does it (RFC 2046 section 5.1.1; tests/mail/test_mime.py holds them together), but by
looking for the delimiters and not line by line, which costs more than all the rest on mails with large attachments. Messages
within a message stay closed, and bodies stay as they came until somebody asks for their content.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from listserv.mail.part import Part

__all__ = ["Part", "made", "read", "read_head"]

MAX_PARTS = 1_000
MAX_FIELDS = 1_000
MAX_HEAD = 1_048_576
# Lines that look like delimiters, and bytes looked through on all levels together: half a second of work.
MAX_LIKENESSES = 200_000
MAX_SCANNED = 500_000_000

# A field with its continuations, as Postfix takes it: white space may stand before the colon, any other line begins the body.
FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]++)[ \t]*+:([^\r\n]*+(?:(?:\r\n|\r|\n)[ \t][^\r\n]*+)*+)(?:\r\n|\r|\n|\Z)")
FOLD = re.compile(r"(?:\r\n|\r|\n)[ \t]")
# A thousand lines of it at a time. (No `*+` around what may fail half-way: before Python 3.11.5 the half stays eaten, gh-106052;
# and no `*`, which takes memory for each time.)
HEAD = re.compile(rb"(?:(?:[\x21-\x39\x3b-\x7e]+[ \t]*:|[ \t])[^\r\n]*+(?:\r\n|\r|\n|\Z)){1,1000}")
# Continuations of nothing.
LEADING = re.compile(rb"(?:[ \t][^\r\n]*+(?:\r\n|\r|\n|\Z))*+")
MBOX_LINE = re.compile(rb">?From (?![ \t]*:)[^\r\n]*(?:\r\n|\r|\n|\Z)")
LINE_END = re.compile(rb"\r\n|\r|\n")
# What may stand behind the boundary on its line.
DELIMITED = re.compile(rb"(--)?[ \t]*+(?:\r\n|\r|\n|\Z)")


class TooMany(Exception):
    """More parts than anybody reads, or too much work to find them; the word is for the mail's problems."""


def read(raw: bytes) -> Part:
    """The tree of a mail. Any bytes give one; what was odd or cut off is in its `problems`."""
    root = Part({})
    start = _read_head(root, raw, 0, len(raw))
    root.span = (0, start, len(raw))
    try:
        _Splitter(raw).fill(root, start, len(raw))
    except TooMany as many:
        root.problems[str(many)] = None
    return root


def made(kind: str, data: bytes, *, charset: str = "", name: str = "", content_id: str = "") -> Part:
    """A part that lay within another one."""
    part = Part({})
    part.type, part.name, part.data = kind, name, data
    part.parameters = {"charset": charset} if charset else {}
    if content_id:
        part.keep("content-id", content_id)
    return part


def read_head(raw: bytes) -> Part:
    """A mail's own fields alone."""
    root = Part({})
    _read_head(root, raw, 0, len(raw))
    return root


def _read_head(part: Part, raw: bytes, start: int, end: int) -> int:
    """Give a part its fields from what lies between two places; where its body begins is returned."""
    mbox = MBOX_LINE.match(raw, start, end)
    start = mbox.end() if mbox else start
    over = start
    while found := HEAD.match(raw, over, end):
        over = found.end()
    if over - start > MAX_HEAD:
        part.problems["long-header"] = None
    first = LEADING.match(raw, start, over)
    for count, field in enumerate(FIELD.finditer(raw, first.end() if first else start, min(over, start + MAX_HEAD))):
        if count == MAX_FIELDS:
            part.problems["too-many-header-fields"] = None
            break
        value = field[2].decode("ascii", "surrogateescape")
        part.keep(field[1].decode("ascii"), FOLD.sub(" ", value) if "\n" in value or "\r" in value else value)
    separator = LINE_END.match(raw, over, end)
    return separator.end() if separator else over


@dataclass(slots=True)
class _Splitter:
    """Hangs the parts of a mail under its root, and counts the work."""

    raw: bytes
    parts: int = 0
    likenesses: int = 0
    scanned: int = 0

    def fill(self, part: Part, start: int, end: int) -> None:
        """Give a part its children, or its body where it has none."""
        spans = self._spans(_delimiter(part, self.raw), start, end) if part.splits else None
        if spans is None or not spans[0]:
            part.body = self.raw[start:end]
        if spans is not None and part.depth == 0 and not (spans[0] and spans[1]):
            part.problems["broken-multipart"] = None
        for begins, ends in spans[0] if spans else ():
            self._hang(part, begins, ends)

    def _hang(self, parent: Part, start: int, end: int) -> None:
        self.parts += 1
        if self.parts > MAX_PARTS:
            raise TooMany("too-many-parts")
        child = Part(parent.problems, parent.depth + 1, "message/rfc822" if parent.type == "multipart/digest" else "text/plain")
        parent.children.append(child)
        body = _read_head(child, self.raw, start, end)
        child.span = (start, body, end)
        self.fill(child, body, end)

    def _spans(self, delimiter: bytes, start: int, end: int) -> tuple[list[tuple[int, int]], bool]:
        """Where parts begin and end, and whether the last was closed. The line end before a delimiter belongs to it."""
        self.scanned += end - start
        if self.scanned > MAX_SCANNED:
            raise TooMany("too-many-lines")
        spans: list[tuple[int, int]] = []
        begun: int | None = None
        for at, after, closes in self._delimiters(delimiter, start, end):
            # Of delimiters that follow one another at once the last one counts.
            if begun is not None and at > begun:
                spans.append((begun, _without_line_end(self.raw, begun, at)))
            if closes:
                return spans, True
            begun = after
        return spans + ([(begun, end)] if begun is not None else []), False

    def _delimiters(self, delimiter: bytes, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
        """Of each line that is a delimiter: where it begins, where the next begins, and is it the last one?"""
        at = self.raw.find(delimiter, start, end)
        while at >= 0:
            self.likenesses += 1
            if self.likenesses > MAX_LIKENESSES:
                raise TooMany("too-many-lines")
            found = DELIMITED.match(self.raw, at + len(delimiter), end) if at == start or self.raw[at - 1] in b"\r\n" else None
            if found:
                yield at, found.end(), bool(found[1])
            line = found or LINE_END.search(self.raw, at, end)
            at = self.raw.find(delimiter, line.end(), end) if line else -1


def _delimiter(part: Part, raw: bytes) -> bytes:
    """What begins the line between the parts. Where a boundary that ends in spaces is written so, those without are text."""
    verbatim = b"--" + part.parameters["boundary"].encode("utf-8", "surrogateescape")
    return verbatim if part.depth == 0 and b"\n" + verbatim in raw else b"--" + part.boundary.encode("utf-8", "surrogateescape")


def _without_line_end(raw: bytes, start: int, end: int) -> int:
    """Where what lies between two places ends, without its last line end."""
    if end - 2 >= start and raw[end - 2 : end] == b"\r\n":
        return end - 2
    return end - 1 if end > start and raw[end - 1] in b"\r\n" else end
