"""What attached files (PDF, DOCX, ODT, PPTX, ODP) say and call themselves. Each is read by a process of its own that can do nothing but say what it read.

A file may be made to crash, to hang or to fill the memory of whoever reads it. The process has bounds of time, memory and
files, no database and no settings; whatever happens to it, its caller gets an answer.
"""

import resource
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from xml.parsers import expat

# Of the file as it comes, and of what is unpacked from it, in bytes; of the text, in characters.
LARGEST, LARGEST_UNPACKED, LONGEST = 20 * 1024 * 1024, 64 * 1024 * 1024, 400_000
PAGES = 500
SECONDS, MEMORY = 20, 768 * 1024 * 1024
TEXT, DOCUMENT = "application/vnd.oasis.opendocument.text", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PRESENTATION, SLIDES = "application/vnd.oasis.opendocument.presentation", "application/vnd.openxmlformats-officedocument.presentationml.presentation"
KINDS = {"application/pdf": "pdf", DOCUMENT: "docx", TEXT: "odt", SLIDES: "pptx", PRESENTATION: "odp"}
# What must be in the archive, and which elements end a line of it.
PARTS = {
    "docx": ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml"),
    "odt": ("content.xml",),
    "odp": ("content.xml",),
    "pptx": ("ppt/presentation.xml", *(f"ppt/slides/slide{number}.xml" for number in range(1, PAGES + 1))),
}
# Where an archive says what it is called.
ABOUT = {"docx": "docProps/core.xml", "pptx": "docProps/core.xml", "odt": "meta.xml", "odp": "meta.xml"}
LONGEST_TITLE, LARGEST_ABOUT = 300, 256 * 1024
BREAKS = {"p", "h", "br", "tab", "s", "line-break", "tr", "table-row", "cr"}
# Elements of whose content nothing is read on the page.
SILENT = {"instrText", "delText", "tracked-changes", "annotation"}


@dataclass(frozen=True, slots=True)
class Text:
    """What a file says, or why it cannot be told."""

    text: str = ""
    trouble: str = ""
    # What the file calls itself, on one line.
    title: str = ""


def kind_of(name: str, type: str) -> str:
    """`pdf`, `docx`, `odt`, `pptx`, `odp`, or nothing; mail programs often know a file's name better than its type."""
    ending = name.rpartition(".")[2].lower()
    return KINDS.get(type) or (ending if ending in KINDS.values() else "")


def is_readable(name: str, type: str, size: int) -> bool:
    """Is it a file whose words can be found?"""
    return bool(kind_of(name, type)) and 0 < size <= LARGEST


def text_of(data: bytes, kind: str) -> Text:
    """What a file says. Never raises for anything that the file does."""
    command = [sys.executable, "-I", "-c", CHILD.format(path=sys.path, kind=kind)]
    try:
        env = {"LC_ALL": "C.UTF-8"}
        # Our own program; what somebody sent goes in as bytes.
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS + 5, check=False, env=env, cwd="/")  # nosec B603
    except subprocess.TimeoutExpired:
        return Text(trouble="reading it takes too long")
    if done.returncode == 0:
        title, _, text = done.stdout.decode("utf-8", "replace").partition("\n")
        return Text(text[:LONGEST], title=title[:LONGEST_TITLE])
    if done.returncode < 0:
        return Text(trouble=f"its reader was ended: {signal.Signals(-done.returncode).name}")
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return Text(trouble=(said[-1] if said else "it cannot be read")[:200])


CHILD = "import sys; sys.path[:] = {path!r}; from listserv import filetexts; sys.exit(filetexts.child({kind!r}))"


def child(kind: str) -> int:
    """The process: bounds first, then the file from stdin, its text to stdout."""
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(what, (most, most))
    data = sys.stdin.buffer.read(LARGEST + 1)
    # What libraries say of a bad file is of no interest, and a closed door for files that it might want to open.
    reader: Callable[[bytes], Iterator[str]] = pdf if kind == "pdf" else zipped(kind)
    import logging

    logging.disable()
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    try:
        said = f"{_title(data, kind)}\n{joined(reader(data))}"
    except (Exception, RecursionError) as wrong:  # noqa: BLE001 - hostile files raise whatever they like
        sys.stderr.write(f"{type(wrong).__name__}: {wrong}"[:300])
        return 1
    sys.stdout.buffer.write(said.encode("utf-8", "replace"))
    return 0


def _title(data: bytes, kind: str) -> str:
    """What the file calls itself; empty where it says nothing, or that cannot be read: its text may be."""
    try:
        found = _pdf_title(data) if kind == "pdf" else _zipped_title(data, kind)
    except (Exception, RecursionError):  # noqa: BLE001 - as below
        return ""
    return " ".join("".join(one if one.isprintable() else " " for one in found).split())[:LONGEST_TITLE]


def _pdf_title(data: bytes) -> str:
    from pypdf import PdfReader

    about = PdfReader(BytesIO(data)).metadata
    return str(about.title or "") if about else ""


def _zipped_title(data: bytes, kind: str) -> str:
    with zipfile.ZipFile(BytesIO(data)) as archive, archive.open(ABOUT[kind]) as file:
        return "".join(xml_text(file.read(LARGEST_ABOUT), only="title"))


def joined(parts: Iterator[str]) -> str:
    """Parts of a text, up to the longest that is kept."""
    made: list[str] = []
    size = 0
    for part in parts:
        made.append(part)
        size += len(part)
        if size > LONGEST:
            break
    return "".join(made)[:LONGEST]


def pdf(data: bytes) -> Iterator[str]:
    """The pages of a PDF."""
    from pypdf import PdfReader

    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise ValueError("it is locked with a password")
    for number, page in enumerate(reader.pages):
        if number == PAGES:
            return
        yield page.extract_text() + "\n"


def zipped(kind: str) -> Callable[[bytes], Iterator[str]]:
    """The reader of an archive of XML: DOCX or ODT."""

    def read(data: bytes) -> Iterator[str]:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            there = set(archive.namelist())
            if PARTS[kind][0] not in there:
                raise ValueError(f"there is no {PARTS[kind][0]} in it")
            for part in PARTS[kind]:
                if part in there:
                    with archive.open(part) as file:
                        yield from xml_text(file.read(LARGEST_UNPACKED))

    return read


def xml_text(data: bytes, only: str = "") -> Iterator[str]:
    """The text of a document's XML, a line for each paragraph; `only`: of elements of this name."""
    made: list[str] = []
    # Within what is left out; of `only`, without it.
    silent = 1 if only else 0

    def begin(name: str, _given: object) -> None:
        nonlocal silent
        silent += (_local(name) in SILENT) - (_local(name) == only)

    def end(name: str) -> None:
        nonlocal silent
        silent -= (_local(name) in SILENT) - (_local(name) == only)
        if _local(name) in BREAKS:
            made.append("\n" if _local(name) not in ("tab", "s") else " ")

    def say(text: str) -> None:
        if not silent:
            made.append(text)

    def refuse(*_: object) -> None:
        # Documents of this kind declare none; those that do want to grow without end.
        raise ValueError("it declares entities")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler, parser.EntityDeclHandler = begin, end, say, refuse
    for at in range(0, len(data), 65_536):
        parser.Parse(data[at : at + 65_536])
        yield "".join(made)
        made.clear()
    parser.Parse(b"", True)
    yield "".join(made)


def _local(name: str) -> str:
    return name.rpartition(":")[2]
