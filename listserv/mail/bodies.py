"""Which parts of a mail are the letter, in which of its forms, and which are attached to it (RFC 8621 section 4.1.4)."""

import re
from dataclasses import dataclass, field
from html import escape
from urllib.parse import unquote

from listserv.mail import fields, html
from listserv.mail.mime import Part, read_head
from listserv.mail.text import clean, one_line, unflow

CID = re.compile(r"""cid:([^"'\s<>)]{1,900})""")
NOT_READABLE = ("text/calendar", "text/rfc822-headers", "text/vcard", "text/x-vcard", "text/directory")
ENDS = re.compile(r"\.[A-Za-z0-9]{1,5}\Z")
LONGEST_NAME = 200
# Where a part came without a name: endings that people's programs know.
ENDINGS = {
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/pgp-signature": ".asc",
    "application/pgp-encrypted": ".asc",
    "application/pgp-keys": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/ms-tnef": ".dat",
    "application/ics": ".ics",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/tiff": ".tif",
    "image/webp": ".webp",
    "audio/mpeg": ".mp3",
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "video/mp4": ".mp4",
}


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
    """Tell the letter from what is attached to it; every leaf is in one of them."""
    attached: list[Part] = []
    if not root.children and _is_all_there_is(root):
        return Contents([root], [root])
    contents = _sort(root, "", 0, attached)
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
        return clean(html.to_text(part.text))
    if part.parameters.get("format", "").lower() != "flowed":
        return part.text
    return unflow(part.text, delsp=part.parameters.get("delsp", "").lower() == "yes")


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


def file_name(part: Part, number: int) -> str:
    """A name under which an attachment can be kept: no folders, never empty, at most 200 characters."""
    ending = _ending(part)
    name = _bare_name(part.name)
    if ending == ".eml":
        name = name or _bare_name(_subject_within(part))
        name = f"{name[: LONGEST_NAME - 4]}.eml" if name and not ENDS.search(name) else name
    if not name:
        return f"part-{number}{ending}"
    stem, dot, last = name.rpartition(".")
    if len(name) <= LONGEST_NAME:
        return name
    return f"{stem[: LONGEST_NAME - len(last) - 1]}.{last}" if dot and len(last) <= 10 else name[:LONGEST_NAME]


def _subject_within(part: Part) -> str:
    """The subject of a message that is attached, without what would look like folders or an ending."""
    return re.sub(r"[/\\.]+", "-", fields.line(read_head(part.content()).first("subject"))).strip("- ")


def _bare_name(name: str) -> str:
    return one_line(name).replace("\\", "/").rpartition("/")[2].strip(". ")


def _ending(part: Part) -> str:
    return ENDINGS.get(part.type, ".txt" if part.type.startswith(("text/", "message/")) else ".bin")
