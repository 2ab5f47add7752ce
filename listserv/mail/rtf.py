"""The text of a body that Outlook wrote as RTF: uncompressed (MS-OXRTFCP), and if it was HTML, that HTML again (MS-OXRTFEX)."""

import re
from dataclasses import dataclass, field
from struct import Struct

from listserv.mail.text import codec

HEADER = Struct("<IIII")
COMPRESSED, PLAIN = 0x75465A4C, 0x414C454D
# What the compressor takes for already written before the first byte (section 2.1.2.1).
BEGINNING = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial"
    b"Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
WINDOW = 4096
# In bytes: a byte can cost a microsecond, and a letter hardly has so many.
LONGEST = 300_000
DEEPEST = 500

TOKEN = re.compile(rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)|.", re.S)
# Groups that hold no text of the letter.
SILENT = frozenset((b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header", b"footer", b"mhtmltag", b"listtable", b"generator"))
SIGNS = {b"par": "\n", b"line": "\n", b"tab": "\t", b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”"}
SIGNS |= {b"bullet": "•", b"row": "\n", b"cell": "\t"}
MARKS = {b"~": "\N{NO-BREAK SPACE}", b"_": "-", b"{": "{", b"}": "}", b"\\": "\\", b"\n": "\n", b"\r": "\n"}


def decompressed(data: bytes) -> bytes:
    """RTF from PR_RTF_COMPRESSED, at most LONGEST bytes; as much as there is of one that is cut off."""
    if len(data) < HEADER.size:
        return b""
    _size, raw_size, kind, _crc = HEADER.unpack_from(data)
    body = data[HEADER.size :]
    if kind == PLAIN:
        return body[: min(raw_size, LONGEST)]
    return _unpacked(body, min(raw_size, LONGEST)) if kind == COMPRESSED else b""


def _unpacked(data: bytes, size: int) -> bytes:
    out = bytearray(BEGINNING)
    wanted = len(BEGINNING) + size
    at = 0
    while at < len(data) and len(out) < wanted:
        control = data[at]
        at += 1
        for bit in range(8):
            if not control >> bit & 1:
                out += data[at : at + 1]
                at += 1
                continue
            reference = int.from_bytes(data[at : at + 2], "big")
            at += 2
            # The window is a ring: a place in it is turned into how far back it lies.
            back = (len(out) - (reference >> 4)) % WINDOW
            if not back or back > len(out) or at > len(data):
                return bytes(out[len(BEGINNING) : wanted])
            for _ in range((reference & 15) + 2):
                out.append(out[-back])
    return bytes(out[len(BEGINNING) : wanted])


@dataclass(slots=True)
class _Group:
    """What holds within a pair of braces: is the text of it skipped, is it HTML source, how many characters stand for a \\u."""

    silent: bool = False
    source: bool = False
    hidden: bool = False
    after_unicode: int = 1


@dataclass(slots=True)
class _Reader:
    charset: str = "cp1252"
    is_html: bool = False
    groups: list[_Group] = field(default_factory=lambda: [_Group()])
    out: list[str] = field(default_factory=list)
    waiting: bytearray = field(default_factory=bytearray)
    starred: bool = False
    skip: int = 0


def read(data: bytes) -> tuple[str, str]:
    """Media type and text of RTF: text/html with the source it was made from, or text/plain."""
    reader = _Reader()
    for found in TOKEN.finditer(data[:LONGEST]):
        _take(reader, found)
        if len(reader.groups) > DEEPEST:
            break
    _write(reader, "")
    # \\u counts in UTF-16, so that rarer signs come in two halves.
    text = "".join(reader.out).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return "text/html" if reader.is_html else "text/plain", text


def _take(reader: _Reader, found: re.Match[bytes]) -> None:
    word, number, code, mark, brace, text = found.groups()
    if brace == b"{":
        now = reader.groups[-1]
        reader.groups.append(_Group(now.silent, now.source, now.hidden, now.after_unicode))
    elif brace:
        reader.groups = reader.groups[:-1] or [_Group()]
    elif word:
        _word(reader, word, int(number) if number else None)
    elif code:
        _bytes(reader, bytes.fromhex(code.decode()))
    elif mark == b"*":
        reader.starred = True
        return
    elif mark:
        _write(reader, MARKS.get(mark, ""))
    elif text:
        _bytes(reader, text)
    reader.starred = False


def _word(reader: _Reader, word: bytes, number: int | None) -> None:
    now = reader.groups[-1]
    if word == b"htmltag":
        now.source, now.silent = True, False
    elif word == b"htmlrtf":
        now.hidden = number != 0
    elif word == b"fromhtml":
        reader.is_html = number != 0
    elif word in SILENT or reader.starred:
        now.silent = True
    elif word == b"ansicpg" and number:
        reader.charset = codec("utf-8" if number == 65001 else f"cp{number}") or "cp1252"
    elif word == b"uc":
        now.after_unicode = min(max(number or 0, 0), 8)
    elif word == b"u" and number is not None:
        _write(reader, chr(number % 65536))
        reader.skip = now.after_unicode
    elif word in SIGNS:
        _write(reader, SIGNS[word])


def _bytes(reader: _Reader, data: bytes) -> None:
    """Letters are collected: some character sets need two bytes for one."""
    skipped = min(reader.skip, len(data))
    reader.skip -= skipped
    if _is_shown(reader):
        reader.waiting += data[skipped:]


def _write(reader: _Reader, text: str) -> None:
    if reader.waiting:
        reader.out.append(reader.waiting.decode(reader.charset, "replace"))
        reader.waiting.clear()
    if _is_shown(reader):
        reader.out.append(text)


def _is_shown(reader: _Reader) -> bool:
    now = reader.groups[-1]
    return not now.silent and (not now.hidden or now.source)
