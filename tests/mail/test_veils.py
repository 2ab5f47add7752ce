"""Addresses end at their @ as they are seen, whatever stands within them."""

import time

import pytest

from listserv.mail.veils import betrays, mask, mask_html

TEXTS = {
    "anna@example.org": "anna@…",
    "anna＠example.org": "anna@…",
    "anna﹫example.org": "anna@…",
    "anna@example。org": "anna@…",
    "anna@example．org": "anna@…",
    "anna@exam\u00adple.org": "anna@…",
    "anna@\u200bexample.org": "anna@…",
    "anna@example.\u2060org": "anna@…",
    "anna/@example.org": "anna/@…",
    "see /@example.org": "see /@…",
    "anna@\nexample.org": "anna@…",
    "> anna@\n> example.org, 5": "> anna@…, 5",
    "anna@example.\norg": "anna@….\norg",
    "anna@[192.0.2.1]": "anna@…",
    "anna@z\u0307ycie.example.org": "anna@…",
    "https://social.example.org/@anna.lis": "https://social.example.org/@anna.lis",
    "www.social.example.org/@anna.lis": "www.social.example.org/@anna.lis",
    "https://social.example.org/ anna/@example.org": "https://social.example.org/ anna/@…",
    "https://social.example.org/@anna@other.example.org": "https://social.example.org/@anna@…",
    "at 5 @ home, version@2": "at 5 @ home, version@2",
}


@pytest.mark.parametrize("text", TEXTS)
def test_an_address_ends_at_its_at_sign_as_it_is_seen(text):
    assert mask(text) == TEXTS[text]


LETTERS = {
    "<p>anna@example.org</p>": "<p>anna@…</p>",
    "<p>czytel@gazeta.<wbr>example.org, so</p>": "<p>czytel@…<wbr>, so</p>",
    "<p>a@<span>b.org</span> c</p>": "<p>a@…<span></span> c</p>",
    "<p>a@<wbr>b.org &amp; c@d.org</p>": "<p>a@…<wbr> &amp; c@…</p>",
    "<p>a@\u200bb.org</p>": "<p>a@…</p>",
    "<p>a@b<b>.</b>or<i>g</i> end</p>": "<p>a@…<b></b><i></i> end</p>",
    "<div>anna@</div><div>example.org</div>": "<div>anna@…</div><div></div>",
    '<a href="mailto:a@b.org">a@b.org</a>': '<a href="mailto:a@…">a@…</a>',
    '<a href="https://x.example/?to=a%40b%2Eorg">x</a>': '<a href="https://x.example/?to=a@%E2%80%A6">x</a>',
    '<p title="a@b.org">x &lt; y @ z</p>': '<p title="a@…">x &lt; y @ z</p>',
    "<p>a&amp;b@c.org&nbsp;d</p>": "<p>a&amp;b@…&nbsp;d</p>",
    "<p>Tom &amp; Anna</p>": "<p>Tom &amp; Anna</p>",
}


@pytest.mark.parametrize("html", LETTERS)
def test_a_formatted_address_is_one_over_the_tags_within_it(html):
    assert mask_html(html) == LETTERS[html]


@pytest.mark.parametrize("html", LETTERS)
def test_what_is_masked_says_the_same_when_it_is_masked_again(html):
    assert mask_html(LETTERS[html]) == LETTERS[html]


IDS = {
    ("anna@example.org.123@mail.example.net", "anna@example.org"): True,
    ("anna@example.org", "anna@example.org"): True,
    ("20260303.anna.17@example.org", "Anna@example.org"): True,
    ("anna%40example.org.1@mail.example.net", "anna@example.org"): True,
    ("bounce-anna=example.org.1@mail.example.net", ""): True,
    ("anna.example.org.1@mail.example.net", "anna@example.org"): True,
    ("CAF12ab=x9@mail.example.org", "anna@example.org"): False,
    ("susannah7@example.org", "anna@example.org"): False,
    ("m17@example.org", "anna@example.org"): False,
    ("m17@example.org", ""): False,
}


@pytest.mark.parametrize(("message_id", "author"), IDS)
def test_an_id_that_holds_an_address_is_known(message_id, author):
    assert betrays(message_id, author) is IDS[message_id, author]


@pytest.mark.sampled(4)
@pytest.mark.parametrize("odd", ["@", "@a.", "@a", "/@b.cc", "@1.", "a@ > ", "<b>a@</b>", "&amp;@"])
def test_a_megabyte_of_anything_takes_no_time(odd):
    text = odd * (1_000_000 // len(odd))
    begun = time.process_time()
    mask(text)
    mask_html(text)
    assert time.process_time() - begun < 8
