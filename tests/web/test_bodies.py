"""A mail's text as HTML."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail.quotes import Piece
from listserv.web.bodies import _body, blocks, rejoined

WRAPPED = [
    "Od aktualizacji zamiast polskich liter widać krzaki, a półka z lokalną",
    "historią nazywa się tak, że wstyd ją pokazać komukolwiek z zewnątrz i",
    "dalej tak być nie może.",
]


def body(*pieces, above="", language="en"):
    return str(_body(tuple(Piece(kind, text) for kind, text in pieces), above, language))


def test_paragraphs_are_paragraphs():
    assert blocks("Dzień dobry,\n\npytanie.\n") == "<p>Dzień dobry,</p>\n<p>pytanie.</p>"


def test_lines_that_a_mail_program_broke_are_joined():
    assert rejoined(WRAPPED) == [" ".join(WRAPPED)]


@pytest.mark.parametrize(
    "lines",
    [
        ["Jest w orkiestrach dętych jakaś siła,", "jest w orkiestrach", "dętych jakaś moc"],
        ["Lista rzeczy, które trzeba jeszcze dzisiaj koniecznie zrobić przed wyjściem:", "- klucze", "- światło"],
        ["Ewa Fiszka", "Biblioteka Pedagogiczna w Zmyślonej", "filia nr 2"],
    ],
)
def test_lines_that_somebody_meant_stay(lines):
    assert rejoined(lines) == lines


def test_code_keeps_its_columns_and_its_empty_lines():
    assert blocks("Tak:\n\n    import os\n\n    for x in y:\n        print(x)\n\nMarek") == (
        '<p>Tak:</p>\n<pre tabindex="0">import os\n\nfor x in y:\n    print(x)</pre>\n<p>Marek</p>'
    )


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("patrz https://example.org/a.", "https://example.org/a"),
        ("(https://example.org/a)", "https://example.org/a"),
        ("https://pl.example.org/wiki/Łódź_(miasto),", "https://pl.example.org/wiki/Łódź_(miasto)"),
        ("<http://example.org/?a=1&b=2>", "http://example.org/?a=1&amp;b=2"),
        ("„https://example.org/x”", "https://example.org/x"),
        ("www.example.org!", "https://www.example.org"),
    ],
)
def test_web_addresses_can_be_followed_and_end_where_the_sentence_goes_on(text, url):
    assert f'href="{url}" rel="nofollow noopener noreferrer ugc"' in blocks(text)


@pytest.mark.parametrize("text", ["javascript:alert(1)", "data:text/html,x", "http://", "www.", "https:// x", "ftp://example.org/"])
def test_nothing_else_becomes_a_link(text):
    assert "<a" not in blocks(text)


def test_a_quote_with_its_introduction_is_folded():
    html = body(("attribution", "Ewa Fiszka pisze:\n"), ("quote", "> raz\n> dwa\n"), ("said", "\ntrzy\n"), above="Ewa Fiszka")

    assert html.startswith(
        '<details class="fold quote"><summary>quote: Ewa Fiszka, 2 lines</summary><p class="soft">Ewa Fiszka pisze:</p><blockquote><p>raz<br>\ndwa</p>'
    )
    assert html.endswith("<p>trzy</p>")


def test_short_quotes_between_answers_stay_open():
    html = body(("quote", "> raz?\n"), ("said", "tak\n"), ("quote", "> dwa?\n"), ("said", "nie\n"))

    assert "<details" not in html
    assert html.count("<blockquote>") == 2


def test_a_signature_is_folded_without_its_dashes():
    assert (
        body(("said", "x\n"), ("signature", "-- \nEwa\n"))
        == '<p>x</p>\n<details class="fold sig"><summary>signature</summary><div class="soft">Ewa</div></details>'
    )


def test_polish_counts_lines_in_polish():
    assert "cytat, 2\N{NO-BREAK SPACE}wiersze" in body(("quote", "> a\n> b\n"), language="pl")


@given(st.lists(st.tuples(st.sampled_from(["said", "quote", "attribution", "signature", "footer"]), st.text()), max_size=6))
def test_any_text_becomes_html_without_foreign_tags(pieces):
    html = body(*pieces)

    for tag in html.split("<")[1:]:
        assert tag.split(">")[0].split(" ")[0].strip("/") in {"p", "br", "a", "pre", "blockquote", "details", "summary", "div"}


@pytest.mark.parametrize(
    "text",
    [
        "https://x" + ")" * 50_000,
        "(www.a" * 20_000,
        ("x" * 70 + " y\n") * 20_000,
        "    x\n\n" * 50_000,
        " " * 200_000 + "x",
        "> " * 100_000,
        "https://a.b " * 20_000,
    ],
    ids=["brackets", "open", "wrapped", "code", "spaces", "quotes", "links"],
)
def test_hostile_text_costs_little(text):
    started = time.process_time()
    blocks(text)

    assert time.process_time() - started < 3
