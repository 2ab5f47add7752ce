"""Mails read in processes of their own, so that an import uses every core and a mail that kills its reader kills nothing else.

These processes have no database: they turn bytes into values.
"""

import os
import signal
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context, parent_process
from threading import Thread

from listserv.mail.dating import Claim
from listserv.mail.history import Read, read
from listserv.mail.mbox import Entry
from listserv.store.packing import Content, content
from listserv.words.terms import Findable, findable

# Mails and bytes that are read, and later kept, together.
MAILS, BYTES = 100, 2 * 1024 * 1024
# Reading more than two at once only waits for the one who keeps them.
MOST = 4
# What may be in hand beyond one batch: large mails go one by one.
MOST_BYTES = 24 * 1024 * 1024

# A mail as it was read; and, where it can be taken, its bytes to be kept and what it can be found by.
Result = tuple[Read, Content | None, Findable | None]


@dataclass
class Batch:
    """Some mails that stand together, how many of them are here already, and what was read of the others."""

    entries: list[Entry]
    already: int = 0
    results: list[Result] = field(default_factory=list)
    # Where the file has been read up to, for the progress bar.
    at: int = 0
    # When those were written that are here already.
    times: list[datetime] = field(default_factory=list)


def batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Mails by the batch."""
    some: list[Entry] = []
    size = 0
    for entry in entries:
        some.append(entry)
        size += len(entry.raw or b"")
        if len(some) == MAILS or size >= BYTES:
            yield some
            some, size = [], 0
    if some:
        yield some


def read_all(entries: Sequence[Entry]) -> list[Result]:
    """Read some mails. How a word is spelled is told with the first mail that has it."""
    told: set[str] = set()
    return [_read(entry, told) for entry in entries]


def _read(entry: Entry, told: set[str] | None = None) -> Result:
    found = read(entry)
    if found.post is None or entry.raw is None:
        return found, None, None
    words = findable(found.post)
    told = set() if told is None else told
    new = {form: spelling for form, spelling in words.spellings.items() if form not in told}
    told.update(new)
    return found, content(entry.raw), Findable(words.terms, new)


class Readers:
    """Reads batches in order, some ahead, from the second one on in processes of their own."""

    def __init__(self) -> None:
        self._count = min(MOST, os.cpu_count() or 1)
        self._pool: ProcessPoolExecutor | None = None

    def start(self) -> "Readers":
        """Start the processes now, before a database is opened: forked, they have everything loaded that they need."""
        pool = _pool(self._count, "fork" if sys.platform == "linux" else "spawn")
        try:
            pool.submit(os.getpid).result()
        except (BrokenProcessPool, OSError):
            # Another attempt is made when there is something to read.
            pool.shutdown()
            return self
        self._pool = pool
        return self

    def read(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """Each batch with its results, in order."""
        waiting: deque[tuple[Batch, Future[list[Result]]]] = deque()
        held: Batch | None = None
        for batch in batches:
            if held is None and not waiting:
                held = batch  # the first: perhaps the only one
                continue
            for one in (held, batch):
                if one:
                    waiting.append((one, self._submit(one)))
            held = None
            while len(waiting) > self._count + 1 or (len(waiting) > 1 and _in_hand(waiting) > MOST_BYTES):
                yield self._finished(*waiting.popleft())
        if held:
            held.results = read_all(held.entries)
            yield held
        while waiting:
            yield self._finished(*waiting.popleft())

    def _submit(self, batch: Batch) -> Future[list[Result]]:
        try:
            if self._pool is None:
                self._pool = _pool(self._count)
            return self._pool.submit(read_all, batch.entries)
        except (BrokenProcessPool, OSError) as broken:
            failed: Future[list[Result]] = Future()
            failed.set_exception(broken)
            return failed

    def _finished(self, batch: Batch, future: Future[list[Result]]) -> Batch:
        try:
            batch.results = future.result()
        except (BrokenProcessPool, OSError):
            self.close()
            # Where no process can be started at all, that is not the mails' fault.
            batch.results = [_read_alone(entry) for entry in batch.entries] if _can_start() else read_all(batch.entries)
        return batch

    def close(self) -> None:
        """End the processes."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def _in_hand(waiting: Iterable[tuple[Batch, object]]) -> int:
    return sum(len(entry.raw or b"") for batch, _ in waiting for entry in batch.entries)


def _pool(count: int, how: str = "spawn") -> ProcessPoolExecutor:
    # Not forked later: the keeper's open database must not be inherited.
    return ProcessPoolExecutor(count, mp_context=get_context(how), initializer=_begin)


def _begin() -> None:
    # Ctrl-C goes to the whole group; the keeper ends its readers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Killed, it cannot: then they end by themselves.
    Thread(target=_end_with_keeper, daemon=True).start()


def _end_with_keeper() -> None:
    keeper = parent_process()
    if keeper:
        keeper.join()
        os._exit(1)


def _can_start() -> bool:
    try:
        with _pool(1) as pool:
            return pool.submit(os.getpid).result() != os.getpid()
    except (BrokenProcessPool, OSError):
        return False


def _read_alone(entry: Entry) -> Result:
    """One mail in a process that it may kill."""
    with _pool(1) as pool:
        try:
            return pool.submit(read_all, [entry]).result()[0]
        except BrokenProcessPool:
            return Read(entry.index, None, Claim(None), "reading it brings the program down: please report it"), None, None
