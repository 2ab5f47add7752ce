"""What a server says: replies cut off the stream, their codes and words. In the happy case nothing is cut at all.

A conversation says with each write which replies it hopes for. Where the bytes that come are exactly these, it only
hears "yes" (`None`), and nobody looks at the words.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from listserv.relay.mail import Answer

# How a yes begins (RFC 5321 section 4.2.1): done, done, go on.
STAGES = (("MAIL", b"2"), ("RCPT", b"2"), ("DATA", b"3"))
BROKEN = Answer(0, "the connection broke")

# What was heard: the replies, or None where they are those that were hoped for.
Heard = list[bytes] | None


class Wanted(NamedTuple):
    """So many replies, and how they look when all is well (one line each, RFC 5321 section 4.2)."""

    number: int
    well: re.Pattern[bytes]


def _wanted(*firsts: bytes) -> Wanted:
    return Wanted(len(firsts), re.compile(b"".join(first + rb"[0-9]{2} [^\n]*+\n" for first in firsts)))


DONE = _wanted(b"2")
# To MAIL, RCPT and DATA in one write; and to the end of a mail with the next mail's three.
ENVELOPE, END_AND_ENVELOPE = _wanted(b"2", b"2", b"3"), _wanted(b"2", b"2", b"2", b"3")
# For commands whose answer is read whatever it says.
ANY = Wanted(1, re.compile(rb"(?!)"))


def cut(data: bytes) -> tuple[list[bytes], int]:
    """The whole replies at the beginning of these bytes, and where the first unfinished one begins."""
    replies = list[bytes]()
    reply = line = 0
    while (end := data.find(b"\n", line) + 1) > 0:
        if data[line + 3 : line + 4] != b"-":
            replies.append(data[reply:end])
            reply = end
        line = end
    return replies, reply


def code_of(reply: bytes) -> int:
    """The three digits of a reply; 0 for something that is no reply."""
    return int(reply[:3]) if reply[:3].isdigit() and len(reply) > 3 else 0


def answer(reply: bytes, stage: str = "") -> Answer:
    """A refusal as the answer to a mail: its words in one line, without the repeated codes.

    What is no refusal although it should be (a 354 to MAIL) counts as a broken connection.
    """
    words = b" ".join(line[4:].strip() for line in reply.splitlines())
    code = code_of(reply)
    shown = "".join(c if c.isprintable() else " " for c in words.decode("utf-8", "replace"))[:500]
    return Answer(code if 400 <= code < 600 else 0, shown, stage)


def refusal(replies: Sequence[bytes], why: str = BROKEN.text) -> Answer | None:
    """What MAIL, RCPT or DATA was answered first that was no yes; None when the body may go. `why` the rest is missing."""
    for (stage, yes), reply in zip(STAGES, replies, strict=False):
        if reply[:1] != yes or not code_of(reply):
            return answer(reply, stage)
    return None if len(replies) == len(STAGES) else Answer(0, f"{why} (after {STAGES[len(replies)][0]})")


def is_goodbye(replies: Sequence[bytes]) -> bool:
    """Does the other side end the connection (RFC 5321 section 3.8)?"""
    return bool(replies) and replies[-1].startswith(b"421")
