"""Which point of a digest an answer is meant for."""

import pytest

from digests.answers import Numbered, Part, by_numbers, leading_number, only_leads


@pytest.mark.parametrize(
    "text",
    [
        "2: Zgoda",
        "2. Zgoda",
        "2) Zgoda",
        "2 – Zgoda",
        "2:Zgoda",
        "\n  2:\n\nZgoda",
        "2\nZgoda",
        "#2 Zgoda",
        "Ad 2. Zgoda",
        "ad 2 Zgoda",
        "pkt 2: Zgoda",
        "Punkt 2: Zgoda",
        "Ad. 2 Zgoda",
        "Ad2: Zgoda",
        "Do punktu 2: Zgoda",
        "W sprawie punktu 2. Zgoda",
        "Pkt. 2 - Zgoda",
        "nr 2: Zgoda",
        "2/ Zgoda",
        "(2) Zgoda",
        "[2] Zgoda",
        "2.\nZgoda",
    ],
)
def test_a_leading_number_is_understood_and_taken_off(text):
    assert leading_number(text) == (2, "Zgoda")


@pytest.mark.parametrize(
    "text",
    [
        "Zgoda",
        "",
        "7:30 mi pasuje",
        "15.08 nie mogę",
        "2 osoby przyjdą",
        "2-3 dni wystarczą",
        "2 - 3 dni wystarczą",
        "1000: tyle",
        "W punkcie 2: zgoda",
        "No 5 osób będzie",
        "3. klasa u nas rysuje mapy",
        "2. edycja konkursu była lepsza",
        "3. marca mi pasuje",
        "3. Maja mi pasuje",
        "2. LO nie przyjedzie",
        "2 - trzy osoby przyjadą",
        "1/2 etatu wystarczy",
        "do 2. klasy pasuje",
        "Punkt 2 jest ciekawy",
    ],
)
def test_what_begins_with_words_hours_or_dates_names_no_point(text):
    assert leading_number(text) is None


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("1: Mam dwa.\n\n3: Kupujemy.", {1: "Mam dwa.", 3: "Kupujemy."}),
        ("1: Mam dwa.\n2: Salę.", {1: "Mam dwa.", 2: "Salę."}),
        ("3: Nie.\n1: Tak.", {3: "Nie.", 1: "Tak."}),
        ("1) Mam\n3) Nie", {1: "Mam", 3: "Nie"}),
        ("ad 1 Mam\nad 2 Nie", {1: "Mam", 2: "Nie"}),
        ("2: Oto plan:\n1. Rano mapa\n2. Potem globus", {2: "Oto plan:\n1. Rano mapa\n2. Potem globus"}),
        ("Dzień dobry,\n\n2: w maju.\n\nPozdrawiam\nIrena", {2: "Dzień dobry,\n\nw maju.\n\nPozdrawiam\nIrena"}),
        ("Odpowiadam po kolei:\n1: Mam.\n3: Nie.", {1: "Mam.", 3: "Nie."}),
        ("Mam pomysły:\n1. Mapa\n2. Globus", {}),
        ("3. klasa rysuje\n1. klasa czyta", {}),
    ],
)
def test_what_is_said_to_each_number(words, parts):
    assert by_numbers(words, lambda number: number < 4) == Numbered(tuple(Part(*part) for part in parts.items()))


@pytest.mark.parametrize(
    "words",
    [
        "1. Mam dwa.\n\n2. Salę.",
        "1) Mapa\n2) Globus",
        "2 i 3: Tak.",
        "1, 2: Tak.",
        "1-2: Tak.",
        "ad 1 i 2 zgoda",
        "1: Mam\n7: Nie",
        "2: Mam\n2: Nie",
        "2) Zgoda.\n1. Mapa\n2. Globus",
        "Bardzo mi się podobało wszystko.\n\n2: w maju",
    ],
)
def test_numbers_that_may_be_a_list_of_somebodys_own_are_in_doubt(words):
    assert by_numbers(words, lambda number: number < 4).doubt


def test_words_that_only_lead_to_others_are_known():
    leads = ["Odpowiedzi poniżej na czerwono.", "Witam, odpowiadam w treści.", "Dzień dobry,", "Odpowiedzi w tekście, kolorem niebieskim", "See my answers below."]
    assert [words for words in leads if not only_leads(words)] == []
    assert not any(only_leads(words) for words in ("Chętnie.", "Odpowiedzi nie mam.", "Poniżej przesyłam scenariusz.", "Dzień dobry, w maju."))
