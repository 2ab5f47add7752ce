"""From nothing to a connection that is ready for mail: greeting, EHLO, STARTTLS, AUTH.

RFC 5321 (SMTP), 2920 (pipelining), 3207 (STARTTLS), 4954 (AUTH), 1870 (SIZE), 6152 (8BITMIME), 6531 (SMTPUTF8).
"""

import asyncio
import os
from base64 import b64encode
from collections.abc import Sequence

from listserv.relay.connection import Connection
from listserv.relay.heard import answer, code_of
from listserv.relay.offer import Offer
from listserv.relay.place import Place, Security


class NoConnection(Exception):
    """The relay cannot be reached, or does not want to talk to us."""


async def dial(place: Place) -> Connection:
    """A connection that is ready for mail. Raises NoConnection, saying why."""
    try:
        async with asyncio.timeout(place.timeouts.connect):
            context = place.tls() if place.security is Security.TLS else None
            loop = asyncio.get_running_loop()
            _, connection = await loop.create_connection(lambda: Connection(place), place.host, place.port, ssl=context)
            try:
                await _open(connection)
            except BaseException:
                connection.abort("it was no use")
                await connection.closed()
                raise
            return connection
    except TimeoutError:
        raise NoConnection(f"{place.host}:{place.port} does not answer within {place.timeouts.connect:g} seconds") from None
    except (OSError, UnicodeError) as wrong:
        raise NoConnection(f"{place.host}:{place.port}: {_words(wrong)}") from None


async def _open(connection: Connection) -> None:
    place = connection.place
    _checked(await connection.exchange(b""), (220,), connection)
    await _hello(connection)
    if place.security is Security.STARTTLS:
        # Whatever the network makes of the list of features: without encryption nothing is sent.
        await _command(connection, "STARTTLS", 220)
        if not await connection.encrypt():
            raise NoConnection("the connection broke during STARTTLS")
        await _hello(connection)
    if place.user:
        await _authenticate(connection)


async def _command(connection: Connection, line: str, *good: int) -> bytes:
    return _checked(await connection.exchange(line.encode("utf-8") + b"\r\n"), good, connection)


def _checked(reply: bytes, good: Sequence[int], connection: Connection) -> bytes:
    if reply and code_of(reply) in good:
        return reply
    words = answer(reply).text or reply[:3].decode("ascii", "replace") if reply else f"{connection.why} {connection.words}".strip()
    raise NoConnection(words)


async def _hello(connection: Connection) -> None:
    reply = await connection.exchange(f"EHLO {connection.place.helo}\r\n".encode("ascii"))
    if 500 <= code_of(reply) < 510:
        # Too old for EHLO (RFC 5321 section 3.2): it takes mail, one command at a time.
        await _command(connection, f"HELO {connection.place.helo}", 250)
        return
    lines = _checked(reply, (250,), connection).decode("ascii", "replace").splitlines()[1:]
    words = (line[4:].strip().upper().partition(" ") for line in lines)
    connection.offer = Offer.of({name: rest.strip() for name, _, rest in words})


async def _authenticate(connection: Connection) -> None:
    offered = connection.offer.features.get("AUTH", "").split()
    user, password = connection.place.user, connection.place.password
    if "PLAIN" in offered or "LOGIN" not in offered:
        await _command(connection, f"AUTH PLAIN {_base64(f'{chr(0)}{user}{chr(0)}{password}')}", 235)
        return
    await _command(connection, "AUTH LOGIN", 334)
    await _command(connection, _base64(user), 334)
    await _command(connection, _base64(password), 235)


def _base64(text: str) -> str:
    return b64encode(text.encode("utf-8")).decode("ascii")


def _words(wrong: Exception) -> str:
    # asyncio says "Connect call failed" where the system would say why.
    if isinstance(wrong, ConnectionError) and wrong.errno:
        return os.strerror(wrong.errno)
    return str(getattr(wrong, "strerror", None) or wrong)
