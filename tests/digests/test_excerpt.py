"""What of a post stands in a digest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests import excerpt


def test_quotes_are_left_out():
    assert excerpt.said("Zgoda.\n\n> Kto jest za?\n") == "Zgoda."


def test_a_post_of_nothing_but_quotes_is_shown_whole():
    assert excerpt.said("> tylko cytat\n") == "> tylko cytat"


def test_control_characters_and_marks_of_direction_do_not_pass():
    assert excerpt.one_line("Ala\x02leave\x03 \u202eatok\r\nma\x00") == "Alaleave atok ma"


def test_a_short_text_stays_as_it_is():
    assert excerpt.shorten("Zgoda. Jutro o ósmej.", 100) == ("Zgoda. Jutro o ósmej.", False)


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("Zbieram głosy do piątku, potem liczę", 24, "Zbieram głosy do piątku…"),
        ("Zbieram głosy do piątku, potem liczę", 22, "Zbieram głosy do…"),
        ("Koniec zdania. Następne zdanie.", 20, "Koniec zdania…"),
        ("x" * 50, 20, "x" * 20 + "…"),
    ],
)
def test_a_long_text_is_cut_behind_a_word(text, limit, short):
    assert excerpt.shorten(text, limit) == (short, True)


def test_a_letter_keeps_its_accents_when_a_long_word_is_cut():
    assert excerpt.shorten("o\u0301" * 50, 21)[0] == "o\u0301" * 10 + "…"


def test_many_short_lines_are_a_long_text_too():
    text, cut = excerpt.shorten("a\n" * 400, 1000)

    assert cut
    assert text.count("\n") < 30


def test_lines_that_a_mail_program_broke_flow_together_and_lists_stay_lists():
    text = (
        "Przećwiczone dziś w piątej klasie. Krok trzeci rozdzieliłem na dwa,\n"
        "bo dzwonek nie chciał czekać, a każdy z nich potrzebuje około dziesięciu\n"
        "minut.\n\n"
        "Potrzebne będą wszystkie rzeczy z poniższej listy, razem albo osobno:\n"
        "- kartki\n"
        "- flamastry\n"
    )

    first, second = excerpt.paragraphs(text)

    assert len(first) == 1
    assert first[0].endswith("dziesięciu minut.")
    assert second[1:] == ("- kartki", "- flamastry")


def test_short_lines_of_a_poem_or_an_address_stay_apart():
    assert excerpt.paragraphs("ul. Długa 1\n90-001 Łódź") == (("ul. Długa 1", "90-001 Łódź"),)


@given(st.text(), st.integers(1, 300))
def test_any_text_can_be_shown_and_none_grows(text, limit):
    short, cut = excerpt.shorten(excerpt.said(text), limit)

    assert len(short) <= limit + 1
    assert cut == (short != excerpt.said(text))
    assert not any(c in short for c in "\x00\x02\x03\r")
    excerpt.paragraphs(short)


def test_what_somebody_passes_on_below_a_word_of_their_own_is_told_too():
    text = "Polecam!\n\n-------- Przekazana wiadomość --------\nTemat: Konkurs\nOd: jan@example.org\nDo: ewa@example.org\n\nOgłaszamy konkurs.\n"

    assert excerpt.said(text).startswith("Polecam!\n\n")
    assert excerpt.said(text).endswith("Ogłaszamy konkurs.")
    assert excerpt.said(text.replace("Przekazana", "Oryginalna")) == "Polecam!"
