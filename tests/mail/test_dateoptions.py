"""Choosing a date: how options, answers and the word that ends it are written."""

from datetime import datetime

import pytest

from listserv.mail import datenames, dateoptions

ASKED = "Dzień dobry,\n\nKiedy Państwu pasuje? 1) czwartek 12 marca 16.30 2) piątek 13 marca 16.30 3) wtorek 17 marca 17.00\n\nHalina"


def test_options_are_read_from_one_line_or_from_several():
    lines = "Kiedy Państwu pasuje?\n1. czwartek 12 marca 16.30\n2. piątek 13 marca 16.30,\n3. wtorek 17 marca 17.00\n\nHalina"

    for text in (ASKED, lines):
        found = dateoptions.question("Spotkanie", text)
        assert found.words == "Kiedy Państwu pasuje?"
        assert found.options == ("czwartek 12 marca 16.30", "piątek 13 marca 16.30", "wtorek 17 marca 17.00")
        assert found.asks_when


def test_dashes_are_options_too():
    found = dateoptions.question("When shall we meet?", "Dear all,\n\n- Thursday 12 March, 4:30 pm\n- Friday 13 March, 4:30 pm\n\nAnn")

    assert found.options == ("Thursday 12 March, 4:30 pm", "Friday 13 March, 4:30 pm")
    assert found.asks_when


@pytest.mark.parametrize("text", ["Spotkanie z ekspertem, czwartek 12 marca 2026 godz. 16.30", "", "1) jeden", "Spotkamy się 1. marca albo 2. marca", "12.03.2026 16.30"])
def test_what_names_no_options_is_no_question(text):
    assert dateoptions.question("Spotkanie", text) is None


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("1, 3", {1, 3}),
        ("1 i 3", {1, 3}),
        ("1 3", {1, 3}),
        ("1,3.", {1, 3}),
        ("pasuje mi 1 i 3", {1, 3}),
        ("Pasują mi 1 i 3.\n\nPozdrawiam\nAnna", {1, 3}),
        ("Dzień dobry,\n\ntylko 2", {2}),
        ("tylko drugi termin", {2}),
        ("1-3", {1, 2, 3}),
        ("od 1 do 2", None),
        ("wszystkie", {1, 2, 3}),
        ("Wszystkie terminy mi pasują", {1, 2, 3}),
        ("każdy", {1, 2, 3}),
        ("wszystkie oprócz 2", {1, 3}),
        ("żaden", set()),
        ("Żaden termin mi nie pasuje", set()),
        ("1 tak, 2 nie, 3 tak", {1, 3}),
        ("nr 2 albo nr 3", {2, 3}),
        ("I can do 1 and 3", {1, 3}),
        ("only 2", {2}),
        ("all of them", {1, 2, 3}),
        ("none", set()),
        ("all but 2", {1, 3}),
        ("The first and the third.", {1, 3}),
        ("2. Dziękuję za propozycje!", {2}),
        ("2. Ale nie w tym miesiącu", None),
        ("4", None),
        ("0", None),
        ("1, 7", None),
        ("nie pasuje mi 2", None),
        ("16.30", None),
        ("Czy można 20 marca?", None),
        ("Niestety żaden z tych terminów mi nie odpowiada.", set()),
        ("Żaden mi nie pasuje", set()),
        ("None of them suits me, sorry.", set()),
        ("Żaden mi nie pasuje, wolę maj", None),
        ("pierwszy i trzeci, Basia", {1, 3}),
        ("1, Nie", None),
        ("1) tak\n2) nie\n3) tak", {1, 3}),
        ("Pasuje mi:\n1\n3", {1, 3}),
        ("1\n3\n\nAnna", {1, 3}),
        ("Dostosuję się, każdy mi pasuje", {1, 2, 3}),
        ("Nie wiem jeszcze", None),
        ("", None),
    ],
)
def test_answers_are_read(said, numbers):
    found = dateoptions.chosen(said, 3)

    assert found == (None if numbers is None else frozenset(numbers))


DATES = [datetime(2026, 3, 12, 16, 30), datetime(2026, 3, 13, 17), datetime(2026, 3, 17, 16)]


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("17 marca", {3}),
        ("czwartek", {1}),
        ("Najlepiej czwartek, ale wtorek też może być", {1, 3}),
        ("Pasuje mi czwartek 12 marca o 16.30.", {1}),
        ("czwartek, 12 marca 2026, 16.30–17.30 czasu polskiego", {1}),
        ("1) czwartek 12 marca", {1}),
        ("2) czwartek 12 marca", None),
        ("w piątek albo we wtorek", {2, 3}),
        ("czwartek tak, piątek nie, wtorek tak", {1, 3}),
        ("wszystkie oprócz piątku", {1, 3}),
        ("12.03 i 17.03", {1, 3}),
        ("Thursday the 12th of March works for me", {1}),
        ("March 17 is best", {3}),
        ("czwartek 19 marca", None),
        ("środa", None),
        ("czwartek o 18.00", None),
        ("w czwartek nie mogę", None),
        ("1, 3", {1, 3}),
    ],
)
def test_days_are_named_in_place_of_their_numbers(said, numbers):
    found = dateoptions.chosen(datenames.numbered(said, DATES), 3)

    assert found == (None if numbers is None else frozenset(numbers))


def test_a_weekday_of_two_dates_is_neither():
    assert datenames.numbered("czwartek", [DATES[0], datetime(2026, 3, 19, 16, 30)]) == "czwartek"
    assert datenames.numbered("12 marca", [DATES[0], datetime(2026, 3, 12, 18)]) == "12 marca"
    assert datenames.numbered("12 marca o 18.00", [DATES[0], datetime(2026, 3, 12, 18)]) == "2"


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("WYBIERAM 2", 2),
        ("wybieram 2.\n\nHalina", 2),
        ("Wybieramy termin 3", 3),
        ("wybieram drugi termin", 2),
        ("I choose 1", 1),
        ("pick 3", 3),
        ("WYBIERAM 4", None),
        ("WYBIERAM", None),
        ("wybieram 1 i 2", None),
        ("nie wybieram 2", None),
        ("2", None),
    ],
)
def test_one_word_chooses_for_all(said, number):
    assert dateoptions.picked(said, 3) == number
