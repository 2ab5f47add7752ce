"""The relay of those who have none: every mail becomes a file in a Maildir, to look at with `mutt -f FOLDER`."""

import asyncio
import itertools
import os
import socket
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from listserv.mail.signing import Signer
from listserv.relay.breaker import State
from listserv.relay.mail import SENT, Answer, Done, Mail, Take

# Files written in one step beside the event loop.
HANDFUL = 50
# Seconds before what could not be written (a full disk) is tried again.
WAIT = 5.0
_numbers = itertools.count(1)


class MaildirRelay:
    """A folder with tmp/, new/ and cur/. Where nothing can be written, nothing counts as tried."""

    def __init__(self, folder: Path, signer: Signer | None = None) -> None:
        self.folder, self._signer = folder, signer

    def state(self) -> State:
        """A folder is always there, or a mail says why not."""
        return State("closed")

    def fan_out(self, take: Take, done: Done) -> "MaildirFanOut":
        """A sender of copies, for the running event loop."""
        return MaildirFanOut(self, take, done)

    def letters(self, mails: Sequence[Mail]) -> Iterator[tuple[Mail, Answer]]:
        """Write single letters, one after another."""
        for mail in mails:
            yield mail, self.write(mail)

    def prepare(self) -> None:
        """Make the folders. Raises OSError."""
        for part in ("tmp", "new", "cur"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)

    def write(self, mail: Mail) -> Answer:
        """One mail as a file that appears whole or not at all."""
        name = f"{time.time():.6f}.P{os.getpid()}Q{next(_numbers)}.{_host()}"
        try:
            self.prepare()
            signature = self._signer.sign(mail.personal, mail.content) if self._signer else b""
            (self.folder / "tmp" / name).write_bytes(as_file(mail, signature))
            (self.folder / "tmp" / name).rename(self.folder / "new" / name)
        except OSError as wrong:
            return Answer(0, f"{self.folder}: {wrong.strerror}", "CONNECT", WAIT)
        return SENT


def _host() -> str:
    # The name of a file in a Maildir may hold neither / nor : .
    return socket.gethostname().replace("/", "\\057").replace(":", "\\072") or "localhost"


def as_file(mail: Mail, signature: bytes = b"") -> bytes:
    """A mail as it lies in a mailbox: the envelope on top, and the line ends of files."""
    envelope = f"Return-Path: <{mail.sender}>\r\nDelivered-To: {mail.recipient}\r\n".encode("utf-8", "replace")
    return b"".join((envelope, signature, mail.personal, mail.content.data)).replace(b"\r\n", b"\n")


class MaildirFanOut:
    """Writes copies in handfuls, in a thread, so that nothing else waits for the disk."""

    def __init__(self, relay: MaildirRelay, take: Take, done: Done) -> None:
        self._relay, self._take, self._done = relay, take, done
        self._task: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Is anything on its way?"""
        return self._task is not None and not self._task.done()

    async def ready(self) -> str:
        """Can the folder be written to? Else why not."""
        try:
            self._relay.prepare()
        except OSError as wrong:
            return f"{self._relay.folder}: {wrong.strerror}"
        return ""

    def wake(self, waiting: int) -> None:
        """There are so many mails to take."""
        if waiting and not self.busy:
            self._task = asyncio.get_running_loop().create_task(self._work())

    async def _work(self) -> None:
        while mails := list(itertools.islice(iter(self._take, None), HANDFUL)):
            for mail, answer in await asyncio.to_thread(lambda: list(self._relay.letters(mails))):
                self._done(mail, answer)

    async def settled(self) -> None:
        """Return when all that was taken is written."""
        if self._task:
            await self._task

    async def close(self) -> None:
        """Let go."""
        await self.settled()
