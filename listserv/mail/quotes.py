"""What was written now, and what is quoted, introduced or appended by a mail program.

Structure is asked first: `>` lines, and the short paragraph that leads to them. Words are needed only for programs that
quote without `>` (Outlook, the Polish webmails). Nothing is deleted here; text is labelled, line by line.
"""

from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from listserv.mail import quotemarks as marks

Kind = Literal["said", "quote", "attribution", "signature", "footer"]

ATTRIBUTION_LINES = 4
# Of a paragraph that no known words begin: the language-free rule.
PARAGRAPH_LINES = 3
BLANKS_BEFORE_QUOTE = 3
HEADER_LINES = 40
SIGNATURE_LINES = 15
RULED_SIGNATURE_LINES = 8


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of lines of one kind. The texts of all pieces together are the input."""

    kind: Kind
    text: str


@dataclass(slots=True)
class _Page:
    """The lines as matched (stripped, cut to a length no attribution has) and the kind given to each so far."""

    lines: list[str]
    kinds: list[Kind]

    def said(self, i: int) -> bool:
        return 0 <= i < len(self.lines) and self.kinds[i] == "said" and bool(self.lines[i])

    def next_line(self, i: int) -> int:
        """The first line with text at or after i."""
        while i < len(self.lines) and not self.lines[i]:
            i += 1
        return i

    def mark(self, first: int, end: int, kind: Kind) -> None:
        self.kinds[first:end] = [kind] * (end - first)


def split(text: str) -> tuple[Piece, ...]:
    """Tell apart what is said, quoted, introduced and appended. The pieces in a row are the text, byte for byte."""
    if not text:
        return ()
    raw = text.split("\n")
    page = _Page([_bare(line) for line in raw], ["said"] * len(raw))
    _mark_quoted(page, raw)
    _mark_attributions(page)
    _mark_history(page)
    anything_said = False
    for first, end in _zones(page):
        _mark_footer(page, first, end)
        _mark_signature(page, raw, first, end, anything_said)
        anything_said = anything_said or any(page.said(i) for i in range(first, end))
    _spread_to_blanks(page)
    return _pieces(page, raw)


def reply(text: str) -> str:
    """What the author wrote now: without quotes, attributions, signature and footers; answers between quotes stay in order."""
    said = (_trim(piece.text) for piece in split(text) if piece.kind == "said")
    return "\n\n".join(part for part in said if part)


def _bare(line: str) -> str:
    line = line.strip()[: marks.LONGEST]
    return line if line.isascii() else line.translate(marks.INVISIBLE).replace("\N{NO-BREAK SPACE}", " ").strip()


def _trim(text: str) -> str:
    """Without blank lines around; the first line keeps its indentation, which may be code."""
    text = text.rstrip()
    first = len(text) - len(text.lstrip())
    return text[text.rfind("\n", 0, first) + 1 :]


def _pieces(page: _Page, raw: list[str]) -> tuple[Piece, ...]:
    lines = [line + "\n" for line in raw[:-1]] + ([raw[-1]] if raw[-1] else [])
    runs = groupby(range(len(lines)), key=page.kinds.__getitem__)
    return tuple(Piece(kind, "".join(lines[i] for i in run)) for kind, run in runs)


def _spread_to_blanks(page: _Page) -> None:
    """A blank line belongs to what stands above it, at the top to what follows."""
    first = page.next_line(0)
    if first == len(page.lines):
        return
    page.mark(0, first, page.kinds[first])
    for i in range(first + 1, len(page.lines)):
        if not page.lines[i]:
            page.kinds[i] = page.kinds[i - 1]


# --- quotes with a mark -----------------------------------------------------------------------------------------


def _mark_quoted(page: _Page, raw: list[str]) -> None:
    """`>` lines, and blank lines between them. Not in a code fence, nor a lone `>From ` which an mbox has escaped."""
    fenced = _fenced(page.lines)
    last = None
    for i, line in enumerate(page.lines):
        if not line or ">" not in line[:6] or i in fenced or marks.QUOTED.match(raw[i]) is None:
            continue
        if line.startswith(">") and _is_no_quote(page.lines, i):
            continue
        page.kinds[i] = "quote"
        if last is not None and not any(page.lines[last + 1 : i]):
            page.mark(last + 1, i, "quote")
        last = i


def _is_no_quote(lines: list[str], i: int) -> bool:
    """The end of a wrapped address, or a line that an mbox has escaped: it stands alone."""
    above = lines[i - 1] if i else ""
    if marks.CLOSING.match(lines[i]) and marks.UNCLOSED.search(above):
        return True
    below = lines[i + 1] if i + 1 < len(lines) else ""
    return lines[i].startswith(">From ") and not above.startswith(">") and not below.startswith(">")


def _fenced(lines: list[str]) -> set[int]:
    """Lines between two ``` lines."""
    fences = [i for i, line in enumerate(lines) if line.startswith("```")]
    return {i for first, last in zip(fences[::2], fences[1::2], strict=False) for i in range(first, last)}


def _mark_attributions(page: _Page) -> None:
    """The short paragraph straight before a `>` block that says who wrote it."""
    for i, kind in enumerate(page.kinds):
        if kind != "quote" or (i > 0 and page.kinds[i - 1] == "quote"):
            continue
        last = i - 1
        while last >= 0 and not page.lines[last] and i - last <= BLANKS_BEFORE_QUOTE:
            last -= 1
        first = _attribution_start(page, last) if page.said(last) else None
        if first is not None:
            page.mark(first, i, "attribution")


def _attribution_start(page: _Page, last: int) -> int | None:
    """Where the attribution that ends at this line begins; None if it is none."""
    opened = _opened_start(page, last)
    if opened is not None:
        return opened
    line = page.lines[last]
    if not line.endswith((":", "：")):
        return None
    # Whole by itself: the line above may be a greeting.
    if marks.VERB.search(line) and _says_when_or_who(line) and line[0] not in "<([" and not line[0].islower():
        return last
    top = last
    while page.said(top - 1) and last - top < PARAGRAPH_LINES:
        top -= 1
    words = " ".join(page.lines[top : last + 1])
    return top if last - top < PARAGRAPH_LINES and (marks.VERB.search(words) or _says_when_or_who(words)) else None


def _opened_start(page: _Page, last: int) -> int | None:
    """The nearest line above, at most three away, that begins as attributions do, if it makes one down to `last`."""
    for first in range(last, max(last - ATTRIBUTION_LINES, -1), -1):
        if not page.said(first):
            return None
        opener = marks.OPENER.match(page.lines[first])
        if opener is None or not _is_attribution(" ".join(page.lines[first : last + 1])):
            continue
        above = marks.OPENER.match(page.lines[first - 1]) if not opener["strong"] and page.said(first - 1) else None
        return first - 1 if above is not None and above["strong"] else first
    return None


def _is_attribution(words: str) -> bool:
    ends = words.endswith((":", "：", ":*"))
    return (ends or marks.VERB.search(words[-14:]) is not None) and (marks.VERB.search(words) is not None or _says_when_or_who(words))


def _says_when_or_who(words: str) -> bool:
    return marks.ADDRESS.search(words) is not None or marks.DATE.search(words) is not None


# --- quotes without a mark --------------------------------------------------------------------------------------


def _mark_history(page: _Page) -> None:
    """Where a program puts the older mail below without marking its lines, all from there on is quote."""
    i, anything_said = 0, False
    while i < len(page.lines):
        if page.kinds[i] != "said" or not page.lines[i]:
            i += 1
            continue
        end = _history_end(page, i, anything_said)
        if end == i:
            anything_said = True
            i += 1
            continue
        page.mark(_with_rule_above(page, i), end, "attribution")
        below = page.next_line(end)
        if below < len(page.lines) and page.kinds[below] == "said":
            page.mark(end, len(page.lines), "quote")
            return
        i = end


def _history_end(page: _Page, i: int, anything_said: bool) -> int:
    """The line after the heading of an older mail that begins at line i; i itself where none begins."""
    line = page.lines[i]
    if (line[0] in "-_=*" or line[-1] == ":") and marks.is_ruled(line):
        return max(_header_end(page, page.next_line(i + 1), strict=False), i + 1)
    if marks.role(line)[0] and not _below_field(page, i):
        end = _header_end(page, i, strict=not anything_said)
        if end > i:
            return end
    return _bare_attribution_end(page, i) if anything_said else i


def _header_end(page: _Page, first: int, *, strict: bool) -> int:
    """The end of a block of Od:/Wysłane:/Do:/Temat: lines; `first` where there is none.

    Od: 10.00, Do: 15.00 stand in invitations too, so somebody's address, or a full date with a time, must be in it.
    Strict: all four fields, because nothing stands above and the author may have written this.
    """
    found: dict[str, str] = {}
    end = i = first
    while i < min(len(page.lines), first + HEADER_LINES):
        role, value = marks.role(page.lines[i])
        if role:
            found.setdefault(role, value)
            end = i = i + 1
            continue
        # A blank line between fields, a recipient list or a subject that was wrapped.
        if not found or not _goes_on(page, i):
            break
        i += 1
    return end if _is_header(found, strict) else first


def _below_field(page: _Page, i: int) -> bool:
    """Inside a block that has been looked at from its top."""
    above = i - 1 if i and page.lines[i - 1] else i - 2
    return above >= 0 and marks.role(page.lines[above])[0] != ""


def _goes_on(page: _Page, i: int) -> bool:
    """Does another header field follow this line that is none, at once or after one more?"""
    near = page.lines[i + 1 : i + 3] if page.lines[i] else page.lines[i + 1 : i + 2]
    return any(marks.role(line)[0] for line in near)


def _is_header(found: dict[str, str], strict: bool) -> bool:
    sender, date = found.get("from", ""), found.get("date", "")
    if not any(c.isalpha() for c in sender) or (strict and not {"date", "to", "subject"} <= found.keys()):
        return False
    dated = marks.DATE.search(date) is not None and marks.TIME.search(date) is not None
    addressed = any(marks.ADDRESS.search(found.get(role, "")) for role in ("from", "to"))
    return (dated or addressed) if len(found) > 2 else (dated and marks.ADDRESS.search(sender) is not None)


def _bare_attribution_end(page: _Page, first: int) -> int:
    """The end of `W dniu … pisze:` that stands alone above unmarked text; `first` where there is none.

    A person may write such a line too, so it must hold what programs put there: an address, or a date with a time.
    """
    if marks.SOMEBODY.match(page.lines[first]) and marks.VERB.search(page.lines[first]):
        return first + 1
    if marks.OPENER.match(page.lines[first]) is None:
        return first
    words = ""
    for i in range(first, min(first + ATTRIBUTION_LINES, len(page.lines))):
        if not page.said(i):
            break
        words = f"{words} {page.lines[i]}".strip()
        if words[-1] in ":：" and _says_as_programs_do(words):
            return i + 1
    return first


def _says_as_programs_do(words: str) -> bool:
    verb, address = marks.VERB.search(words), marks.ADDRESS.search(words)
    full_date = marks.TIME.search(words) is not None and marks.DATE.search(words) is not None
    return (full_date and (verb or address) is not None) or (verb and address) is not None


def _with_rule_above(page: _Page, first: int) -> int:
    """Outlook draws a line of underscores above its header block."""
    i = first - 1
    while i >= 0 and not page.lines[i] and first - i <= 2:
        i -= 1
    return i if page.said(i) and marks.RULE.match(page.lines[i]) else first


# --- what stands below ------------------------------------------------------------------------------------------


def _zones(page: _Page) -> list[tuple[int, int]]:
    """Runs of said lines between quotes: (first, end)."""
    zones, i = [], 0
    for kind, run in groupby(page.kinds):
        size = len(list(run))
        if kind == "said":
            zones.append((i, i + size))
        i += size
    return zones


def _mark_footer(page: _Page, first: int, end: int) -> None:
    """What telephones, scanners and list managers put at the end of a zone."""
    if end == len(page.lines):
        end = _mark_list_footer(page, first, end)
    i = end - 1
    while i >= first and (not page.lines[i] or marks.is_footer(page.lines[i])):
        if page.lines[i]:
            page.kinds[i] = "footer"
        i -= 1


def _mark_list_footer(page: _Page, first: int, end: int) -> int:
    """A line of underscores with the list's own words below, at the very end; gives back where it begins."""
    for i in range(max(first, end - RULED_SIGNATURE_LINES - 4), end):
        if marks.LIST_RULE.match(page.lines[i]) and any(marks.LIST_FOOTER.search(line) for line in page.lines[i:end]):
            page.mark(i, end, "footer")
            return i
    return end


def _mark_signature(page: _Page, raw: list[str], first: int, end: int, anything_said: bool) -> None:
    """From `-- ` to the end of the zone, if no more than a signature's worth of lines follows.

    A `--` without its blank is one only where something was said above: it may be all the author wrote.
    """
    filled = 0
    found = None
    for i in range(end - 1, first - 1, -1):
        line = page.lines[i]
        if not line:
            continue
        if _opens_signature(page, raw[i], i, end, filled):
            found = i
        filled += 1
        if filled > SIGNATURE_LINES:
            break
    if found is not None and (raw[found].startswith("-- ") or anything_said or any(page.lines[first:found])):
        page.mark(found, end, "signature")


def _opens_signature(page: _Page, raw: str, i: int, end: int, filled: int) -> bool:
    line = page.lines[i]
    if marks.SIGNATURE.match(line):
        return filled > 0 or raw.startswith("-- ")
    if not 0 < filled <= RULED_SIGNATURE_LINES or not marks.RULE.match(line):
        return False
    below = page.lines[i + 1 : end]
    return max(map(len, below)) <= 70 and any(marks.CONTACT.search(text) for text in below)
