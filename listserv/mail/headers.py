"""The header block as bytes: what we relay is edited here, field by field, and never re-serialised.

Parsing a mail and writing it again changes the bytes of many real mails, and with them their signatures.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from email.header import Header

# A field and its continuations, as the standard parser takes them; the first other line begins the body (RFC 5322 section 2.2).
FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]++)[ \t]*+:[^\r\n]*+(?:(?:\r\n|\r|\n)[ \t][^\r\n]*+)*+(?:\r\n|\r|\n|\Z)")
# What is passed over in front of them: an mbox separator, and lines that continue nothing.
AHEAD = re.compile(rb"(?:>?From (?![ \t]*:)[^\r\n]*+(?:\r\n|\r|\n|\Z))?(?:[ \t][^\r\n]*+(?:\r\n|\r|\n|\Z))*+")
# What begins an encoded word. Typed by somebody, it is to be read as it was typed.
ENCODED = "=?"
# Not printable by themselves: they make one sign of several, as many emoji are.
JOINERS = "\u200c\u200d"
LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Field:
    """One header field: its name in lower case and its bytes with CRLF, continuation lines and all."""

    name: str
    raw: bytes

    @property
    def value(self) -> bytes:
        """What stands behind the colon, unfolded."""
        return b" ".join(part.strip() for part in self.raw.split(b":", 1)[1].splitlines()).strip()


def split(raw: bytes) -> tuple[list[Field], bytes]:
    """The fields of a mail and its body, byte for byte. Any bytes give an answer, in linear time."""
    found: list[Field] = []
    at = 0
    for field, after in _each(raw):
        found.append(field)
        at = after
    if not found:
        at = _ahead(raw)
    separator = LINE_END.match(raw, at)
    return found, raw[separator.end() if separator else at :]


def topmost(raw: bytes, name: str) -> Field | None:
    """The topmost field of that name (lower case) in a mail, of which no more is read than it takes."""
    return next((field for field, _ in _each(raw) if field.name == name), None)


def has_any(raw: bytes) -> bool:
    """Is there a field at all?"""
    return any(True for _ in _each(raw))


def _each(raw: bytes) -> Iterator[tuple[Field, int]]:
    """Each field, and where the next begins."""
    at = _ahead(raw)
    while found := FIELD.match(raw, at):
        text = crlf(found[0])
        yield Field(found[1].decode("ascii").lower(), text if text.endswith(b"\r\n") else text + b"\r\n"), found.end()
        at = found.end()


def _ahead(raw: bytes) -> int:
    found = AHEAD.match(raw)
    return found.end() if found else 0


def body_of(raw: bytes) -> bytes:
    """The body, byte for byte."""
    return split(raw)[1]


def first(fields: Iterable[Field], name: str) -> Field | None:
    """The topmost field of that name (lower case)."""
    return next((field for field in fields if field.name == name), None)


def without(fields: Iterable[Field], unwanted: Callable[[Field], bool]) -> list[Field]:
    """The fields that may stay."""
    return [field for field in fields if not unwanted(field)]


def make(name: str, value: str) -> Field:
    """A field of our own. Line ends and control characters become spaces: nothing can be injected."""
    clean = value if value.isprintable() else "".join(c if c.isprintable() else " " for c in value)
    return Field(name.lower(), f"{name}: {clean}\r\n".encode("utf-8", "replace"))


def phrase(text: str) -> str:
    """A display name for a header: quoted where it is ASCII, an encoded word where it is not (RFC 2047), or could be taken for one."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).encode("utf-8", "replace").decode().split())
    if not clean.isascii() or ENCODED in clean:
        return _encoded(clean)
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"' if clean else ""


def words(text: str) -> str:
    """What stands in a subject: folded where it is ASCII; else encoded words, each on its line. The email package of Python 3.11.2 loses spaces."""
    clean = "".join(c if c.isprintable() or c in JOINERS else " " for c in text).encode("utf-8", "replace").decode().strip()
    if clean.isascii() and ENCODED not in clean:
        return Header(clean, "us-ascii", header_name="Subject", maxlinelen=76).encode(linesep="\r\n")
    return _encoded(clean).replace(" ", "\r\n ")


def _encoded(text: str) -> str:
    # RFC 2047 section 2: no encoded word is longer than 75 characters. `Subject: ` stands in front of the first, on a line of 76.
    return Header(text, "utf-8", maxlinelen=66).encode(linesep="")


def join(fields: Iterable[Field]) -> bytes:
    """The header block, without the empty line behind it."""
    return b"".join(field.raw for field in fields)


def crlf(data: bytes) -> bytes:
    """Every line end as CRLF: a bare CR or LF must not be passed on (it is what smuggling is made of)."""
    if b"\r\n" in data and data.count(b"\n") == data.count(b"\r\n") == data.count(b"\r"):
        return data
    return LINE_END.sub(b"\r\n", data)
