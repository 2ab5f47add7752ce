"""HTML mail: what is quoted is known from elements and the marks of programs, before all becomes text.

Letters before the names as in test_quotes_polish.py: S seen in public letters, T in the program's own texts or code, R in the tables
of other readers of mail, U from usage. Text and names are changed, styles are shortened.
"""

import pytest

from listserv.mail.html import to_text
from listserv.mail.quotes import reply, split

SAID = "<p>Dziękuję, to bardzo pomaga.</p><p>Możemy porozmawiać w czwartek.</p>"
ANSWER = "Dziękuję, to bardzo pomaga.\n\nMożemy porozmawiać w czwartek."
OLDER = "<p>Dzień dobry,</p><p>mam pytanie.</p>"
FIELDS = (
    "<b>Od:</b> Jan Kowalski &lt;jan@example.org&gt;<br><b>Wysłane:</b> wtorek, 3 marca 2026 10:15<br>"
    "<b>Do:</b> Anna Nowa &lt;anna@example.org&gt;<br><b>Temat:</b> Pytanie"
)
SENDER = 'Jan Kowalski &lt;<a href="mailto:jan@example.org">jan@example.org</a>&gt;'

BELOW = [
    (
        "S Gmail",
        f'<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">wt., 3 mar 2026 o 10:15 {SENDER} napisał(a):<br></div>'
        f'<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204)">{OLDER}</blockquote></div>',
    ),
    (
        "S Gmail on Android",
        f'<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">wt., 3 mar 2026, 10:15 użytkownik {SENDER} napisał:<br></div>'
        f'<blockquote class="gmail_quote">{OLDER}</blockquote></div>',
    ),
    (
        "S Gmail, with a signature",
        '<div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">Anna Nowa<br>'
        f'tel. 22 555 01 01</div><br><div class="gmail_quote"><div class="gmail_attr">wt., 3 mar 2026 o 10:15 {SENDER} napisał(a):</div>'
        f'<blockquote class="gmail_quote">{OLDER}</blockquote></div>',
    ),
    (
        "S Gmail, forwarded",
        '<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>Od: <strong class="gmail_sendername">Jan</strong> '
        f"<span>&lt;jan@example.org&gt;</span><br>Date: wt., 3 mar 2026 o 10:15<br>Subject: Pytanie<br>To: &lt;anna@example.org&gt;<br></div><br><br>{OLDER}</div>",
    ),
    (
        "S Thunderbird",
        f'<div class="moz-cite-prefix">W dniu 3.03.2026 o&nbsp;10:15, Jan Kowalski pisze:<br></div><blockquote type="cite" cite="mid:a@b">{OLDER}</blockquote>',
    ),
    (
        "T Thunderbird, forwarded",
        '<div class="moz-forward-container"><br><br>--- Treść przekazanej wiadomości ---<table class="moz-email-headers-table"><tbody>'
        "<tr><th>Temat: </th><td>Pytanie</td></tr><tr><th>Data: </th><td>Tue, 3 Mar 2026 10:15:00 +0100</td></tr>"
        f"<tr><th>Nadawca: </th><td>{SENDER}</td></tr><tr><th>Adresat: </th><td>anna@example.org</td></tr></tbody></table><br><br>{OLDER}</div>",
    ),
    (
        "S Apple Mail",
        f'<div><br><blockquote type="cite"><div>Wiadomość napisana przez {SENDER} w dniu 3 mar 2026, o godz. 10:15:</div><br class="Apple-interchange-newline">'
        f"<div>{OLDER}</div></blockquote></div>",
    ),
    (
        "S iPhone",
        f'<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">Wysłane z iPhone’a</div><div dir="ltr"><br><blockquote type="cite">Wiadomość napisana przez '
        f'Jan Kowalski &lt;jan@example.org&gt; w dniu 3.03.2026, o godz. 10:15:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">﻿{OLDER}</div></blockquote>',
    ),
    (
        "S Outlook",
        f'<p class="MsoNormal"><o:p>&nbsp;</o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        f'<p class="MsoNormal">{FIELDS}<o:p></o:p></p></div></div><p class="MsoNormal">Dzień dobry,</p><p class="MsoNormal">mam pytanie.</p>',
    ),
    (
        "S Outlook on the web",
        f'<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">{FIELDS}<div>&nbsp;</div></div>{OLDER}',
    ),
    ("S Outlook on the web, passed on by Outlook", f'<hr tabindex="-1"><div id="x_divRplyFwdMsg" dir="ltr">{FIELDS}</div>{OLDER}'),
    ("S Outlook on the web, passed on by Gmail", f'<div id="m_-42appendonsend"></div><hr><div id="m_-42divRplyFwdMsg">{FIELDS}</div>{OLDER}'),
    ("R Outlook without its heading", f'<div id="appendonsend"></div><div>Jan Kowalski, wtorek, o pytaniu</div>{OLDER}'),
    ("R Outlook, in a language unknown", f'<div id="divRplyFwdMsg"><b>Nondik:</b> Jan<br><b>Noiz:</b> 2026-03-03<br><b>Gaia:</b> Galdera</div>{OLDER}'),
    (
        "S Outlook on a telephone",
        '<div id="ms-outlook-mobile-signature"><div></div>Pobierz <a href="https://aka.ms/o0ukef">aplikację Outlook dla systemu iOS</a></div>'
        f'<div id="mail-editor-reference-message-container" class="ms-outlook-mobile-reference-message"><hr><div id="divRplyFwdMsg">{FIELDS}</div>{OLDER}</div>',
    ),
    ("R Outlook Express and 2003", f'<div class="OutlookMessageHeader" dir="ltr"><hr tabindex="-1">{FIELDS}<br></div>{OLDER}'),
    (
        "R Hotmail",
        f'<hr id="stopSpelling">Date: Tue, 3 Mar 2026 10:15:00 +0100<br>From: jan@example.org<br>To: anna@example.org<br>Subject: Pytanie<br><br>{OLDER}',
    ),
    (
        "R Yahoo",
        '<div id="yahoo_quoted_4922596405" class="yahoo_quoted"><div style="font-size:13px"><div>W dniu wtorek, 3 marca 2026 10:15:00 CET użytkownik Jan Kowalski '
        f"&lt;jan@example.org&gt; napisał:</div><div><br></div><div>{OLDER}</div></div></div>",
    ),
    (
        "R Proton",
        f'<div class="protonmail_quote">wtorek, 3 marca 2026 10:15, {SENDER} napisał(a):<br><blockquote class="protonmail_quote" type="cite">{OLDER}</blockquote></div>',
    ),
    ("R Tuta", f'<br>3.03.2026, 10:15 jan@example.org:<br><blockquote class="tutanota_quote">{OLDER}</blockquote>'),
    (
        "R Zoho",
        f'<div class="zmail_extra"><br>---- W dniu wt., 03 mar 2026 10:15:50 +0100 <b>Jan Kowalski &lt;jan@example.org&gt;</b> napisał(a) ----<br><blockquote>{OLDER}</blockquote></div>',
    ),
    (
        "R Zimbra",
        f'<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">{FIELDS}<br></div><div data-marker="__QUOTED_TEXT__">{OLDER}</div>',
    ),
    ("R GMX", f'<div name="quote" style="margin:10px 5px;border-left:2px solid #C3D9E5">{FIELDS}<div name="quoted-content">{OLDER}</div></div>'),
    (
        "T Roundcube",
        f'<p id="reply-intro">W dniu 2026-03-03 10:15, Jan Kowalski napisał(a):</p><blockquote type="cite" style="border-left: #1010ff 2px solid">{OLDER}</blockquote>',
    ),
    (
        "T Roundcube, forwarded",
        f"<br><p>-------- Wiadomość oryginalna --------</p><table><tbody><tr><th>Temat:</th><td>Pytanie</td></tr><tr><th>Data:</th><td>2026-03-03 10:15</td></tr><tr><th>Od:</th><td>{SENDER}</td></tr><tr><th>Do:</th><td>anna@example.org</td></tr></tbody></table><br>{OLDER}",
    ),
    ("T SnappyMail", f"<p>3 marca 2026 10:15, {SENDER} napisał/-a/:</p><blockquote>{OLDER}</blockquote>"),
    (
        "T K-9",
        f'<br><br><div class="gmail_quote">Dnia 3 marca 2026 10:15:00 CET, Jan Kowalski &lt;jan@example.org&gt; napisał/a:<blockquote class="gmail_quote">{OLDER}</blockquote></div>'
        "<div class='k9mail-signature'>-- <br>Wysłane z mojego urządzenia Android przy użyciu K-9 Mail.</div>",
    ),
    (
        "U Samsung",
        f'<div><br></div><div id="composer_signature">Wysłano z mojego telefonu Galaxy</div><div>-------- Oryginalna wiadomość --------</div><div>Od: {SENDER} </div><div>Data: 03.03.2026  10:15  (GMT+01:00) </div><div>Do: anna@example.org </div><div>Temat: Pytanie </div><div><br></div>{OLDER}',
    ),
    (
        "U WP and o2",
        f'<p>Dnia 3 marca 2026 10:15 Jan Kowalski &lt;jan@example.org&gt; napisał(a):</p><blockquote style="border-left:2px solid #999">{OLDER}</blockquote>',
    ),
    (
        "U a webmail that quotes with a border",
        f'<div>Dnia 3 marca 2026 10:15 {SENDER} napisał(a):</div><div style="border-left: 2px solid orange; padding-left: 7px">{OLDER}</div>',
    ),
    (
        "U Onet",
        f'<p>W dniu 2026-03-03 10:15:00 użytkownik Jan Kowalski &lt;jan@example.org&gt; napisał:</p><blockquote style="margin-left:7px">{OLDER}</blockquote>',
    ),
    ("U Onet, not marked", f"<br><br>W dniu 2026-03-03 10:15:00 użytkownik Jan Kowalski &lt;jan@example.org&gt; napisał:<br><br>{OLDER}"),
    (
        "S Interia",
        '<br><br>Od: "Jan Kowalski" &lt;jan@example.org&gt;<br>Do: "Anna" &lt;anna@example.org&gt;; <br>Wysłane: 18:38 Środa 2017-03-08<br>Temat: Re: Pytanie<br><br>'
        f'<blockquote style="margin-right: 0px; margin-left: 0px; padding: 0 0 0 7px; border-left: 2px solid orange">{OLDER}</blockquote>',
    ),
    ("U GroupWise", f"<br>&gt;&gt;&gt; Jan Kowalski &lt;jan@example.org&gt; 2026-03-03 10:15 &gt;&gt;&gt;<br>{OLDER}"),
]


@pytest.mark.parametrize("below", [html for _, html in BELOW], ids=[name for name, _ in BELOW])
def test_what_programs_put_below_an_answer_is_no_reply(below):
    text = to_text(f"<html><body><div>{SAID}</div>{below}</body></html>")

    assert reply(text) == ANSWER
    assert "mam pytanie." in text
    assert "".join(piece.text for piece in split(text)) == text


QUOTING = [
    (name, html) for name, html in BELOW if "<blockquote" in html and name not in ("S iPhone", "T K-9", "R Zoho", "R Proton", "S Gmail, with a signature")
]


@pytest.mark.parametrize("quote", [html for _, html in QUOTING], ids=[name for name, _ in QUOTING])
def test_an_answer_below_the_quote_is_found(quote):
    text = to_text(f"<body>{quote}<div><p>Tak, chętnie.</p></div></body>")

    assert reply(text).endswith("Tak, chętnie.")
    assert "pytanie" not in reply(text)


def test_answers_between_quotes_in_gmail_keep_their_place():
    html = (
        '<div dir="ltr"><div class="gmail_quote"><div class="gmail_attr">wt., 3 mar 2026 o 10:15 Jan &lt;jan@example.org&gt; napisał(a):</div>'
        '<blockquote class="gmail_quote"><div>Kiedy?</div></blockquote><div>W czwartek.</div><blockquote class="gmail_quote"><div>Gdzie?</div></blockquote>'
        "<div>W sali 12.</div></div></div>"
    )

    assert reply(to_text(html)) == "W czwartek.\n\nW sali 12."


HELD = ["yahoo_quoted", "protonmail_quote", "zmail_extra", "ms-outlook-mobile-reference-message"]


@pytest.mark.parametrize("name", HELD)
def test_what_stands_alone_in_an_element_for_older_mail_is_the_letter(name):
    """A person may answer inside it, and delete what stands above."""
    assert reply(to_text(f'<body><div class="{name}"><p>Tak, chętnie.</p></div></body>')) == "Tak, chętnie."


def test_what_follows_older_mail_in_its_element_is_said():
    html = f'<body>{SAID}<div class="yahoo_quoted">{OLDER}</div><p>PS Będzie też Ewa.</p></body>'

    assert reply(to_text(html)) == f"{ANSWER}\n\nPS Będzie też Ewa."


OWN = [
    ("a box with a border", '<div style="border-left: 4px solid red"><p>Uwaga, zmiana sali.</p></div>'),
    ("a rule", "<p>Raz.</p><hr><p>Dwa.</p>"),
    ("a line above", '<div style="border-top: solid 1px"><p>Dopisek: przyjdzie też Ewa.</p></div>'),
    ("a table", "<table><tr><td>Od:</td><td>10.00</td></tr><tr><td>Do:</td><td>15.00</td></tr><tr><td>Temat:</td><td>warsztaty</td></tr></table>"),
    ("an indentation of old webmails", '<blockquote style="border: none; margin: 0 0 0 40px"><p>Moje słowa.</p></blockquote>'),
]


@pytest.mark.parametrize("html", [html for _, html in OWN], ids=[name for name, _ in OWN])
def test_what_only_looks_like_older_mail_is_kept(html):
    text = to_text(f"<body>{SAID}{html}</body>")

    assert reply(text) == text.strip()
    assert ">" not in text
