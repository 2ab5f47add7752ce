"""Any text at all: it is cut, never changed, and soon."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail.html import to_text
from listserv.mail.quotes import letter, reply, split
from tests.growth import takes


@pytest.mark.parametrize("text", ["", "\n", " \n ", "\u00a0", "\r\n", "\x00\n>\n", "a\u2028> b\x85c\n", "> a", ">", "\ud800:\n> b"])
def test_odd_texts_are_only_cut_never_changed(text):
    assert "".join(piece.text for piece in split(text)) == text


LINES = st.sampled_from(
    [
        *("tak", "> a", ">> b", "", " ", "-- ", "--", "\t", "_____", "```", ">From x", "JK> y", "Anna Nowa", "tel. 22 555 01 01", "a <", "b>:"),
        *("Od: Jan <a@b.example>", "Wysłane: 3 marca 2026 10:15", "Do: x", "Temat: y", "-----Original Message-----", "Początek przekazywanej wiadomości:"),
        *("W dniu 3.03.2026 o 10:15, Jan pisze:", "<a@b.example> napisał:", "2026-03-03 10:15 GMT+01:00 Jan", ">>> Jan 2026-03-03 10:15 >>>"),
        *("słowoOd: Jan <a@b.example>", "słowo--- On 3 March 2026 Jan wrote:", "news:abc@example.org...", "Użytkownik Jan napisał"),
        *(
            "Sent from my iPhone",
            "Wolne od wirusów",
            "https://example.org",
            "mailing list",
            "Pozdrawiam,",
            "To jest poufne i tylko dla adresata, proszę usunąć.",
        ),
    ]
)


@given(st.lists(LINES, max_size=30).map("\n".join))
def test_the_pieces_in_a_row_are_the_text(text):
    pieces = split(text)

    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)
    assert all(one.kind != other.kind for one, other in pairwise(pieces))


@given(st.lists(LINES, max_size=12).map("\n".join))
def test_only_what_was_said_is_in_the_reply(text):
    said = {line.strip() for piece in split(text) if piece.kind == "said" for line in piece.text.split("\n")}

    assert {line.strip() for line in reply(text).split("\n")} <= said | {""}
    assert reply(text) in letter(text) or not reply(text) or "Pozdrawiam" in letter(text)


AUTHOR = st.text(alphabet=st.characters(categories=("L", "Nd", "Zs")), min_size=1, max_size=60).filter(lambda words: words.strip())
QUOTES = st.lists(st.sampled_from(["> a", "> b c", ">> d", ">"]), max_size=6)


@given(AUTHOR, QUOTES)
def test_an_answer_above_or_below_marked_quotes_is_never_lost(words, quotes):
    said = " ".join(words.split())
    for text in (f"Otóż {said} i tyle.\n\n" + "\n".join(quotes), "\n".join(quotes) + f"\n\nOtóż {said} i tyle.\n"):
        assert f"Otóż {said} i tyle." in " ".join(reply(text).split())


@given(st.text())
def test_any_text_survives_being_split(text):
    assert "".join(piece.text for piece in split(text)) == text


# A megabyte of the worst takes 0.8 s of CPU; a quarter of it is tried, and a busy machine's five times the time allowed: what grows with
# the square of its size takes minutes.
SIZE, ENOUGH = 250_000, 1.0
UNITS = [
    *(">", ":", ">\n", ":\n", "> a\n\nb:\n", "Od: a\n", "From: a\n\n", "Od: a\nb\n", "Od: a\n\n\n", "On 1 May 2026\n", "On a\nb\nc\nd:\n> e\n"),
    *(
        "-- \n",
        "--\n",
        "-----\na@b.example\n",
        " ",
        "a\n--\nb\n> c\n",
        "-- \na\n> b\n",
        "\n",
        "\t",
        "\u200b",
        "\u00a0",
        "a\u2028",
        "é",
        "1 ",
        "12 ",
        "10:15 ",
        "<",
        "- ",
    ),
    *("> a\nb\n", ">From a\n", "```\n> a\n", "JK> a\n", "a <\nb>:\n> c\n", "> \n\n", ">>> a 2026-03-03 10:15 >>>\n", ">>> a\nb\n", "a--- On ", "aOd: a"),
    *(
        'aOd: "b" <c@d>\nDo: ',
        "aFrom: a <b@c>\n",
        "Wysłane z iPhone'a\n",
        "Sent from ",
        "Pozdrawiam\n",
        "Pozdrawiam\nJan\n",
        "poufne adresat usunąć\n",
        "art. 6 RODO ",
    ),
    *(
        "tel. 22 555 01 01\n",
        "_____\nmailing list\n",
        "mailing list\n",
        "https://example.org\n",
        "[a]\n",
        "12.03.2026 10:15 a:\n\n",
        "2026-03-03 10:15 GMT+01:00 a\n\n",
    ),
    *("W dniu a\n\n", "Le lun. a écrit :\n\n", "---- a napisał ----\n", "a <b@c.example> napisał:\n", "news:abc\n> a\n", "*From:* a\n", "przeznaczone "),
]


@pytest.mark.sampled(8)
@pytest.mark.parametrize("unit", UNITS)
def test_any_text_takes_time_in_proportion_to_its_size(unit):
    text = unit * (SIZE // len(unit.encode()))

    assert takes(lambda: split(text), ENOUGH) < ENOUGH


HTML = [
    *(
        '<div class="yahoo_quoted">a',
        "<blockquote>a",
        '<div id="divRplyFwdMsg">a</div>',
        '<div id="appendonsend">',
        '<hr id="zwchr">',
        '<div style="border-left:1px">a:',
    ),
    *(
        '<blockquote>a</blockquote><div class="zmail_extra">b</div>',
        '<p>a napisał:</p><div style="border-left:1px">b</div>',
        '<div style="border-top:solid">Od: a</div>',
    ),
    '<div class="gmail_signature">a</div>',
]


@pytest.mark.parametrize("unit", HTML)
def test_any_html_takes_time_in_proportion_to_its_size(unit):
    html = unit * (SIZE // len(unit))

    assert takes(lambda: split(to_text(html)), ENOUGH) < ENOUGH
