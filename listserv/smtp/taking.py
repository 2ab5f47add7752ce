"""The bytes of a mail as they come in: dots taken off, line ends made right, packed at once; what is large goes to a file.

Only CRLF.CRLF ends a mail (RFC 5321 section 4.1.1.4). A bare LF or CR inside, which some programs take for a line end and others
do not, is made a CRLF, so that whoever gets the mail from us reads the same lines as we (VU#302671, "SMTP smuggling").
"""

import contextlib
import hashlib
import re
import zlib
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from typing import IO

import structlog

from listserv.smtp.hand import Share
from listserv.store.packing import LEVEL, Content

log = structlog.get_logger()

# All that can be a line end; several CRs before a LF are one, as programs on Windows write it.
BARE = re.compile(rb"\r+\n?|\n")
# Packed bytes that stay in memory; and bytes of the beginning that are kept for what is read in the header.
IN_MEMORY, HEAD = 1 << 18, 1 << 20


class Forgotten(Exception):
    """Nobody waits for this mail any more."""


class Taking:
    """One mail. `add` and `content` cost time for large mails: call them in a thread."""

    def __init__(self, folder: Path, max_size: int, hand: Share, longest_line: int) -> None:
        self._folder, self._max, self._hand, self._longest = folder, max_size, hand, longest_line
        self._packer, self._hash = zlib.compressobj(LEVEL), hashlib.sha256()
        self._packed: list[bytes] = []
        self._in_memory = self._counted = self._line = 0
        self._file: IO[bytes] | None = None
        self._in_head = True
        # The session may forget it while the thread that keeps it reads it.
        self._lock, self._forgotten = Lock(), False
        self.head = bytearray()
        self.size = 0
        self.too_large = self.line_too_long = self.no_room = False

    @property
    def refused(self) -> bool:
        """Is the rest only listened to?"""
        return self.too_large or self.line_too_long or self.no_room

    def add(self, piece: bytes, *, at_line_start: bool) -> None:
        """The next piece: it begins at the beginning of a line or not, and never between a CR and its LF."""
        piece = plain(piece, at_line_start=at_line_start)
        self.size += len(piece)
        self.too_large = self.too_large or self.size > self._max
        self._measure(piece)
        if not self.refused:
            self._keep_head(piece)
            self._hash.update(piece)
            self._keep(self._packer.compress(piece))
            self.no_room = self.no_room or self._hand.overflows
        if self.refused:
            self.forget()

    def _measure(self, piece: bytes) -> None:
        first, last = piece.find(b"\n"), piece.rfind(b"\n")
        longest = self._line + (first if first >= 0 else len(piece))
        self._line = len(piece) - last - 1 if last >= 0 else longest
        self.line_too_long = self.line_too_long or max(longest, self._line) > self._longest

    def _keep_head(self, piece: bytes) -> None:
        if self._in_head:
            before = len(self.head)
            self.head += piece
            over = self.head.find(b"\r\n\r\n")
            self._in_head = over < 0 and len(self.head) < HEAD
            del self.head[over + 2 if over >= 0 else HEAD :]
            self._count(len(self.head) - before)

    def _keep(self, packed: bytes) -> None:
        self._count(len(packed))
        self._packed.append(packed)
        self._in_memory += len(packed)
        if self._in_memory > IN_MEMORY:
            self._spool()

    def _spool(self) -> None:
        try:
            self._file = self._file or TemporaryFile(dir=self._folder, prefix="incoming-")  # noqa: SIM115  (closed by forget)
            self._file.writelines(self._packed)
            self._file.flush()
        except OSError:
            log.exception("no room for a large mail")
            self.no_room = True
        self._packed, self._in_memory = [], 0

    def _count(self, size: int) -> None:
        self._counted += size
        self._hand.take(size)

    def end(self) -> None:
        """All has come."""
        if not self.refused:
            self._keep(self._packer.flush())
        if self._file and not self.refused:
            # All of it in one place: it is read at once, and not put together from two.
            self._spool()

    @property
    def weight(self) -> int:
        """Bytes that `content` will hold."""
        return self._counted

    def content(self) -> Content:
        """What is to be kept, all of it in memory. Raises Forgotten."""
        with self._lock:
            if self._forgotten:
                raise Forgotten
            if self._file is None:
                return Content(self._hash.digest(), self.size, b"".join(self._packed))
            self._file.seek(0)
            return Content(self._hash.digest(), self.size, self._file.read())

    def forget(self) -> None:
        """Nothing of it is needed any more."""
        with self._lock:
            self._forgotten = True
            self._hand.put_down(self._counted)
            self._counted = self._in_memory = 0
            self._packed, self.head = [], bytearray()
            if self._file:
                with contextlib.suppress(OSError):
                    self._file.close()
                self._file = None


def plain(piece: bytes, *, at_line_start: bool) -> bytes:
    """A piece without the dots that were put before dots (RFC 5321 section 4.5.2), every line ending in CRLF."""
    if at_line_start and piece[:1] == b".":
        piece = piece[1:]
    if b"\r\n." in piece:
        piece = piece.replace(b"\r\n.", b"\r\n")
    ends = piece.count(b"\r\n")
    if piece.count(b"\n") != ends or piece.count(b"\r") != ends:
        piece = BARE.sub(b"\r\n", piece)
    return piece
