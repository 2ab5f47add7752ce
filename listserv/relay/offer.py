"""What a relay offers (EHLO), and what follows from it for a mail: its bytes and its envelope.

All that depends on the content and the offer alone is worked out once for all copies.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from listserv.mail.asciifields import ascii_fields
from listserv.mail.sevenbit import seven_bit
from listserv.relay.mail import Content, Mail, Unsendable, wire_address

# Sender and recipient as nearly all are: nothing in them needs a second look.
PLAIN = re.compile(r"[!-;=?-~]+@[A-Za-z0-9.-]+ [!-;=?-~]+@[A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Offer:
    """What the other side can take. `size` is its limit: 0 for none that is known, None where it does not speak of sizes."""

    pipelining: bool = False
    eight_bit: bool = False
    utf8: bool = False
    size: int | None = None
    features: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    # Under which a content keeps its form for all who offer the same.
    key: tuple[bool, bool, int | None] = (False, False, None)

    @classmethod
    def of(cls, features: Mapping[str, str]) -> "Offer":
        """Read the lines of an EHLO. Without 8BITMIME, SMTPUTF8 is not believed (RFC 6531 section 3.1)."""
        eight_bit, size = "8BITMIME" in features, features.get("SIZE")
        limit = None if size is None else int(size) if size.isascii() and size.isdigit() and len(size) < 20 else 0
        utf8 = eight_bit and "SMTPUTF8" in features
        return cls("PIPELINING" in features, eight_bit, utf8, limit, features, (eight_bit, utf8, limit))

    def dress(self, content: Content) -> "Dressed":
        """The content as this relay takes it."""
        made: Dressed | None = content.known.get(self.key)
        if made is None:
            made = content.known[self.key] = Dressed(self, _form(content, self))
        return made


def _form(content: Content, offer: Offer) -> Content:
    """The content itself wherever the relay takes it as it is; else what is written in fewer letters."""
    if not content.eight_bit or offer.utf8:
        return content
    data = ascii_fields(content.data) if offer.eight_bit else seven_bit(content.data)
    return content if data == content.data else Content(data)


class Ready(NamedTuple):
    """A mail as it goes over the wire: MAIL, RCPT and DATA, and what follows a yes to them."""

    mail: Mail
    envelope: bytes
    personal: bytes
    wire: bytes


class Dressed:
    """A content in the form for one offer."""

    def __init__(self, offer: Offer, form: Content) -> None:
        self.form, self._offer = form, offer
        self._extra = " BODY=8BITMIME" if form.eight_bit and offer.eight_bit else ""
        # What may be said of the size: the bytes of all copies, to which those of one copy come.
        self._size, self._room = len(form.data), (offer.size or 1 << 62) - len(form.data)

    @cached_property
    def _plain(self) -> str:
        size = "" if self._offer.size is None else " SIZE=%d"
        return f"MAIL FROM:<%s>{size}{self._extra}\r\nRCPT TO:<%s>\r\nDATA\r\n"

    def ready(self, mail: Mail, personal: bytes) -> Ready:
        """One copy with its own header lines. Raises Unsendable where this relay cannot take it."""
        length = len(personal)
        if length > self._room:
            raise Unsendable(552, f"5.3.4 the relay takes no mail above {self._offer.size} bytes", "MAIL")
        sender, recipient = mail.sender, mail.recipient
        if not PLAIN.fullmatch(f"{sender} {recipient}"):
            return Ready(mail, self._checked(mail, length), personal, self.form.wire)
        words = (sender, recipient) if self._offer.size is None else (sender, self._size + length, recipient)
        return Ready(mail, (self._plain % words).encode("ascii"), personal, self.form.wire)

    def _checked(self, mail: Mail, length: int) -> bytes:
        """The envelope of addresses that need a look: none, beyond ASCII, or quoted."""
        utf8 = self._offer.utf8
        sender = wire_address(mail.sender, utf8=utf8) if mail.sender else b""
        recipient = wire_address(mail.recipient, utf8=utf8)
        size = b"" if self._offer.size is None else b" SIZE=%d" % (self._size + length)
        wide = b"" if sender.isascii() and recipient.isascii() else b" SMTPUTF8"
        return b"MAIL FROM:<%b>%b%b%b\r\nRCPT TO:<%b>\r\nDATA\r\n" % (sender, size, self._extra.encode("ascii"), wide, recipient)
