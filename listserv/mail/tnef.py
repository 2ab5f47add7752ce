"""winmail.dat: the envelope in which Outlook hides letter and files from everybody else (TNEF, Microsoft's MS-OXTNEF).

Only what a reader wants is taken out: the body, the files, the messages within. Any bytes give an answer in linear
time; what does not fit its own lengths ends the reading, and what was read until then counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import Struct

from listserv.mail import rtf
from listserv.mail.text import codec
from listserv.mail.tnefprops import BINARY, OBJECT, UNICODE, Property, properties

SIGNATURE = b"\x78\x9f\x3e\x22"
HEADER = Struct("<BHHI")
# Outlook nests a forwarded message once or twice; what lies beyond these limits stays in the winmail.dat.
MAX_DEPTH = 4
MAX_FILES = 300
MAX_ATTRIBUTES = 5_000
MAX_PROPERTIES = 50_000
# So many messages within have their RTF read; it costs some tenths of a second where it is long.
MAX_RTF = 2
# An object begins with the 16 bytes of its interface.
INTERFACE = 16

# Attributes (section 2.1.3.2) and properties (MS-OXPROPS).
SUBJECT, BODY, OEM_CODEPAGE, MESSAGE_PROPERTIES = 0x8004, 0x800C, 0x9007, 0x9003
FILE_BEGINS, FILE_TITLE, FILE_DATA, FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
P_SUBJECT, P_BODY, P_RTF, P_HTML, P_CODEPAGE = 0x0037, 0x1000, 0x1009, 0x1013, 0x3FDE
OF_FILE = (FILE_TITLE, FILE_DATA, FILE_PROPERTIES)
P_DISPLAY_NAME, P_DATA, P_FILE, P_LONG_FILE, P_TYPE, P_CONTENT_ID = 0x3001, 0x3701, 0x3704, 0x3707, 0x370E, 0x3712


@dataclass(slots=True)
class File:
    """A file within. `charset` is of `content` where the file is the body of a message within."""

    name: str = ""
    type: str = ""
    content_id: str = ""
    content: bytes = b""
    charset: str = ""
    within: "Opened | None" = None


@dataclass(slots=True)
class Opened:
    """What was in it: the subject, the body in its forms (with the charset of the bytes), the files."""

    subject: str = ""
    codepage: str = "cp1252"
    html_charset: str = ""
    plain: bytes = b""
    plain_charset: str = ""
    html: bytes = b""
    compressed: bytes = b""
    files: list[File] = field(default_factory=list)

    def body(self, *, unpack: bool = True) -> tuple[str, bytes, str] | None:
        """Media type, bytes and charset of the best form of the body; None where there is none, or none but RTF that shall stay packed."""
        if self.html.strip():
            return "text/html", self.html, self.html_charset or self.codepage
        if self.plain.strip():
            return "text/plain", self.plain, self.plain_charset
        kind, text = rtf.read(rtf.decompressed(self.compressed)) if unpack else ("", "")
        return (kind, text.encode("utf-8", "replace"), "utf-8") if text.strip() else None

    def all_files(self) -> list[File]:
        """The files, those of the messages within too; the body of such a message is a file named by its subject."""
        files: list[File] = []
        messages = 0
        for file in list(self._walk())[:MAX_FILES]:
            if file.within is None:
                files.append(file)
                continue
            messages += 1
            body = file.within.body(unpack=messages <= MAX_RTF)
            name = file.name or file.within.subject
            ending = ".html" if body and body[0] == "text/html" else ".txt" if body else ""
            files.append(File(name + ending, body[0], "", body[1], body[2]) if body else file)
        return files

    def _walk(self) -> Iterator[File]:
        for file in self.files:
            if file.within is not None or file.content or file.name:
                yield file
            if file.within is not None:
                yield from file.within._walk()


def read(data: bytes) -> Opened | None:
    """Open a winmail.dat; None where it is none."""
    return _Opener().open(data, 0)


class _Opener:
    """Opens one and the messages within, with one patience for all of them."""

    def __init__(self) -> None:
        self.attributes = MAX_ATTRIBUTES
        self.properties = MAX_PROPERTIES

    def open(self, data: bytes, depth: int) -> Opened | None:
        if data[:4] != SIGNATURE or depth >= MAX_DEPTH:
            return None
        opened = Opened()
        for name, value in _attributes(data):
            self.attributes -= 1
            if self.attributes < 0 or len(opened.files) > MAX_FILES:
                break
            if name == FILE_BEGINS:
                opened.files.append(File())
            elif name not in OF_FILE:
                self._of_message(opened, name, value)
            elif opened.files:
                self._of_file(opened.files[-1], name, value, opened.codepage, depth)
        return opened

    def _properties(self, data: bytes) -> list[Property]:
        found, steps = properties(data, self.properties)
        self.properties -= steps
        return found

    def _of_message(self, opened: Opened, name: int, value: bytes) -> None:
        if name == OEM_CODEPAGE:
            opened.codepage = _charset(int.from_bytes(value[:4], "little")) or opened.codepage
        elif name == SUBJECT:
            opened.subject = _string(value, opened.codepage)
        elif name == BODY:
            opened.plain, opened.plain_charset = value.rstrip(b"\0"), opened.codepage
        elif name == MESSAGE_PROPERTIES:
            for each in self._properties(value):
                _property_of_message(opened, each)

    def _of_file(self, file: File, name: int, value: bytes, codepage: str, depth: int) -> None:
        if name == FILE_TITLE:
            file.name = file.name or _string(value, codepage)
        elif name == FILE_DATA:
            file.content = value
        else:
            for each in self._properties(value):
                if each.id == P_DATA and each.kind == OBJECT:
                    file.within = file.within or self.open(each.value[INTERFACE:], depth + 1)
                _property_of_file(file, each, codepage)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Name and value of each (section 2.1.3); checksums are not asked, real ones are often wrong."""
    at = 6
    while at + HEADER.size <= len(data):
        _level, name, _kind, length = HEADER.unpack_from(data, at)
        at += HEADER.size
        yield name, data[at : at + length]
        at += length + 2


def _property_of_message(opened: Opened, each: Property) -> None:
    if each.id == P_SUBJECT:
        opened.subject = _text(each, opened.codepage) or opened.subject
    elif each.id == P_BODY:
        opened.plain, opened.plain_charset = _text(each, opened.codepage).encode("utf-8", "replace"), "utf-8"
    elif each.id == P_HTML:
        opened.html = each.value.rstrip(b"\0") if each.kind != UNICODE else _text(each, "").encode("utf-8", "replace")
        opened.html_charset = "utf-8" if each.kind == UNICODE else opened.html_charset
    elif each.id == P_CODEPAGE:
        opened.html_charset = _charset(int.from_bytes(each.value[:4], "little"))
    elif each.id == P_RTF:
        opened.compressed = each.value


def _property_of_file(file: File, each: Property, codepage: str) -> None:
    if each.id == P_DATA:
        file.content = file.content or (each.value if each.kind == BINARY else each.value[INTERFACE:])
    elif each.id == P_LONG_FILE:
        file.name = _text(each, codepage) or file.name
    elif each.id in (P_FILE, P_DISPLAY_NAME):
        file.name = file.name or _text(each, codepage)
    elif each.id == P_TYPE:
        file.type = _text(each, codepage)
    elif each.id == P_CONTENT_ID:
        file.content_id = _text(each, codepage)


def _text(each: Property, codepage: str) -> str:
    return _string(each.value, "utf-16-le" if each.kind == UNICODE else codepage)


def _string(value: bytes, charset: str) -> str:
    return value.decode(charset or "cp1252", "replace").partition("\0")[0]


def _charset(codepage: int) -> str:
    """Windows' number of a character set, as a name that Python knows; empty where it knows none."""
    known = {65001: "utf-8", 28591: "iso8859-1", 28592: "iso8859-2", 28605: "iso8859-15", 20127: "ascii", 20866: "koi8-r", 21866: "koi8-u"}
    return codec(known.get(codepage, f"cp{codepage}"))
