"""The mail doors in a test's own process."""

import asyncio
import contextlib
import socket
import threading

from sqlalchemy import select

from listserv import loops
from listserv.smtp.server import Doors
from listserv.store.packing import unpack
from listserv.store.queue import Incoming, Raw


def on_free_ports(settings):
    """The same settings, listening wherever there is room."""
    smtp = settings.smtp.model_copy(update={"listen": "127.0.0.1:0"})
    return settings.model_copy(update={"smtp": smtp, "lmtp": settings.lmtp.model_copy(update={"listen": "127.0.0.1:0"})})


class Ports(list):
    """[SMTP, LMTP], and what is behind."""

    house = None


class Talk:
    """A client that says exactly what it is told to, and hears every reply."""

    def __init__(self, port, source="127.0.0.1", hello=b"EHLO client.example.org\r\n", before=b""):
        self.socket = socket.create_connection(("127.0.0.1", port), 20, source_address=(source, 0))
        self.file = self.socket.makefile("rb")
        if before:
            self.say(before)
        if hello:
            self.greeting = self.hear()
            self.ask(hello)

    def say(self, words):
        self.socket.sendall(words)

    def hear(self):
        """A whole reply; empty where the connection is closed."""
        said = b""
        with contextlib.suppress(ConnectionResetError):
            while line := self.file.readline():
                said += line
                if line[3:4] != b"-":
                    break
        return said

    def ask(self, words):
        self.say(words)
        return self.hear()

    def start_mail(self, *rcpts, sender="halina@example.org"):
        """Up to 354."""
        for line in (f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{rcpt}>" for rcpt in rcpts), "DATA"):
            said = self.ask(f"{line}\r\n".encode())
        assert said.startswith(b"354"), said

    def is_closed(self):
        """Has the other side hung up, with nothing more said?"""
        return not self.hear()

    def close(self):
        self.file.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def trusting(site, peers):
    """From now on this site trusts these addresses alone."""
    site.settings = site.settings.model_copy(update={"auth": site.settings.auth.model_copy(update={"peers": peers})})


def kept(site):
    """(sender, recipient, bytes) of all mails that have been taken in."""
    with site.reading() as db:
        return [(row.mail_from, row.rcpt, unpack(packed)) for row, packed in db.execute(select(Incoming, Raw.packed).join(Incoming.raw).order_by(Incoming.id))]


@contextlib.contextmanager
def open_doors(site, limits=None):
    """The doors of a site in a thread of their own, on free ports: [SMTP, LMTP]."""
    site.settings = on_free_ports(site.settings)
    started, ports, stop = threading.Event(), Ports(), []

    async def serve():
        doors = Doors(site, limits)
        await doors.open()
        ports.extend(doors.ports())
        ports.house = doors.house
        done = asyncio.Event()
        stop.append((asyncio.get_running_loop(), done))
        started.set()
        await done.wait()
        await doors.close()

    thread = threading.Thread(target=lambda: loops.run(serve()))
    thread.start()
    assert started.wait(10)
    try:
        yield ports
    finally:
        loop, done = stop[0]
        loop.call_soon_threadsafe(done.set)
        thread.join()
