"""Quotes without a mark: Outlook and its kin put the older mail below, under a heading of their own (Od:/Wysłane:/Do:/Temat:)."""

from listserv.mail import quotemarks as marks
from listserv.mail.quotepage import ATTRIBUTION_LINES, Page

HEADER_LINES = 40
# Fields that make no header block may stand above one; so often is begun again in the midst of what has been looked at.
AGAIN = 200


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
        if _is_unmarked(page, end, anything_said):
            i = _older_mail_end(page, end)
            page.mark(end, i, "quote")
            continue
        i = end


def _is_unmarked(page: Page, end: int, anything_said: bool) -> bool:
    """Does the older mail begin here without marks? Where all stands below its heading, a few dots may come before the first mark."""
    below = page.next_line(end)
    if not anything_said and below < len(page.lines) and page.kinds[below] == "said" and marks.LEFT_OUT.match(page.lines[below]):
        below = page.next_line(below + 1)
    return below < len(page.lines) and page.kinds[below] == "said"


def _older_mail_end(page: Page, first: int) -> int:
    """Below `----- End forwarded message -----` the author goes on; mostly nothing ends an older mail."""
    for i in range(first, len(page.lines)):
        if page.lines[i].startswith("---") and marks.END_FORWARDED.match(page.lines[i]):
            return i + 1
    return len(page.lines)


def _history_end(page: Page, i: int, anything_said: bool) -> int:
    """The line after the heading of an older mail that begins at line i; i itself where none begins."""
    line = page.lines[i]
    if (line[0] in "-_=*" or line[-1] == ":") and marks.is_ruled(line):
        return _fields_end(page, page.next_line(i + 1), i + 1)
    if line.startswith(">>>") and marks.is_arrowed(line):
        return i + 1
    if page.role(i) and not _below_field(page, i) and _may_look(page, i):
        end = _header_end(page, i, strict=not anything_said)
        if end > i:
            return end
    return _bare_attribution_end(page, i) if anything_said else i


def _fields_end(page: Page, first: int, otherwise: int) -> int:
    """Below a ruled line any fields are a heading, wrapped as they may be; `otherwise` where there are none."""
    if not page.role(first):
        return otherwise
    end = max(_header_end(page, first, strict=False), first)
    while end < min(len(page.lines), first + HEADER_LINES) and page.said(end):
        end += 1
    return end


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
    page.looked = max(page.looked, i)
    return end if _is_header(found, strict) and _is_a_programs(page.lines[first:end], found, strict) else first


def _is_a_programs(lines: list[str], found: dict[str, str], strict: bool) -> bool:
    """A person's table of facts, „Data, Od, Do, Temat” above an invitation, has neither a word for sending nor an address as programs write it."""
    if any(marks.SENT.match(line) for line in lines):
        return True
    return marks.SENDER.search(found["from"]) is not None or (not strict and next(iter(found)) == "from")


def _may_look(page: Page, i: int) -> bool:
    if i >= page.looked:
        return True
    page.again += 1
    return page.again <= AGAIN


def _below_field(page: Page, i: int) -> bool:
    """Inside a block that has been looked at from its top."""
    return bool(page.role(i - 1) or page.role(i - 2))


def _goes_on(page: Page, i: int) -> bool:
    """Does another header field follow this line that is none, at once or after one more?"""
    return page.role(i + 1) != "" or (not page.lines[i] and page.role(i + 2) != "")


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
    line = page.lines[first]
    if marks.SOMEBODY.match(line) and marks.ENDS_WROTE.search(line[-40:]):
        return first + 1
    if marks.SOMEBODY_ONCE.match(line) and marks.VERB.search(line[-14:]) and marks.DATE.search(line) and marks.TIME.search(line):
        return first + 1
    if line.startswith(("19", "20")) and marks.DATELINE.match(line) and not any(page.lines[first + 1 : first + 2]):
        return first + 1
    if marks.OPENER.match(line) is None:
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
