"""A mail's text as HTML."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail.quotes import Piece
from listserv.web.bodies import _body, blocks, rejoined
from tests.growth import growth, takes

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
        ("(patrz: https://example.org/a_(b)).", "https://example.org/a_(b)"),
        ("[tekst](https://example.org/a)", "https://example.org/a"),
        ("**https://example.org/zażółć?x=ą**…", "https://example.org/zażółć?x=ą"),
        ("https://example.org/a\u200b i dalej", "https://example.org/a"),
        ("w «https://example.org/a» i", "https://example.org/a"),
        ("HTTP://EXAMPLE.ORG/A,", "HTTP://EXAMPLE.ORG/A"),
        ("o tym https://example.org/a – tutaj", "https://example.org/a"),
        ("https://example.org/a?b=[c]", "https://example.org/a?b=[c]"),
    ],
)
def test_web_addresses_can_be_followed_and_end_where_the_sentence_goes_on(text, url):
    assert f'href="{url}" rel="nofollow noopener noreferrer ugc"' in blocks(text)


@pytest.mark.parametrize("text", ["javascript:alert(1)", "data:text/html,x", "http://", "www.", "https:// x", "ftp://example.org/", "ftp://www.example.org/", "ewa@www.example.org", "a.www.example.org", "tel. 22 123 45 67", "+48 22 123-45-67"])
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
    assert takes(lambda: blocks(text), 3) < 3


PATCH = "--- a/x.py\n+++ b/x.py\n@@ -1,3 +1,3 @@\n import <re>\n-old = 1\n+new = 2\n \n@@ -9 +9 @@\n-a\n+b"
TAG = re.compile("<[^>]+>")


def text_of(html):
    return unescape(TAG.sub("", html))


def test_a_patch_is_code_whose_lines_say_what_they_do():
    html = body(("said", f"Tak:\n\n{PATCH}\n\nEwa\n"))

    assert '<p>Tak:</p>\n<pre class="diff" tabindex="0" role="group" aria-label="patch, 10 lines">' in html
    assert "<ins>+new = 2\n</ins>" in html and "<del>-old = 1\n</del>" in html
    assert '<span class="at">@@ -1,3 +1,3 @@\n</span> import &lt;re&gt;\n' in html
    assert html.endswith("</pre>\n<p>Ewa</p>")


def test_a_patch_below_a_signature_is_not_folded_with_it():
    html = body(("said", "Tak.\n"), ("signature", f"-- \n+  Ewa  +\n\n{PATCH}\n"))

    assert html.index("<details") < html.index("</details>") < html.index('class="diff"')


def test_a_patch_within_a_quote_is_code_too_and_a_long_one_is_folded():
    assert '<blockquote><pre class="diff"' in body(("quote", "\n".join(f"> {line}" for line in PATCH.split("\n"))))
    long = "@@ -0,0 +1,400 @@\n" + "+x\n" * 400
    assert '<details class="fold patch"><summary>patch, 401 lines</summary><pre' in body(("said", long))



def test_lists_stay_lists_of_words():
    assert "<pre" not in body(("said", "Za i przeciw:\n\n+ tanio\n- daleko\n- drogo\n\n--- \n+++\n"))


@given(st.lists(st.tuples(st.sampled_from(" +-"), st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), max_size=30)), max_size=30))
def test_the_text_of_a_shown_patch_is_the_patch(lines):
    lines = [*lines, ("+", "x")]
    old, new = (sum(mark in marks for mark, _ in lines) for marks in (" -", " +"))
    patch = f"--- a\n+++ b\n@@ -1,{old} +1,{new} @@\n" + "\n".join(mark + line for mark, line in lines)

    assert text_of(str(_body((Piece("said", patch),), "", "en"))) == patch + "\n"


def hunks(count):
    return "--- a\n+++ b\n" + "@@ -1,2 +1,2 @@\n x\n-y\n+z <&>\n" * count


def test_a_long_patch_takes_time_and_room_in_proportion_to_its_lines():
    assert growth(lambda count: body(("said", hunks(count))), 250, 1250) < 12
    assert len(body(("said", hunks(1250)))) < 200_000


def test_code_between_fences_is_code_and_an_open_fence_is_words():
    assert blocks("Tak:\n```python\nx = 1\n\n- y\n```\nEwa") == '<p>Tak:</p>\n<pre tabindex="0">x = 1\n\n- y\n</pre>\n<p>Ewa</p>'
    assert "<pre" not in blocks("```\nx = 1")
    assert "```" in blocks("```\nx = 1")


def test_a_mail_that_is_passed_on_without_a_word_lies_open():
    html = body(("attribution", "Od: Jan\nDo: Ewa\nTemat: Konkurs\n"), ("quote", "Ogłaszamy konkurs.\n"), ("signature", "-- \nEwa\n"))

    assert '<details class="fold quote" open>' in html


def test_a_mail_that_is_passed_on_below_a_word_lies_open_and_one_that_is_answered_is_folded():
    passed_on = body(("said", "Polecam!\n"), ("attribution", "---------- Forwarded message ---------\nOd: Jan\n"), ("quote", "Konkurs.\n"))
    answered = body(("said", "Tak.\n"), ("attribution", "-----Oryginalna wiadomość-----\nOd: Jan\n"), ("quote", "Konkurs.\n"))

    assert '<details class="fold quote" open>' in passed_on
    assert '<details class="fold quote">' in answered


def test_a_signature_without_a_word_in_it_is_not_shown():
    assert body(("said", "x\n"), ("signature", "-- \n\n")) == "<p>x</p>"
