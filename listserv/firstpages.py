"""The first page of a document as a picture: a PDF's is drawn, an office file's is the small picture that it carries itself.

For the process of `listserv.thumbnails` alone, which has bounds of time, memory and files: what is in here decodes what strangers have sent.
"""

import zipfile
from io import BytesIO
from typing import Any

# Of the small picture that an office program puts into its files, unpacked; of the entries that an archive may list.
LARGEST_CARRIED, MOST_ENTRIES = 4 * 1024 * 1024, 20_000
# A page is drawn twice as large as it is shown and then made smaller, so that its letters are smooth; never larger than this.
WIDEST, TALLEST = 960, 720
OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."
# Where office programs put the picture of a first page. Others than these (EMF, WMF) nobody here decodes.
CARRIED = ("docprops/thumbnail.jpeg", "docprops/thumbnail.jpg", "docprops/thumbnail.png", "thumbnails/thumbnail.png")
ENDINGS = {"pdf", "docx", "docm", "dotx", "pptx", "pptm", "ppsx", "potx", "xlsx", "xlsm", "odt", "ott", "odp", "otp", "ods", "odg"}
UNNAMED = (
    "application/octet-stream",
    "application/zip",
    "application/x-zip-compressed",
    "application/binary",
    "application/download",
    "application/x-download",
)
TYPES = ("application/pdf", "application/x-pdf")


def is_document(name: str, type: str) -> bool:
    """May this file have a first page that can be shown? Mail programs often know a file's name better than its type."""
    kind = type.lower()
    return kind in TYPES or kind.startswith((OFFICE, OPEN)) or (kind in UNNAMED and name.rpartition(".")[2].lower() in ENDINGS)


def is_one(data: bytes) -> bool:
    """Do these bytes begin as a document does?"""
    return b"%PDF-" in data[:1024] or data[:4] == b"PK\x03\x04"


def picture_of(data: bytes) -> Any:
    """The first page as bytes of a picture, or as a picture. Raises whatever the libraries raise."""
    return carried(data) if data[:4] == b"PK\x03\x04" else drawn(data)


def drawn(data: bytes) -> Any:
    """The first page of a PDF, on white: nothing that stands in the file is run, no form filled, no other page read."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        page = document[0]
        width, height = page.get_size()
        if not (0 < width < 1e6 and 0 < height < 1e6):
            raise ValueError("its page has no size")
        scale = min(WIDEST / width, TALLEST / height)
        # A page like a thread would be a picture of no width.
        if min(width, height) * scale < 1:
            raise ValueError("its page is a line")
        return page.render(scale=scale, may_draw_forms=False, fill_color=(255, 255, 255, 255)).to_pil().convert("RGB")
    finally:
        document.close()


def carried(data: bytes) -> bytes:
    """The picture that an office program has put into its file."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_ENTRIES:
            raise ValueError("there is too much in it")
        there = {entry.filename.lower(): entry for entry in entries}
        found = next(there[name] for name in CARRIED if name in there)
        with archive.open(found) as file:
            made = file.read(LARGEST_CARRIED + 1)
    if len(made) > LARGEST_CARRIED:
        raise ValueError("its picture is too large")
    return made
