"""Markdown of the browser: what it means, what it never does, and how long it may take."""

import random
import re
import time

import pytest

from listserv.mail import markup
from tests.chromium import CHROMIUM
from tests.mail.browser import reading


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Dzień **dobry**", "<p>Dzień <strong>dobry</strong></p>"),
        ("jedna linia\ndruga", "<p>jedna linia<br>\ndruga</p>"),
        ("> cytat", "<blockquote>\n<p>cytat</p>\n</blockquote>"),
        ("Ewa pisze:\n> tak", "<p>Ewa pisze:</p>\n<blockquote>\n<p>tak</p>\n</blockquote>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("# Tytuł", "<h3>Tytuł</h3>"),
        ("nazwa_pliku_z_kreskami.txt", "<p>nazwa_pliku_z_kreskami.txt</p>"),
        ("```\nx = '<b>'\n```", "<pre><code>x = '&lt;b&gt;'\n</code></pre>"),
        ("", ""),
    ],
)
def test_what_people_write_is_understood(text, html):
    assert markup.to_html(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<div\nonclick=alert(1)>x</div>",
        "[x](javascript:alert(1))",
        "[x](  JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](//evil.example.net)",
        "[x](/sign-out)",
        "![x](https://evil.example.net/pixel.png)",
        "[x]: javascript:alert(1)\n\n[x]",
        "<javascript:alert(1)>",
        '<https://example.org/"onmouseover=alert(1)>',
        "`<script>`",
        "```html\n</code></pre><script>alert(1)</script>\n```",
        "&#60;script&#62;alert(1)&#60;/script&#62;",
        "[a](https://example.org 'x\" onclick=\"alert(1)')",
        "| <svg onload=alert(1)> |\n|---|\n| a |",
        "<style>*{display:none}</style>",
        "**<b onclick=alert(1)>x</b>**",
        "[x](vbscript:msgbox)",
        "\\<script>alert(1)\\</script>",
    ],
)
def test_nothing_that_is_written_becomes_live(text):
    html = markup.to_html(text)

    assert not any(
        bad in html.lower() for bad in ("<script", "<img", "<svg", "<style", "<div", 'javascript:alert(1)"', "data:text", 'vbscript:msgbox"', 'href="/')
    )
    tags = [re.sub(r'"[^"]*"', "", part.partition(">")[0]) for part in html.split("<")[1:]]
    assert not any(" on" in tag for tag in tags)


@pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
def test_a_real_browser_agrees():
    evil = list(test_nothing_that_is_written_becomes_live.pytestmark[0].args[1])
    with reading() as read:
        assert [(text, found) for text in evil if (found := read(markup.to_html(text)))] == []


HOSTILE = {
    "brackets": "[" * 5_000,
    "links": "[a](" * 3_000,
    "few brackets, much space": ("[" + " " * 100) * 190,
    "lists": "".join("  " * depth + "- a\n" for depth in range(1_500)),
    "quotes": "> " * 3_000,
    "stars": "*" * 20_000,
    "stars and words": "**a _b *c __d " * 3_000,
    "backticks": "".join("`" * (number % 9 + 1) + "a" for number in range(3_000)),
    "fences": "```\n" * 5_000,
    "headings": "# a\n" * 10_000,
    "tables": "|a" * 3_000 + "\n" + "|-" * 3_000,
    "addresses": "a@" * 20_000,
    "hosts": "www." * 20_000,
    "one word": "a" * 200_000,
    "lines": "a\n" * 50_000,
    "spaces": " " * 100_000 + "a",
    "entities": "&#x" * 20_000,
    "angles": "<" * 20_000,
    "references": "[a]: http://b\n" * 3_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_takes_long_and_none_is_lost(name):
    start = time.process_time()
    html = markup.to_html(HOSTILE[name])

    assert time.process_time() - start < 1.5
    assert html


def test_words_drawn_by_lot_take_no_long_time_either():
    lot = random.Random(8)
    pieces = [*"[)*_`>-#|<&@a\\ \n", "](", "**", "~~", "> ", "- ", "# ", "1. ", "\n\n", "    ", "http://a.b/", "słowo "]
    for _ in range(60):
        chosen = lot.sample(pieces, 4)
        text = "".join(lot.choice(chosen) for _ in range(2_500))
        start = time.process_time()
        markup.to_html(text)
        assert time.process_time() - start < 1.5, chosen


def test_a_text_that_is_too_much_keeps_its_paragraphs_and_lines():
    assert markup.to_html("a <b>\nb\n\n" + "[" * 5_000).startswith("<p>a &lt;b&gt;<br>\nb</p>\n<p>[[[")


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Zwykłe słowa,\ndwie linie.\n\nhttps://example.org/a_b i jan@example.org", False),
        ("**ważne**", True),
        ("> cytat", True),
        ("[tu](https://example.org)", True),
    ],
)
def test_words_without_marks_need_no_second_form(text, marked):
    assert markup.has_marks(markup.to_html(text)) is marked
