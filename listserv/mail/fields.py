"""What stands in header fields: encoded words, parameters, mailboxes, message ids and dates, read tolerantly.

A value comes as the MIME parser keeps it: text in which a byte that is not ASCII is a lone surrogate. Everything here
takes time in proportion to the value's length, and gives strings that are one line and can be written as UTF-8.
"""

import binascii
import re
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from urllib.parse import unquote_to_bytes

from listserv.mail.text import decode, one_line
from listserv.mail.transfer import base64

# RFC 2047 section 2, with the language of RFC 2231; spaces and lone question marks are let pass in the text.
WORD = re.compile(r"=\?([\w.:+-]{1,60})(?:\*[\w-]*)?\?([bBqQ])\?((?:(?!\?=|=\?[\w.:*+-]{1,60}\?[bBqQ]\?).)*)\?=", re.S)
# A value without quotes ends at a semicolon, or where the next name begins without one.
# No run of white space may be looked at twice here: 64 KB of spaces would take minutes.
PARAMETER = re.compile(r'[;\s]([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|(?:(?!\s[\w*-]{1,40}=)[^;])*)', re.S)
SECTION = re.compile(r"([^*]+)(?:\*([0-9]{1,4}))?(\*?)")
MEDIA_TYPE = re.compile(r"\s*([A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+)")
ID = re.compile(r"<([^<>]*)>")
# `Jan <jan@example.org> "Re: …" (May 5)`, `Message from Jan <jan@example.org> of "Tue, …" <id>`: somebody, and no id.
NAMED_THERE = re.compile(r"(?<=[\w\".)]) *<[^<>]*>\s+(?:of\s+)?(?=\")")
# In bytes: an index takes no longer words (PostgreSQL: 2,704).
LONGEST_ID = 900
LONGEST_DATE = 200
MOST_REFERENCES = 200


def line(value: str) -> str:
    """A header value as people read it."""
    return one_line(words(value))


def words(value: str) -> str:
    """The text of a value: encoded words and raw 8-bit letters decoded. Not yet one line."""
    if "=?" not in value:
        return _plain(value)
    pieces: list[tuple[str, bytes] | str] = []
    at = 0
    for found in WORD.finditer(value):
        between = value[at : found.start()]
        # RFC 2047 section 6.2: white space between two encoded words is none.
        if between.strip() or not pieces:
            pieces.append(between)
        pieces.append((found[1].lower(), _encoded(found[2], found[3])))
        at = found.end()
    return "".join(_joined([*pieces, value[at:]]))


def _joined(pieces: Iterable[tuple[str, bytes] | str]) -> Iterator[str]:
    """Neighbouring words of one charset are decoded together: some programs split a letter between two."""
    charset, data = "", b""
    for piece in pieces:
        if isinstance(piece, tuple) and piece[0] == charset:
            data += piece[1]
            continue
        yield decode(data, charset)
        charset, data = piece if isinstance(piece, tuple) else ("", b"")
        if isinstance(piece, str):
            yield _plain(piece)


def _encoded(encoding: str, text: str) -> bytes:
    data = octets(text)
    return binascii.a2b_qp(data, header=True) if encoding in "qQ" else base64(data)


def _plain(value: str) -> str:
    return value if value.isascii() else decode(octets(value))


def octets(value: str) -> bytes:
    """The bytes that a value was read from."""
    return value.encode("utf-8", "surrogateescape")


def media_type(value: str) -> str:
    """The type and subtype in a Content-Type value, lower case; empty where there is none (RFC 2045 section 5.1)."""
    found = MEDIA_TYPE.match(value)
    return found[1].lower() if found else ""


def parameters(value: str) -> dict[str, str]:
    """The parameters of a Content-Type or Content-Disposition, names lower case (RFC 2231; encoded words are read too)."""
    plain: dict[str, str] = {}
    sections: dict[str, list[tuple[int, bool, str]]] = {}
    for found in PARAMETER.finditer(value):
        name = SECTION.fullmatch(found[1].lower())
        if not name:
            continue
        text = unquoted(found[2])
        if name[2] is None and not name[3]:
            # A boundary is compared, not read: two spaces in it are two.
            plain.setdefault(name[1], text if name[1] == "boundary" else line(text))
        else:
            sections.setdefault(name[1], []).append((int(name[2] or 0), bool(name[3]), text))
    return plain | {name: _continued(parts) for name, parts in sections.items()}


def _continued(parts: list[tuple[int, bool, str]]) -> str:
    """The pieces of a long parameter; the first says the charset of those that are percent-encoded."""
    charset, pieces = "", []
    for number, extended, text in sorted(parts):
        if extended and number == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        pieces.append(unquote_to_bytes(octets(text)) if extended else octets(text))
    return one_line(decode(b"".join(pieces), charset))


def unquoted(value: str) -> str:
    """What a quoted string says; other text as it is."""
    value = value.strip()
    if value[:1] != '"':
        return value
    return re.sub(r"\\(.)", r"\1", value[1:].removesuffix('"'), flags=re.S)


def message_id(value: str) -> str:
    """The id in a Message-ID field, without brackets; empty where it is unusable."""
    found = ID.search(value)
    if found:
        return _id(found[1])
    bare = value.strip().strip("<>")
    return "" if len(bare.split()) > 1 else _id(bare)


def message_ids(values: Iterable[str]) -> tuple[str, ...]:
    """The ids in References or In-Reply-To, each once, in order; of very many the first and the last."""
    ids = [known for known in dict.fromkeys(_id(text) for value in values for text in _texts(value)) if known]
    return tuple(ids if len(ids) <= MOST_REFERENCES else ids[:1] + ids[1 - MOST_REFERENCES :])


def answered(values: Iterable[str], people: Collection[str]) -> tuple[str, ...]:
    """The ids in In-Reply-To without what is an address in the same brackets: of one of these people (in lower case), or of whoever is named there."""
    ids = message_ids(NAMED_THERE.sub(" ", value) for value in values)
    return tuple(one for one in ids if one.lower() not in people)


def _texts(value: str) -> list[str]:
    value = words(value) if "=?" in value else value
    bare = value.split()
    # Some programs leave the brackets out; words of a sentence are no ids.
    return bare if "<" not in value and all("@" in text for text in bare) else ID.findall(value)


def _id(text: str) -> str:
    text = one_line(_plain(text)).replace(" ", "")
    return text if len(text.encode()) <= LONGEST_ID else ""


def date(value: str) -> datetime | None:
    """A Date field, aware; None where it is hopeless. Without a zone it is UTC; years 1970 to 2100 are believed."""
    try:
        return _date(line(value[:LONGEST_DATE]))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _date(value: str) -> datetime | None:
    read = parsedate_tz(value)
    if read is None:
        at = datetime.fromisoformat(value)
        return _believable(at if at.tzinfo else at.replace(tzinfo=UTC))
    year, month, day, hour, minute, second = read[:6]
    # RFC 5322 section 4.3: programs that could not count past 1999 wrote 102 for 2002.
    year += 1900 if 100 <= year < 1000 else 0
    offset = read[9] or 0
    zone = timezone(timedelta(seconds=offset)) if abs(offset) < 86_400 else UTC
    return _believable(datetime(year, month, day, 0 if hour == 24 else hour, minute, min(second, 59), tzinfo=zone))


def _believable(at: datetime) -> datetime | None:
    return at if 1970 <= at.year <= 2100 else None
