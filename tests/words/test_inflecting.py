"""All forms of a word: how many are found, and how few that are none."""

import pytest

from listserv.words import inflecting
from listserv.words.folding import fold, folded
from tests.words.inflections import APART, BY_HAND

HAS_DICTIONARY = inflecting._morfeusz() is not None


def finds(asked, written):
    """Is a text with one word found by another? As searching asks: the forms that are known, and those with the same stem."""
    forms = inflecting.known_forms(asked.lower())
    form = fold(written)
    if form in forms or form == fold(asked):
        return True
    begins = any(form.startswith(start) for start in inflecting.beginnings(asked.lower()))
    return begins and form in inflecting.same_stem(asked.lower(), [form])


def share(pairs):
    missed = [pair for pair in pairs if not finds(*pair)]
    return 1 - len(missed) / len(pairs), missed


def test_there_are_enough_words_to_tell():
    assert len(BY_HAND) >= 36
    assert sum(map(len, BY_HAND)) >= 300


@pytest.mark.skipif(not HAS_DICTIONARY, reason="Morfeusz has no wheel for this machine")
@pytest.mark.parametrize("typed", [str, fold], ids=["with diacritics", "without"])
def test_the_dictionarys_form_finds_all_others(typed):
    reached, missed = share([(typed(line[0]), form) for line in BY_HAND for form in line])

    assert reached >= 0.98, missed


@pytest.mark.skipif(not HAS_DICTIONARY, reason="Morfeusz has no wheel for this machine")
@pytest.mark.parametrize("typed", [str, fold], ids=["with diacritics", "without"])
def test_every_form_finds_every_other(typed):
    reached, missed = share([(typed(asked), form) for line in BY_HAND for asked in line for form in line])

    assert reached >= 0.98, missed


def test_without_the_dictionary_stems_find_most(monkeypatch):
    monkeypatch.setattr(inflecting, "_morfeusz", lambda: None)
    inflecting.known_forms.cache_clear()

    reached, missed = share([(line[0], form) for line in BY_HAND for form in line])
    inflecting.known_forms.cache_clear()

    assert reached >= 0.5, missed


def test_words_that_only_look_alike_stay_apart():
    assert [(asked, other) for asked, other in APART if finds(asked, other)] == []


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("library", "libraries"),
        ("libraries", "library"),
        ("connecting", "connection"),
        ("hoping", "hope"),
        ("books", "book"),
        ("stopped", "stopping"),
        ("teacher", "teachers"),
    ],
)
def test_english_forms_find_each_other(asked, written):
    assert finds(asked, written)


@pytest.mark.parametrize(("asked", "written"), [("Wąchocka", "wachocki"), ("Zakładka", "zakładki"), ("Fiszki", "fiszka"), ("Przypisem", "przypis")])
def test_names_are_found_in_other_cases(asked, written):
    assert finds(asked, written)


@pytest.mark.parametrize(
    "word",
    ["", "a", "ą", "ż" * 50, "e-mail", "123", "a1", "ﬁ", "中", "ß", "i̇", "\ud800", "\x00", "łłłłłłłłłłłłłłłłłłłłłłłłłłłłłłłłłłłłłłłł", "zzzzzzzzzzzzzzzz"],
)
def test_any_word_has_an_answer(word):
    for one in folded(word) or [word]:
        assert isinstance(inflecting.known_forms(one), frozenset)
        assert isinstance(inflecting.same_stem(one, inflecting.beginnings(one)), set)
