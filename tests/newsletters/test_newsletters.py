"""The newsletter's pure part: words into safe forms, fields filled in the finished mail, hours and words understood."""

import contextlib
import time
from datetime import UTC, datetime

import pytest
from selectolax.lexbor import LexborHTMLParser

from listserv.errors import Invalid
from listserv.mail.address import Mailbox
from listserv.mail.parse import parse
from listserv.relay import Content
from newsletters import Face, drafts, mime, ownwords, print_issue, when
from newsletters.bodies import Picture
from newsletters.fields import Field, What, value
from newsletters.filling import Form, coded

FACE = Face("Sieć BP", "pl", "letter", "https://lists.example.org/siecibp/message/A", "https://lists.example.org/siecibp/", "siecibp-leave@lists.example.org", "thread")
ENVELOPE = mime.Envelope(Mailbox("Alina Zakładka", "alina@example.org"), "siecibp@lists.example.org", "issue.1.ab@lists.example.org", datetime(2026, 3, 3, tzinfo=UTC), "pl")
TUESDAY = datetime(2026, 11, 24, 10, 0)


def printed(source, kind="markdown", pictures=(), subject="Nowości", template="letter"):
    return print_issue(subject, source, kind, pictures, Face(FACE.title, "pl", template, *[getattr(FACE, name) for name in ("page_url", "archive_url", "leave_address", "replies")]))


@pytest.mark.parametrize("name", ["", "Anna Nowa", "Łucja <b>&amp; \"Żółw\"", "=_h1=\r\nBcc: x@example.org", "a" * 200, "ktos@example.org", "Ż. Nowa", "Jean-Paul O’Neill", "\ue000\ue001"])
def test_a_filled_mail_is_what_was_shown(name):
    one = printed("Witaj, {imię|Szanowni & Państwo}! {name|wy} < tu\n\n" + "Zażółć gęślą jaźń. " * 30 + "\n\nKoniec, {full name|wszyscy}")
    text, html = one.filled(name)
    post = parse(Form(mime.mailed(one, ENVELOPE)).filled(name))
    assert post.text.strip() == text.strip() and post.subject == "Nowości" and not post.problems
    assert html.count("Bcc") == 0 and post.message_id == ENVELOPE.message_id
    assert all(len(line) <= 76 for line in Form(mime.mailed(one, ENVELOPE)).filled(name).split(b"\r\n") if not line.startswith(b"Content-Type"))


@pytest.mark.parametrize(("name", "called"), [("Anna Nowa", "Anna"), ("anna@example.org", ""), ("", ""), ("A. Nowa", ""), ("Biblioteka nr 5", ""), ("Łucja", "Łucja"), ("<script>", "")])
def test_only_names_of_people_are_said(name, called):
    assert value(What.FIRST, name) == called


@pytest.mark.parametrize("name", ["Anna", ".Anna Nowa", "", ". "])
def test_what_goes_over_the_wire_is_the_same_mail_with_its_dots_stuffed(name):
    content = Content(mime.mailed(printed("{name|.nikt}\n\n.kropka {full name|..dwie}"), ENVELOPE))
    assert Form(content.wire, wire=True).filled(name) == Content(Form(content.data).filled(name)).wire


def test_a_field_that_nobody_wrote_is_not_filled():
    kept = coded("=_h1616161_=\n{x} \ue000 tekst", (Field(What.FIRST, "aaa"),), html=True)
    assert Form(kept).filled("Anna") == kept


@pytest.mark.parametrize("source", ["{imię}", "{wiek|18}", "{imię|}", "[x](https://example.org/{imię|x})", "<https://example.org/{name|x}>", "", "{name|x}" * 21])
def test_what_cannot_be_printed_is_refused(source):
    with pytest.raises(Invalid):
        printed(source)


@pytest.mark.parametrize("template", ["letter", "news", "cards"])
@pytest.mark.parametrize("kind", ["plain", "markdown", "html"])
def test_nothing_runs_nothing_is_fetched_and_nobody_is_followed(template, kind):
    source = '<script>alert(1)</script><h2 onclick="x()">Tytuł</h2><p style="position:fixed">Tekst <img src="https://evil.example/p.gif" width="1"> <a href="javascript:x">a</a> <a href="https://example.org/?utm_medium=mail&amp;q=1">b</a></p><iframe src="https://evil.example"></iframe>\n\n![p](https://evil.example/p.gif)\n'
    html = printed(source, kind, template=template).filled("")[1]
    nodes = list(LexborHTMLParser(html).body.traverse())
    assert not {node.tag for node in nodes} & {"script", "iframe", "img", "style", "form"}
    assert not any(name.startswith("on") for node in nodes for name in node.attributes)
    assert all(node.attributes["href"].startswith(("http", "mailto:")) for node in nodes if node.attributes.get("href"))
    if kind == "html":
        assert "utm_medium" not in html and 'href="https://example.org/?q=1"' in html and "position:fixed" not in html


def test_a_picture_stands_where_it_is_named_and_else_at_the_end():
    pictures = (Picture(1, "plakat.png", "p@x", "https://l.example.org/1"), Picture(2, "mapa.png", "m@x", "https://l.example.org/2"))
    html = printed("Przed ![Plakat](plakat.png) po\n\nKoniec ![brak](nie-ma.png)", pictures=pictures)
    body = html.html.split("<h1")[1]
    assert body.index("https://l.example.org/1") < body.index("Koniec") < body.index("https://l.example.org/2") and 'alt="Plakat"' in body
    assert len(html.notes) == 2


@pytest.mark.parametrize(
    ("words", "moment"),
    [("piątek 8:00", (27, 8, 0)), ("w piątek o 8", (27, 8, 0)), ("jutro", (25, 8, 0)), ("jutro o 9.15", (25, 9, 15)), ("27.11 7:30", (27, 7, 30)), ("27 listopada o 9", (27, 9, 0)), ("friday at 5pm", (27, 17, 0)), ("2026-11-30 12:00", (30, 12, 0)), ("o 18", (24, 18, 0)), ("9:00", (25, 9, 0))],
)
def test_an_hour_is_understood(words, moment):
    found = when.read(words)
    assert found and found.on(TUESDAY) == datetime(2026, 11, *moment) and not found.local


@pytest.mark.parametrize("words", ["", "kiedyś", "8.11", "8", "31.02 8:00", "piątek 25:00", "piątek, ale nie teraz", "jutro po zebraniu", "13pm"])
def test_what_is_no_hour_is_none(words):
    assert when.read(words) is None


def test_an_hour_of_each_reader_and_a_day_that_is_over():
    assert when.read("piątek 8:00 u każdego").local and when.read("friday 8:00 local time").local
    assert when.read("1.11.2026 8:00").on(TUESDAY) is None and when.read("dziś o 8").on(TUESDAY) is None
    assert when.read("1.11 8:00").on(TUESDAY) is None and when.read("15.1 8:00").on(TUESDAY) == datetime(2027, 1, 15, 8, 0)
    assert when.read("29.2 o 8").is_nowhere(datetime(2026, 3, 3)) and not when.read("3.03 o 8").is_nowhere(TUESDAY)


def test_first_lines_are_read_until_the_words_begin():
    draft = drafts.read("Temat: Nowości\nSzablon: karty\n\nDo: nigdy nie pisali\nDzień dobry,\nTemat: drugi")
    assert draft.said == {"subject": "Nowości", "template": "cards"} and draft.whom == "nigdy nie pisali"
    assert draft.source == "Dzień dobry,\nTemat: drugi" and draft.kind == "plain"


@pytest.mark.parametrize(("text", "html", "kind"), [("Zwykły tekst.", "", "plain"), ("# Tytuł\n\ntekst", "", "markdown"), ("- a\n- b", "", "markdown"), ("tekst", "<div>tekst</div>", "plain"), ("a", "<b>a</b>", "html"), ("Format: markdown\na", "<div>Format: markdown</div><b>a</b>", "markdown"), ("https://example.org", '<a href="https://example.org/">https://example.org</a>', "plain")])
def test_a_draft_is_what_it_was_written_in(text, html, kind):
    assert drafts.read(text, html).kind == kind


@pytest.mark.sampled(3)
@pytest.mark.parametrize("html", ["<p>" + "\xa0" * 5000 + "x</p>", "<a href=\"x\">" * 20_000, "<div class=" * 20_000, "<p>Temat: a" + "&nbsp;<i>" * 5000, "{a|" * 20_000, "![" * 10_000, "Temat: " + "a " * 20_000])
def test_no_draft_takes_long(html):
    started = time.process_time()
    for kind in ("plain", "markdown", "html"):
        with contextlib.suppress(Invalid):
            printed(html, kind)
    with contextlib.suppress(Invalid):
        drafts.read(ownwords.of_draft(html, html, "").text, html)
    assert time.process_time() - started < 6
