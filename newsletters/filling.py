"""Fields in a mail that is ready to go: lines of their own between soft line ends, so that filling one costs a join and no encoding anew.

One body is kept for all readers; each copy is made of its pieces when it is sent.
"""

import binascii
import re
from html import escape

from newsletters.fields import MARK, Field, What, value

# "=_" never occurs in quoted-printable (RFC 2045 section 6.7), so nobody can write such a line. In a header block
# somebody could, but for the soft line end above it: what follows one there begins with a blank.
LINE = re.compile(rb"(?<==\r\n)=_([ht])([1fu])([0-9a-f]+)_=\r\n")
DOT = re.compile(rb"^\.", re.MULTILINE)
SOFT = b"=\r\n"


def quoted(text: str) -> bytes:
    """Quoted-printable with CRLF line ends."""
    return binascii.b2a_qp(text.encode("utf-8", "replace"), istext=True).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def coded(text: str, fields: tuple[Field, ...], *, html: bool) -> bytes:
    """A part's text, quoted-printable, with a line for each field in it."""
    pieces = MARK.split(text)
    out = [quoted(pieces[0])]
    for number, following in zip(pieces[1::2], pieces[2::2], strict=True):
        field = fields[int(number)]
        mark = b"=_%b%b%b_=\r\n" % (b"h" if html else b"t", field.what.value.encode(), field.fallback.encode("utf-8", "replace").hex().encode())
        out += [SOFT, mark, quoted(following)]
    return b"".join(out)


class Form:
    """A mail with fields, taken to pieces once. `wire`: as it goes over SMTP, its dots stuffed (RFC 5321 section 4.5.2) and no line of it looked at again."""

    def __init__(self, data: bytes, *, wire: bool = False) -> None:
        self._wire = wire
        self._pieces: list[bytes] = LINE.split(data)

    def filled(self, name: str, leave: str = "") -> bytes:
        """The mail for a reader of this name; without one, with what is said to those who gave none. `leave`: their own link off the list."""
        pieces, out = self._pieces, [self._pieces[0]]
        for form, what, fallback, following in zip(pieces[1::4], pieces[2::4], pieces[3::4], pieces[4::4], strict=True):
            said = _value(form, what, fallback, name, leave)
            out += (DOT.sub(b"..", said) if self._wire else said, SOFT, following)
        return b"".join(out)


def _value(form: bytes, what: bytes, fallback: bytes, name: str, leave: str) -> bytes:
    meant = What(what.decode())
    said = (leave if meant is What.LEAVE else value(meant, name)) or bytes.fromhex(fallback.decode()).decode()
    return quoted(escape(said) if form == b"h" else said)
