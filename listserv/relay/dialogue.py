"""What is said to the relay for each copy: two conversations, with pipelining and without.

RFC 2920 lets the end of one mail and the next MAIL, RCPT and DATA go in one write, so that a connection waits once for
each mail and not four times. Whatever has no 250 when a connection ends is unknown, and goes back to be sent again.
"""

from collections.abc import Sequence
from typing import Protocol

from listserv import steps
from listserv.relay.connection import Connection, Conversation
from listserv.relay.heard import ANY, DONE, END_AND_ENVELOPE, ENVELOPE, Heard, answer, code_of, is_goodbye, refusal
from listserv.relay.mail import SENT, Answer, Mail
from listserv.relay.offer import Ready

NOTHING = b""
RESET, LONE_DOT = b"RSET\r\n", b".\r\n"


class Desk(Protocol):
    """Where a conversation gets its mails from, and tells how they fared."""

    def next(self, line: Connection) -> Ready | None:
        """The next mail for this connection."""

    def done(self, mail: Mail, answer: Answer) -> None:
        """This became of it."""

    def put_back(self, mail: Mail) -> None:
        """It was not tried for reasons of its own: to be given to the next connection."""

    def proven(self, line: Connection) -> None:
        """This connection has taken a mail, or refused one for good reasons: the relay is there."""


def conversation(line: Connection, desk: Desk, *, pipelining: bool) -> Conversation:
    """Send until there is nothing left to take, or the connection is gone."""
    return _pipelined(line, desk) if pipelining else _one_by_one(line, desk)


def _pipelined(line: Connection, desk: Desk) -> Conversation:
    tail, under_way = NOTHING, None
    while (ready := None if line.lost else desk.next(line)) or tail:
        line.waited = 0.0
        if ready is None:
            line.asking_for = ""
            _settle(under_way, (yield tail, DONE), line, desk)
            tail, under_way = NOTHING, None
            continue
        mail, envelope = ready.mail, ready.envelope
        line.asking_for = mail.recipient
        heard = yield (tail + envelope, END_AND_ENVELOPE) if tail else (envelope, ENVELOPE)
        if heard is None:
            if under_way:
                desk.done(under_way, SENT)
            if not line.used:
                desk.proven(line)
            tail, under_way = _agreed(ready), mail
            continue
        own = heard
        if tail:
            _settle(under_way, heard[:1], line, desk)
            own = heard[1:]
        cut_off = bool(tail) and not own and (not heard or is_goodbye(heard))
        goes_on = _judge(ready, own, line, desk, cut_off=cut_off)
        tail, under_way = _next_words(ready, own, line, goes_on=goes_on)


def _one_by_one(line: Connection, desk: Desk) -> Conversation:
    while not line.lost and (ready := desk.next(line)):
        line.waited, line.asking_for = 0.0, ready.mail.recipient
        own = list[bytes]()
        for command in ready.envelope.splitlines(keepends=True):
            heard = yield command, ANY
            own += heard or []
            if not heard or code_of(heard[0]) >= 400:
                break
        goes_on = _judge(ready, own, line, desk, cut_off=False)
        tail, under_way = _next_words(ready, own, line, goes_on=goes_on)
        if tail:
            line.waited, line.asking_for = 0.0, ""
            _settle(under_way, (yield tail, DONE), line, desk)


def _judge(ready: Ready, own: Sequence[bytes], line: Connection, desk: Desk, *, cut_off: bool) -> bool:
    """Say what became of a mail whose envelope was answered, all of it or in part; may its body go?"""
    if (line.lost or is_goodbye(own)) and _is_not_its_fault(line, own, cut_off=cut_off):
        if line.timed_out:
            # It has waited so long that its time is nearly over: nobody else may begin with it now.
            desk.done(ready.mail, Answer(0, line.why, "CONNECT"))
        else:
            desk.put_back(ready.mail)
        return False
    refused = refusal(own, line.why)
    if own and (own[0].startswith(b"2") or not is_goodbye(own)):
        desk.proven(line)
    if refused is not None:
        desk.done(ready.mail, refused)
    return refused is None


def _next_words(ready: Ready, own: Sequence[bytes], line: Connection, *, goes_on: bool) -> tuple[bytes, Mail | None]:
    """What is to be written next, and the mail that ends with it."""
    if goes_on:
        return _agreed(ready), ready.mail
    if is_goodbye(own):
        line.abort(answer(own[-1]).text)
    if not own or line.lost:
        return NOTHING, None
    if own[-1].startswith(b"354") and own[1:2] and own[1].startswith(b"2"):
        # MAIL was refused and all the rest taken: an empty mail would arrive. No server should; this one is left.
        line.abort("the relay took a recipient without a sender")
        return NOTHING, None
    # RFC 2920 section 3.1: RCPT was refused, but DATA is answered 354. Nobody is to get this mail; its end must be said.
    return LONE_DOT if own[-1].startswith(b"354") else RESET, None


def _agreed(ready: Ready) -> bytes:
    steps.reached("relay.agreed")
    return ready.personal + ready.wire


def _is_not_its_fault(line: Connection, own: Sequence[bytes], *, cut_off: bool) -> bool:
    """May a mail whose connection ended go again at once? Only where something else must have been the reason.

    The mail before it got no answer either; or this connection has been of use before, and would not have been the first
    to end for no reason; or the relay says goodbye to MAIL: so many mails on a connection and no more, or none just now.
    It then meets a fresh connection, and one that is of no use at all counts against the relay (`Breaker`), so that
    this cannot go on for ever.
    """
    if not own:
        return cut_off or not line.timed_out and (line.useful or line.parked_at > 0)
    return code_of(own[0]) == 421


def _settle(mail: Mail | None, heard: Heard, line: Connection, desk: Desk) -> None:
    """Say what became of a mail whose body was written."""
    if mail is None:
        return
    if heard is None or heard and heard[0].startswith(b"2"):
        desk.done(mail, SENT)
    elif heard:
        desk.done(mail, answer(heard[0], "DATA"))
        if is_goodbye(heard):
            line.abort(answer(heard[0]).text)
    else:
        desk.done(mail, line.broken)
