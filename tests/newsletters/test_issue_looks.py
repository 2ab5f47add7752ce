"""What is made of a coordinator's words: their own and no others', names, addresses, tables and pictures; and in a moment, whatever is sent."""

import contextlib
import re
import time
from html import unescape

import pytest

from listserv.errors import Invalid
from listserv.mail.address import Mailbox
from newsletters import drafts, mime, ownwords, pictures, print_issue
from newsletters.bodies import UNDESCRIBED, UNTRACKED, Picture
from newsletters.fields import What, value
from newsletters.filling import Form
from newsletters.links import in_text, untracked
from tests.newsletters.test_newsletters import ENVELOPE, FACE, printed

MEGABYTE = 1_000_000
HOSTILE = ["[", "{", "<", "*", "`", "[[a](", "**a ", "<a ", '<a href="x">', "{imię|", "Temat: "]


@pytest.mark.sampled(5)
@pytest.mark.parametrize("mark", HOSTILE)
def test_a_megabyte_of_anything_is_read_in_a_moment(mark):
    text = f"x\n{mark * (MEGABYTE // len(mark))}"
    started = time.process_time()
    for html in ("", text):
        for own in (ownwords.of_draft(text, html, "Re: x"), ownwords.of_answer(text, html), ownwords.Own(text[: drafts.LONGEST], html[: drafts.LONGEST_HTML])):
            with contextlib.suppress(Invalid):
                drafts.read(own.text, own.html)
    assert time.process_time() - started < 4


@pytest.mark.parametrize(
    ("name", "called"),
    [("Kowalska Anna", "Anna"), ("mgr Anna Kowalska", "Anna"), ("dr hab. Jan", "Jan"), ("Pani Dyrektor", ""), ("Biblioteka Publiczna w Gdańsku", ""), ("www.evil.pl", ""), ("Żaneta Nowak", "Żaneta"), ("ANNA KOWALSKA", "Anna"), ("Anna-Maria Nowak", "Anna-Maria"), ("Kowalska, Anna", "Anna"), ("Kretynko wejdz.na.evil.pl", "")],
)
def test_readers_are_greeted_by_their_first_name_or_not_at_all(name, called):
    assert value(What.FIRST, name) == called


@pytest.mark.parametrize(
    ("source", "kind"),
    [("<p>{imi&#281;|Szanowni Pa&#324;stwo}!</p>", "html"), ("<p>{imię|Szanowni\nPaństwo}!</p>", "html"), ("<p>{imi<span>ę</span>|Szanowni&nbsp;Państwo}!</p>", "html"), ("<p>{<b>imię</b>|Szanowni<br>Państwo}!</p>", "html"), ("{imię|Szanowni\nPaństwo}!", "plain"), ("{{imię|Szanowni Państwo}}!", "markdown")],
)
def test_a_field_is_filled_however_a_program_has_written_it(source, kind):
    one = printed(source, kind)
    for name, said in (("Anna Nowa", "Anna!"), ("", "Szanowni Państwo!")):
        text, html = one.filled(name)
        assert text.startswith(said) and f">{said}</p>" in html.replace("\n", "")
    assert printed("<p>{imię|Drodzy &amp; Mili}</p>", "html").filled("")[0].startswith("Drodzy & Mili")


@pytest.mark.parametrize("source", ["{imię|Szanowni)", "{imię|" + "a" * 90 + "}", "<p>{imię|</p><p>x}</p>", '<a href="https://example.org/{imi%C4%99|x}">a</a>', "<p>{1|2}</p>"])
def test_no_reader_sees_braces(source):
    for kind in ("html", *([] if "<" in source else ["plain", "markdown"])):
        with pytest.raises(Invalid):
            printed(source, kind)


def test_a_subject_is_no_field():
    subject = "=_t161_="
    mail = mime.mailed(print_issue(subject, "{imię|Państwo}", "plain", [], FACE), ENVELOPE)
    assert f"Subject: {subject}\r\n".encode() in Form(mail).filled("Anna Nowa") and b"Anna=" in Form(mail).filled("Anna Nowa")
    assert ENVELOPE.author == Mailbox("Alina Zakładka", "alina@example.org")


@pytest.mark.parametrize(
    ("address", "left"),
    [("https://x.org/?a=1&utm_source=n&utm_medium=k", "https://x.org/?a=1"), ("https://x.org/?utm_campaign=z#top", "https://x.org/#top"), ("https://x.org/?utm%5Fsource=x&b=2", "https://x.org/?b=2"), ("https://x.org/a#utm_source=a", "https://x.org/a"), ("https://x.org/?q=utm_a%20b&c=ą", "https://x.org/?q=utm_a%20b&c=ą")],
)
def test_nobody_is_followed_in_any_form(address, left):
    assert untracked(address) == left and in_text(f"Zob. ({address}).") == f"Zob. ({left})."
    for kind, source in (("plain", address), ("markdown", f"{address} i [tu]({address})"), ("html", f'<p>Zob. <a href="{address.replace("&", "&amp;")}">{address.replace("&", "&amp;")}</a></p>')):
        one = printed(source, kind)
        for form in (one.text, unescape(one.html)):
            assert left in form and re.search("utm(_|%5f)(?!a%20)", form, re.IGNORECASE) is None
        assert (UNTRACKED in one.notes) == (left != address)
        assert one.text.count(left) == (2 if kind == "markdown" else 1)


def test_tables_that_lay_out_are_paragraphs_and_others_can_be_read():
    layout = '<table role="presentation" width="600"><tr><td><table><tr><td>Lewa</td><td>Prawa</td></tr></table></td></tr></table>'
    made = printed(f"{layout}<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>", "html").html.split("<h1")[1].split('<div class="foot"')[0]
    assert made.count("<table") == 1 and ">Lewa</p>" in made and ">Prawa</p>" in made and '<div class="wide"' in made
    row = "| Poniedziałek, od ósmej do dziesiątej | Wtorek, od dziesiątej do dwunastej | Środa |"
    one = printed(f"{row}\n|---|---|---|\n| a | b | c |\n\n~~Skreślone~~")
    assert one.html.count('<th scope="col"') == 3 and row.strip("| ") in one.text and "~~Skreślone~~" in one.text


def test_a_list_of_what_is_inside_stands_in_both_forms_of_news():
    one = printed("# Warsztaty\n\nWstęp.\n\n## Książki dla {imię|wszystkich}\n\nTekst.", template="news")
    text, html = one.filled("Anna Nowa")
    assert text.startswith("W tym wydaniu\n- Warsztaty\n- Książki dla Anna\n\nWarsztaty") and ">Książki dla Anna</li>" in html


def test_no_line_of_what_is_inside_ends_with_a_one_letter_word():
    one = printed("# W katalogach i bazach\n\nWstęp.\n\n# Książki\n\nTekst.", template="news")
    assert ">W&nbsp;katalogach i&nbsp;bazach</li>" in one.html.replace("\N{NO-BREAK SPACE}", "&nbsp;") and "- W katalogach i bazach\n" in one.text


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x0f\xa0\0\0\1\x90", ("image/png", 4000, 400)),
        (b"\xff\xd8\xff\xe0\0\x04ab\xff\xc2\0\x11\x08\x01\x90\x02\x58\3", ("image/jpeg", 600, 400)),
        (b"GIF89a\x58\2\x90\1", ("image/gif", 600, 400)),
        (b"RIFF....WEBPVP8X\n\0\0\0\0\0\0\0\x57\2\0\x8f\1\0", ("image/webp", 600, 400)),
        (b"RIFF....WEBPVP8 ....\0\0\0\x9d\1\x2a\x58\2\x90\1", ("image/webp", 600, 400)),
        (b"<html>", None),
        (b"", None),
        (b"BM....", None),
        (b"\xff\xd8\xff" + b"\xff" * 1000, None),
        (b"\x89PNG\r\n\x1a\n", None),
    ],
)
def test_a_picture_is_what_its_bytes_say(data, seen):
    assert pictures.look(data) == seen


def test_pictures_fit_the_column_and_are_described():
    photo = Picture(1, "zdjęcie.jpg", "z@x", "https://l.example.org/1", 4000)
    one = printed("![Plakat warsztatów](zdjęcie.jpg)", pictures=(photo,))
    assert 'width="544"' in one.html and not one.notes and 'width="500"' in printed("![p](zdjęcie.jpg)", pictures=(photo,), template="cards").html
    named = printed('<p>Tekst</p><img src="cid:z@x" alt="zdjęcie.jpg">', "html", pictures=(photo,))
    assert 'alt=""' in named.html and named.notes == (UNDESCRIBED,)
    with pytest.raises(Invalid, match="nothing but pictures"):
        printed("", pictures=(photo,))


OWN = '<h2>Warsztaty</h2><p>Zapisy <a href="https://example.org/z">tutaj</a> do <b>piątku</b>.</p><ul><li>jeden</li><li>dwa</li></ul>'
PICTURE = '<p><img src="cid:plakat"></p>'
BELOW = {
    "Gmail": '<div class="gmail_quote"><div dir="ltr" class="gmail_attr">śr., 4 mar 2026 o 10:00 Sieć BP &lt;<a href="mailto:m@example.org">m@example.org</a>&gt; napisał(a):<br></div><blockquote class="gmail_quote"><h2>Stare</h2></blockquote></div>',
    "Outlook": '<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg"><font><b>Od:</b> Sieć BP &lt;m@example.org&gt;<br><b>Wysłane:</b> środa, 4 marca 2026 10:00<br><b>Do:</b> Ala &lt;a@example.org&gt;<br><b>Temat:</b> Podgląd</font></div><div><h2>Stare</h2></div>',
    "Word": '<p class="MsoNormal">&nbsp;</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>From:</b> BP &lt;m@example.org&gt; <br><b>Sent:</b> Wednesday, March 4, 2026 10:00 AM<br><b>To:</b> Ala &lt;a@example.org&gt;<br><b>Subject:</b> Podgląd</p></div></div><h2>Stare</h2>',
    "Thunderbird": '<div class="moz-cite-prefix">W dniu 4.03.2026 o 10:00, BP pisze:<br></div><blockquote type="cite"><h2>Stare</h2></blockquote>',
    "Apple": '<div><br><blockquote type="cite"><div>Wiadomość napisana przez BP &lt;m@example.org&gt; w dniu 4 mar 2026, o godz. 10:00:</div><br><h2>Stare</h2></blockquote></div>',
    "WP": '<div><br></div><div>Dnia 4 marca 2026 10:00 Sieć BP &lt;m@example.org&gt; napisał(a):</div><div><br></div><blockquote><h2>Stare</h2></blockquote>',
    "Samsung": "<div><br></div><div>-------- Oryginalna wiadomość --------</div><div>Od: BP &lt;m@example.org&gt;</div><div>Data: 4.03.2026 10:00 (GMT+01:00)</div><div>Do: Ala &lt;a@example.org&gt;</div><div>Temat: Podgląd</div><h2>Stare</h2>",
}


@pytest.mark.parametrize("below", BELOW)
def test_an_answer_keeps_its_formatting_and_nothing_of_our_letter(below):
    for html in (OWN, OWN + PICTURE):
        own = ownwords.of_answer("", f'<html><body><div dir="ltr">{html}</div>{BELOW[below]}</body></html>')
        assert html in own.html and "Stare" not in own.html and "Stare" not in own.text and not own.poorer
        assert drafts.read(own.text, own.html).kind == "html"


def test_where_an_answer_stands_between_quotes_only_its_words_are_taken():
    own = ownwords.of_answer("", f'<p>Wstęp <b>x</b>.</p><blockquote type="cite">Cytat</blockquote><p>Koniec.</p>{BELOW["Thunderbird"]}')
    assert own.poorer and not own.html and own.text == "Wstęp x.\n\nKoniec."


def test_a_draft_keeps_what_it_forwards_and_quotes_and_loses_what_a_program_added():
    forwarded = '<div>Przekazuję.<br><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>Od: <b>Ala</b> &lt;a@example.org&gt;<br>Date: śr., 4 mar 2026<br>Subject: Warsztaty<br>To: &lt;m@example.org&gt;<br></div><p>Zapraszam na <b>warsztaty</b>.</p></div></div>'
    for subject in ("Fwd: Warsztaty", "Warsztaty"):
        assert "<b>warsztaty</b>" in ownwords.of_draft("", forwarded, subject).html
    quoted = "Wstęp.\n\n> Cytat z książki\n\nKoniec."
    assert ownwords.of_draft(f"{quoted}\n\nWysłane z iPhone'a\n", "", "Nowości").text == quoted
    assert ownwords.of_draft(f"{quoted}\n\nW dniu 4.03.2026 o 10:00 Ala <a@example.org> pisze:\n> stare\n> stare\n", "", "Odp: Nowości").text == quoted
    own = ownwords.of_draft("", f"{OWN}<blockquote>Cytat</blockquote><p>Koniec.</p>{BELOW['Thunderbird']}", "Odp: Nowości")
    assert "Cytat" in own.html and "Stare" not in own.html + own.text


def test_nobody_forges_a_mark_and_no_sheet_makes_a_letter_too_long():
    for kind in ("html", "markdown", "plain"):
        assert "Tekst" in printed("Tekst &#xE002;5&#xE003; \ue0025\ue003.", kind).html
        for forged in ("Tekst &#xE000;0&#xE001;", "{imię|x} &#xE000;0&#xE001;"):
            with contextlib.suppress(Invalid):
                printed(forged, kind).filled("Anna Nowa")
    sheet = "p.MsoNormal {margin: 0cm}\n" * 4000
    html = f"<html><head><style>{sheet}</style></head><body><!--[if mso]>x<![endif]--><p style='margin:0'>Temat: Nowości</p><p>Zapraszamy <b>wszystkich</b>.</p></body></html>"
    draft = drafts.read("Temat: Nowości\n\nZapraszamy wszystkich.", html)
    assert draft.kind == "html" and len(draft.source) < 100 and "Nowości" not in draft.source
