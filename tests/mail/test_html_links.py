"""Links say where they lead: what a link names and does not keep stands beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail.html import clean
from listserv.mail.htmllinks import host_of, misleads

REL = 'rel="nofollow noopener noreferrer ugc"'

LIES = [
    ("https://evil.example/login", "www.bank.example"),
    ("https://evil.example/", "https://bank.example/login"),
    ("https://evil.example/", "bank.example"),
    ("https://evil.example/", "Bank.Example/login"),
    ("https://evil.example/", "Proszę wejść na www.bank.example i podać hasło"),
    ("https://bank.example.evil.example/", "bank.example"),
    ("https://bank.example@evil.example/", "https://bank.example/"),
    ("https://evil.example/?https://bank.example/", "https://bank.example/"),
    ("https://bank.example/", "https://login.bank.example/"),
    ("mailto:evil@evil.example", "anna@example.org"),
    ("https://evil.example/", "anna@example.org"),
    ("mailto:evil@evil.example", "www.bank.example"),
    ("https://evil.example/", "<b>www.</b>bank<i>.example</i>"),
    ("https://evil.example/", "www\N{FULLWIDTH FULL STOP}bank.example"),
    ("https://evil.example/", "www.b\N{ZERO WIDTH SPACE}ank.example"),
    ("https://evil.example/", "<span>https://evil.example </span>www.bank.example"),
    ("https://bank.example.evil.example/", 'https://bank.example<span style="display:none">.evil.example</span>/'),
    ("https://bank.example.evil.example/", 'https://bank.example<span style="font-size:0">.evil.example</span>/'),
    ("https://elpmaxe.knab/", "\N{RIGHT-TO-LEFT OVERRIDE}bank.example"),
    ("https://evil.example/", '<img src="https://evil.example/x" alt="www.bank.example">'),
]


@pytest.mark.parametrize(("href", "words"), LIES)
def test_a_link_that_names_another_address_says_where_it_leads(href, words):
    safe = clean(f'<p>a <a href="{href}">{words}</a> b</p>')

    assert f"</a> &lt;{href.removeprefix('mailto:')}&gt; b" in safe
    assert clean(safe) == safe


TRUE = [
    ("https://example.org/a", "https://example.org/a"),
    ("https://example.org/a", "http://www.example.org"),
    ("https://www.example.org/a?b=c", "example.org"),
    ("https://lists.example.org/a", "example.org"),
    ("https://example.org/a", "tutaj"),
    ("https://example.org/a", "plan.docx"),
    ("https://example.org/a", "skrypt.py"),
    ("https://example.org/a", "np. tak"),
    ("https://example.org/a", "wersja 2.11"),
    ("https://xn--d-uga0v4h.example/", "łódź.example"),
    ("mailto:anna@example.org?subject=x", "Anna@example.org"),
    ("mailto:anna@example.org", "Anna Nowa"),
    ("https://example.org/", "(https://example.org/)."),
]


@pytest.mark.parametrize(("href", "words"), TRUE)
def test_a_link_that_keeps_what_it_names_is_left_alone(href, words):
    assert clean(f'<a href="{href}">{words}</a>').endswith(f"{words}</a>")


def test_a_long_address_is_shown_by_its_host():
    href = "https://filter.example/?url=" + "x" * 300

    assert clean(f'<a href="{href}">https://example.org/</a>') == f'<a href="{href}" {REL}>https://example.org/</a> &lt;https://filter.example/…&gt;'


def test_a_picture_that_is_shown_as_its_words_tells_no_lies_either():
    html = '<a href="https://evil.example/"><img src="cid:x" alt="www.bank.example"></a>'

    assert clean(html, lambda cid: None).endswith("www.bank.example</a> &lt;https://evil.example/&gt;")


def test_the_tip_of_a_link_does_not_cover_its_address():
    assert "title" not in clean('<a href="https://evil.example/" title="https://bank.example/">Bank</a>')


@pytest.mark.parametrize(
    "href",
    [
        "https:evil.example", "https:/evil.example", "//evil.example", "java\nscript:alert(1)", "\x01javascript:alert(1)", "data:text/html,x", "cid:x",
        "vbscript:x", "file:///etc", "ftp://evil.example/", "blob:https://evil.example/x", "view-source:https://evil.example/", "/sign-out", "#m1", "",
    ],
)  # fmt: skip
def test_an_address_that_is_not_whole_leads_nowhere(href):
    assert "href" not in clean(f'<a href="{href}">x</a>')


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.Example.org/a", "example.org"),
        ("https://bank.example@evil.example:8080/", "evil.example"),
        ("https://evil.example\\@bank.example/", "evil.example"),
        ("https://ev\til.example/", "evil.example"),
        ("www.example.org", "example.org"),
    ],
)
def test_the_host_is_read_as_browsers_read_it(address, host):
    assert host_of(address) == host


LINK = st.sampled_from(
    ['<a href="https://evil.example/">', '<a href="mailto:a@evil.example">', "</a>", "www.bank.example", "https://bank.example/", " ", "<b>", "</b>", "<p>"]
    + ["<table>", "<tr>", "<td>", "</table>", " &lt;https://evil.example/&gt;", "<pre>", "\n", "<br>", "&amp;", "\N{NO-BREAK SPACE}", "<li>", '<a href="https://x.example/&quot;<b>">']
)


@given(st.lists(LINK, max_size=25).map("".join))
def test_links_are_made_honest_once(html):
    safe = clean(html)

    assert clean(safe) == safe


@pytest.mark.parametrize("words", ["//bank.example", "→ bank.example", "„bank.example”", "(bank.example)", "bank.example!", "bank.example.", "bank。example"])
def test_an_address_between_signs_is_an_address(words):
    assert misleads("https://evil.example/", words)
    assert not misleads("https://www.bank.example/konto", words)
