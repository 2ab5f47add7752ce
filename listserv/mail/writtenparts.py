"""A part of a mail written anew: the fields that say what it is, and a text in quoted-printable."""

import binascii
import re
from urllib.parse import quote

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def typed(kind: str, parameters: dict[str, str], disposition: str, encoding: str, *, name: str = "") -> bytes:
    """The fields that say what a part is."""
    said = "".join(f"; {key}{_value(value)}" for key, value in parameters.items() if TOKEN.fullmatch(key))
    lines = [f"Content-Type: {kind}{said}"]
    if encoding:
        lines.append(f"Content-Transfer-Encoding: {encoding}")
    if disposition or name:
        shown = disposition if disposition in ("inline", "attachment") else "attachment"
        lines.append(f"Content-Disposition: {shown}" + (f"; filename{_value(name)}" if name else ""))
    return "".join(f"{line}\r\n" for line in lines).encode("ascii", "replace")


def _value(text: str) -> str:
    """The value of a parameter: a token, quoted, or as RFC 2231 section 4 writes letters."""
    if TOKEN.fullmatch(text):
        return f"={text}"
    if text.isascii() and text.isprintable():
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'="{escaped}"'
    return f"*=utf-8''{quote(text, safe='')}"


def quoted(text: str) -> bytes:
    """A text as quoted-printable UTF-8 with CRLF."""
    made = binascii.b2a_qp(text.encode(), istext=True).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return made if made.endswith(b"\r\n") else made + b"\r\n"
