"""Words that put a material in order, and which files and links are materials at all."""

import pytest

from listserv import gallery, letters
from listserv.mail import bankfiles, bankkinds, banklinks, bankwords
from listserv.mail.bankwords import Field

SAID = {
    "TYTUŁ: Scenariusz lekcji o drzewie": [(Field.TITLE, "Scenariusz lekcji o drzewie", 0)],
    "tytul - Abc def": [(Field.TITLE, "Abc def", 0)],
    "Title: A better one": [(Field.TITLE, "A better one", 0)],
    "12 TYTUŁ: Łódź: wycieczka": [(Field.TITLE, "Łódź: wycieczka", 12)],
    "OBSZAR: tik\nRODZAJ: prezentacja\nPOLECAM": [(Field.AREA, "tik", 0), (Field.KIND, "prezentacja", 0), (Field.RECOMMEND, "", 0)],
    "AREA: tik": [(Field.AREA, "tik", 0)],
    "KIND: tutorial": [(Field.KIND, "tutorial", 0)],
    "LICENCJA: CC BY 4.0": [(Field.LICENCE, "CC BY 4.0", 0)],
    "USUŃ": [(Field.REMOVE, "", 0)],
    "usun 12": [(Field.REMOVE, "", 12)],
    "Bardzo proszę usunąć, to lista obecności.": [(Field.REMOVE, "", 0)],
    "REMOVE": [(Field.REMOVE, "", 0)],
    "PRZYWRÓĆ": [(Field.RESTORE, "", 0)],
    "restore.": [(Field.RESTORE, "", 0)],
    "Polecam!": [(Field.RECOMMEND, "", 0)],
    "RECOMMEND": [(Field.RECOMMEND, "", 0)],
    "nie polecam": [(Field.NOT_RECOMMEND, "", 0)],
    "Dzień dobry,\n\nUSUŃ\n\nPozdrawiam\nAnna": [(Field.REMOVE, "", 0)],
}


@pytest.mark.parametrize("text", SAID)
def test_a_word_about_a_material_is_understood(text):
    assert [(one.field, one.value, one.number) for one in bankwords.read(text)] == SAID[text]


@pytest.mark.parametrize(
    "text",
    ["nie usuwać", "Nie, proszę tego nie usuwać.", "W załączniku scenariusz lekcji.", "Polecam książkę o bibliotekach", "Dziękuję!", "Czy można zmienić tytuł?", "", "tytuł:"],
)
def test_what_is_no_word_about_a_material_does_nothing(text):
    assert bankwords.read(text) == ()


def test_the_letter_that_explains_the_words_says_none_where_it_is_quoted_without_marks():
    for language in ("pl", "en"):
        assert bankwords.read(letters.render("bank-filed", language, **gallery.facts({})).body) == ()


@pytest.mark.parametrize(("subject", "number"), [("12", 12), ("Materiał 12", 12), ("Re: material nr 12", 12), ("#12", 12), ("12 pomysłów", 0), ("spotkanie 12", 0), ("", 0), ("0", 0)])
def test_a_subject_names_a_material_or_says_something_else(subject, number):
    assert bankwords.number_in(subject) == number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Scenariusz lekcji.docx", "Scenariusz_lekcji_v2.docx"),
        ("Scenariusz lekcji.docx", "Scenariusz lekcji (1).docx"),
        ("Scenariusz lekcji.docx", "scenariusz-lekcji-poprawiony.odt"),
        ("Scenariusz lekcji.docx", "Scenariusz lekcji 2026-03-12 wersja 3.docx"),
        ("Raport.pdf", "Raport FINAL.pdf"),
        ("Lesson plan.docx", "Lesson plan - Copy.docx"),
    ],
)
def test_versions_of_a_file_are_called_alike(one, other):
    assert bankfiles.stem(one) == bankfiles.stem(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Lekcja 1.docx", "Lekcja 2.docx"), ("Plakat.pdf", "Plakat.docx"), ("scan0001.pdf", "scan0001.pdf"), ("IMG_1.jpg", "IMG_1.jpg")])
def test_other_files_are_not_versions_of_each_other(one, other):
    assert bankfiles.stem(one) != bankfiles.stem(other) or not bankfiles.stem(one)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Scenariusz lekcji", "scenario"),
        ("konspekt zajęć", "scenario"),
        ("Karta pracy nr 3", "scenario"),
        ("Samouczek Canvy", "tutorial"),
        ("Instrukcja obsługi MAK+", "tutorial"),
        ("UHD user manual", "tutorial"),
        ("Prezentacja z konferencji", "presentation"),
        ("Bibliografia: edukacja medialna", "bibliography"),
        ("Formularz zgłoszeniowy", "form"),
        ("Ankieta dla czytelników", "form"),
        ("Plakat wystawy", "other"),
        ("platform information", "other"),
    ],
)
def test_the_kind_is_known_by_words(said, kind):
    assert bankkinds.kind_of(said) == kind


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        ("Materiał na licencji CC BY-SA 4.0, zapraszam", "CC BY-SA 4.0"),
        ("licencja: Creative Commons Uznanie autorstwa 3.0 Polska.", "Creative Commons Uznanie autorstwa 3.0 Polska"),
        ("This is in the public domain.", "This is in the public domain"),
        ("Czy ktoś ma licencję na Worda?", ""),
        ("licencja na program wygasła w marcu", ""),
        ("CC: Anna Nowa", ""),
    ],
)
def test_a_licence_is_found_where_it_is_stated(text, licence):
    assert bankkinds.licence_in(text) == licence


@pytest.mark.parametrize(
    "url",
    ["https://example.net/", "https://www.facebook.com/a/b", "https://meet.google.com/abc-def", "https://x.list-manage.com/track/click?u=1", "https://example.net/unsubscribe?id=1"]
    + ["http://user:pass@example.net/a.pdf", "https://lists.example.org/siecibp/thread/1", "http://[::1]/a", "http://localhost/a.pdf", "https://example.net:99999/a.pdf"],
)
def test_pages_that_are_no_materials_are_not_filed(url):
    assert banklinks.links_in(f"Zob. {url}", own="https://lists.example.org") == []


def test_two_ways_to_write_a_link_are_one():
    forms = ["http://www.example.net/a/b.pdf", "https://example.net/a/b.pdf/?utm_source=x&fbclid=1", "HTTPS://EXAMPLE.NET/a/b.pdf#page=2"]
    assert len({banklinks.known_by(form) for form in forms}) == 1
    assert [link.url for link in banklinks.links_in("(zob. https://example.net/a_(b).pdf).")] == ["https://example.net/a_(b).pdf"]
