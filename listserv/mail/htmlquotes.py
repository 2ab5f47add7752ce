"""Which elements of HTML mail hold an older mail or a signature: what each program leaves around them.

Gmail, Apple Mail, Thunderbird, Roundcube and most others quote in <blockquote>. The rest is told by names and borders.
"""

import re

from listserv.mail import quotemarks
from listserv.mail.htmlguard import names

Attributes = dict[str, str | None]

# The line that Outlook draws above older mail.
TOP_BORDER = re.compile(r"border-top\s*:\s*(?:solid|\d)|border-style\s*:\s*solid none none", re.IGNORECASE)
# Webmails that draw the quote's bar themselves.
LEFT_BORDER = re.compile(r"border-left(?:-style|-width)?\s*:\s*(?!0|none)[^;]*(?:\d|solid)", re.IGNORECASE)
# Old web mailers moved the author's own words to the right with a blockquote like this.
INDENTATION = re.compile(r"border\s*:\s*(?:none|0)", re.IGNORECASE)
# Outlook and its siblings; Gmail and Outlook put their own letters before, when such a mail is quoted or passed on.
HEADING = re.compile(r"(?:^|[_-])divRplyFwdMsg$")
HEADINGS = names("OutlookMessageHeader moz-email-headers-table")
# <hr> of Zimbra and Hotmail: below it all is older mail.
RULES = names("zwchr stopSpelling")
# Yahoo, Proton, Tuta, Zoho, Outlook on telephones and for Mac, NetEase.
HOLDERS = names(
    "yahoo_quoted protonmail_quote tutanota_quote skiff_quote zmail_extra ms-outlook-mobile-reference-message",
    "mail-editor-reference-message-container isReplyContent isForwardContent",
)
SIGNATURES = names(
    "gmail_signature moz-signature protonmail_signature_block ms-outlook-mobile-signature Signature x_Signature k9mail-signature",
    # Roundcube, and Samsung's telephones.
    "signature composer_signature",
)


def marks_of(attributes: Attributes) -> frozenset[str]:
    """The classes and the id by which programs name their elements."""
    return frozenset({*(attributes.get("class") or "").split(), attributes.get("id") or ""})


def is_indentation(attributes: Attributes) -> bool:
    """A blockquote that quotes nothing."""
    return not attributes.get("type") and not attributes.get("class") and INDENTATION.search(attributes.get("style") or "") is not None


def is_heading(attributes: Attributes) -> bool:
    """From:, Sent:, To: and Subject: of the older mail, which goes on to the end from here."""
    return HEADING.search(attributes.get("id") or "") is not None or bool(marks_of(attributes) & HEADINGS)


def is_bordered_heading(attributes: Attributes, lines: list[str]) -> bool:
    """The same without a name: a line above it, and these lines in it."""
    if TOP_BORDER.search(attributes.get("style") or "") is None:
        return False
    return {"from", "subject"} <= _fields(lines)


def is_readable_heading(lines: list[str]) -> bool:
    """Will the heading be known by its words, too? It may be in a language that we do not know."""
    return not any(lines) or "from" in _fields(lines)


def _fields(lines: list[str]) -> set[str]:
    return {quotemarks.role(line.lstrip("> "))[0] for line in lines[:12]}


def holds_older_mail(attributes: Attributes, above: str) -> bool:
    """Is all inside it older mail, the line that introduces it included? `above`: the last line before it."""
    if marks_of(attributes) & HOLDERS or attributes.get("data-marker") == "__QUOTED_TEXT__" or attributes.get("name") == "quote":
        return True
    style = attributes.get("style") or ""
    return "border-left" in style and LEFT_BORDER.search(style) is not None and introduces(above)


def introduces(line: str) -> bool:
    """Does this line say that somebody wrote what follows?"""
    return line.endswith(":") and quotemarks.VERB.search(line[-quotemarks.LONGEST :]) is not None
