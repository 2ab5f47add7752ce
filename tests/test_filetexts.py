"""What attached files say, read by a process that they cannot harm anybody from."""

import io
import zipfile
import zlib

import pytest

from listserv import filetexts
from listserv.filetexts import Text, is_readable, kind_of, text_of
from tests.files import docx, odt, pdf


def test_a_pdf_says_what_is_on_its_pages():
    assert "Regulamin wypożyczalni" in text_of(pdf("Regulamin wypożyczalni"), "pdf").text


def test_a_word_file_says_what_is_in_it_and_not_what_was_deleted():
    said = text_of(
        docx("<w:p><w:r><w:t>Karta </w:t></w:r><w:r><w:t>czytelnika</w:t></w:r></w:p><w:p><w:del><w:r><w:delText>stare</w:delText></w:r></w:del>nowe</w:p>"),
        "docx",
    )

    assert said.text.split("\n")[:2] == ["Karta czytelnika", "nowe"]


def test_an_opendocument_text_says_what_is_in_it():
    said = text_of(odt("<text:h>Plan</text:h><text:p>lekcja<text:s/>pierwsza<text:tab/>druga</text:p>"), "odt")

    assert said.text.splitlines() == ["Plan", "lekcja pierwsza druga"]


@pytest.mark.parametrize("kind", ["pdf", "docx", "odt"])
@pytest.mark.parametrize(
    "data", [b"", b"\x00" * 1000, b"%PDF-1.7\n%%EOF", b"PK\x03\x04" + b"\xff" * 200, b"%PDF-1.4\n" + b"1 0 obj<</Type/Pages/Kids[1 0 R]>>endobj " * 50]
)
def test_what_is_no_such_file_is_trouble_and_nothing_worse(kind, data):
    said = text_of(data, kind)

    assert said.text.strip() == ""
    assert said.trouble or kind == "pdf"


def test_entities_that_grow_are_refused():
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">' + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)) + "]><d>&j;</d>"

    assert text_of(zipped({"content.xml": bomb.encode()}), "odt") == Text(trouble="ValueError: it declares entities")


def test_an_archive_that_unpacks_to_gigabytes_is_read_within_bounds(monkeypatch):
    huge = zipped({"word/document.xml": b"<d>" + b"<p>ala</p>" * 12_000_000 + b"</d>"}, level=9)

    said = text_of(huge, "docx")

    assert len(huge) < 1_000_000
    assert said.trouble or len(said.text) <= filetexts.LONGEST


def test_a_pdf_that_unpacks_to_gigabytes_ends_its_own_reader_alone():
    stream = zlib.compress(b"BT (a) Tj ET " + b" " * 300_000_000)
    for _ in range(2):
        stream = zlib.compress(stream)
    filters = b"[/FlateDecode /FlateDecode /FlateDecode]"

    said = text_of(pdf("x", raw=b"<</Length %d/Filter %s>>stream\n%s\nendstream" % (len(stream), filters, stream)), "pdf")

    assert len(said.text) <= filetexts.LONGEST


def test_a_reader_that_hangs_is_ended(monkeypatch):
    monkeypatch.setattr(filetexts, "SECONDS", -4)
    monkeypatch.setattr(filetexts, "CHILD", "import time; time.sleep(30)")

    assert text_of(b"", "pdf") == Text(trouble="reading it takes too long")


def test_a_reader_that_is_killed_is_told_of(monkeypatch):
    monkeypatch.setattr(filetexts, "CHILD", "import os; os.kill(os.getpid(), 9)")

    assert text_of(b"", "pdf") == Text(trouble="its reader was ended: SIGKILL")


def test_a_reader_can_write_nothing_and_take_no_more_than_its_memory(monkeypatch):
    monkeypatch.setattr(
        filetexts,
        "CHILD",
        "import sys; sys.path[:] = {path!r}\nfrom listserv import filetexts as f\nf.pdf = lambda data: [str(len(bytearray(2 << 30)))]\nsys.exit(f.child({kind!r}))",
    )

    assert "MemoryError" in text_of(b"", "pdf").trouble


@pytest.mark.parametrize(
    ("name", "type", "kind"),
    [("a.PDF", "application/octet-stream", "pdf"), ("a", "application/pdf", "pdf"), ("a.docx", "application/zip", "docx"), ("a.exe", "application/x-msdownload", ""), ("pdf", "text/plain", "pdf"), ("a.doc", "application/msword", "")],
)  # fmt: skip
def test_a_file_is_known_by_its_type_or_its_name(name, type, kind):
    assert kind_of(name, type) == kind
    assert is_readable(name, type, 100) is bool(kind)
    assert not is_readable(name, type, filetexts.LARGEST + 1)


def zipped(files, level=6):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()
