import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from listserv.mail.html import clean, to_text
from listserv.mail.htmlguard import is_bearable
from listserv.mail.quotes import reply

# --- clean ------------------------------------------------------------------------------------------------------

NASTY = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="jav&#x09;ascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="/relative">x</a>',
    '<iframe src="https://example.org"></iframe>',
    '<object data="x.swf"></object><embed src="x.swf">',
    '<svg><script>alert(1)</script></svg><math><mi xlink:href="javascript:alert(1)">x</mi></math>',
    '<form action="https://example.org"><input name=a><button>ok</button></form>',
    '<meta http-equiv="refresh" content="0;url=https://example.org"><link rel=stylesheet href="https://example.org/a.css"><base href="https://example.org">',
    "<style>@import url(https://example.org/a.css)</style>",
    '<p style="background:url(https://example.org/pixel)">x</p>',
    '<p style="background-color:url(https://example.org/pixel)">x</p>',
    '<p style="font-family:url(https://example.org/f)">x</p>',
    '<p style="width:expression(alert(1))">x</p>',
    r'<p style="color:\75 rl(x)">x</p>',
    '<p style="color:var(--x);width:attr(x)">x</p>',
    '<p style="position:fixed;top:0;left:0;z-index:99">x</p>',
    '<table background="https://example.org/pixel"><tr><td background="https://example.org/pixel">x</td></tr></table>',
    '<img srcset="https://example.org/a 1x" src="https://example.org/a" longdesc="https://example.org">',
    '<video poster="https://example.org/a"><source src="https://example.org/a"></video>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<a title="<img src=cid:x onerror=alert(1)>" href="https://example.org">x</a>',
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
]


def leaks(html: str) -> list[str]:
    """What could run or load in cleaned HTML."""
    found = []
    for element in LexborHTMLParser(html).css("body *"):
        if element.tag in ("script", "style", "iframe", "object", "embed", "form", "input", "button", "svg", "math", "link", "meta", "base", "video"):
            found.append(element.tag or "")
        for name, value in element.attributes.items():
            if (
                name.startswith("on")
                or name in ("background", "poster", "srcset", "longdesc", "id", "name")
                or (name == "src" and not (value or "").startswith("cid:"))
            ):
                found.append(f"{name}={value}")
            if name == "href" and not (value or "").startswith(("http://", "https://", "mailto:", "tel:")):
                found.append(f"{name}={value}")
            if name == "style" and re.search(r"url|expression|\\|var|attr|position|@", value or ""):
                found.append(f"{name}={value}")
    return found


@pytest.mark.parametrize("html", NASTY)
def test_nothing_runs_and_nothing_is_loaded(html):
    safe = clean(html)

    assert leaks(safe) == []
    assert clean(safe) == safe


def test_what_makes_a_letter_readable_stays():
    html = '<p style="color:#333;text-align:center"><b>Ważne</b>: <a href="https://example.org/a?b=1&amp;c=2">tu</a></p><ol start="3"><li>a</li></ol><blockquote>x</blockquote>'

    assert clean(html) == (
        '<p style="color:#333;text-align:center"><b>Ważne</b>: <a href="https://example.org/a?b=1&amp;c=2" rel="nofollow noopener noreferrer ugc">tu</a></p>'
        '<ol start="3"><li>a</li></ol><blockquote>x</blockquote>'
    )


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("width:99999px;color:red", "color:red"),
        ("margin-left:-9999px", None),
        ("width:1e9px", None),
        ("font-size:12.5pt !important; COLOR : RGB(1, 2, 3)", "font-size:12.5pt;color:RGB(1, 2, 3)"),
        ("font-size:5000px", None),
        ("border-top:solid #E1E1E1 1.0pt", "border-top:solid #E1E1E1 1.0pt"),
        ("font-family:'Segoe UI',sans-serif", "font-family:'Segoe UI',sans-serif"),
        ("display:none", "display:none"),
        ("display:fixed", None),
        (";;:;a", None),
    ],
)
def test_styles_stay_in_their_box(style, kept):
    assert clean(f'<p style="{style}">x</p>') == (f'<p style="{kept}">x</p>' if kept else "<p>x</p>")


def test_a_remote_image_is_its_alt_text():
    assert clean('<p>a <img src="https://example.org/x.png" alt="Logo &lt;b&gt;"> b <img src="https://example.org/pixel"></p>') == "<p>a Logo &lt;b&gt; b </p>"


def test_an_image_of_the_mail_gets_the_address_that_the_caller_gives():
    html = '<p><img src="cid:a&amp;b@example.org" alt="Plan"><img src="cid:gone" alt="Mapa"></p>'

    shown = clean(html, {"a&b@example.org": '/x/attachment/1?"'}.get)

    assert shown == '<p><img src="/x/attachment/1?&quot;" alt="Plan">Mapa</p>'
    assert "cid:gone" in clean(html)


def test_quote_classes_stay_and_others_go():
    assert clean('<div class="gmail_quote button">x</div>') == '<div class="gmail_quote">x</div>'


NAMES = ("a", "b", "i", "p", "div", "table", "tr", "td", "ul", "li", "pre", "blockquote", "font", "span", "style", "script", "svg", "math", "select", "h1", "form")
TOKENS = st.sampled_from(
    [f"<{tag}>" for tag in (*NAMES, "textarea", "template", "title")]
    + [f"</{tag}>" for tag in NAMES]
    + [
        "<img src=cid:x alt='a<b'>",
        '<img src="https://example.org" alt="&lt;b&gt;">',
        '<a href="https://example.org">',
        "\n",
        "x",
        "&#13;",
        "&lt;",
        "<!--",
        "-->",
        "<font color=red>",
    ]
    + ["<br>", "\r\n", " ", "<![CDATA[", "\x00", "\ud800", "<li value=3>", "<p style='color:red'>", "&nbsp;"]
)


@given(st.lists(TOKENS, max_size=20).map("".join))
def test_cleaning_twice_is_cleaning_once(html):
    safe = clean(html)

    assert clean(safe) == safe
    assert leaks(safe) == []
    to_text(html)


BOMBS = {
    "nesting": "<div>" * 100_000,
    "formatting left open": "".join(f"<p><b a={n}></p>" for n in range(20_000)),
    "formatting left open in tables": "".join(f"<p><b a={n}></p><table><td></b></table>" for n in range(8_000)),
    "formatting hidden in cells": "".join(f"<b x={n}><table><td></b></td></table>" for n in range(6_000)),
    "closing tags that close nothing": "<div><table><td></div></td></table>" * 9_000,
    "closing tags in comments": "<div><!--</div>-->" * 9_000,
    "closing tags in attributes": "<div title='</div>'>" * 9_000,
    "closing tags in styles": "<div><style></div></style>" * 9_000,
    "lists": "<ul><li>" * 20_000,
}


@pytest.mark.parametrize("html", BOMBS.values(), ids=BOMBS.keys())
def test_html_that_would_cost_too_much_is_not_parsed(html):
    assert not is_bearable(html)
    assert clean(html) == ""
    to_text(html)


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    "html",
    ["<" * 300_000, "<a " * 100_000, '<a="' * 100_000, "<!--" * 100_000, "</b " * 100_000, '<a x="' * 100_000, "<b>" * 400 + "</i>" * 50_000, "&lt;" * 100_000],
)
def test_the_guard_itself_takes_time_in_proportion(html):
    begin = time.process_time()

    clean(html)
    to_text(html)

    assert time.process_time() - begin < 4


@pytest.mark.parametrize(
    "html",
    [
        "<p>abc<br>" * 10_000,
        "<table>" + "<tr><td>a<td>b" * 5_000,
        "<p><font color=red>x</p>" * 5_000,
        "<b><i>x</b></i> " * 5_000,
        "<a href=x>y</a><br/>" * 9_000,
    ],
)
def test_long_and_careless_letters_are_read(html):
    assert is_bearable(html)


# --- to_text ----------------------------------------------------------------------------------------------------


def text_of(html: str) -> str:
    return to_text(html).rstrip("\n")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p>Dzień\n  dobry</p><p>drugi</p>", "Dzień dobry\n\ndrugi"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<p class=MsoNormal>a</p><p class=MsoNormal>b<o:p></o:p></p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>c</p>", "a\nb\n\nc"),
        ('<p style="margin:0">a</p><p style="margin:0">b</p>', "a\nb"),
        ("<ul><li>a<li><p>b</p><p>c</p><li>d<ul><li>e</ul></ul>f", "- a\n- b\n\n  c\n- d\n  - e\n\nf"),
        ("<ol start=9><li>a<li>b</ol>", "9. a\n10. b"),
        ('<a href="https://example.org/x">tutaj</a>', "tutaj <https://example.org/x>"),
        ('<a href="https://example.org/">https://example.org</a> <a href="http://www.example.org">example.org</a>', "https://example.org example.org"),
        ('<a href="mailto:a@example.org?subject=x">a@example.org</a> <a href="mailto:a@example.org">Anna</a>', "a@example.org Anna <a@example.org>"),
        ('<a href="#top">w górę</a> <a href="javascript:x">x</a> <a href="https://example.org"></a>', "w górę x"),
        ('<img alt="Logo" src="https://example.org/x"> <img alt="🙂"> <img src="https://example.org/pixel">', "[Logo] 🙂"),
        ("<pre>if a:\n    return  b\n</pre>po", "if a:\n    return  b\n\npo"),
        ("<table><tr><th>Miasto<th>Książek<tr><td><p>Łódź</p><td>12</table>", "Miasto | Książek\nŁódź | 12"),
        ("<table><tr><td><table><tr><td>a</td></tr></table></td><td><ul><li>b</ul></td></tr></table>", "a\n\n- b"),
        ("a<hr>b", "a\n-----\nb"),
        ("<head><title>x</title><style>p{}</style></head><p>a<script>b</script><!-- c --></p>", "a"),
        ('<div style="display:none">podgląd</div><p>a</p>', "a"),
        ("a &lt;b&gt; &amp; &zwnj;c", "a <b> & \u200cc"),
        ("<h1>Tytuł</h1>tekst", "Tytuł\n\ntekst"),
        ("<blockquote>a<blockquote>b</blockquote>c</blockquote>d", "> a\n>> b\n>\n> c\n\nd"),
        ('<blockquote style="margin:0 0 0 40px;border:none;padding:0px">wcięcie</blockquote>', "wcięcie"),
        ("\ud800x", "?x"),
    ],
)
def test_html_is_read_as_text(html, text):
    assert text_of(html) == text


QUOTE = "<p>Dzień dobry,</p><p>pytanie</p>"
CLIENTS = {
    "gmail": '<div dir="ltr">Odpowiedź</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">wt., 3 mar 2026 o 10:15 Jan Kowalski &lt;<a href="mailto:jan@example.org">jan@example.org</a>&gt; napisał(a):<br></div>'
    f'<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">{QUOTE}</blockquote></div>',
    "gmail with a signature": '<div>Odpowiedź<br clear="all"><div><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">Anna Nowa<br>Biblioteka</div></div></div>'
    f'<div class="gmail_quote">On Tue, Mar 3, 2026 at 10:15 AM Jan &lt;<a href="mailto:jan@example.org">jan@example.org</a>&gt; wrote:<br><blockquote class="gmail_quote">{QUOTE}</blockquote></div>',
    "thunderbird": f'<p>Odpowiedź</p><div class="moz-cite-prefix">W dniu 3.03.2026 o 10:15, Jan Kowalski pisze:<br></div><blockquote type="cite" cite="mid:x">{QUOTE}</blockquote>'
    '<pre class="moz-signature" cols="72">-- \nAnna Nowa</pre>',
    "apple": f'Odpowiedź<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>Wiadomość napisana przez Jan &lt;jan@example.org&gt; w dniu 3 mar 2026, o godz. 10:15:</div><br><div>{QUOTE}</div></blockquote></div>',
    "iphone": f'<div dir="ltr">Odpowiedź<br><br><div dir="ltr">Wysłane z iPhone’a</div><div dir="ltr"><br><blockquote type="cite">Wiadomość napisana przez Jan w dniu 03.03.2026, o godz. 10:15:<br><br></blockquote></div><blockquote type="cite">{QUOTE}</blockquote></div>',
    "outlook": '<div class=WordSection1><p class=MsoNormal>Odpowiedź<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
    "<p class=MsoNormal><b>From:</b> Jan Kowalski &lt;jan@example.org&gt; <br><b>Sent:</b> Tuesday, March 3, 2026 10:15 AM<br><b>To:</b> Anna<br><b>Subject:</b> Pytanie<o:p></o:p></p></div></div>"
    f"<p class=MsoNormal><o:p>&nbsp;</o:p></p>{QUOTE}</div>",
    "outlook web": '<div>Odpowiedź</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><font><b>Od:</b> Jan Kowalski &lt;jan@example.org&gt;<br><b>Wysłane:</b> wtorek, 3 marca 2026 10:15<br>'
    f"<b>Do:</b> Anna<br><b>Temat:</b> Pytanie</font><div>&nbsp;</div></div><div>{QUOTE}</div>",
    "outlook mobile": '<div>Odpowiedź</div><div id="ms-outlook-mobile-signature">Pobierz aplikację <a href="https://aka.ms/x">Outlook dla systemu Android</a></div><div id="mail-editor-reference-message-container"><div class="ms-outlook-mobile-reference-message skipProofing" style="padding: 3pt 0in 0in; border-width: 1pt medium medium; border-style: solid none none;">'
    f"<b>From: </b>Jan &lt;jan@example.org&gt;<br><b>Sent: </b>Tuesday, March 3, 2026 10:15:00<br><b>To: </b>Anna<br><b>Subject: </b>Pytanie</div>{QUOTE}</div>",
    "yahoo": f'<div>Odpowiedź</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>W dniu wtorek, 3 marca 2026 10:15:00 UTC użytkownik Jan &lt;jan@example.org&gt; napisał:</div><div><br></div><div>{QUOTE}</div></div>',
    "wp": f'<div>Odpowiedź</div><div><br></div><div>Dnia 03 marca 2026 10:15 Jan Kowalski &lt;jan@example.org&gt; napisał(a):</div><blockquote style="margin-left: 7px; border-left: 2px solid orange; padding-left: 8px;">{QUOTE}</blockquote>',
}


@pytest.mark.parametrize("html", CLIENTS.values(), ids=CLIENTS.keys())
def test_the_reply_is_found_in_the_html_of_every_client(html):
    text = to_text(html)

    assert reply(text) == "Odpowiedź"
    assert "pytanie" in text


def test_older_mail_of_outlook_is_marked_as_a_quote():
    assert "\n> pytanie" in to_text(CLIENTS["outlook"])
    assert "\n> pytanie" in to_text(CLIENTS["outlook web"])


def test_a_quote_is_shown_only_so_deep():
    text = to_text("<blockquote>x" * 400)

    assert max(line.count(">") for line in text.split("\n")) == 20


@given(st.lists(TOKENS, max_size=20).map("".join))
def test_any_html_is_read_without_gaps(html):
    assert "\n\n\n" not in to_text(html.replace("<pre>", ""))


@pytest.mark.parametrize(
    "hidden", ["style='display:none'", "style='visibility: hidden'", "style='opacity:0;color:red'", "style='max-height:0px;overflow:hidden'", "hidden"]
)
def test_what_is_hidden_from_the_reader_is_not_read(hidden):
    assert to_text(f"<div {hidden}>TAK</div><p>Nie wiem</p>") == "Nie wiem\n"


@pytest.mark.parametrize("style", ["opacity:0.9", "max-height:0.5em", "font-size:0", "-x-opacity:0", "max-height:100px"])
def test_what_is_seen_is_read(style):
    assert "TAK" in to_text(f"<div style='{style}'>TAK</div><p>x</p>")


def test_where_all_is_hidden_it_is_read_all_the_same():
    assert to_text("<div style='display:none'>To wszystko.</div>") == "To wszystko.\n"


@pytest.mark.parametrize(("lines", "kept"), [(2, 1), (15, 14), (21, 20), (29, 20), (30, 20), (500, 20)])
def test_of_empty_lines_in_code_only_so_many_are_kept(lines, kept):
    end = "\n" * lines
    assert to_text(f"<pre>a{end}b</pre>") == to_text(f"<pre>a{end.replace(chr(10), '  ' + chr(10))}b</pre>") == f"a{chr(10) * (kept + 1)}b\n"
