"""The letter gallery: every letter, in both languages and in every way it can read; new ones are covered by themselves."""

import re

import pytest

from listserv import gallery, letters, sample
from listserv.i18n import LANGUAGES
from listserv.sample import FACTS
from tests.chromium import chromium
from tests.letterchecks import is_polish, is_translated, reads_well, says_what_silence_means
from tests.lettersshown import shown

INVENTED = (*(str(value) for value in FACTS.values() if isinstance(value, str) and len(value) > 3), "Zofia Lektura")


def test_no_sample_stands_in_two_modules_and_each_that_has_others_has_a_first():
    assert len(FACTS) == sum(len(part.FACTS) for part in sample.PARTS)
    for part in sample.PARTS:
        assert part.CHOICES.keys() <= part.FACTS.keys(), part.__name__


@pytest.mark.parametrize("name", letters.names())
def test_each_page_that_a_letter_names_can_be_pressed(name):
    for one in shown():
        if one.name == name and one.html:
            ours = re.sub(r"<a [^>]*>.*?</a>|<blockquote.*?</blockquote>", "", one.html, flags=re.DOTALL)
            assert "https://listy.example.org/" not in ours, f"{name} ({one.way}): say in mail/letterhtml.py which address that is"


def test_every_letter_is_there_in_both_languages():
    for language in ("pl", "en"):
        assert {one.name for one in shown() if one.language == language} == {*letters.names(), "digest"}


@pytest.mark.parametrize("name", letters.names())
def test_no_sentence_of_a_letter_is_out_of_sight(name):
    seen = frozenset().union(*(way.sentences for way in gallery.ways(name)))

    assert gallery.sentences(name) - seen == frozenset(), "give the facts that lead there in listserv/sample/ (CHOICES)"


@pytest.mark.parametrize("name", letters.names())
def test_parts_put_together_are_letters_of_their_own_too(name):
    """What is included by a name made as it is worded is looked at where it stands alone."""
    own = {sentence for other in letters.names() for sentence in gallery.sentences(other)}

    assert gallery.sentences(name, parts=True) <= own


def each_way(name, language, check):
    """Check a letter in every way that it can read; a complaint says in which."""
    for one in shown():
        if (one.name, one.language) == (name, language):
            try:
                check(one)
            except AssertionError as complaint:
                raise AssertionError(f"{name} ({one.way}): {complaint}\n\n{one.subject}\n\n{one.body}") from complaint


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", letters.names())
def test_a_letter_reads_well(name, language):
    each_way(name, language, lambda one: reads_well(one.subject, one.body))


@pytest.mark.parametrize("name", letters.names())
def test_a_letter_that_asks_says_what_comes_of_silence(name):
    each_way(name, "en", lambda one: says_what_silence_means(one.body))


@pytest.mark.parametrize("name", [*letters.names(), "digest"])
def test_a_polish_letter_is_polish(name):
    each_way(name, "pl", lambda one: is_polish(one.subject, one.body, INVENTED))


@pytest.mark.parametrize("name", letters.names())
def test_every_sentence_of_a_letter_has_its_polish(name):
    assert [sentence for sentence in gallery.sentences(name) if not is_translated(sentence)] == []


@pytest.mark.parametrize(
    "words",
    [
        "Hello, Anna", "Anna zapisał/zapisała się", "czeka na Pana/Pani decyzję", "Wiadomość wysłał Jan", "prosimy o odpowiedź!", "napisał(a)", "“Sieć BP”",
    ],
)  # fmt: skip
def test_what_is_no_good_polish_is_noticed(words):
    with pytest.raises(AssertionError):
        is_polish("Temat", words)


@pytest.mark.parametrize("body", ["słowo " * 14 + "słowa\n", "Dzień dobry, None\n", "to to jest jest to\n", "a\n\n\nb\n", "%(name)s\n", "słowo \n", "słowo\n" * 26])
def test_what_does_not_read_well_is_noticed(body):
    with pytest.raises(AssertionError):
        reads_well("Temat", body)


@pytest.fixture
def once_for_all(monkeypatch):
    """What is written is what has been looked at above."""
    monkeypatch.setattr(gallery, "letters_shown", shown)


def test_the_gallery_is_a_folder_with_a_page_that_shows_all(tmp_path, once_for_all):
    count = gallery.write(lambda name, text: (tmp_path / name).write_text(text, "utf-8") and None)

    page = (tmp_path / "index.html").read_text("utf-8")
    assert count == len(shown()) == len(list(tmp_path.glob("*.txt"))) == page.count("<article")
    assert len(list(tmp_path.glob("*.html"))) == 1 + sum(bool(one.html) for one in shown())
    for file in tmp_path.glob("*.txt"):
        assert f'href="{file.name}"' in page


def test_the_page_needs_no_more_than_320_pixels(tmp_path, once_for_all):
    gallery.write(lambda name, text: (tmp_path / name).write_text(text, "utf-8") and None)
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 320, "height": 800}, java_script_enabled=True)
        for file in ("index.html", *(path.name for path in tmp_path.glob("digest.*html"))):
            page.goto((tmp_path / file).as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, file
