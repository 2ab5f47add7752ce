"""First pages of documents: a PDF is drawn, an office file shows the picture it carries, and nothing in a file harms anybody."""

import io
import time
import zipfile
import zlib

import pytest
from PIL import Image

from listserv import firstpages, thumbnails
from listserv.firstpages import is_document
from listserv.thumbnails import Painter
from tests.files import pdf, zipped

RED = (220, 20, 20)


@pytest.fixture(scope="module")
def painter():
    made = Painter()
    yield made
    made.close()


def picture(kind="JPEG", size=(200, 280)):
    made = io.BytesIO()
    Image.new("RGB", size, RED).save(made, kind)
    return made.getvalue()


def looked_at(made):
    assert made is not None
    shown = Image.open(io.BytesIO(made.data))
    assert shown.format == "WEBP" and shown.size == (made.width, made.height)
    return shown.convert("RGB")


def dark(shown):
    return sum(1 for value in shown.convert("L").tobytes() if value < 128)


def drawing(content, box=b"0 0 595 842"):
    """A PDF whose page is drawn by these operators."""
    return pdf("a", b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)).replace(b"0 0 595 842", box)


def test_a_pdf_shows_its_first_page_upright_and_on_white(painter):
    shown = looked_at(painter.paint(drawing(b"0 0 0 rg 50 600 495 200 re f"), page=True))

    assert shown.height == 360 and 250 <= shown.width <= 258
    assert shown.getpixel((120, 60))[0] < 40 and shown.getpixel((120, 300)) == (255, 255, 255)


def test_the_words_of_a_page_are_seen(painter):
    assert dark(looked_at(painter.paint(pdf("Scenariusz lekcji w bibliotece"), page=True))) > 20


@pytest.mark.parametrize("inside", ["docProps/thumbnail.jpeg", "docProps/thumbnail.png", "Thumbnails/thumbnail.png", "DOCPROPS/Thumbnail.JPEG"])
def test_an_office_file_shows_the_picture_it_carries_made_anew(painter, inside):
    carried = picture("PNG" if inside.endswith("png") else "JPEG")

    made = painter.paint(zipped({"word/document.xml": b"<d/>", inside: carried}), page=True)

    assert abs(looked_at(made).getpixel((50, 50))[0] - RED[0]) < 30
    assert carried not in made.data


def cut():
    whole = pdf("Karta pracy")
    yield pytest.param(whole[:200], id="half a PDF")
    yield pytest.param(b"%PDF-1.7\n%%EOF", id="an empty PDF")
    yield pytest.param(b"%PDF-1.4\n" + b"1 0 obj<</Type/Pages/Kids[1 0 R]>>endobj " * 500, id="a PDF that is its own page")
    yield pytest.param(b"PK\x03\x04" + b"\xff" * 500, id="half an archive")
    yield pytest.param(zipped({"word/document.xml": b"<d/>"}), id="no picture in it")
    yield pytest.param(zipped({"docProps/thumbnail.emf": picture()}), id="a picture of a kind that nobody decodes")
    yield pytest.param(zipped({"docProps/thumbnail.jpeg": b"<svg onload='alert(1)'/>"}), id="words for a picture")
    yield pytest.param(zipped({"docProps/thumbnail.jpeg": pdf("a")}), id="a PDF for a picture")
    yield pytest.param(b"", id="nothing")
    yield pytest.param(b"words and no document", id="words")
    yield pytest.param(b"%PDF-1.4", id="a head alone")


@pytest.mark.parametrize("data", list(cut()))
def test_what_has_no_page_to_show_shows_none(painter, data):
    assert painter.paint(data, page=True) is None


def test_after_a_bad_document_the_next_is_shown(painter):
    painter.paint(b"%PDF-1.4 bad", page=True)
    assert painter.paint(pdf("a"), page=True) is not None


@pytest.mark.parametrize("box", [b"0 0 1 99999", b"0 0 200000 200000", b"-9 -9 9 9", b"0 0 14400 14400"])
def test_pages_of_any_size_end_in_a_small_picture_or_none(painter, box):
    made = painter.paint(drawing(b"0 0 0 rg 0 0 9 9 re f", box), page=True)

    assert made is None or (made.width <= thumbnails.WIDEST and made.height <= thumbnails.TALLEST)


def stream():
    deflated = zlib.compress(b"0 0 m 9 9 l S " * 20_000_000, 9)
    return pdf("a", b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(deflated), deflated))


def wide():
    deflated = zlib.compress(b"\0" * 50_000_000, 9)
    image = b"<</Length %d/Filter/FlateDecode>>stream\nq 500 0 0 500 0 0 cm BI /W 60000 /H 60000 /CS /RGB /BPC 8 /F /Fl ID %s EI Q\nendstream"
    return pdf("a", image % (len(deflated), deflated))


def deep():
    states = b"q " * 500_000
    return pdf("a", b"<</Length %d>>stream\n%s\nendstream" % (len(states), states))


# Made when they are asked for: whoever collects tests has no use for them.
BOMBS = {
    "a stream of 280 megabytes": stream,
    "a picture of 3.6 billion pixels": wide,
    "half a million saved states": deep,
    "brackets in brackets": lambda: b"%PDF-1.4\n1 0 obj" + b"[" * 2_000_000,
    "a picture that unpacks to 60 megabytes": lambda: zipped({"docProps/thumbnail.jpeg": b"\0" * 60_000_000}),
    "an archive of thirty thousand names": lambda: _crowd(30_000),
}


def _crowd(number):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for at in range(number):
            archive.writestr(str(at), b"")
        archive.writestr("docProps/thumbnail.jpeg", picture())
    return out.getvalue()


@pytest.mark.sampled(3)
@pytest.mark.parametrize("made", BOMBS.values(), ids=BOMBS)
def test_a_bomb_ends_the_process_of_the_pictures_at_most_and_soon(made):
    painter, data = Painter(seconds=2.0), made()
    started = time.perf_counter()
    try:
        shown = painter.paint(data, page=True)
        assert shown is None or len(shown.data) < 200_000
        # Twice its own time, and a process that starts.
        assert time.perf_counter() - started < 20
        painter.seconds = 20
        assert painter.paint(pdf("a"), page=True) is not None
    finally:
        painter.close()


def test_scripts_and_links_of_a_pdf_are_nothing_but_bytes(painter):
    hostile = pdf("a").replace(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.launchURL\\('http://127.0.0.1:9/'\\))>>>>"
    )

    assert painter.paint(hostile, page=True) is not None


@pytest.mark.parametrize(
    ("name", "type", "said"),
    [
        ("a.pdf", "application/pdf", True),
        ("Scenariusz.PDF", "application/octet-stream", True),
        ("a", "application/vnd.openxmlformats-officedocument.presentationml.presentation", True),
        ("a.odt", "application/vnd.oasis.opendocument.text", True),
        ("a.docx", "application/zip", True),
        ("a.zip", "application/zip", False),
        ("a.html", "text/html", False),
        ("a.exe", "application/octet-stream", False),
        ("a.png", "image/png", False),
    ],
)
def test_which_files_may_have_a_first_page(name, type, said):
    assert is_document(name, type) is said


def test_documents_are_known_by_how_they_begin():
    assert firstpages.is_one(pdf("a")) and firstpages.is_one(zipped({"a": b"a"}))
    assert not firstpages.is_one(picture())
