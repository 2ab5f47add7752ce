"""The letter that shows an issue before it goes: our words on top, and below a line the very issue, in both forms."""

import re

RULE = "-" * 72
BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
# A reader's own colours stay, so that this is no part of the issue to the eye.
BOX = (
    '<div style="max-width:600px;margin:0 auto;padding:12px 14px;box-sizing:border-box;font:16px/1.5 sans-serif;'
    'border-bottom:6px double;overflow-wrap:anywhere">'
)


def beneath(words: tuple[str, str], issue: tuple[str, str]) -> tuple[str, str]:
    """Text and HTML of our words above those of the issue."""
    said, shown = _inside(words[1]), issue[1]
    start = BODY.search(shown)
    at = start.end() if start else 0
    return f"{words[0].rstrip()}\n\n{RULE}\n\n{issue[0]}", f"{shown[:at]}\n{BOX}\n{said}\n</div>\n{shown[at:]}"


def _inside(page: str) -> str:
    start, end = BODY.search(page), page.rfind("</body>")
    return page[start.end() : end] if start and end > 0 else page
