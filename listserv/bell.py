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
NAME = "worker-{}.bell"


class Bell:
    """What a worker hears by: `heard` is called in the event loop after each ring."""

    def __init__(self, folder: Path, number: int, heard: Callable[[], None]) -> None:
        self._path = (folder / NAME.format(number)).absolute()
        self._heard = heard
        self._socket: socket.socket | None = None

    def hang(self) -> None:
        """Begin to listen, in the running event loop. Where that cannot be, the sweep has to do."""
        if len(os.fsencode(self._path)) > LONGEST_PATH:
            structlog.get_logger().warning("no bell: the path of the data folder is too long; work is found once a second", folder=str(self._path.parent))
            return
        self._path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        self._socket.bind(str(self._path))
        asyncio.get_running_loop().add_reader(self._socket, self._rung)

    def take_down(self) -> None:
        """Listen no more."""
        if self._socket:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._path.unlink(missing_ok=True)
            self._socket = None

    def _rung(self) -> None:
        assert self._socket
        with contextlib.suppress(BlockingIOError):
            while True:
                self._socket.recv(16)
        self._heard()


def ring(folder: Path) -> None:
    """Wake every worker of this site on this machine. Never waits and never fails."""
    paths = [path for path in folder.glob(NAME.format("*")) if len(os.fsencode(path)) <= LONGEST_PATH]
    if not paths:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC) as sender:
        for path in paths:
            # Nobody there any more, or so many rings in line that one more says nothing new.
            with contextlib.suppress(OSError):
                sender.sendto(b"!", str(path))
