"""Bytes to text: character sets that lie, format=flowed, and strings that are safe to keep and to show."""

import codecs
import re
from functools import lru_cache

# Only these kinds of codec turn bytes into text; the standard library has others (rot13, hex, idna, unicode_escape).
TEXT_CODEC = re.compile(
    r"ascii|utf-?(?:7|8|8-sig|16|16-?[bl]e|32|32-?[bl]e)|iso8859-\d+|iso2022_[a-z0-9_]+|cp(?:125\d|437|7\d\d|8[56]\d|874|9\d\d|1125)|koi8-[rut]|kz1048|ptcp154|tis-620"
    r"|mac-[a-z0-9]+|big5|big5hkscs|gb2312|gbk|gb18030|hz|euc_[a-z0-9_]+|shift_jis\w*|johab|hp-roman8"
)
# What people's programs say, and what they mean (WHATWG Encoding section 4.2 for the most part).
MEANT = {
    "ascii": "utf-8",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "iso2022_jp": "iso2022_jp_ext",
}
NICKNAMES = {
    "utf8mb4": "utf-8",
    "unicode": "utf-16",
    "unicode-1-1-utf-7": "utf-7",
    "x-gbk": "gb18030",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "ks_c_5601-1987": "cp949",
    "x-mac-ce": "mac-latin2",
    "x-mac-roman": "mac-roman",
    "iso-8859-8-i": "iso8859-8",
}
CHARSET = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,39}")
SINGLE_BYTE = re.compile(r"iso8859|cp(?:125\d|437|85\d|866|874)|koi8|mac|hp|kz|ptcp")
# In these a byte below 0x80 does not stand for itself.
SHIFTING = re.compile(r"utf-?(?:7|16|32)|iso2022|hz")
# Where the two Polish 8-bit sets differ: in the other one these bytes are signs that nobody writes.
LATIN2_ONLY = bytes((0xA1, 0xA6, 0xAC, 0xB1, 0xB6, 0xBC))
WINDOWS_ONLY = bytes((0x8C, 0x8F, 0x9C, 0x9F, 0xA5, 0xB9))
C1 = bytes(range(0x80, 0xA0))
# Polish read as West European: "by³o", "¿e", "ksi¹¿ki", "Za¿ó³æ". No language that is has these within a word.
MISREAD = re.compile("[A-Za-z\xc0-\xff][\xb1\xb3\xb6\xb9\xbc\xbf][a-z\xb1\xb3\xb6\xb9\xbc\xbf\xe0-\xff]")
MOST_FLOWED_LINES = 200_000

SLICE = 1_000_000
# Controls but tab and line feed, and halves of surrogate pairs: no database and no UTF-8 takes them all.
UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
CONTROLS = bytes((*range(9), 11, 12, *range(14, 32), 127))
SURROGATE = re.compile("[\ud800-\udfff]")
# Marks that turn the direction of what follows: they make "gpj.exe" of "exe.jpg".
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


@lru_cache(maxsize=256)
def codec(charset: str) -> str:
    """The name of Python's codec for a charset as declared; empty where it names none that makes text."""
    found = CHARSET.search(charset)
    if not found:
        return ""
    name = NICKNAMES.get(found[0].lower(), found[0])
    for guess in (name, re.sub(r"^(?:x-)?(cp|windows|iso|utf|koi8)[-_ ]?", r"\1-", name.lower()), name.replace("-", "")):
        try:
            known = codecs.lookup(guess).name
        except (LookupError, ValueError):
            continue
        return MEANT.get(known, known) if TEXT_CODEC.fullmatch(known) else ""
    return ""


def decode(data: bytes, charset: str = "") -> str:
    """Text of bytes, whatever the charset says of them; never raises, and the result can be written as UTF-8.

    UTF-8 that is valid is UTF-8, though another single-byte set was declared; text that cannot be what it claims to be
    is read as UTF-8 and then as what Polish programs send, windows-1250 or ISO 8859-2.
    """
    name = codec(charset)
    if data.isascii() and not SHIFTING.match(name):
        return data.decode("ascii")
    if not name or SINGLE_BYTE.match(name) or name.startswith("utf-8"):
        return _eight_bit(data, name)
    if name.startswith(("utf-16", "utf-32")) and b"\0" not in data:
        return _eight_bit(data, "")
    try:
        return SURROGATE.sub("\ufffd", data.decode(name, "replace"))
    except (RuntimeError, ValueError):  # some of the East Asian codecs break on bytes that are not theirs
        return _eight_bit(data, "")


def without_controls(data: bytes, charset: str) -> bytes:
    """Bytes without the control characters that `clean` would take out of their text, where that can be told before they are text; much cheaper."""
    return data if SHIFTING.match(codec(charset)) else data.translate(None, CONTROLS)


def _eight_bit(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if name.startswith("utf-8"):
        text = data.decode("utf-8-sig", "replace")
        if _mostly_right(text):
            return text
    elif name and name != "iso8859-2":
        text = data.decode(name, "replace")
        if name != "cp1252" or not MISREAD.search(text):
            return text
    return data.decode(_polish(data, declared=name == "iso8859-2"), "replace")


def _mostly_right(text: str) -> bool:
    """Was this UTF-8 but for a few bytes: cut in the middle of a letter, or with somebody else's quotation in it?"""
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return beyond_ascii > 2 * text.count("\ufffd")


def _polish(data: bytes, *, declared: bool) -> str:
    """Which of the two Polish 8-bit sets this is, where ISO 8859-2 was declared or nothing was."""
    if declared:
        # ISO 8859-2 has no letters among the C1 controls; windows-1250 has Polish ones.
        return "iso8859-2" if data.translate(None, C1) == data else "cp1250"
    latin2 = len(data) - len(data.translate(None, LATIN2_ONLY))
    windows = len(data) - len(data.translate(None, WINDOWS_ONLY))
    return "iso8859-2" if latin2 > windows else "cp1250"


def clean(text: str) -> str:
    """Text to keep: lines end in a line feed, no control characters but tab, everything writable as UTF-8."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > SLICE:
        # Each piece that is kept costs memory of its own while it waits to be joined.
        return "".join(_sifted(text[at : at + SLICE]) for at in range(0, len(text), SLICE)).removeprefix("\ufeff")
    return _sifted(text).removeprefix("\ufeff")


def _sifted(text: str) -> str:
    return SURROGATE.sub("\ufffd", UNWANTED.sub("", text))


def one_line(text: str) -> str:
    """A header's text to keep: one line, no control characters, no turning marks, single spaces."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(SURROGATE.sub("\ufffd", TURNING.sub("", UNWANTED.sub(" ", text))).split())


def unflow(text: str, *, delsp: bool = False) -> str:
    """Paragraphs of format=flowed text put together again, quoted ones with their `>` (RFC 3676 section 4)."""
    if text.count("\n") > MOST_FLOWED_LINES:
        return text
    paragraphs: list[list[str]] = []
    flowing = -1  # the depth of quotation of the line before, where that one flows on
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        soft = content.endswith(" ") and content != "-- "
        kept = content[:-1] if soft and delsp else content
        if depth == flowing and content != "-- ":
            paragraphs[-1].append(kept)
        else:
            paragraphs.append([">" * depth + " " * bool(depth and kept), kept])
        flowing = depth if soft else -1
    return "\n".join(map("".join, paragraphs))
