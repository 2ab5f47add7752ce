"""What stands below a letter: farewells, signatures, and what telephones, virus scanners, lawyers and list managers add."""

from itertools import groupby

from listserv.mail import quotefootmarks as marks
from listserv.mail.quotemarks import RULE
from listserv.mail.quotepage import Kind, Page

SIGNATURE_LINES = 15
# Of one that is set off by `-- ` and holds somebody's address or a disclaimer.
LONG_SIGNATURE_LINES = 60
# Of one that is set off less plainly than by `-- `.
SHORT_SIGNATURE_LINES = 8
SHORT_SIGNATURE_WIDTH = 70
FAREWELL_LINES = 14
NAME_LINES = 2
LIST_FOOTER_LINES = 12
# How far up a disclaimer is looked for, and how much of its line is read.
LEGAL_LINES = 60
LEGAL_WIDTH = 3_000
FOOTER_LINES = 40
# A letter with more answers between quotes has been made to keep us busy: only the first and the last are looked at.
ZONES = 200
# Signature and footers may stand in any order: so often is looked again.
ROUNDS = 3


def mark_below(page: Page) -> None:
    """Mark what stands below at the end of every run of said lines."""
    anything_said = False
    for first, end in _zones(page):
        if end == len(page.lines):
            end = _mark_list_footer(page, first, end)
        _mark_zone(page, first, end, anything_said)
        anything_said = anything_said or any(page.said(i) for i in range(first, end))


def _zones(page: Page) -> list[tuple[int, int]]:
    """Runs of said lines between quotes: (first, end)."""
    zones, i = [], 0
    for kind, run in groupby(page.kinds):
        size = len(list(run))
        if kind == "said":
            zones.append((i, i + size))
        i += size
    return zones if len(zones) <= ZONES else zones[: ZONES // 2] + zones[-ZONES // 2 :]


def _mark_zone(page: Page, first: int, end: int, anything_said: bool) -> None:
    """Peel off what stands at the end, in whatever order it does, as long as something is left above it."""
    # Several of them part one thing from the next.
    dashes = page.lines[first:end].count("--") + page.lines[first:end].count("—")
    parts = dashes > 1 and sum(_is_mere(page, i) for i in range(first, end)) > 1
    for _ in range(ROUNDS):
        before = end
        end = _mark_footers(page, first, end)
        end = _mark_disclaimer(page, first, end, anything_said)
        end = _mark_signature(page, first, end, anything_said, parts=parts)
        end = _mark_farewell(page, first, end, anything_said)
        if end == before:
            return


def _mark(page: Page, first: int, end: int, kind: Kind) -> int:
    page.mark(first, end, kind)
    return first


def _above(page: Page, i: int, first: int) -> int:
    """The line with text at or above i; `first - 1` where there is none."""
    while i >= first and not page.lines[i]:
        i -= 1
    return i


def _mark_footers(page: Page, first: int, end: int) -> int:
    """What telephones and scanners put at the end of a zone, with the links and rules beside; gives back where it begins."""
    found = end
    for i in range(end - 1, max(first, end - FOOTER_LINES) - 1, -1):
        line = page.lines[i]
        if line and marks.is_footer(line):
            found = i
        elif line and marks.BESIDE_FOOTER.match(line) is None:
            break
    if found == end:
        return end
    above = found - 1
    if above >= first and marks.LIST_RULE.match(page.lines[above]):
        found = above
    return _mark(page, found, end, "footer")


def _mark_disclaimer(page: Page, first: int, end: int, anything_said: bool) -> int:
    """Paragraphs of lawyers' words at the end, where something stands above them."""
    found, last = end, _above(page, end - 1, first)
    while last >= max(first, end - LEGAL_LINES):
        top = last
        while top > first and page.lines[top - 1]:
            top -= 1
        words = " ".join(line[:LEGAL_WIDTH] for line in page.raw[top : last + 1])
        if not marks.is_legal(words[:LEGAL_WIDTH]) and not (found < end and top == last and marks.LIST_RULE.match(page.lines[top])):
            break
        found, last = top, _above(page, top - 1, first)
    if found == end or not (anything_said or any(page.lines[first:found])):
        return end
    return _mark(page, found, end, "footer")


def _mark_list_footer(page: Page, first: int, end: int) -> int:
    """A line of underscores with the list's own words below, at the very end; gives back where it begins."""
    found = end
    for i in range(end - 1, max(first, end - LIST_FOOTER_LINES) - 1, -1):
        if marks.LIST_RULE.match(page.lines[i]) is None:
            continue
        # `-- ` is somebody's signature, unless the list's words follow at once.
        below = page.lines[i + 1 : min(i + 2, found) if page.lines[i] == "--" else found]
        if any(marks.LIST_FOOTER.search(line) for line in below):
            found = i
    return end if found == end else _mark(page, found, end, "footer")


def _is_mere(page: Page, i: int) -> bool:
    """Two dashes without their blank, which may be a person's."""
    return page.lines[i] in marks.MERE and not page.raw[i].startswith("-- ")


def _mark_signature(page: Page, first: int, end: int, anything_said: bool, *, parts: bool) -> int:
    """From `-- ` to the end of the zone, if no more than a signature's worth of lines follows; gives back where it begins.

    A mere `--` or a ruled line opens one only where something was said above: it may be all the author wrote. `parts`:
    there are several of them.
    """
    below, found = 0, None
    for i in range(end - 1, first - 1, -1):
        if not page.lines[i]:
            continue
        said_above = anything_said or any(page.lines[first:i])
        short = found is None and below > 0 and said_above and _opens_short_signature(page, i, end, below, parts=parts)
        if short or _is_plain_signature(page, i, end, below, said_above=said_above):
            found = i
        below += 1
        if below > LONG_SIGNATURE_LINES:
            break
    return end if found is None else _mark(page, found, end, "signature")


def _is_plain_signature(page: Page, i: int, end: int, below: int, *, said_above: bool) -> bool:
    """From `-- ` of any form up to some lines; longer, if it holds what only signatures do. An answer below a quoted `-- ` is none."""
    if page.lines[i] != "--" or not page.raw[i].startswith("-- "):
        return False
    if said_above:
        return below <= SIGNATURE_LINES or any(marks.CONTACT.search(line) for line in page.lines[i + 1 : end])
    # With nothing above, „-- ”, „TAK” and a name are all that the author wrote; a name at once, beside a quote, is a signature.
    opening = page.lines[min(page.next_line(i + 1), end - 1)]
    short = below <= SHORT_SIGNATURE_LINES and max(map(len, page.lines[i:end])) <= SHORT_SIGNATURE_WIDTH
    return short and (marks.is_full_name(opening) or marks.FAREWELL.match(opening) is not None) and "quote" in page.kinds


def _opens_short_signature(page: Page, i: int, end: int, below: int, *, parts: bool) -> bool:
    if below > SHORT_SIGNATURE_LINES or max(map(len, page.lines[i + 1 : end])) > SHORT_SIGNATURE_WIDTH:
        return False
    if page.lines[i] in marks.MERE and not parts and not page.lines[i - 1].endswith(":"):
        return True
    if marks.LIST_RULE.match(page.lines[i]) is None or not any(marks.CONTACT.search(line) for line in page.lines[i + 1 : end]):
        return False
    # Three dashes may part two thoughts, too: only a card below them makes a signature.
    return RULE.match(page.lines[i]) is not None or _is_card(page.lines[i + 1 : end])


def _mark_farewell(page: Page, first: int, end: int, anything_said: bool) -> int:
    """A mere formula with the name below it, and the office, telephone and address that follow without `-- `."""
    below, top = 0, first - 1
    # „Pozdrawiam” straight above a signature: the name is in that.
    signed = end < len(page.kinds) and page.kinds[end] == "signature"
    for i in range(end - 1, first - 1, -1):
        line = page.lines[i]
        if not line:
            continue
        if (below or signed) and marks.FAREWELL.match(line):
            top = i
            break
        below += 1
        if below > FAREWELL_LINES or len(line) > SHORT_SIGNATURE_WIDTH:
            break
    if top < first or not (anything_said or any(page.lines[first:top])):
        return end
    named = _names_end(page, page.next_line(top + 1) if signed else top + 1, end)
    if not any(page.lines[named:end]):
        return _mark(page, top, end, "farewell") if named > top + 1 or signed else end
    if not _is_card(page.lines[top + 1 : end]):
        return end
    if not page.lines[top + 1]:
        # Outlook writes a blank line after every line; a card begins with the name.
        named = page.next_line(top + 1) + 1
    page.mark(named, end, "signature")
    return _mark(page, top, named, "farewell")


def _is_card(lines: list[str]) -> bool:
    """A name, then an office, a telephone, an address; no sentence, no postscript."""
    name = next((line for line in lines if line), "")
    return marks.is_name(name) and any(marks.CONTACT.search(line) for line in lines) and not any(marks.SENTENCE.search(line) for line in lines)


def _names_end(page: Page, first: int, end: int) -> int:
    """The line after the name that stands straight below a farewell."""
    i = first
    while i < min(first + NAME_LINES, end) and page.lines[i] and marks.is_name(page.lines[i]):
        i += 1
    return i
