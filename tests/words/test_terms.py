"""What is kept of a mail so that it can be found."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail.parse import parse
from listserv.words.folding import fold, fold_in_place, folded
from listserv.words.terms import GAP, MOST_TERMS, MOST_TIMES, Findable, extended, findable, made_of


def terms(text="", subject="", name="", address="", **more):
    return made_of(subject=subject, name=name, address=address, text=text, **more).terms


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Łódź, ŻÓŁW i e-mail", "lodz zolw i e mail"),
        ("Kennedy'ego Æther ﬁszka ½ Straße", "kennedy ego aether fiszka 1 2 strasse"),
        ("https://www.example.org/bardzo/dluga?sciezka=1#x koniec", "www example org koniec"),
        ("http://ewa:tajne@example.org/x", "example org"),
        ("Piszcie: ewa.f@example.org!", "piszcie ewa f m_ewafexampleorg"),
        ("A" * 41 + " dobre", "dobre"),
        ("TWFuIGlzIGRpc3Rpbmd1aXNoZWQsIG5vdCBvbmx5IGJ5IGhpcyByZWFzb24sIGJ1dCBieSB0aGlz\ndobre", "dobre"),
        ("中村 さん", "中 村 さ ん"),
        ("l_5 has_file \ue000l_5", "l 5 has file l 5"),
        ("", ""),
    ],
)
def test_words_are_kept_folded_and_noise_is_not(text, kept):
    assert terms(text) == kept


def test_every_part_has_its_place():
    whole = terms("Mam karty.", subject="Re karty", name="Ewa Fiszka", address="Ewa@Example.org", names=("plan_lekcji.pdf",), files=True)

    assert whole == "s_re s_karty f_ewa f_fiszka a_ewaexampleorg has_file _ re karty _ ewa fiszka _ mam karty _ plan lekcji pdf"


def test_nobody_writes_a_term_of_ours():
    whole = terms("l_1 f_ewa has_file _", subject="s_plan m_adres l_2", name="l_3 has_file")

    assert {term for term in whole.split() if "_" in term} == {"s_s", "s_plan", "s_m", "s_adres", "s_l", "s_2", "f_l", "f_3", "f_has", "f_file", GAP}


def test_spellings_are_those_with_all_their_letters():
    made = made_of(subject="lodz", name="", address="", text="Łódź lodz X1 ab " + "d" * 31)

    assert made.spellings == {"lodz": "łódź", "ab": "ab"}


def test_a_word_said_too_often_leaves_gaps_so_that_both_databases_count_alike():
    whole = terms("tak nie " * 300).split()

    assert (whole.count("tak"), whole.count(GAP), len(whole)) == (MOST_TIMES, 100, 600)


def test_long_texts_are_kept_within_bounds():
    whole = terms(" ".join(f"w{number}" for number in range(50_000)))
    more = extended(whole, " ".join(f"v{number}" for number in range(50_000)))

    assert len(whole.split()) <= 10_000
    assert len(more.terms.split()) == MOST_TERMS
    assert all(word in more.terms.split() for word in more.spellings)


def test_what_a_file_says_stands_behind_and_each_word_is_there():
    file = " ".join(f"słowo{chr(97 + number // 26)}{chr(97 + number % 26)} a" for number in range(600)) * 3 + " ostatnie"
    more = extended("s_x _ x", file)

    assert more.terms.startswith("s_x _ x _ slowoaa a slowoab")
    assert more.terms.endswith("_ ostatnie")
    assert more.spellings["ostatnie"] == "ostatnie"


def mail(body, references=""):
    return parse(f"From: Ewa <ewa@example.org>\nSubject: Plan\n{references}\n{body}\n".encode())


def test_an_answer_is_kept_without_what_it_quotes_and_without_signature():
    made = findable(mail("Jan pisze:\n> stary rzutnik\n\nnowy rzutnik\n\n-- \nEwa\nFilia nr 7\n", "References: <a@b>\n"))

    assert made.terms.split()[-2:] == ["nowy", "rzutnik"]
    assert "filia" not in made.terms.split()
    assert "stary" not in made.terms.split()


def test_what_begins_a_conversation_is_kept_with_what_it_passes_on():
    made = findable(mail("Co o tym sądzicie?\n\nJan pisze:\n> stary rzutnik\n\n-- \nEwa\nFilia nr 7\n"))

    assert "stary" in made.terms.split()
    assert "filia" not in made.terms.split()


def test_an_answer_that_says_nothing_is_found_by_what_it_quotes():
    made = findable(mail("> tylko cytat\n", "References: <a@b>\n"))

    assert "cytat" in made.terms.split()


@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_has_terms_that_both_databases_can_keep(text, name):
    made = made_of(subject=name, name=name, address=name, text=text, names=(text[:50], name))

    assert isinstance(made, Findable)
    for term in made.terms.split(" "):
        assert term == "" or all(letter.isalnum() or letter == "_" for letter in term), term
    assert extended(made.terms, text).terms.startswith(made.terms)


@given(st.text(max_size=100))
def test_folding_in_place_moves_nothing_and_agrees_with_folding(text):
    assert len(fold_in_place(text)) == len(text)
    assert [fold(word) for word in folded(text)] == folded(text)


@pytest.mark.parametrize(
    "text", ["a@" * 200_000, "a." * 200_000, "http://" * 60_000, "x" * 400_000, "ą" * 400_000, "@a.b" * 100_000, "www." * 100_000, "a-b@c." * 60_000]
)
def test_hostile_texts_cost_no_more_than_a_second(text):
    begin = time.process_time()
    terms(text)

    assert time.process_time() - begin < 2
