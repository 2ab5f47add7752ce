"""A bell that wakes the workers: one datagram on a UNIX socket in the data folder, rung by whoever has committed work.

It is a hint, not a promise: the work lies in the rows, and a sweep each second finds what no bell told of.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

import structlog

# A socket's path must fit into 108 bytes (unix(7)).
LONGEST_PATH = 100
BEFORE, BEHIND = "worker-", ".bell"
# What a ring may say, one or several: there are mails to be read, copies or letters to be sent; or that something is to do, whatever it is.
MAILS, COPIES, LETTERS, WEBHOOKS, ANYTHING = b"m", b"c", b"l", b"w", b"!"
# How each lane of the worker is called by it.
SIGNS = {"mails": MAILS, "copies": COPIES, "letters": LETTERS, "webhooks": WEBHOOKS}


class Bell:
    """What a worker hears by: `heard` is called in the event loop after rings, with all that they said.

    Of rings that say something else than `wanted` nothing is heard.
    """

    def __init__(self, folder: Path, number: int, heard: Callable[[bytes], None], wanted: bytes = MAILS + COPIES + LETTERS) -> None:
        self._path = (folder / f"{BEFORE}{number}{BEHIND}").absolute()
        self._heard, self._wanted = heard, wanted + ANYTHING
        self._socket: socket.socket | None = None
        self._mine = 0

    def hang(self) -> None:
        """Begin to listen, in the running event loop. Where that cannot be, the sweep has to do."""
        if len(os.fsencode(self._path)) > LONGEST_PATH:
            structlog.get_logger().warning("no bell: the path of the data folder is too long; work is found once a second", folder=str(self._path.parent))
            return
        self._path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        self._socket.bind(str(self._path))
        self._mine = self._path.stat().st_ino
        asyncio.get_running_loop().add_reader(self._socket, self._rung)

    def take_down(self) -> None:
        """Listen no more."""
        if self._socket:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            # Whoever has this number by now, because our parent died before us, has hung one of its own.
            with contextlib.suppress(FileNotFoundError):
                if self._path.stat().st_ino == self._mine:
                    self._path.unlink()
            self._socket = None

    def _rung(self) -> None:
        assert self._socket
        said = set[int]()
        with contextlib.suppress(BlockingIOError):
            while True:
                said.update(self._socket.recv(16))
        meant = bytes(said.intersection(self._wanted))
        if meant:
            self._heard(meant)


def ring(folder: Path, what: bytes = ANYTHING) -> None:
    """Wake the workers of this site on this machine that do such work. Never waits and never fails."""
    try:
        names = [name for name in os.listdir(folder) if name.startswith(BEFORE) and name.endswith(BEHIND)]
    except OSError:
        return
    if not names:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC) as sender:
        for name in names:
            # Nobody there any more, too long a path, or so many rings in line that one more says nothing new.
            with contextlib.suppress(OSError):
                sender.sendto(what, os.path.join(folder, name))
