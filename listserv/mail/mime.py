"""The tree of a mail's parts.

The standard parser takes the tree apart; how deep and how far it goes is decided here, by what it is told of a part's
type. Messages within a message stay closed, and bodies stay as they came until somebody asks for their content.
"""

import binascii
import re
from collections.abc import Iterator
from email.feedparser import FeedParser
from email.message import Message
from functools import cached_property

from listserv.mail import fields
from listserv.mail.text import clean, codec, decode, without_controls
from listserv.mail.transfer import base64

MAX_DEPTH = 50
MAX_PARTS = 1_000
MAX_FIELDS = 1_000
MAX_FIELD = 65_536
MAX_HEAD = 1_048_576
# A line of a multipart costs the parser a microsecond, and some more for every level that it lies in.
MAX_LINES = 2_000_000
MAX_LINES_TIMES_DEPTH = 10_000_000

# A field or its continuation, as Postfix takes it: white space may stand before the colon, any other line begins the body.
FIELD_LINE = re.compile(rb"(?:([\x21-\x39\x3b-\x7e]+)[ \t]*:|[ \t])([^\r\n]*)(?:\r\n|\r|\n|\Z)")
HEAD = re.compile(rb"(?:(?:[\x21-\x39\x3b-\x7e]+[ \t]*:|[ \t])[^\r\n]*+(?:\r\n|\r|\n|\Z))*+")
MBOX_LINE = re.compile(rb">?From (?![ \t]*:)[^\r\n]*(?:\r\n|\r|\n|\Z)")
LINE_END = re.compile(rb"\r\n|\r|\n")
FOLD = re.compile(r"\r\n|\r|\n")
META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}["']?([A-Za-z0-9_.:-]{1,40})""", re.I)
# The first line is a sentence: somebody put the wrong label on it.
NOT_BASE64 = re.compile(rb"\s*+(?:[^\r\n]{0,76}[A-Za-z0-9][ \t][A-Za-z0-9]|[A-Za-z0-9+/=]*+[^A-Za-z0-9+/=\s])")
ENCODING = re.compile(r"\s*([A-Za-z0-9-]+)")


class TooManyParts(Exception):
    """More parts than anybody reads."""


class Part(Message):
    """One part, and its fields by lower-case name: text in which a byte that is not ASCII is a lone surrogate."""

    _payload: "list[Part] | str | None"

    def __init__(self, problems: dict[str, None], max_depth: int = MAX_DEPTH) -> None:
        super().__init__()
        self.problems = problems
        self.max_depth = max_depth
        self.depth = 0
        self.count = 0
        # Content that did not come in the mail's own way.
        self.data: bytes | None = None
        self.fields: dict[str, list[str]] = {}

    def __bool__(self) -> bool:
        """A part is there, also where it has no fields (a Message's length is their number)."""
        return True

    def set_raw(self, name: str, value: str) -> None:
        """Keep a field, within bounds. The standard parser calls this."""
        self.count += 1
        if self.count > MAX_FIELDS:
            self.problems["too-many-header-fields"] = None
            return
        if len(value) > MAX_FIELD:
            self.problems["long-header-field"] = None
        self.fields.setdefault(name.strip().lower(), []).append(FOLD.sub("", value[:MAX_FIELD]).strip())

    def attach(self, payload: Message | str) -> None:
        """Put a part under this one. The standard parser calls this."""
        if isinstance(payload, Part):
            payload.depth = self.depth + 1
        super().attach(payload)

    def get_content_type(self) -> str:
        """What the standard parser shall take this for: only what it is to split is named."""
        return self.type if self._splits else "text/plain"

    def get_content_maintype(self) -> str:
        """As get_content_type."""
        return self.get_content_type().partition("/")[0]

    def get_boundary(self, failobj: object = None) -> str:
        """The line between the parts, without its dashes; empty where none is given."""
        return self.boundary

    @cached_property
    def boundary(self) -> str:
        """RFC 2046 section 5.1.1: it does not end in white space."""
        return self.parameters.get("boundary", "").rstrip()

    @cached_property
    def _splits(self) -> bool:
        if not self.type.startswith("multipart/"):
            return False
        if self.depth >= self.max_depth:
            self.problems["too-deep" if self.max_depth else "too-many-lines"] = None
            return False
        if not self.get_boundary():
            self.problems["no-boundary"] = None
        return bool(self.get_boundary())

    @cached_property
    def type(self) -> str:
        """Media type, lower case. RFC 2045 section 5.2: what is missing or cannot be read is plain text."""
        given = self.first("content-type")
        return fields.media_type(given) or ("text/plain" if given else self.get_default_type())

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Of Content-Type."""
        return fields.parameters(self.first("content-type"))

    @cached_property
    def disposition(self) -> str:
        """inline, attachment, some other word, or empty."""
        return self.first("content-disposition").partition(";")[0].strip().lower()

    @cached_property
    def name(self) -> str:
        """The file name that it came with."""
        return fields.parameters(self.first("content-disposition")).get("filename") or self.parameters.get("name", "")

    @property
    def children(self) -> "list[Part]":
        """The parts of a multipart that could be split."""
        return self._payload if isinstance(self._payload, list) else []

    def first(self, name: str) -> str:
        """The topmost field of that name, as it stands there; empty where there is none."""
        return self.fields.get(name, ("",))[0]

    def all(self, name: str) -> list[str]:
        """All fields of that name, from the top."""
        return self.fields.get(name, [])

    def leaves(self) -> "Iterator[Part]":
        """All parts that hold content, in order."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()

    def content(self) -> bytes:
        """The bytes that were meant, without their transfer encoding (RFC 2045 section 6)."""
        if self.data is not None:
            return self.data
        data = self._payload.encode("ascii", "surrogateescape") if isinstance(self._payload, str) else b""
        found = ENCODING.match(self.first("content-transfer-encoding"))
        encoding = found[1].lower() if found else ""
        if encoding == "base64":
            return data if NOT_BASE64.match(data) else base64(data)
        return binascii.a2b_qp(data) if encoding == "quoted-printable" else data

    @cached_property
    def text(self) -> str:
        """The content as text, of HTML the source. A wrong or missing charset does no harm."""
        data = self.content()
        charset = self.parameters.get("charset", "")
        if self.type == "text/html" and not codec(charset):
            found = META_CHARSET.search(data, 0, 2048)
            charset = found[1].decode("ascii") if found else ""
        return clean(decode(without_controls(data, charset), charset))


def read(raw: bytes) -> Part:
    """The tree of a mail. Any bytes give one; what was odd or cut off is in its `problems`."""
    lines = raw.count(b"\n") + raw.count(b"\r")
    depth = min(MAX_DEPTH, MAX_LINES_TIMES_DEPTH // (lines + 1)) if lines <= MAX_LINES else 0
    root = Part({}, depth)
    body = _read_head(root, raw)
    text = body.decode("ascii", "surrogateescape")
    if root.get_content_maintype() == "multipart":
        _split(root, text)
    else:
        root.set_payload(text)
    return root


def made(kind: str, data: bytes, *, charset: str = "", name: str = "", content_id: str = "") -> Part:
    """A part that lay within another one."""
    part = Part({})
    part.type, part.name, part.data = kind, name, data
    part.parameters = {"charset": charset} if charset else {}
    if content_id:
        part.set_raw("content-id", content_id)
    return part


def read_head(raw: bytes) -> Part:
    """A mail's own fields alone."""
    root = Part({})
    _read_head(root, raw)
    return root


def _read_head(root: Part, raw: bytes) -> bytes:
    """Give the root its fields; the body is returned."""
    mbox = MBOX_LINE.match(raw)
    start = mbox.end() if mbox else 0
    found = HEAD.match(raw, start)
    end = found.end() if found else start
    if end - start > MAX_HEAD:
        root.problems["long-header"] = None
    pieces: list[bytes] = []
    for line in FIELD_LINE.finditer(raw, start, min(end, start + MAX_HEAD)):
        if line[1]:
            _keep(root, pieces)
            pieces = [line[1], line[2]]
        elif pieces:
            pieces.append(b" " + line[2])
    _keep(root, pieces)
    separator = LINE_END.match(raw, end)
    return raw[separator.end() if separator else end :]


def _keep(root: Part, pieces: list[bytes]) -> None:
    if pieces:
        root.set_raw(pieces[0].decode("ascii"), b"".join(pieces[1:]).decode("ascii", "surrogateescape"))


def _split(root: Part, text: str) -> None:
    """Let the standard parser hang the parts under the root."""
    waiting = [root]
    made = 0
    if f"\n--{root.parameters['boundary']}" in text:
        # Where it does all the same, lines that are only like it are text.
        root.boundary = root.parameters["boundary"]

    def part() -> Part:
        nonlocal made
        made += 1
        if made > MAX_PARTS:
            raise TooManyParts
        return waiting.pop() if waiting else Part(root.problems, root.max_depth)

    parser = FeedParser(part)
    try:
        # The fields of the root are known: for the parser it begins with the empty line.
        parser.feed("\n" + text)
        parser.close()
    except TooManyParts:
        root.problems["too-many-parts"] = None
    if root.defects:
        root.problems["broken-multipart"] = None
