"""A time limit over everything that is done with one connection of the library that sends letters."""

import smtplib
import socket
import time
from contextlib import suppress
from threading import Event, Thread


class Watch:
    """Ends a connection when what is done with it takes too long: a server that says a word now and then is never silent.

    One thread looks after all letters of a connection, and goes away with it.
    """

    def __init__(self, host: smtplib.SMTP, seconds: float) -> None:
        self._host, self._seconds = host, seconds
        self._deadline, self._over = float("inf"), Event()
        Thread(target=self._look, name="letters-watch", daemon=True).start()

    def __enter__(self) -> None:
        self._deadline = time.monotonic() + self._seconds

    def __exit__(self, *wrong: object) -> None:
        self._deadline = float("inf")

    def end(self) -> None:
        """Nothing is to be watched any more."""
        self._over.set()

    def _look(self) -> None:
        while not self._over.wait(min(1.0, self._seconds / 4)):
            sock = getattr(self._host, "sock", None)
            if time.monotonic() > self._deadline and sock:
                with suppress(OSError):
                    # Whoever reads there hears the end.
                    sock.shutdown(socket.SHUT_RDWR)
