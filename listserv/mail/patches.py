"""Patches within a text: unified diffs, as `diff -u`, version control and `git format-patch` write them.

A hunk says in its head how many lines it has, so that a list of points or a signature's dashes are never taken for one, and a
line of a patch is never taken for a signature.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

HUNK = re.compile(r"@@ -\d{1,9}(?:,(\d{1,7}))? \+\d{1,9}(?:,(\d{1,7}))? @@")
# What may stand above the hunks of a file, beside `---` and `+++`.
ABOVE = re.compile(
    r"diff -|Index: \S|index [0-9a-f]{4,}\.\.|={20,}$|RCS file: |retrieving revision |(?:old|new|deleted file|new file) mode \d|"
    r"(?:dis)?similarity index \d|(?:rename|copy) (?:from|to) |Binary files |Only in |=== (?:modified|added|removed|renamed) "
)
ALONE = re.compile(r"(?:old|new|deleted file|new file) mode \d|(?:rename|copy) to |Binary files |index [0-9a-f]{4,}\.\.")
BINARY = re.compile(r"(?:literal|delta) \d+$|[A-Za-z][!-~]{5,66}$|$")
# What `git format-patch` puts between the words and the patch.
STAT = re.compile(r" \S.{0,300}? +\| +(?:\d+ ?[+-]*|Bin\b.*)$| \d+ files? changed(?:,|$)| (?:create|delete|rename|copy|mode|rewrite) \S| \.\.\.")
# Which lines of a hunk stand in the old file, and which in the new; mail programs take spaces away from the ends of lines.
OLD, NEW, MARKS = ("", " ", "\t", "-"), ("", " ", "\t", "+"), ("", " ", "\t", "+", "-", "\\")
# Long lines that a mail program has broken leave their ends behind.
BROKEN = 60
FAR_ABOVE = 400


@dataclass(frozen=True, slots=True)
class Patch:
    """The lines of a text that are a patch: from the first to before the last; and how many files it is about."""

    start: int
    end: int
    files: int


def may_hold(text: str) -> bool:
    """Is it worth looking for patches here? Nearly always not."""
    return "@@ -" in text or "diff --git " in text


def find(lines: list[str]) -> Iterator[Patch]:
    """The patches in a text, from top to bottom."""
    at = done = 0
    while at < len(lines):
        end = _file(lines, at)
        if end == at:
            at += 1
            continue
        start, files = _words_end(lines, at, done), 1
        while (more := _file(lines, following := _next_line(lines, end))) > following:
            end, files = more, files + (not lines[following].startswith("@@"))
        yield Patch(start, end, files)
        at = done = end


def kinds(lines: list[str]) -> Iterator[str]:
    """What each line of a patch is: `head`, `at` (a hunk's head), `add`, `cut` or empty."""
    old = new = 0
    for line in lines:
        found = HUNK.match(line)
        if found:
            old, new = _counts(found)
            yield "at"
        elif old > 0 or new > 0:
            mark = line[:1]
            old, new = old - (mark in OLD), new - (mark in NEW)
            yield {"+": "add", "-": "cut"}.get(mark, "")
        else:
            yield "head" if line.strip() and not line.startswith((" ", "\\")) else ""


def _file(lines: list[str], at: int) -> int:
    """Where the part of a patch ends that is about one file and begins here; `at` where none does."""
    if at >= len(lines) or not lines[at].startswith(("diff -", "Index: ", "--- ", "@@ -", "===")):
        return at
    head = _head(lines, at)
    end = head
    while end < len(lines) and HUNK.match(lines[end]):
        after = _hunk(lines, end)
        if after == end:
            break
        end = after
    if end > head:
        return end
    told = lines[at].startswith("diff --git ") and any(ALONE.match(line) for line in lines[at:head])
    return head if told else at


def _head(lines: list[str], at: int) -> int:
    named = 0
    while at < len(lines):
        # One of these begins the part about the next file.
        named += lines[at].startswith("diff -")
        if named > 1:
            return at
        if lines[at].startswith("--- ") and lines[at + 1 : at + 2] and lines[at + 1].startswith("+++ "):
            return at + 2
        if lines[at] == "GIT binary patch":
            return _binary(lines, at + 1)
        broken = lines[at - 1 : at] and lines[at - 1].startswith("diff -") and lines[at + 1 : at + 2] and lines[at + 1].startswith("--- ")
        if not ABOVE.match(lines[at]) and not broken:
            return at
        at += 1
    return at


def _binary(lines: list[str], at: int) -> int:
    while at < len(lines) and BINARY.match(lines[at]):
        at += 1
    return at


def _hunk(lines: list[str], at: int) -> int:
    """Where a hunk ends; `at` where it changes nothing."""
    found = HUNK.match(lines[at])
    assert found
    old, new = _counts(found)
    end, changes = at + 1, 0
    while end < len(lines) and (old > 0 or new > 0):
        mark = lines[end][:1]
        if mark not in MARKS and not _is_rest(lines, end):
            break
        old, new = old - (mark in OLD), new - (mark in NEW)
        if old < 0 or new < 0:
            break
        changes += mark in ("+", "-")
        end += 1
    if old > 0 or new > 0:
        # Somebody has left the rest out.
        while not lines[end - 1].strip():
            end -= 1
    while end < len(lines) and lines[end].startswith("\\ "):
        end += 1
    return end if changes else at


def _is_rest(lines: list[str], at: int) -> bool:
    """The end of a line that a mail program has broken: the line above is long, and the patch goes on below."""
    return len(lines[at - 1]) >= BROKEN and at + 1 < len(lines) and lines[at + 1][:1] in ("+", "-", " ", "@")


def _counts(found: re.Match[str]) -> tuple[int, int]:
    return int(found[1] or 1), int(found[2] or 1)


def _next_line(lines: list[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _words_end(lines: list[str], at: int, done: int) -> int:
    """Where the words end and the patch begins: above it may stand what it is going to change, in numbers."""
    start = at
    for above in range(at - 1, max(done, at - FAR_ABOVE) - 1, -1):
        line = lines[above]
        if STAT.match(line):
            start = above
        elif line == "---" and start < at:
            return above
        elif line.strip():
            break
    return start
