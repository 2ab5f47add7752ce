"""Styles of letters: what is readable stays, what loads, hides or leaves its box goes."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listserv.mail.html import clean
from listserv.mail.htmlstyle import safe_style
from tests.mail.test_html import TOKENS, leaks


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("background:white", "background-color:white"),
        ("background:#F7E3CC none repeat scroll 0 0", "background-color:#F7E3CC"),
        ("background:#fff url(https://example.org/x.png) no-repeat", "background-color:#fff"),
        ("background:url(https://example.org/x.png)", None),
        ("background:linear-gradient(red, blue)", None),
        ("background-image:url(x)", None),
        ('font:7.0pt "Times New Roman"', 'font-size:7.0pt;font-family:"Times New Roman"'),
        ("font:italic bold 11pt/1.2 Calibri, sans-serif", "font-style:italic;font-weight:bold;font-size:11pt;line-height:1.2;font-family:Calibri, sans-serif"),
        ("font:caption", None),
        ("text-indent:-18.0pt", "text-indent:-18.0pt"),
        ("text-indent:-999px", None),
        ("border-top:solid #E1E1E1\n            1.0pt", "border-top:solid #E1E1E1 1.0pt"),
        ("margin-left:400px", None),
        ("margin:0cm 0cm .0001pt 36.0pt", "margin:0cm 0cm .0001pt 36.0pt"),
        ("padding:90%", None),
        ("line-height:1px", None),
        ("line-height:115%", "line-height:115%"),
        ("font-size:300em", None),
        ("position:fixed;top:0;opacity:0;transform:scale(9);z-index:9;content:'x';float:left;filter:blur(9px)", None),
        ("color:red;behavior:url(x);-moz-binding:url(x)", "color:red"),
        ("color:light-dark(red, blue);width:calc(100vw * 9);color:env(x)", None),
        ("color:red/**/;color:/*;color:blue", "color:blue"),
        (r"color:re\64", None),
        ("--x:1;color:var(--x)", None),
        ("@import 'x'", None),
        ("color:red}body{display:none", None),
        ("width:100%;WIDTH:50%", "width:100%;width:50%"),
    ],
)
def test_a_declaration_stays_where_it_can_do_nothing_but_show(style, kept):
    assert safe_style(style) == kept


DECLARATION = st.builds(
    "{}:{}".format,
    st.sampled_from(["color", "background", "font", "margin", "width", "BORDER", "text-indent", "font-family", "display", "line-height", "content", "position", "--x"]),
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(["red", "url(x)", "URL( 'x' )", "expression(1)", "rgb(1,2,3)", "11pt/1 Arial", "\\75rl(x)", "-9px", "1e9px", "image-set('x' 1x)", "attr(x)", "'x", "/*", "*/"]),
    ),
)


@given(st.lists(DECLARATION, max_size=8).map(";".join))
def test_styles_are_filtered_once_and_never_load(style):
    kept = safe_style(style)

    assert kept is None or safe_style(kept) == kept
    assert re.search(r"url\s*\(|expression\s*\(|image|[\\@{}<>]|attr\s*\(|/\*", kept or "", re.IGNORECASE) is None


@pytest.mark.parametrize(
    ("body", "begins"),
    [
        ('<body bgcolor="#102030" text=#ffffff>a', '<div style="background-color:#102030;color:#ffffff">a'),
        ("<BODY style='margin:0;background:#000;color:white'>a", '<div style="background-color:#000;color:white">a'),
        ('<body text="#000000" bgcolor="#FFFFFF">a', "a"),
        ("<body style=\"background:url('x')\">a", "a"),
        ("<p title=\"<body bgcolor=red text='blue'>\">a</p>", '<p title="&lt;body'),
    ],
)
def test_a_letter_keeps_the_ground_that_it_was_written_on(body, begins):
    assert clean(body).startswith(begins)


ATTRIBUTES = st.sampled_from(
    ['<p style="color:red;', "background:url(x)", '">', "<a href='", "https://example.org/", "javascript:alert(1)", "'>", "</a>", '<img src="', "cid:x", 'data:image/svg+xml,<svg onload=alert(1)>"']
    + ["<body bgcolor=", "red", " onerror=alert(1) ", "`", '"', "'", ">", "<", "/", "=", "&quot;", "&#x6a;", "&Tab;", "\x00", "\u2028", "<!-->", "<![if !mso]>", "<?xml", "<math><annotation-xml encoding=text/html>"]
    + ["<svg><desc>", "<select><template>", "<noscript>", "<plaintext>", "<xmp>", "<frameset>", "<table><caption>", "</p>", "</br>", "<isindex>", "<image src=x onerror=alert(1)>", "\N{NO-BREAK SPACE}"]
)


@given(st.lists(st.one_of(ATTRIBUTES, TOKENS), max_size=30).map("".join))
def test_whatever_is_torn_apart_stays_harmless(html):
    safe = clean(html)

    assert leaks(safe) == []
    assert clean(safe) == safe


@pytest.mark.long
@settings(max_examples=20_000)
@given(st.lists(st.one_of(ATTRIBUTES, TOKENS, st.text(max_size=5)), max_size=120).map("".join))
def test_whatever_is_torn_apart_stays_harmless_for_long(html):
    safe = clean(html)

    assert leaks(safe) == []
    assert clean(safe) == safe
