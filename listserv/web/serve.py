"""The embedded web server: waitress, from the first connection to the last answer in hand."""

import contextlib
import errno
import logging
import signal
import socket
import threading
import time
from collections.abc import Callable

from waitress.server import TcpWSGIServer, create_server  # type: ignore[import-untyped]

from listserv.errors import Conflict, Invalid
from listserv.site import Site

# Reading a page takes a few milliseconds and waits for nobody: few threads, little memory.
THREADS = 4
# How long answers in hand may take once we were asked to stop, in seconds.
PATIENCE = 10.0

LARGEST_HEAD = 32 * 1024
# Connections at once; and how long one may say nothing, in seconds.
CONNECTIONS, IDLE = 1000, 60
# How long a request may take to come in, however busy its line: seconds, and bytes a second for what is large.
SLOWEST, SLOWEST_LINE = 60.0, 16 * 1024

log = logging.getLogger(__name__)


class Server:
    """A web server on one address; `serve()` returns after `stop()`, when the answers in hand are out."""

    def __init__(self, site: Site) -> None:
        from listserv.web import create_app, uploads, visit, visitors

        self.socket = listen(site.settings.web.listen)
        self.stopping = threading.Event()
        behind = site.settings.web.proxies > 0
        app = create_app(site)
        self.notes = visitors.notes_of(app)
        self.notes.writes = True
        self.slow: dict[tuple[int, int], float] = {}
        server = create_server(
            app,
            sockets=[self.socket],
            threads=THREADS,
            ident="",
            max_request_body_size=site.settings.smtp.max_size + uploads.AROUND,
            max_request_header_size=LARGEST_HEAD,
            connection_limit=CONNECTIONS,
            channel_timeout=IDLE,
            clear_untrusted_proxy_headers=not behind,
        )
        assert isinstance(server, TcpWSGIServer)
        server.channel_class = uploads.channel_for(site, visit.cookie_name("session", site.settings))
        self.server = server

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens; the port is known also where 0 was asked for."""
        host, port = self.socket.getsockname()[:2]
        return str(host), int(port)

    def serve(self) -> None:
        """Answer requests until `stop()`."""
        while not self.stopping.is_set():
            self._turn()
        self.server.accepting = False
        self.server.del_channel()
        self.socket.close()
        deadline = time.monotonic() + PATIENCE
        while self._in_hand() and time.monotonic() < deadline:
            self._turn(0.05)
        self.server.task_dispatcher.shutdown(timeout=1)
        for channel in tuple(self.server.active_channels.values()):
            channel.cut()
        self.server.trigger.close()
        self.notes.close()

    def stop(self) -> None:
        """Take no more connections, finish the rest. May be called from a signal handler or another thread, and twice."""
        if not self.stopping.is_set():
            self.stopping.set()
            # Whose loop has seen it by itself needs no waking, and has no trigger any more.
            with contextlib.suppress(OSError):
                self.server.pull_trigger()

    def _turn(self, seconds: float = 1.0) -> None:
        self.server.asyncore.loop(timeout=seconds, map=self.server._map, use_poll=True, count=1)
        self._end_slow_ones()

    def _end_slow_ones(self) -> None:
        """Requests that come in drop by drop would hold their connections for as long as they like."""
        now, channels = time.monotonic(), self.server.active_channels
        coming = [(number, id(channel.request)) for number, channel in channels.items() if channel.request is not None and not channel.requests]
        self.slow = {which: self.slow.get(which, now) for which in coming}
        for (number, _), since in self.slow.items():
            channel = channels[number]
            if now - since > SLOWEST + channel.request.content_length / SLOWEST_LINE:
                channel.handle_close()

    def _in_hand(self) -> bool:
        return any(channel.requests or channel.total_outbufs_len for channel in self.server.active_channels.values())


def listen(where: str) -> socket.socket:
    """A listening socket. Raises Conflict where the port is taken, Invalid where the address is not ours to take."""
    host, _, port = where.rpartition(":")
    host = host.strip("[]")
    try:
        family, _, _, _, place = socket.getaddrinfo(host or None, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(place[:2], family=family, backlog=1024)
    except OSError as wrong:
        kind = Conflict if wrong.errno == errno.EADDRINUSE else Invalid
        raise kind("web.listen = {where}: {why}", where=where, why=_why(wrong)) from None


def _why(wrong: OSError) -> str:
    return "another program listens there already" if wrong.errno == errno.EADDRINUSE else f"cannot listen there ({wrong.strerror or wrong})"


def run(site: Site, ready: Callable[[], None] | None = None) -> None:
    """Serve until SIGTERM or SIGINT; `ready` is called once the port listens. Raises Conflict or Invalid where it cannot."""
    server = Server(site)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.stop())
    log.info("web listens on %s:%s", *server.address)
    if ready:
        ready()
    server.serve()
