"""A list's footer under a post, for lists that ask for one: it costs the author's signature."""

import hashlib
import re

from listserv.mail import headers
from listserv.mail.headers import Field

SEALED = ("multipart/signed", "multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")
PLAIN_CHARSET = re.compile(rb"charset\s*=\s*\"?(utf-8|us-ascii)\b", re.I)


def with_footer(fields: list[Field], body: bytes, footer: str) -> tuple[list[Field], bytes | None]:
    """Fields and body with the footer; unchanged (body None) where a signature or encryption covers the whole."""
    kind = headers.first(fields, "content-type")
    value = kind.value.lower() if kind else b"text/plain; charset=us-ascii"
    if value.startswith(tuple(name.encode() for name in SEALED)):
        return fields, None
    text = headers.crlf(footer.strip().encode()) + b"\r\n"
    if _can_append(fields, value, footer):
        return fields, headers.crlf(body).rstrip(b"\r\n") + b"\r\n\r\n-- \r\n" + text
    return _wrapped(fields, body, text)


def _can_append(fields: list[Field], kind: bytes, footer: str) -> bool:
    coding = headers.first(fields, "content-transfer-encoding")
    plain = coding is None or coding.value.lower() in (b"7bit", b"8bit")
    if not kind.startswith(b"text/plain") or not plain:
        return False
    return footer.isascii() or (PLAIN_CHARSET.search(kind) is not None and coding is not None and coding.value.lower() == b"8bit")


def _wrapped(fields: list[Field], body: bytes, text: bytes) -> tuple[list[Field], bytes]:
    # The whole mail becomes the first part, with the fields that describe it; the footer is the second.
    inner = [field for field in fields if field.name.startswith("content-")]
    outer = [field for field in fields if not field.name.startswith("content-")]
    boundary = "=_" + hashlib.sha256(body).hexdigest()[:32]
    outer.append(headers.make("Content-Type", f'multipart/mixed; boundary="{boundary}"'))
    if headers.first(outer, "mime-version") is None:
        outer.append(headers.make("MIME-Version", "1.0"))
    line = b"--" + boundary.encode()
    head = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\nContent-Disposition: inline\r\n\r\n"
    parts = (line, b"\r\n", headers.join(inner), b"\r\n", headers.crlf(body), b"\r\n", line, b"\r\n", head, text, line, b"--\r\n")
    return outer, b"".join(parts)
