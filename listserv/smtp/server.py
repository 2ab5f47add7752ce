"""The process behind the mail doors: listens, drains on SIGTERM."""

import asyncio
import contextlib
import signal
import socket
import ssl
from collections.abc import Callable
from functools import partial

from listserv import loops
from listserv.errors import Conflict, Invalid
from listserv.site import Site
from listserv.smtp.conversation import converse
from listserv.smtp.house import Door, House
from listserv.smtp.limits import Limits
from listserv.smtp.wire import Wire

DRAIN_SECONDS = 20
# Connections that wait to be accepted.
BACKLOG = 1024


class Doors:
    """The listening sockets of one process, and who is inside."""

    def __init__(self, site: Site, limits: Limits | None = None) -> None:
        smtp = site.settings.smtp
        tls = tls_context(smtp.tls_cert, smtp.tls_key) if smtp.tls_cert else None
        self.site = site
        self.house = House(site, limits or Limits(), tls)
        self.servers: list[asyncio.Server] = []
        self.watch = asyncio.get_running_loop().create_task(self.house.guests.watch())

    async def open(self) -> None:
        """Listen. Raises Conflict where the address is taken, Invalid where it cannot be."""
        smtp, lmtp = self.site.settings.smtp, self.site.settings.lmtp
        doors = (Door(self.house, lmtp=False, proxy=smtp.proxy), smtp.listen), (Door(self.house, lmtp=True, proxy=lmtp.proxy), lmtp.listen)
        for door, where in doors:
            if where:
                self.servers.append(await listen(where, partial(Wire, partial(converse, door))))

    def ports(self) -> list[int]:
        """The ports listened at, SMTP first."""
        return [server.sockets[0].getsockname()[1] for server in self.servers]

    async def close(self) -> None:
        """Let nobody in any more; a mail that is being received is finished, and whoever sends none is told to come back."""
        for server in self.servers:
            server.close()
        self.house.guests.send_home()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                await self.house.guests.gone()
        self.watch.cancel()
        await asyncio.to_thread(self.house.commit.stop)


def tls_context(cert: str, key: str) -> ssl.SSLContext:
    """For STARTTLS. Raises Invalid where the files cannot be used."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert, key or None)
    except (OSError, ssl.SSLError) as wrong:
        raise Invalid("smtp.tls_cert or smtp.tls_key cannot be used: {wrong}", wrong=wrong) from None
    return context


async def listen(where: str, factory: Callable[[], asyncio.Protocol]) -> asyncio.Server:
    """A listening socket. Raises Conflict or Invalid with one clear sentence."""
    host, port = where.rsplit(":", 1)
    try:
        return await asyncio.get_running_loop().create_server(factory, host.strip("[]") or None, int(port), backlog=BACKLOG)
    except socket.gaierror:
        raise Invalid("cannot listen on {where}: there is no such address", where=where) from None
    except (OSError, OverflowError) as wrong:
        why = wrong.strerror if isinstance(wrong, OSError) and wrong.strerror else str(wrong)
        raise Conflict("cannot listen on {where}: {why}", where=where, why=why) from None


async def serve(site: Site, ready: Callable[[], None]) -> None:
    """Take mail in until SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    doors = Doors(site)
    await doors.open()
    ready()
    await stop.wait()
    await doors.close()
    hear_no_more()


def hear_no_more() -> None:
    """From here on the process ends by itself: a second SIGTERM must not meet a loop that is being closed."""
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGINT))
    signal.set_wakeup_fd(-1)


def run(site: Site, ready: Callable[[], None]) -> None:
    """The mail doors' process: blocks until SIGTERM."""
    loops.run(serve(site, ready))
