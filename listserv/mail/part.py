"""One part of a mail: its fields, its type, its content."""

import binascii
import re
from collections.abc import Iterator
from functools import cached_property

from listserv.mail import fields
from listserv.mail.text import clean, codec, decode, without_controls
from listserv.mail.transfer import base64

MAX_DEPTH = 50
MAX_FIELD = 65_536

META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}["']?([A-Za-z0-9_.:-]{1,40})""", re.I)
# The first line is a sentence: somebody put the wrong label on it.
NOT_BASE64 = re.compile(rb"\s*+(?:[^\r\n]{0,76}[A-Za-z0-9][ \t][A-Za-z0-9]|[A-Za-z0-9+/=]*+[^A-Za-z0-9+/=\s])")
# Not uuencode: what reads mail today shows such parts as they stand, and its file lies within.
ENCODING = re.compile(r"\s*([A-Za-z0-9-]+)")


class Part:
    """One part, and its fields by lower-case name: text in which a byte that is not ASCII is a lone surrogate."""

    def __init__(self, problems: dict[str, None], depth: int = 0, default_type: str = "text/plain") -> None:
        self.problems = problems
        self.depth = depth
        self.default_type = default_type
        self.fields: dict[str, list[str]] = {}
        # Of a multipart that could be split.
        self.children: list[Part] = []
        # As it came, in its transfer encoding.
        self.body = b""
        # Content that did not come in the mail's own way.
        self.data: bytes | None = None
        # Where it begins in the mail's bytes, where its body does, and where it ends.
        self.span = (0, 0, 0)

    def keep(self, name: str, value: str) -> None:
        """Keep a field, unfolded, within bounds."""
        if len(value) > MAX_FIELD:
            self.problems["long-header-field"] = None
        self.fields.setdefault(name.lower(), []).append(value[:MAX_FIELD].strip())

    @cached_property
    def boundary(self) -> str:
        """RFC 2046 section 5.1.1: it does not end in white space."""
        return self.parameters.get("boundary", "").rstrip()

    @property
    def splits(self) -> bool:
        """Is it to be taken apart?"""
        if not self.type.startswith("multipart/"):
            return False
        if self.depth >= MAX_DEPTH:
            self.problems["too-deep"] = None
            return False
        if not self.boundary:
            self.problems["no-boundary"] = None
        return bool(self.boundary)

    @cached_property
    def type(self) -> str:
        """Media type, lower case. RFC 2045 section 5.2: what is missing or cannot be read is plain text."""
        given = self.first("content-type")
        return fields.media_type(given) or ("text/plain" if given else self.default_type)

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
        found = ENCODING.match(self.first("content-transfer-encoding"))
        encoding = found[1].lower() if found else ""
        if encoding == "base64":
            return self.body if NOT_BASE64.match(self.body) else base64(self.body)
        return binascii.a2b_qp(self.body) if encoding == "quoted-printable" else self.body

    @cached_property
    def text(self) -> str:
        """The content as text, of HTML the source. A wrong or missing charset does no harm."""
        data = self.content()
        charset = self.parameters.get("charset", "")
        if self.type == "text/html" and not codec(charset):
            found = META_CHARSET.search(data, 0, 2048)
            charset = found[1].decode("ascii") if found else ""
        return clean(decode(without_controls(data, charset), charset))
