"""What an attachment is called: a name under which it can be kept, and the media types that go with endings."""

import re

from listserv.mail import fields
from listserv.mail.mime import Part, read, read_head
from listserv.mail.text import one_line

ENDS = re.compile(r"\.[A-Za-z0-9]{1,5}\Z")
LONGEST_NAME = 200
# Messages in messages that are opened for the names of what they carry, and how many names that may be.
MESSAGES = frozenset({"message/rfc822", "message/global"})
MOST_MESSAGES, MOST_NAMES = 4, 100
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
TYPES = {ending: kind for kind, ending in reversed(ENDINGS.items())} | {".txt": "text/plain", ".htm": "text/html"}


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
    # A name that ends like a folder's is still the file's: programs that save it leave that out.
    return one_line(name).replace("\\", "/").rstrip("/. ").rpartition("/")[2].strip(". ")


def _ending(part: Part) -> str:
    return ENDINGS.get(part.type, ".txt" if part.type.startswith(("text/", "message/")) else ".bin")


def names_within(part: Part, kind: str, deep: int = MOST_MESSAGES) -> tuple[str, ...]:
    """What the files of an attached message are called, and those of messages within it."""
    if not deep or kind not in MESSAGES:
        return ()
    found: list[str] = []
    for number, leaf in enumerate(read(part.content()).leaves(), 1):
        found += [file_name(leaf, number)] if leaf.name else []
        found += names_within(leaf, leaf.type, deep - 1)
    return tuple(found[:MOST_NAMES])


def type_by_name(name: str) -> str:
    """The media type that goes with a name's ending."""
    return TYPES.get(f".{name.rpartition('.')[2].lower()}", "application/octet-stream")
