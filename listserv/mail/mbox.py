"""Mbox: many mails in one file, split and written byte for byte (RFC 4155; the `mboxrd` quoting of `From ` lines).

Real files are worse than any rule: bodies hold unquoted `From ` lines, separators lack their empty line or their date.
A line separates only where it looks like a separator and a header follows.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from listserv.mail.fields import date

# Bytes of one mail; a longer one is counted and left out, because a mail is held in memory while it is read.
LONGEST = 64 * 1024 * 1024
READ = 1 << 20
# A separator and the line after it are never longer.
LONGEST_LINE = 2000

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAY, MONTH = (b"(?:%s)" % "|".join(names).encode() for names in (DAYS, MONTHS))
TIME = rb"\d{1,2}:\d\d(?::\d\d)?"
# `Thu Jan  1 00:00:00 1970` with a zone before or after the year, or as in a Date field.
WHEN = rb"(?:%s %s +\d{1,2} +%s .{0,40}?\d{2,4}|(?:%s, *)?\d{1,2} %s \d{2,4} %s)" % (DAY, MONTH, TIME, DAY, MONTH, TIME)
DATED = re.compile(rb"From (?P<sender>.*?) ?(?P<when>%s.*)\r?\n" % WHEN)
UNDATED = re.compile(rb"From (?P<sender>[^\s:]+)[ \t]*(?P<when>)\r?\n")
FIELD = re.compile(rb"(?:[!-9;-~]{1,76}[ \t]*:|>+From )")
QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
TO_QUOTE = re.compile(rb"^(>*From )", re.MULTILINE)
# Said in our own separators, where a mail does not end in a line end: otherwise the file would give it one.
OPEN_END = b" open-end"
# Said there too, where a mail does not begin with a header: nobody else's line before such a text would be a separator.
NO_HEADER = b" no-header"


class Readable(Protocol):
    """A binary file, or anything that reads like one."""

    def read(self, size: int, /) -> bytes:
        """At most this many bytes; none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One mail of an mbox: its number in the file (from 1), its bytes (None: longer than LONGEST), what the separator says."""

    index: int
    raw: bytes | None
    sender: str
    at: datetime | None


class _Window:
    """What has been read of a file and not been used yet: `data` from `at` on."""

    def __init__(self, file: Readable) -> None:
        self._file, self.data, self.at, self.ended = file, b"", 0, False

    def more(self) -> None:
        """Read on."""
        piece = self._file.read(READ)
        self.data, self.at, self.ended = self.data[self.at :] + piece, 0, not piece

    def take(self, upto: int) -> bytes:
        """Use what stands before this place."""
        taken, self.at = self.data[self.at : upto], upto
        return taken


def entries(file: Readable, longest: int = LONGEST) -> Iterator[Entry]:
    """The mails of an mbox, in order; nothing where it does not begin with a separator. Memory is bounded by `longest`."""
    window, index = _Window(file), 0
    while not window.ended and len(window.data) < LONGEST_LINE:
        window.more()
    if not window.data.startswith(b"From "):
        return
    line = window.take(window.data.find(b"\n") + 1 or len(window.data))
    while line:
        index += 1
        raw, following = _until_separator(window, longest)
        yield _entry(index, line, raw)
        line = following


def _until_separator(window: _Window, longest: int) -> tuple[bytes | None, bytes]:
    """The text up to the next separator (None: longer than that), and that separator; empty at the end of the file."""
    parts: list[bytes] = []
    size, before = 0, b"\n\n"  # the last two bytes of what is in `parts`
    while True:
        at, end = _find_separator(before, window)
        ended = at < 0 and window.ended
        # Without the last two lines: a separator may begin there and go on in what is not read yet.
        upto = at if at >= 0 else len(window.data) - (0 if ended else 2 * LONGEST_LINE)
        parts.append(window.take(max(upto, window.at)))
        size, before = size + len(parts[-1]), (before + parts[-1][-2:])[-2:]
        if size > longest:
            parts.clear()
        if at >= 0 or ended:
            return (b"".join(parts) if size <= longest else None), window.take(end) if at >= 0 else b""
        window.more()


def _find_separator(before: bytes, window: _Window) -> tuple[int, int]:
    """Where the first separator begins and where the line after it does; -1 where there is none."""
    data, start = window.data, window.at
    at = start if data.startswith(b"From ", start) and before.endswith(b"\n") else data.find(b"\nFrom ", start) + 1 or -1
    while at >= 0:
        end = data.find(b"\n", at, at + LONGEST_LINE) + 1
        headed = bool(end) and FIELD.match(data, end) is not None
        if end and _separates((before + data[max(start, at - 4) : at])[-4:], data[at:end], headed=headed):
            return at, end
        at = data.find(b"\nFrom ", at) + 1 or -1
    return -1, -1


def _separates(before: bytes, line: bytes, *, headed: bool) -> bool:
    dated = DATED.fullmatch(line)
    if dated:
        return headed or NO_HEADER in dated["when"]
    return headed and before.endswith((b"\n\n", b"\n\r\n")) and UNDATED.fullmatch(line) is not None


def _entry(index: int, line: bytes, raw: bytes | None) -> Entry:
    found = DATED.match(line) or UNDATED.match(line)
    sender, when = (found["sender"], found["when"]) if found else (b"", b"")
    if raw is not None:
        raw = _without_gap(raw, OPEN_END in when)
        if b">From " in raw:
            raw = QUOTED.sub(rb"\1", raw)
    return Entry(index, raw, sender.decode("ascii", "replace").strip(), date(when.decode("ascii", "replace")))


def _without_gap(raw: bytes, open_end: bool) -> bytes:
    """Without the empty line before the next separator, which is none of the mail's."""
    for end in (b"\r\n", b"\n"):
        if raw == end or raw.endswith(b"\n" + end):
            raw = raw[: -len(end)]
            break
    return raw[:-1] if open_end and raw.endswith(b"\n") else raw


def entry(raw: bytes, sender: str, at: datetime) -> bytes:
    """A mail as it stands in an mbox file: separator, bytes with `From ` lines quoted, empty line. `entries` gives it back."""
    # The separator is ASCII without spaces within the sender; asctime is always English and in UTC.
    who = re.sub(r"[^!-~]+", "", sender) or "MAILER-DAEMON"
    day = at.astimezone(UTC)
    when = f"{DAYS[day.weekday()]} {MONTHS[day.month - 1]} {day.day:2} {day:%H:%M:%S} {day.year:04}"
    closed = not raw or raw.endswith(b"\n")
    quoted = TO_QUOTE.sub(rb">\1", raw)
    marks = (b"" if closed else OPEN_END) + (b"" if FIELD.match(quoted) else NO_HEADER)
    return f"From {who} {when}".encode() + marks + b"\n" + quoted + (b"\n" if closed else b"\n\n")
