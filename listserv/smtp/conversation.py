"""One session, from the greeting to the end: who it is, what it says, and how it ends."""

import asyncio
import time

import structlog

from listserv.smtp import proxy, replies
from listserv.smtp.commands import Commands, Over
from listserv.smtp.house import Door
from listserv.smtp.reading import TooMuch
from listserv.smtp.wire import Going, Gone, LineTooLong, TimedOut, Wire
from listserv.usecases.senders import is_trusted

log = structlog.get_logger()

# What a browser, or a page that misuses one, says first; and the first bytes of TLS where none was asked for.
OTHER_TALK = (b"GET ", b"POST ", b"HEAD ", b"PUT ", b"OPTIONS ", b"CONNECT ", b"DELETE ", b"PATCH ", b"\x16\x03")


async def converse(door: Door, wire: Wire) -> None:
    """The whole session: it ends with a reply that says why, wherever somebody is there to hear it."""
    guests = door.house.guests
    if guests.going or not guests.enter(wire):
        wire.say(replies.GOING if guests.going else replies.FULL)
        wire.hang_up()
        return
    try:
        await _talk(door, wire)
        wire.hang_up()
    except Over as over:
        _end(wire, over.reply)
    except TimedOut:
        _end(wire, replies.TIMED_OUT)
    except Going:
        _end(wire, replies.GOING)
    except LineTooLong:
        _end(wire, replies.LINE_TOO_LONG)
    except TooMuch:
        _end(wire, replies.TOO_LARGE)
    except (Gone, proxy.NoHeader, ConnectionError):
        wire.drop()
    except asyncio.CancelledError:
        wire.drop()
        raise
    except Exception:
        log.exception("session failed")
        _end(wire, replies.FAILED)
    finally:
        guests.leave(wire)


def _end(wire: Wire, reply: str) -> None:
    if reply:
        wire.say(reply)
    wire.hang_up()


async def _talk(door: Door, wire: Wire) -> None:
    house, since = door.house, time.monotonic()
    peername = wire.transport.get_extra_info("peername")
    peer = str(peername[0]) if isinstance(peername, tuple) else ""
    if door.proxy and is_trusted(peer, door.proxy):
        peer = await proxy.client_behind(wire, peer, house.limits.proxy_seconds, since)
    if not house.guests.admit(wire, peer):
        raise Over(replies.FULL)
    trusted = house.guests.trusts(peer)
    if not trusted:
        await _hear_silence(wire, house.limits.greeting_pause)
    wire.say(f"220 {house.site.settings.site.domain} {'LMTP' if door.lmtp else 'ESMTP'} listserv")
    commands = Commands(door, wire, peer, trusted=trusted)
    while True:
        if house.guests.going:
            raise Going
        line = await wire.line(house.limits.command_line, house.limits.command_seconds)
        if not commands.greeted and line.startswith(OTHER_TALK):
            raise Over(replies.NO_WEB_SERVER)
        await commands.obey(line)


async def _hear_silence(wire: Wire, seconds: float) -> None:
    """Who speaks before the greeting does not listen: it is a machine that throws mail over a wall."""
    if not seconds:
        return
    await asyncio.sleep(seconds)
    if wire.buffer:
        raise Over(replies.NO_WEB_SERVER if wire.buffer.startswith(OTHER_TALK) else replies.TOO_EARLY)
