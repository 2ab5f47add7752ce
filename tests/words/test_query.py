"""What is typed into the search box is understood, whatever it is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.words.query import Term, first_day, understood


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("biblioteka szkolna", [Term(("biblioteka",)), Term(("szkolna",))]),
        ('"lekcja biblioteczna"', [Term(("lekcja", "biblioteczna"), exact=True)]),
        ("„lekcja biblioteczna” tik", [Term(("lekcja", "biblioteczna"), exact=True), Term(("tik",))]),
        ('"bez końca', [Term(("bez", "końca"), exact=True)]),
        ("-stare", [Term(("stare",), negated=True)]),
        ('-"stare karty"', [Term(("stare", "karty"), exact=True, negated=True)]),
        ("e-mail", [Term(("e", "mail"), exact=True)]),
        ("biblio*", [Term(("biblio",), open=True)]),
        ("bi*", [Term(("bi",))]),
        ("C++ (2.0)", [Term(("c",)), Term(("2", "0"), exact=True)]),
        ("12:30", [Term(("12", "30"), exact=True)]),
        ("uwaga:jutro", [Term(("uwaga", "jutro"), exact=True)]),
        ("from:ewa", [Term(("ewa",), "author")]),
        ('od:"Ewa Fiszka"', [Term(("ewa",), "author"), Term(("fiszka",), "author")]),
        ("AUTOR:ewa", [Term(("ewa",), "author")]),
        ("from:ewa@example.org", [Term(("ewa", "example", "org"), "address", exact=True)]),
        ("ewa@example.org", [Term(("ewa", "example", "org"), "mention", exact=True)]),
        ("tytuł:plan subject:plan", [Term(("plan",), "subject")] * 2),
        ("l_5 has_file f_ewa", [Term(("l", "5"), exact=True), Term(("has", "file"), exact=True), Term(("f", "ewa"), exact=True)]),
        ("AND OR NOT NEAR(", [Term(("and",)), Term(("or",)), Term(("not",)), Term(("near",))]),
        ("łódź", [Term(("łódź",))]),
        ("", []),
        ('"" - :: ()', []),
    ],
)
def test_words_are_told_apart(text, terms):
    assert understood(text).terms == terms


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("before:2026-03", ("before", date(2026, 3, 1))),
        ("przed:2.03.2026", ("before", date(2026, 3, 2))),
        ("after:2026", ("after", date(2026, 1, 1))),
        ("po:03.2026", ("after", date(2026, 3, 1))),
        ("has:attachment", ("files", True)),
        ("ma:załącznik", ("files", True)),
        ("ma:zalacznik", ("files", True)),
        ("-has:attachment", ("files", False)),
        ("in:thread", ("thread", 0)),
        ("w:wątku", ("thread", 0)),
        ("in:thread/12", ("thread", 12)),
        ("in:12", ("thread", 12)),
        ("thread:12", ("thread", 12)),
        ("topic:tik", ("topics", [("tik", False)])),
        ("temat:tik", ("topics", [("tik", False)])),
        ('obszar:"Lekcje TIK"', ("topics", [("Lekcje TIK", False)])),
        ("-topic:tik", ("topics", [("tik", True)])),
    ],
)
def test_operators_have_polish_names_too(text, found):
    query = understood(text)

    assert getattr(query, found[0]) == found[1]
    assert (query.terms, query.asks) == ([], True)


@pytest.mark.parametrize("text", ["before:kiedyś", "after:2026-13", "po:31.02.2026", "before:0000", "after:99999", "has:cokolwiek", "in:wszystko"])
def test_what_an_operator_cannot_use_is_just_words(text):
    query = understood(text)

    assert len(query.terms) == 1
    assert (query.before, query.after, query.files, query.thread) == (None,) * 4


def test_the_tightest_bounds_count():
    query = understood("after:2025 after:2026-02 before:2027 before:2026-12")

    assert (query.after, query.before) == (date(2026, 2, 1), date(2026, 12, 1))


def test_a_whole_book_is_cut_to_a_question():
    query = understood("słowo " * 10_000)

    assert len(query.text) <= 500
    assert len(query.terms) == 20


@pytest.mark.parametrize("text", ["9999", "9999-12-31", "0001", "٢٠٢٦"])
def test_the_ends_of_time_are_no_days(text):
    assert first_day(text) in (None, date(2026, 1, 1))


@given(st.text() | st.text(alphabet='"-:*()@„”[]{}ąłżéa1 .~^|&!\\\x00\ud800/', max_size=60))
def test_nothing_that_is_typed_is_an_error(text):
    query = understood(text)

    assert all(term.words and all(term.words) for term in query.terms)
    understood(query.text)
    understood(" ".join(query.pieces))
