"""The queue at SQLite's write lock.

SQLite lets one write at a time; whoever comes meanwhile naps for longer and longer, up to 100 ms, and finds the lock
taken again: beside a big fan-out the intake took 20 mails a second. Here the writers of one process queue at a lock,
and one of each process looks a few times a millisecond whether a file is free (flock). It passes two of them, as people
do at a turnstile: who has passed the first is next at the second, so that a process which writes again and again lets
each of the others write in between. This is a courtesy, not the safeguard: who does not queue is still kept out by SQLite.
"""

import fcntl
import os
import time
from threading import Lock

# Seconds between two looks; and how long it is waited here, before SQLite is left to say that it is locked.
STEP, PATIENCE = 0.0003, 10.0


class WriteLock:
    """A context manager that one thread of one process at a time gets past."""

    def __init__(self, path: str) -> None:
        self._paths = (f"{path}-next", path)
        self._threads = Lock()
        self._files: tuple[int, ...] = ()
        self._owner = 0

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            end = time.monotonic() + PATIENCE
            following, lock = self._opened()
            _wait_for(following, end)
            try:
                _wait_for(lock, end)
            finally:
                fcntl.flock(following, fcntl.LOCK_UN)
        except OSError:
            # No right to make the file, or a file system without locks: then SQLite's own has to do.
            return

    def __exit__(self, *wrong: object) -> None:
        try:
            if self._files:
                fcntl.flock(self._files[1], fcntl.LOCK_UN)
        finally:
            self._threads.release()

    def _opened(self) -> tuple[int, ...]:
        # After a fork the files must be opened anew: parent and child would hold one lock together.
        if self._owner != os.getpid():
            self._files = tuple(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600) for path in self._paths)
            self._owner = os.getpid()
        return self._files

    def __del__(self) -> None:
        if self._owner == os.getpid():
            for file in self._files:
                os.close(file)


def _wait_for(file: int, end: float) -> None:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > end:
                return
            time.sleep(STEP)
