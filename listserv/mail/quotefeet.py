"""What stands below a letter: signatures, and the lines that telephones, virus scanners and list managers add."""

from itertools import groupby

from listserv.mail import quotemarks as marks
from listserv.mail.quotepage import Page

SIGNATURE_LINES = 15
# Of one that is set off less plainly than by `-- `.
SHORT_SIGNATURE_LINES = 8
SHORT_SIGNATURE_WIDTH = 70
LIST_FOOTER_LINES = 12


def mark_below(page: Page) -> None:
    """Mark signature and footers at the end of every run of said lines."""
    anything_said = False
    for first, end in _zones(page):
        _mark_footer(page, first, end)
        _mark_signature(page, first, end, anything_said)
        anything_said = anything_said or any(page.said(i) for i in range(first, end))


def _zones(page: Page) -> list[tuple[int, int]]:
    """Runs of said lines between quotes: (first, end)."""
    zones, i = [], 0
    for kind, run in groupby(page.kinds):
        size = len(list(run))
        if kind == "said":
            zones.append((i, i + size))
        i += size
    return zones


def _mark_footer(page: Page, first: int, end: int) -> None:
    """What telephones, scanners and list managers put at the end of a zone."""
    if end == len(page.lines):
        end = _mark_list_footer(page, first, end)
    i = end - 1
    while i >= first and (not page.lines[i] or marks.is_footer(page.lines[i])):
        if page.lines[i]:
            page.kinds[i] = "footer"
        i -= 1


def _mark_list_footer(page: Page, first: int, end: int) -> int:
    """A line of underscores with the list's own words below, at the very end; gives back where it begins."""
    for i in range(max(first, end - LIST_FOOTER_LINES), end):
        if marks.LIST_RULE.match(page.lines[i]) and any(marks.LIST_FOOTER.search(line) for line in page.lines[i:end]):
            page.mark(i, end, "footer")
            return i
    return end


def _mark_signature(page: Page, first: int, end: int, anything_said: bool) -> None:
    """From `-- ` to the end of the zone, if no more than a signature's worth of lines follows.

    A mere `--` or a ruled line opens one only where something was said above: it may be all the author wrote.
    """
    below, found = 0, None
    for i in range(end - 1, first - 1, -1):
        if not page.lines[i]:
            continue
        plain = page.lines[i] == "--" and page.raw[i].startswith("-- ")
        if plain or (found is None and below and _opens_short_signature(page, i, end, below) and (anything_said or any(page.lines[first:i]))):
            found = i
        below += 1
        if below > SIGNATURE_LINES:
            break
    if found is not None:
        page.mark(found, end, "signature")


def _opens_short_signature(page: Page, i: int, end: int, below: int) -> bool:
    if below > SHORT_SIGNATURE_LINES or max(map(len, page.lines[i + 1 : end])) > SHORT_SIGNATURE_WIDTH:
        return False
    if marks.SIGNATURE.match(page.lines[i]):
        return True
    return marks.RULE.match(page.lines[i]) is not None and any(marks.CONTACT.search(line) for line in page.lines[i + 1 : end])
