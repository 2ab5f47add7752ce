"""A material's first page as a small picture, for those who may fetch the file; and the button of whoever has used it."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from listserv.store.bank import MaterialUse
from listserv.store.lists import Archive, list_by_name
from listserv.web import bankfiles, pictures
from tests.files import pdf, zipped
from tests.usecases.test_bank_filing import bank, send  # noqa: F401  (fixtures)
from tests.web.readers import app, signed_in, words  # noqa: F401  (fixtures)


def picture(kind="JPEG", size=(210, 297)):
    made = BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(made, kind)
    return made.getvalue()


@pytest.fixture
def painted(monkeypatch):
    """What is decoded while a test runs, with an empty album."""
    made = []
    paint = pictures.PAINTER.paint
    album = pictures.Album()
    monkeypatch.setattr(bankfiles, "ALBUM", album)
    monkeypatch.setattr(pictures, "ALBUM", album)
    monkeypatch.setattr(pictures.PAINTER, "paint", lambda data, page=False: (made.append(page), paint(data, page=page))[1])
    return made


@pytest.fixture
def full(site, bank, send):
    """A PDF, a document with a picture in it, one without, and a drawing; a link is the fifth."""
    send(("Regulamin czytników.pdf", "application/pdf", pdf("Regulamin")))
    send(("Scenariusz lekcji.docx", "application/octet-stream", zipped({"word/document.xml": b"<d/>", "docProps/thumbnail.jpeg": picture()})))
    send(("Karta pracy.docx", "application/octet-stream", zipped({"word/document.xml": b"<d/>"})))
    send(("Plakat biblioteki.png", "image/png", picture("PNG") + b"\0" * 50_000))
    send(text="Polecam: https://biblioteka.example.org/pliki/jak-zrobic-gazetke.html na zajęcia.")


@pytest.fixture
def marek(app, site, full):
    return signed_in(app, site, "marek@example.org")


def thumbnail(reader, number, **more):
    return reader.get(f"/siecibp/materials/{number}/thumbnail", **more)


def test_first_pages_are_shown_small(marek, painted):
    page = marek.page("/siecibp/materials/")
    for number in (1, 2, 4):
        assert f'<img src="/siecibp/materials/{number}/thumbnail"' in page
        answer = thumbnail(marek, number)
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
        assert Image.open(BytesIO(answer.data)).height <= 360
    assert painted == [True, True, False]


def test_without_a_first_page_the_card_says_what_it_is(marek, painted):
    assert thumbnail(marek, 3).status_code == 404
    assert 'class="kind" aria-hidden="true">DOCX' in marek.page("/siecibp/materials/3")
    assert thumbnail(marek, 5).status_code == 404
    assert "/materials/5/thumbnail" not in marek.page("/siecibp/materials/5")


def test_a_picture_is_made_once_and_kept_by_the_browser(marek, painted):
    first = thumbnail(marek, 1)
    again = thumbnail(marek, 1, headers={"If-None-Match": first.headers["ETag"]})
    thumbnail(marek, 1)
    thumbnail(marek, 3)
    thumbnail(marek, 3)

    assert again.status_code == 304 and again.data == b""
    assert painted == [True, True]


def test_its_answer_can_do_nothing_but_be_a_picture(marek, painted):
    answer = thumbnail(marek, 1)

    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert b"Regulamin" not in answer.data


def test_who_may_not_fetch_the_file_sees_no_picture_of_it(app, site, full, painted):
    stranger = app.test_client()
    assert thumbnail(stranger, 1).status_code == 404
    with site.writing() as db:
        list_by_name(db, "siecibp").archive = Archive.PUBLIC

    assert thumbnail(stranger, 1).status_code == 404 and painted == []
    assert "thumbnail" not in stranger.page("/siecibp/materials/")


@pytest.mark.parametrize("number", ["0", "99", "99999999999999999999999", "-1", "x"])
def test_what_is_no_material_has_no_picture(marek, painted, number):
    assert thumbnail(marek, number).status_code == 404


def test_a_list_without_a_bank_has_no_such_pages(site, marek, painted):
    with site.writing() as db:
        list_by_name(db, "siecibp").materials = False

    assert thumbnail(marek, 1).status_code == 404
    assert marek.post("/siecibp/materials/1/used").status_code in (400, 403, 404)


def test_who_used_it_says_so_by_a_button_once(site, office, marek):
    page = "/siecibp/materials/1"
    assert "I used it" in words(marek.page(page))

    answer = marek.send(f"{page}/used", page)
    assert answer.status_code == 303 and "used=new" in answer.location
    assert "Noted." in words(marek.page(f"{page}?used=new"))
    assert "used=known" in marek.send(f"{page}/used", page).location

    with site.reading() as db:
        assert len(db.scalars(select(MaterialUse)).all()) == 1
    assert [letter.to for letter in office.letters(kind="bank-used")] == ["halina@example.org"]


def test_nobody_outside_nor_without_our_form_notes_anything(app, site, full, marek):
    stranger = app.test_client()
    assert stranger.post("/siecibp/materials/1/used").status_code in (400, 403, 404)
    assert marek.post("/siecibp/materials/1/used").status_code in (400, 403)
    assert marek.get("/siecibp/materials/1/used").status_code in (404, 405)
    with site.reading() as db:
        assert db.scalars(select(MaterialUse)).all() == []
