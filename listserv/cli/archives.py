"""Files that hold mail: an mbox, packed or not, a single mail, or a folder of either."""

import atexit
import gzip
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from listserv.errors import Invalid, NotFound
from listserv.mail import headers, history, mbox
from listserv.mail.mbox import Entry

GZIP = b"\x1f\x8b"
USUAL = {"from", "to", "date", "subject", "message-id", "received", "return-path", "mime-version"}
BLANK = b"\xef\xbb\xbf\r\n\t "


@dataclass
class Source:
    """One file of an archive, read from its beginning; `at` says how far (in bytes of the file as it lies there)."""

    path: Path
    at: int = 0
    # Why it ended before its end.
    broken: str = ""
    _file: BinaryIO | None = field(default=None, repr=False)
    _unpacked: gzip.GzipFile | None = field(default=None, repr=False)
    _ahead: bytes = b""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes, unpacked; a file that is cut off or damaged just ends."""
        ahead, self._ahead = self._ahead, b""
        if ahead:
            return ahead
        assert self._file is not None
        try:
            # By single steps: at a broken end, what had been unpacked in the same step would be lost.
            found = self._unpacked.read1(size) if self._unpacked else self._file.read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            self.broken = "the file is cut off or damaged: what follows could not be unpacked"
            return b""
        self.at = self._file.tell()
        return found

    def require_mail(self) -> None:
        """Raises Invalid where the file is something else than mail."""
        if next(self.entries(), None) is None and self.broken:
            raise Invalid("{path}: {why}", path=self.path, why=self.broken)

    def entries(self) -> Iterator[Entry]:
        """The mails in the file; where it ended before its end, `broken` says why."""
        self.broken, self._ahead = "", b""
        try:
            opened = self.path.open("rb")
        except OSError as wrong:
            self.broken = f"it cannot be opened: {wrong.strerror}"
            return
        with opened as self._file:
            packed = self._file.read(2) == GZIP
            self._file.seek(0)
            self._unpacked = gzip.GzipFile(fileobj=self._file) if packed else None
            head = self.read(mbox.READ)
            while head and not head.strip(BLANK):
                head = self.read(mbox.READ)
            self._ahead = head.lstrip(BLANK)
            yield from self._split(self._ahead)

    def _split(self, head: bytes) -> Iterator[Entry]:
        if head.startswith(b"From "):
            yield from mbox.entries(self)
        elif _is_mail(head):
            yield self._single()
        elif head:
            self.broken = "it is no mail: it begins neither with a line `From …` (an mbox) nor with a mail's header"

    def _single(self) -> Entry:
        parts, size = [], 0
        while (more := self.read(mbox.READ)) and size <= mbox.LONGEST:
            parts.append(more)
            size += len(more)
        return Entry(1, b"".join(parts) if size <= mbox.LONGEST else None, "", None)


def sources(path: Path) -> list[Source]:
    """The files behind a path, in the order of their names. Raises NotFound, or Invalid where they cannot be read."""
    if str(path) == "-" or path.is_fifo():
        return [Source(_spooled(path))]
    if not path.exists():
        raise NotFound("there is no file {path}", path=path)
    if not path.is_dir():
        return [Source(path)]
    # A Maildir keeps in `tmp` what has not arrived yet; hidden files are other programs' own.
    files = sorted(file for file in path.rglob("*") if file.is_file() and not _aside(file.relative_to(path)))
    if not files:
        raise Invalid("there is no file in {path}", path=path)
    return [Source(file) for file in files]


def _spooled(path: Path) -> Path:
    """What comes through a pipe, as a file without a name: it is looked at twice, and gone with the program."""
    kept = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the program runs
    atexit.register(kept.close)
    with os.fdopen(os.dup(0), "rb") if str(path) == "-" else path.open("rb") as pipe:
        shutil.copyfileobj(pipe, kept)
    kept.flush()
    return Path(f"/dev/fd/{kept.fileno()}")


def _is_mail(head: bytes) -> bool:
    """Many a text begins like a header field; a mail has one of these."""
    return not USUAL.isdisjoint(field.name for field in headers.split(head[: history.LONGEST_HEAD])[0])


def _aside(file: Path) -> bool:
    return "tmp" in file.parts[:-1] or any(part.startswith(".") for part in file.parts)
