"""Quotes without a mark: Outlook and its kin put the older mail below, under a heading of their own (Od:/Wysłane:/Do:/Temat:)."""

from listserv.mail import quotemarks as marks
from listserv.mail.quotepage import ATTRIBUTION_LINES, Page

HEADER_LINES = 40


def mark_history(page: Page) -> None:
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


def _history_end(page: Page, i: int, anything_said: bool) -> int:
    """The line after the heading of an older mail that begins at line i; i itself where none begins."""
    line = page.lines[i]
    if (line[0] in "-_=*" or line[-1] == ":") and marks.is_ruled(line):
        return max(_header_end(page, page.next_line(i + 1), strict=False), i + 1)
    if marks.role(line)[0] and not _below_field(page, i):
        end = _header_end(page, i, strict=not anything_said)
        if end > i:
            return end
    return _bare_attribution_end(page, i) if anything_said else i


def _header_end(page: Page, first: int, *, strict: bool) -> int:
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


def _below_field(page: Page, i: int) -> bool:
    """Inside a block that has been looked at from its top."""
    above = i - 1 if i and page.lines[i - 1] else i - 2
    return above >= 0 and marks.role(page.lines[above])[0] != ""


def _goes_on(page: Page, i: int) -> bool:
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


def _bare_attribution_end(page: Page, first: int) -> int:
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


def _with_rule_above(page: Page, first: int) -> int:
    """Outlook draws a line of underscores above its header block."""
    i = first - 1
    while i >= 0 and not page.lines[i] and first - i <= 2:
        i -= 1
    return i if page.said(i) and marks.RULE.match(page.lines[i]) else first
