"""Which point of a digest an answer is meant for."""

import pytest

from digests.answers import leading_number


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
    ],
)
def test_what_begins_with_words_hours_or_dates_names_no_point(text):
    assert leading_number(text) is None
