"""Reads what follows DATA, in large pieces, until CRLF.CRLF."""

import asyncio
import time

from listserv.smtp.limits import Limits
from listserv.smtp.taking import Taking
from listserv.smtp.wire import Wire

END = b"\r\n.\r\n"
# From so many bytes on they are handed on before the end has come; from so many on in a thread, because packing them takes a while.
PIECE, IN_THREAD = 1 << 16, 1 << 14
# How much more than we take is listened to, so that its sender hears why it is refused; then it is hung up.
BEYOND = 1 << 20


class TooMuch(Exception):
    """It does not end."""


async def read_mail(wire: Wire, taking: Taking, limits: Limits, most: int) -> None:
    """Take a mail in. Raises Gone, TimedOut where too little comes, TooMuch beyond twice `most`, OSError where it finds no room."""
    buffer, at_line_start, looked = wire.buffer, True, 0
    mark, since, begin = wire.received, time.monotonic(), wire.received
    while True:
        if at_line_start and buffer.startswith(END[2:]):
            del buffer[:3]
            break
        if (end := buffer.find(END, looked)) >= 0:
            await _add(taking, buffer, end + 2, at_line_start)
            del buffer[:3]
            break
        if wire.received - begin > 2 * most + BEYOND:
            raise TooMuch
        looked = max(len(buffer) - 4, 0)
        if len(buffer) >= PIECE:
            cut, next_at_line_start = _cut(buffer)
            await _add(taking, buffer, cut, at_line_start)
            # Meanwhile more may have come, and the end with it.
            at_line_start, looked = next_at_line_start, 0
            continue
        if wire.received - mark >= limits.window_bytes:
            mark, since = wire.received, time.monotonic()
        await wire.more(limits.window_seconds, since)
    taking.end()


async def _add(taking: Taking, buffer: bytearray, cut: int, at_line_start: bool) -> None:
    piece = bytes(buffer[:cut])
    del buffer[:cut]
    if cut < IN_THREAD:
        taking.add(piece, at_line_start=at_line_start)
        return
    await asyncio.to_thread(taking.add, piece, at_line_start=at_line_start)


def _cut(buffer: bytearray) -> tuple[int, bool]:
    """Where a piece may end: behind a line, else anywhere but between CR and LF; and whether a line begins there."""
    end = buffer.rfind(b"\r\n")
    if end >= 0:
        return end + 2, True
    return len(buffer.rstrip(b"\r")) or len(buffer) - 1, False
