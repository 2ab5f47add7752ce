"""The header block as bytes: what we relay is edited here, field by field, and never re-serialised.

Parsing a mail and writing it again changes the bytes of many real mails, and with them their signatures.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.header import Header

# What the standard parser takes for a header line; the first other line begins the body (RFC 5322 section 2.2).
FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]+)[ \t]*:")
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
    found: list[tuple[str, list[bytes]]] = []
    at, body = 0, b""
    while at < len(raw):
        end = LINE_END.search(raw, at)
        line, after = (raw[at : end.start()], end.end()) if end else (raw[at:], len(raw))
        if not line:
            body = raw[after:]
            break
        begins = FIELD.match(line)
        if begins:
            found.append((begins[1].decode("ascii").lower(), [line, b"\r\n"]))
        elif line[:1] in b" \t":
            if found:
                found[-1][1].extend((line, b"\r\n"))
        elif at or not line.startswith((b"From ", b">From ")):
            body = raw[at:]
            break
        at = after
    return [Field(name, b"".join(lines)) for name, lines in found], body


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
    clean = "".join(c if c.isprintable() else " " for c in value)
    return Field(name.lower(), f"{name}: {clean}\r\n".encode("utf-8", "replace"))


def phrase(text: str) -> str:
    """A display name for a header: quoted where it is ASCII, an encoded word where it is not (RFC 2047)."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).encode("utf-8", "replace").decode().split())
    if not clean.isascii():
        return Header(clean, "utf-8", maxlinelen=10_000).encode()
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"' if clean else ""


def join(fields: Iterable[Field]) -> bytes:
    """The header block, without the empty line behind it."""
    return b"".join(field.raw for field in fields)


def crlf(data: bytes) -> bytes:
    """Every line end as CRLF: a bare CR or LF must not be passed on (it is what smuggling is made of)."""
    if b"\r\n" in data and data.count(b"\n") == data.count(b"\r\n") == data.count(b"\r"):
        return data
    return LINE_END.sub(b"\r\n", data)
