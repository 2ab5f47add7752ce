"""What goes over the wire: a mail for one recipient, its bytes, and the answer to it. No sockets here."""

import re
from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

from listserv.mail.address import ascii_domain

# What would end an address, a command or a line: never sent, whatever a header once said.
UNSAFE = re.compile(r"[\x00-\x20\x7f<>\ud800-\udfff]")
STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
# RFC 4954 section 6: these speak of how we sign in to the relay, not of the mail; once that is mended it can go.
OURS_TO_MEND = (530, 534, 535, 538)
LINE_START_DOT = re.compile(rb"^\.", re.MULTILINE)


class Content:
    """The bytes that all copies of a post share (CRLF line ends), and what follows from them, worked out once."""

    def __init__(self, data: bytes) -> None:
        self.data = data if data.endswith(b"\r\n") else data + b"\r\n"

    @cached_property
    def wire(self) -> bytes:
        """The bytes with their dots stuffed and the final dot (RFC 5321 section 4.5.2)."""
        return LINE_START_DOT.sub(b"..", self.data) + b".\r\n"

    @cached_property
    def body(self) -> bytes:
        """What stands behind the header block."""
        return self.data.partition(b"\r\n\r\n")[2] if not self.data.startswith(b"\r\n") else self.data[2:]

    @cached_property
    def head(self) -> bytes:
        """The header block, without the empty line."""
        return self.data.partition(b"\r\n\r\n")[0] + b"\r\n" if not self.data.startswith(b"\r\n") else b""

    @cached_property
    def known(self) -> dict[Any, Any]:
        """What others have worked out about these bytes: the form that a relay takes, the hash that is signed."""
        return {}

    @cached_property
    def eight_bit(self) -> bool:
        """Is there anything beyond ASCII in it?"""
        return not self.data.isascii()


class Filled(Content):
    """The bytes of one copy alone, of which both forms are known already."""

    def __init__(self, data: bytes, wire: bytes) -> None:
        self.data = data
        # In the place of what `Content` works out.
        self.__dict__["wire"] = wire


class Mail(NamedTuple):
    """One mail for one recipient. `personal` are header lines of this copy alone, put on top of the content."""

    ref: Any
    sender: str
    recipient: str
    content: Content
    personal: bytes = b""


class Answer(NamedTuple):
    """What became of a mail: an SMTP reply code (0: no connection, or it broke) and the words that came with it.

    `stage` is the command that was refused: a refusal at RCPT speaks of the recipient, one at MAIL or DATA of the mail.
    CONNECT means that the relay is away, PAUSED that it puts off everybody at the recipient's domain: then nothing was
    tried at all, and it is of use again after `wait` seconds.
    """

    code: int
    text: str = ""
    stage: str = ""
    wait: float = 0.0

    @property
    def sent(self) -> bool:
        """Has the relay taken responsibility?"""
        return 200 <= self.code < 300

    @property
    def reached(self) -> bool:
        """Was there a relay to try it with?"""
        return self.stage != "CONNECT"

    @property
    def tried(self) -> bool:
        """Was anything said to a relay about this mail? Else it is no attempt."""
        return self.stage not in ("CONNECT", "PAUSED")

    @property
    def permanent(self) -> bool:
        """Is it no use to try again?"""
        return self.code >= 500 and self.code not in OURS_TO_MEND

    @property
    def status(self) -> str:
        """The enhanced status (RFC 3463) of the answer; else the reply code."""
        found = STATUS.search(self.text)
        return found[1] if found else str(self.code)


SENT = Answer(250)

# Where mails come from and where their answers go.
Take = Callable[[], Mail | None]
Done = Callable[[Mail, Answer], None]


class Unsendable(Exception):
    """This mail cannot be sent through this relay, and why."""

    def __init__(self, code: int, text: str, stage: str = "") -> None:
        super().__init__(text)
        self.answer = Answer(code, text, stage)


def wire_address(address: str, *, utf8: bool) -> bytes:
    """An address as it stands in an envelope. Raises Unsendable where it is none, or needs SMTPUTF8 (RFC 6531)."""
    if UNSAFE.search(address) or "@" not in address[1:-1]:
        raise Unsendable(553, "5.1.3 this is not an address that mail can be sent to", "RCPT")
    if address.isascii():
        return address.encode("ascii")
    local, _, domain = address.rpartition("@")
    try:
        encoded = ascii_domain(domain)
    except UnicodeError:
        raise Unsendable(553, "5.1.2 this is not a domain that mail can be sent to", "RCPT") from None
    if local.isascii():
        return f"{local}@{encoded}".encode("ascii")
    if not utf8:
        raise Unsendable(550, "5.6.7 the relay takes no addresses beyond ASCII (SMTPUTF8)", "RCPT")
    return f"{local}@{domain}".encode()
