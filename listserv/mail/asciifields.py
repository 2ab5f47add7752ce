"""Header fields for a relay that knows no letters beyond ASCII there (no SMTPUTF8): RFC 2047, RFC 2231 and RFC 6857.

Only what is not ASCII is written anew; every other byte, and every field without such letters, stays as it was.
"""

import re
from email.charset import QP, Charset
from email.header import Header
from itertools import groupby
from urllib.parse import quote

from listserv.mail import headers
from listserv.mail.address import ascii_domain
from listserv.mail.headers import Field
from listserv.mail.text import decode

ADDRESSES = frozenset(("from", "sender", "to", "cc", "bcc", "reply-to", "resent-from", "resent-sender", "resent-to", "resent-cc", "list-id"))
PARAMETERS = frozenset(("content-type", "content-disposition"))
# What machines read: there a letter that cannot be said is better lost than explained.
IDENTIFIERS = frozenset(("message-id", "in-reply-to", "references", "return-path", "content-id", "mime-version", "content-transfer-encoding"))
# The pieces of a list of mailboxes: quoted, in angle brackets, a comment, words, and what separates them.
PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|<[^<>]*>|\([^()]*\)|[,:;]|\s+|[^\s"<>(),:;]+|.', re.S)
PARAMETER = re.compile(r'(;\s*)([^\s=;"*]+)(\s*=\s*)("(?:[^"\\]|\\.)*"|[^;\s]*)', re.S)
UTF8 = Charset("utf-8")
UTF8.header_encoding = QP


def ascii_fields(data: bytes) -> bytes:
    """A mail (CRLF line ends) with every field of its header block in ASCII; the body byte for byte."""
    fields, body = headers.split(data)
    if all(field.raw.isascii() for field in fields):
        return data
    made = [ascii_field(field) for field in fields]
    changed = {field.name for field in fields if not field.raw.isascii()}
    kept = [field for field in made if not _covers(field, changed)]
    return headers.join(kept) + b"\r\n" + body


def _covers(field: Field, changed: set[str]) -> bool:
    """Is this a signature over a field that had to change? It proves nothing any more."""
    if field.name != "dkim-signature":
        return False
    named = re.search(rb"(?:;|\A)\s*h\s*=([^;]*)", field.value)
    names = re.sub(rb"\s", b"", named[1]).lower().decode("latin-1").split(":") if named else []
    return bool(changed.intersection(names))


def ascii_field(field: Field) -> Field:
    """One field in ASCII, folded."""
    if field.raw.isascii():
        return field
    name, value = field.raw.split(b":", 1)[0].decode("ascii"), decode(field.value)
    if field.name in ADDRESSES:
        made = _mailboxes(value)
    elif field.name in PARAMETERS:
        made = _parameters(value)
    elif field.name in IDENTIFIERS:
        made = _without(value)
    else:
        made = _text(value)
    # Whatever was forgotten above must not reach the wire all the same.
    return Field(field.name, headers.crlf(f"{name}: {_folded(made)}\r\n".encode("ascii", "replace")))


def _text(value: str) -> str:
    """Runs of words that are not ASCII become encoded words; between two of these a space would be none (RFC 2047 section 6.2)."""
    made = [(wide, " ".join(run)) for wide, run in groupby(value.split(" "), lambda word: not word.isascii())]
    return " ".join(_word(text) if wide else text for wide, text in made)


def _word(text: str) -> str:
    """Encoded words, none longer than 75 letters, with a space between them (RFC 2047 section 2)."""
    return Header(text, UTF8, maxlinelen=75).encode(linesep="").replace("\t", " ")


def _without(value: str) -> str:
    return value.encode("ascii", "replace").decode("ascii")


def _mailboxes(value: str) -> str:
    """Names become encoded words, domains A-labels. What has letters in its local part is no address here: RFC 6857 section 3.1.4."""
    made, words = list[str](), list[str]()
    for piece in [*PIECE.findall(value), ""]:
        if piece and not piece.isascii() and piece[0] not in '"<(' and "@" not in piece or words and piece.isspace():
            words.append(piece)
            continue
        if words:
            run = "".join(words)
            made.append(_text(run.rstrip()) + run[len(run.rstrip()) :])
            words = []
        made.append(piece if piece.isascii() else _piece(piece))
    return "".join(made)


def _piece(piece: str) -> str:
    if piece[0] == '"':
        return _word(re.sub(r"\\(.)", r"\1", piece[1:-1]))
    if piece[0] == "(":
        return f"({_word(piece[1:-1])})"
    return _address(piece.strip("<>"), "<{}>" if piece[0] == "<" else "{}")


def _address(address: str, form: str) -> str:
    local, _, domain = address.rpartition("@")
    try:
        domain = ascii_domain(domain)
    except UnicodeError:
        local = address
    return form.format(f"{local}@{domain}") if local.isascii() and domain.isascii() else f"{_word(address)} :;"


def _parameters(value: str) -> str:
    """Values beyond ASCII in the form of RFC 2231."""

    def written(found: re.Match[str]) -> str:
        if found[4].isascii():
            return found[0]
        text = re.sub(r"\\(.)", r"\1", found[4][1:-1]) if found[4].startswith('"') else found[4]
        return f"{found[1]}{found[2]}*=utf-8''{quote(text, safe='')}"

    return _without(PARAMETER.sub(written, value))


def _folded(value: str) -> str:
    """In lines of less than 78 letters where there is room to fold."""
    lines, line = list[str](), ""
    for word in value.split(" "):
        if line and len(line) + len(word) > 66:
            lines.append(line)
            line = ""
        line = f"{line} {word}" if line else word
    return "\r\n ".join([*lines, line])
