"""The mail doors in a test's own process."""

import asyncio
import contextlib
import threading

from listserv.smtp.server import Doors


def on_free_ports(settings):
    """The same settings, listening wherever there is room."""
    smtp = settings.smtp.model_copy(update={"listen": "127.0.0.1:0"})
    return settings.model_copy(update={"smtp": smtp, "lmtp": settings.lmtp.model_copy(update={"listen": "127.0.0.1:0"})})


@contextlib.contextmanager
def open_doors(site):
    """The doors of a site in a thread of their own, on free ports: [SMTP, LMTP]."""
    site.settings = on_free_ports(site.settings)
    started, ports, stop = threading.Event(), [], []

    async def serve():
        doors = Doors(site)
        await doors.open()
        ports.extend(doors.ports())
        done = asyncio.Event()
        stop.append((asyncio.get_running_loop(), done))
        started.set()
        await done.wait()
        await doors.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert started.wait(10)
    try:
        yield ports
    finally:
        loop, done = stop[0]
        loop.call_soon_threadsafe(done.set)
        thread.join()
