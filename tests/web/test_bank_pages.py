"""The bank of materials in the browser: who sees it, what finds an item, what is counted, and who puts it in order."""

import re

import pytest
from sqlalchemy import select

from listserv.filetexts import Text
from listserv.store.bank import Material
from listserv.store.lists import Archive, list_by_name
from listserv.store.moderation import Journal
from listserv.usecases import attachedtexts
from tests.usecases.test_bank_filing import DOCX, bank, send  # noqa: F401  (fixtures)
from tests.web.readers import app, signed_in, words  # noqa: F401  (fixtures)


@pytest.fixture
def full(site, bank, send):
    """A bank with three items."""
    text = "Dzień dobry, scenariusz na licencji CC BY 4.0.\nhttps://biblioteka.example.org/pliki/jak-zrobic-gazetke.html"
    send(("Scenariusz lekcji.docx", DOCX, b"first"), text=text)
    send(("Scenariusz lekcji v2.docx", DOCX, b"second"), subject="Poprawiony")
    send(("Slajdy.pptx", "application/octet-stream", b"third"), subject="Webinar", sender="marek@example.org")


@pytest.fixture
def reader(app, site, full):
    return signed_in(app, site, "marek@example.org")


@pytest.fixture
def author(app, site, full):
    return signed_in(app, site, "halina@example.org")


@pytest.fixture
def moderator(app, site, full):
    return signed_in(app, site, "mod@example.org")


def titles(html):
    return re.findall(r'<h2><a href="/siecibp/materials/(\d+)"', html)


def test_the_bank_shows_its_items_the_newest_first_and_by_kind(reader):
    html = reader.page("/siecibp/materials/")

    assert titles(html) == ["3", "1", "2"]
    assert titles(reader.page("/siecibp/materials/?kind=presentation")) == ["3"]
    assert titles(reader.page("/siecibp/materials/?kind=nonsense&area=none")) == ["3", "1", "2"]
    reader.page("/siecibp/materials/?page=2", 404)


def test_an_item_tells_its_versions_its_licence_and_its_thread(reader):
    page = reader.page("/siecibp/materials/1")

    shown = words(page)
    assert "CC BY 4.0" in shown and "Scenariusz lekcji v2.docx" in shown
    assert '/siecibp/materials/1/file/1"' in page and '/siecibp/materials/1/file/2"' in page
    assert reader.get("/siecibp/materials/1/file").data == b"second"
    assert reader.get("/siecibp/materials/1/file/1").data == b"first"
    for path in ("/siecibp/materials/1/file/3", "/siecibp/materials/2/file", "/siecibp/materials/9", "/siecibp/materials/9/file", "/siecibp/materials/99999999999999999999"):
        reader.page(path, 404)


def test_an_item_is_found_by_what_its_file_says(site, reader):
    with site.writing() as db:
        sha256 = next(iter(attachedtexts.claim(db, site.now(), 10)))
        attachedtexts.keep(db, sha256, Text("Uczniowie projektują drzewo genealogiczne."))

    assert titles(reader.page("/siecibp/materials/?q=genealogicznego")) == ["1"]
    assert titles(reader.page("/siecibp/materials/?q=scenariusze")) == ["1", "2"]
    assert titles(reader.page("/siecibp/materials/?q=xyzzy")) == []


def test_strangers_see_no_bank_of_a_private_list_and_fetch_no_files_of_a_public_one(app, site, full):
    stranger = app.test_client()
    paths = ("/siecibp/materials/", "/siecibp/materials/1", "/siecibp/materials/1/file")
    assert [stranger.get(path).status_code for path in paths] == [404, 404, 404]

    with site.writing() as db:
        list_by_name(db, "siecibp").archive = Archive.PUBLIC
    assert [stranger.get(path).status_code for path in paths] == [200, 200, 404]
    assert "example.org" not in words(stranger.get("/siecibp/materials/1").text).replace("lists.example.org", "")


def test_a_list_whose_bank_is_closed_has_no_such_pages(site, reader, moderator):
    with site.writing() as db:
        list_by_name(db, "siecibp").materials = False

    for person in (reader, moderator):
        for path in ("/siecibp/materials/", "/siecibp/materials/1", "/siecibp/materials/1/file"):
            person.page(path, 404)
    assert "/materials/" not in reader.page("/siecibp/")


def test_a_moderator_puts_an_item_in_order_and_the_journal_says_so(site, moderator):
    at = "/siecibp/materials/1"
    wanted = {"title": "Lekcja o korzeniach", "kind": "tutorial", "area": "tik", "licence": "CC BY-SA 4.0", "description": "Dwie godziny."}
    assert moderator.send(at, do="correct", **wanted).status_code == 303
    assert moderator.send(at, do="recommend").status_code == 303

    shown = words(moderator.page(at))
    assert "Lekcja o korzeniach" in shown and "CC BY-SA 4.0" in shown and "Lekcje TIK" in shown and "★" in shown
    assert titles(moderator.page("/siecibp/materials/?good=1&area=tik")) == ["1"]
    with site.reading() as db:
        assert db.scalars(select(Journal.what).where(Journal.about == "material").order_by(Journal.id)).all() == ["material-corrected", "material-recommended"]
    assert moderator.send(at, do="correct", **(wanted | {"title": " "})).status_code == 400


def test_what_is_taken_out_is_gone_for_readers_and_can_be_put_back(moderator, reader):
    at = "/siecibp/materials/1"
    moderator.send(at, do="remove")
    reader.page(at, 404)
    reader.page(f"{at}/file", 404)
    assert "1" not in titles(reader.page("/siecibp/materials/")) and titles(moderator.page("/siecibp/materials/?removed=1")) == ["1"]
    assert titles(reader.page("/siecibp/materials/?removed=1")) == ["3", "2"]

    moderator.send(at, do="restore")
    assert reader.page(at)


def test_authors_correct_their_own_items_and_nobody_elses(author, reader, site):
    assert author.send("/siecibp/materials/1", do="correct", title="Nowy tytuł", kind="scenario").status_code == 303
    assert author.send("/siecibp/materials/1", do="recommend").status_code == 404
    assert reader.send("/siecibp/materials/1", page="/me", do="correct", title="Cudzy tytuł", kind="scenario").status_code == 404
    with site.reading() as db:
        assert db.scalar(select(Material.title).where(Material.number == 1)) == "Nowy tytuł"


def test_a_download_is_counted_once_for_a_person_and_a_day(app, site, reader, author, clock):
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
    notes = app.extensions["visitors"]
    for person in (reader, reader, author):
        person.get("/siecibp/materials/1/file", headers=agent)
        notes.write()
    reader.get("/siecibp/materials/1", headers=agent)
    notes.write()

    with site.reading() as db:
        assert db.scalar(select(Material.downloads).where(Material.number == 1)) == 2
