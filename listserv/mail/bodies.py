"""Which parts of a mail are the letter, in which of its forms, and which are attached to it (RFC 8621 section 4.1.4)."""

import re
from dataclasses import dataclass, field
from html import escape
from urllib.parse import unquote

from listserv.mail import fields, html, winmail
from listserv.mail.mime import Part
from listserv.mail.text import clean, unflow

CID = re.compile(r"""cid:([^"'\s<>)]{1,900})""")
NOT_READABLE = ("text/calendar", "text/rfc822-headers", "text/vcard", "text/x-vcard", "text/directory")
# In characters: a book's worth of pictures within the source still lies below. What follows is in the raw mail alone.
LONGEST_HTML = 12_000_000
# Somebody who sends more of them wants to keep us busy.
MOST_ENVELOPES = 5
# Of HTML in one letter, its parts taken together; each alone is bounded where it is read.
MOST_TAGS = 50_000


@dataclass(slots=True)
class Contents:
    """The parts to read as text, the parts to read as HTML (of each the best there is), and the attachments in order."""

    as_text: list[Part] = field(default_factory=list)
    as_html: list[Part] = field(default_factory=list)
    attached: list[Part] = field(default_factory=list)

    def take(self, other: "Contents") -> None:
        """Add what another holds."""
        self.as_text += other.as_text
        self.as_html += other.as_html


def sort(root: Part) -> Contents:
    """Tell the letter from what is attached to it; every leaf is in one of them, and what lies in a winmail.dat too."""
    attached: list[Part] = []
    if not root.children and _is_all_there_is(root):
        return Contents([root], [root])
    contents = _within_bounds(_sort(root, "", 0, attached), attached)
    envelopes = [part for part in attached if winmail.is_envelope(part)][:MOST_ENVELOPES]
    contents.attached = attached
    return _opened(contents, envelopes) if envelopes else contents


def _within_bounds(contents: Contents, attached: list[Part]) -> Contents:
    """The first parts of the letter; HTML that would take all day to read is attached, and nothing is lost."""
    left, beyond = MOST_TAGS, []
    for number, part in enumerate({id(part): part for part in (*contents.as_text, *contents.as_html)}.values()):
        left -= part.content().count(b"<") if part.type == "text/html" else 0
        if left < 0 and number and part.type == "text/html":
            beyond.append(part)
    if not beyond:
        return contents
    beyond[0].problems["long-html"] = None
    attached += beyond
    too_much = {id(part) for part in beyond}
    return Contents(*([part for part in parts if id(part) not in too_much] for parts in (contents.as_text, contents.as_html)))


def _opened(contents: Contents, envelopes: list[Part]) -> Contents:
    """With the files in the place of the envelopes, and the letter from within where there is no other."""
    has_letter = any(part.text.strip() for part in contents.as_text)
    attached: list[Part] = []
    for part in contents.attached:
        letter, files = winmail.opened(part, with_letter=not has_letter) if any(part is one for one in envelopes) else (None, [part])
        if letter:
            contents = Contents([letter], [letter])
            has_letter = True
        attached += files
    contents.attached = attached
    return contents


def _is_all_there_is(root: Part) -> bool:
    """A mail of one part is to be read unless it is a file; a multipart that could not be split is shown as it came."""
    if root.type.startswith("multipart/"):
        return "too-many-lines" not in root.problems
    return root.type.startswith("text/") and root.type not in NOT_READABLE and not root.name


def _sort(part: Part, parent: str, place: int, attached: list[Part]) -> Contents:
    if not part.children:
        if _is_letter(part, parent, place):
            return Contents([part], [part])
        attached.append(part)
        return Contents()
    kind = part.type.partition("/")[2]
    found = [_sort(child, kind, i, attached) for i, child in enumerate(part.children)]
    contents = Contents()
    if kind != "alternative":
        for each in found:
            contents.take(each)
        return contents
    contents.as_text = _best([each.as_text for each in found], "text/plain")
    contents.as_html = _best([each.as_html for each in found], "text/html")
    return contents


def _best(offers: list[list[Part]], kind: str) -> list[Part]:
    """Of the forms of one letter those that hold parts of the wished kind, if they say anything; else all there are."""
    wished = [offer for offer in offers if any(part.type == kind and part.text.strip() for part in offer)]
    return [part for offer in wished or offers for part in offer]


def _is_letter(part: Part, parent: str, place: int) -> bool:
    """Is it there to be read in its place? In multipart/related only the first is, and a named one only where it is first."""
    if part.disposition == "attachment" or part.type not in ("text/plain", "text/html"):
        return False
    return place == 0 or (parent != "related" and not part.name)


def text_of(part: Part) -> str:
    """A part as plain text."""
    if part.type == "text/html":
        if len(part.text) > LONGEST_HTML:
            part.problems["long-html"] = None
        return clean(html.to_text(part.text[:LONGEST_HTML]))
    if part.parameters.get("format", "").lower() != "flowed":
        return part.text
    return unflow(part.text, delsp=part.parameters.get("delsp", "").lower() == "yes")


def sources(contents: Contents) -> list[str]:
    """The HTML of a letter that is read as text from another part."""
    read = {id(part) for part in contents.as_text}
    return [part.text for part in contents.as_html if part.type == "text/html" and id(part) not in read]


def safe_html(parts: list[Part]) -> str | None:
    """The letter as safe HTML; None where none of it is HTML, or none that can be shown."""
    if not any(part.type == "text/html" for part in parts):
        return None
    shown = (html.clean(part.text) if part.type == "text/html" else f"<pre>{escape(text_of(part))}</pre>" for part in parts)
    return clean("\n".join(shown)).strip() or None


def named(contents: Contents) -> frozenset[str]:
    """The Content-IDs that the letter's HTML names: what carries them is shown in its place."""
    sources = (part.text for part in contents.as_html if part.type == "text/html")
    return frozenset(unquote(found) for source in sources for found in CID.findall(source))


def shown_type(part: Part) -> str:
    """The media type of an attachment; what claims to be a multipart and could not be split is just bytes."""
    return "application/octet-stream" if part.type.startswith("multipart/") else part.type[:100]


def content_id(part: Part) -> str:
    """The id by which the letter's HTML names a part, without brackets."""
    return fields.message_id(part.first("content-id"))
