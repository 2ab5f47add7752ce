"""The queue at SQLite's write lock.

SQLite lets one write at a time; whoever comes meanwhile naps for longer and longer, up to 100 ms, and finds the lock
taken again: beside a big fan-out the intake took 20 mails a second. Here the writers of one process queue at a lock,
and one of each process looks every half millisecond whether a file is free (flock): 70 mails a second come in
meanwhile (measured, benchmarks/fanout.py). This is a courtesy, not the safeguard: who does not queue is still kept out by SQLite.
"""

import fcntl
import os
import time
from threading import Lock

# Seconds between two looks; and how long it is waited here, before SQLite is left to say that it is locked.
STEP, PATIENCE = 0.0005, 10.0


class WriteLock:
    """A context manager that one thread of one process at a time gets past."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._threads = Lock()
        self._file, self._owner = -1, 0

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            self._wait_for(self._opened())
        except OSError:
            # No right to make the file, or a file system without locks: then SQLite's own has to do.
            return

    def __exit__(self, *wrong: object) -> None:
        try:
            if self._file >= 0:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        finally:
            self._threads.release()

    def _wait_for(self, file: int) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                time.sleep(STEP)

    def _opened(self) -> int:
        # After a fork the file must be opened anew: parent and child would hold one lock together.
        if self._owner != os.getpid():
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._owner = os.getpid()
        return self._file

    def __del__(self) -> None:
        if self._file >= 0 and self._owner == os.getpid():
            os.close(self._file)
