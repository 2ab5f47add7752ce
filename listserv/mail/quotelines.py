"""Quotes that are marked: `>` lines, and the short paragraph that leads to them."""

from itertools import islice

from listserv.mail import quotemarks as marks
from listserv.mail.quotepage import ATTRIBUTION_LINES, Page, says_when_or_who

# Of a paragraph that no known words begin: the language-free rule.
PARAGRAPH_LINES = 3
BLANKS_BEFORE_QUOTE = 3
# Of a letter with more quotes than anybody makes, the rest go without their attributions.
BLOCKS = 2_000


def mark_quoted(page: Page) -> None:
    """`>` lines, and blank lines between them. Not in a code fence, nor a lone `>From ` which an mbox has escaped."""
    fenced = _fenced(page.lines)
    last = None
    for i, line in enumerate(page.lines):
        if not line or ">" not in line[:6] or i in fenced or marks.QUOTED.match(page.raw[i]) is None:
            continue
        if (line[-1] in ":：>" or line.startswith(">From ")) and line[0] == ">" and (_is_no_quote(page.lines, i) or _heads_unmarked(page.lines, i)):
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


def _heads_unmarked(lines: list[str], i: int) -> bool:
    """GroupWise's heading looks like a quote and is none: what it heads is not marked."""
    above, below = lines[i - 1] if i else "", lines[i + 1] if i + 1 < len(lines) else ""
    return lines[i].startswith(">>>") and not above.startswith(">") and not below.startswith(">") and marks.is_arrowed(lines[i])


def _fenced(lines: list[str]) -> set[int]:
    """Lines between two ``` lines."""
    fences = [i for i, line in enumerate(lines) if line.startswith("```")]
    return {i for first, last in zip(fences[::2], fences[1::2], strict=False) for i in range(first, last)}


def mark_attributions(page: Page) -> None:
    """The short paragraph straight before a `>` block that says who wrote it."""
    begins = (i for i, kind in enumerate(page.kinds) if kind == "quote" and (i == 0 or page.kinds[i - 1] != "quote"))
    for i in list(islice(begins, BLOCKS)):
        last = i - 1
        while last >= 0 and not page.lines[last] and i - last <= BLANKS_BEFORE_QUOTE:
            last -= 1
        first = _attribution_start(page, last) if page.said(last) else None
        if first is not None:
            page.mark(first, i, "attribution")


def _attribution_start(page: Page, last: int) -> int | None:
    """Where the attribution that ends at this line begins; None if it is none."""
    opened = _opened_start(page, last)
    if opened is not None:
        return opened
    line = page.lines[last]
    if marks.NEWS.search(line) and page.said(last - 1) and marks.VERB.search(page.lines[last - 1]):
        return last - 1
    if not line.endswith((":", "：")):
        return None
    # Whole by itself: the line above may be a greeting.
    if marks.VERB.search(line) and says_when_or_who(line) and line[0] not in "<([" and not line[0].islower():
        return last
    top = last
    while page.said(top - 1) and last - top < PARAGRAPH_LINES:
        top -= 1
    words = " ".join(page.lines[top : last + 1])
    return top if last - top < PARAGRAPH_LINES and (marks.VERB.search(words) or says_when_or_who(words)) else None


def _opened_start(page: Page, last: int) -> int | None:
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
    return (ends or marks.VERB.search(words[-14:]) is not None) and (marks.VERB.search(words) is not None or says_when_or_who(words))
