"""Group commit: sessions that wait at the same time share one transaction, and with it one flush of the disk."""

import asyncio
import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from listserv import steps, tally
from listserv.bell import MAILS, ring
from listserv.mail.parse import identify
from listserv.site import Site, is_unavailable, report
from listserv.smtp.taking import Forgotten, Taking
from listserv.usecases import intake
from listserv.usecases.intake import Arriving

log = structlog.get_logger()

# So many mails share a commit at most: beyond, a failed commit would make too many try again. And so many bytes, so that large ones are in
# memory one at a time.
MOST, HEAVY = 200, 4 << 20


@dataclass(frozen=True, slots=True)
class Parcel:
    """A mail as a session has it: an envelope and its bytes."""

    mail_from: str
    rcpts: Sequence[str]
    peer: str
    taking: Taking

    def mails(self) -> list[Arriving]:
        """One for each recipient. Raises Forgotten."""
        content = self.taking.content()
        message_id = identify(bytes(self.taking.head), content.sha256)
        return [Arriving.of(self.mail_from, rcpt, self.peer, message_id, content) for rcpt in self.rcpts]


# What a session waits for: the numbers that its mail has got, one for each recipient.
Kept = asyncio.Future[tuple[int, ...]]
Waiting = tuple[Parcel, Kept]


class GroupCommit:
    """A thread that keeps mails."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.loop = asyncio.get_running_loop()
        self.queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self.thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
        self.thread.start()

    def keep(self, parcel: Parcel) -> Kept:
        """What is done when this mail is committed, with its numbers, or says why it cannot be. Ended by somebody else before, the mail is not begun."""
        done: Kept = self.loop.create_future()
        self.queue.put((parcel, done))
        return done

    def stop(self) -> None:
        """Keep what waits, then end."""
        self.queue.put(None)
        self.thread.join()

    def _run(self) -> None:
        while (first := self.queue.get()) is not None:
            batch, last = self._with_others(first)
            self._commit(batch)
            if last:
                return

    def _with_others(self, first: Waiting) -> tuple[list[Waiting], bool]:
        batch, weight = [first], first[0].taking.weight
        while len(batch) < MOST and weight < HEAVY:
            try:
                other = self.queue.get_nowait()
            except queue.Empty:
                break
            if other is None:
                return batch, True
            batch.append(other)
            weight += other[0].taking.weight
        return batch, False

    def _commit(self, batch: list[Waiting]) -> None:
        mails: list[Arriving] = []
        numbers: list[int] = []
        try:
            batch, mails = unpacked(batch)
            if mails:
                numbers = self._keep(mails)
        except Exception as error:  # noqa: BLE001  (`report` says what it was)
            report(log, "intake failed", error, mails=len(batch))
            if len(batch) > 1 and not is_unavailable(error):
                # One of them may be at fault: the others must not wait for it.
                for waiting in batch:
                    self._commit([waiting])
                return
            self._tell(batch, error)
            return
        self._tell(batch, None, numbers)

    def _keep(self, mails: Sequence[Arriving]) -> list[int]:
        with self.site.writing(first=True) as db:
            numbers = intake.receive(db, mails, self.site.now())
            steps.reached("intake.before-commit", mails[0].mail_from)
        steps.reached("intake.committed", mails[0].mail_from)
        # Before the 250 is told: the worker may begin.
        ring(self.site.settings.data, MAILS)
        tally.count("accepted", len(mails))
        return numbers

    def _tell(self, batch: list[Waiting], error: Exception | None, numbers: Sequence[int] = ()) -> None:
        self.loop.call_soon_threadsafe(_resolve, batch, error, numbers)


def unpacked(batch: Sequence[Waiting]) -> tuple[list[Waiting], list[Arriving]]:
    """The mails of those who still wait: read before the transaction, because that takes time."""
    waiting, mails = [], []
    for parcel, done in batch:
        if done.done():
            continue
        try:
            mails += parcel.mails()
        except Forgotten:
            continue
        waiting.append((parcel, done))
    return waiting, mails


def _resolve(waiting: Sequence[Waiting], error: Exception | None, numbers: Sequence[int]) -> None:
    first = 0
    for parcel, done in waiting:
        own, first = tuple(numbers[first : first + len(parcel.rcpts)]), first + len(parcel.rcpts)
        if done.done():
            continue  # the session went away meanwhile; the mail is kept all the same
        if error is None:
            done.set_result(own)
        else:
            done.set_exception(error)
