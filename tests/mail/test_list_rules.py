"""A list's own rules: what each question finds, and what cannot be said."""

import time

import pytest

from listserv.errors import Invalid
from listserv.mail.listrules import Asks, Does, ListRule, first, normal
from listserv.mail.parse import parse
from tests.office import mail


def a_post(subject="Pytanie", text="Dzień dobry, mam pytanie.\n", sender="Halina <halina@example.org>"):
    return parse(mail(sender, "siecibp@lists.example.org", subject, text))


def with_file(name, type="application/octet-stream"):
    kind, _, sub = type.partition("/")
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"], message["Subject"] = "halina@example.org", "Plik"
    message.set_content("W załączniku.")
    message.add_attachment(b"MZ", maintype=kind, subtype=sub, filename=name)
    return parse(message.as_bytes())


def fits(asks, value, post):
    return first([ListRule(Does.HOLD, Asks(asks), normal(Asks(asks), value))], post) is not None


@pytest.mark.parametrize(
    ("asks", "value", "post"),
    [
        ("subject", "loteria", a_post("Wielka LOTERIA")),
        ("subject", "wygrana, loteri", a_post("O loteriach")),
        ("subject", "zolw", a_post("Żółw")),
        ("subject", "^.*wygra[łl]", a_post("Pani wygrała")),
        ("text", "darmowy kredyt", a_post(text="To jest Darmowy\nkredyt dla Pani".replace("\n", " "))),
        ("text", "loteria", a_post("Loteria")),
        ("from", "@example.org", a_post()),
        ("from", "halina@example.org", a_post()),
        ("from", "^.*@example", a_post()),
        ("attachment", "exe", with_file("Program.EXE")),
        ("attachment", ".js, exe", with_file("a.pdf.exe")),
        ("attachment", "image/*", with_file("x", "image/png")),
        ("larger", "10 kB", a_post(text="x\n" * 8_000)),
        ("links", "1", a_post(text="https://example.org/a http://example.org/b\n")),
        ("capitals", "", a_post("KUP TERAZ SUPER OKAZJA TYLKO DZIS")),
        ("capitals", "", a_post(text="KUP TERAZ SUPER OKAZJA TYLKO DZIS\n")),
    ],
)
def test_what_fits(asks, value, post):
    assert fits(asks, value, post)


@pytest.mark.parametrize(
    ("asks", "value", "post"),
    [
        ("subject", "ter", a_post("Komputer")),
        ("subject", "loteria", a_post("Pytanie", "loteria\n")),
        ("subject", "a.c", a_post("abc")),
        ("text", "(a+)+$", a_post(text="aaaa\n")),
        ("from", "@example.com", a_post()),
        ("attachment", "exe", with_file("exe")),
        ("attachment", "exe", with_file("exe.pdf")),
        ("attachment", "image/*", with_file("image.txt", "text/plain")),
        ("larger", "1 MB", a_post()),
        ("links", "2", a_post(text="https://example.org/a http://example.org/b\n")),
        ("capitals", "", a_post("Sieć BP", "RODO, PDF i TIK w SP.\n")),
        ("capitals", "", a_post("DKK WBP", "ok\n")),
    ],
)
def test_what_does_not(asks, value, post):
    assert not fits(asks, value, post)


@pytest.mark.parametrize(
    ("asks", "value", "kept"),
    [("larger", "2 MB", "2 MB"), ("larger", "2048k", "2 MB"), ("larger", "500kB", "500 kB"), ("larger", "7", "7 MB"), ("larger", "2,5 MB", "2.5 MB"), ("larger", "2.5mb", "2.5 MB"), ("larger", "0,3", "0.3 MB"), ("attachment", ".EXE,js", "exe, js"), ("from", "A@Example.ORG", "a@example.org")]
    + [("subject", " a ,  b c ", "a, b c"), ("subject", "chwilówka; kredyt", "chwilówka, kredyt"), ("attachment", "exe;js", "exe, js"), ("links", "007", "7"), ("capitals", "", "")],
)
def test_values_are_kept_in_one_form(asks, value, kept):
    assert normal(Asks(asks), value) == kept
    assert normal(Asks(asks), kept) == kept


@pytest.mark.parametrize(
    ("asks", "value"),
    [("larger", "big"), ("larger", "0"), ("larger", "2 B"), ("larger", "9 kB"), ("larger", "2048"), ("larger", "2 TB"), ("larger", "3 GB"), ("from", "reklama.pl"), ("from", "a@example.org; b@example.org"), ("larger", "-1"), ("attachment", ""), ("attachment", "a b/c/d"), ("from", "nobody"), ("subject", ""), ("subject", " , "), ("links", "many")]
    + [("capitals", "x"), ("subject", "^(a+)\\1"), ("text", "^a"), ("subject", "x" * 501), ("subject", "a\x00b"), ("links", "99999")],
)
def test_what_cannot_be_said(asks, value):
    with pytest.raises(Invalid):
        normal(Asks(asks), value)


def test_the_gravest_rule_decides_and_of_these_the_first():
    post = a_post("Loteria")
    hold, refuse, other, discard = (ListRule(does, Asks.SUBJECT, value) for does, value in (("hold", "lot"), ("refuse", "lot"), ("refuse", "loter"), ("discard", "nic")))

    assert first([hold, other, refuse, discard], post) == other
    assert first([hold], post) == hold
    assert first([discard], post) is None


@pytest.mark.parametrize("value", ["^(a+)+$", "^(a|aa)+$", "^(.*)*x", "^" + "(a*)" * 40 + "$"])
def test_an_expression_cannot_run_away(value):
    begun = time.monotonic()
    try:
        fits("subject", value, a_post("a" * 990 + "!"))
    except Invalid:
        pass

    assert time.monotonic() - begun < 2


def test_many_words_and_a_long_text_cost_little():
    post = a_post(text="ala ma kota i psa " * 20_000)
    rules = [ListRule(Does.HOLD, Asks.TEXT, f"slowo{number}, inne{number}") for number in range(50)]
    begun = time.monotonic()
    assert first(rules, post) is None

    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "text",
    ["darmowe\npieniądze", "darmowe  pieniądze", "darmowe\u00a0pieniądze", "dar\u00admowe pie\u200bniądze", "ｄａｒｍｏｗｅ pieniądze", "Oto _darmowe_pieniądze_", "d\u0336armowe pieniądze", "darmowe\u2003pieniądze"]
    + ["dar\u2060mowe\ufeff pienia\u200b\u0328dze"],
)
def test_words_are_found_as_they_look_to_a_reader(text):
    assert fits("text", "darmowe pieniądze", a_post(text=f"{text}\n"))
    assert fits("subject", "darmowe pieniądze", a_post(subject=text.replace("\n", " ")))


@pytest.mark.parametrize("html", ["via&shy;gra", "via&#8203;gra", "via<wbr>gra", "<b>x</b>_viagra"])
def test_words_are_found_behind_entities(html):
    raw = b"From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>" + html.encode() + b"</p>"
    assert fits("text", "viagra", parse(raw))


def test_an_expression_reads_all_of_a_subject():
    assert fits("subject", "^.*wygrana", a_post("x " * 300 + "wygrana"))
    assert fits("subject", "^.*darmowe pieni", a_post("Oto darmowe\u00a0pie\u200bniądze"))


@pytest.mark.parametrize("name", ["virus.exe\u200b", "virus.ex\u00ade", "virus．exe", "virus.ｅｘｅ", "virus。exe", "virus.exe:x", "virus.exe/", "virus.exe\\", "virus.exe. ", "a/virus.exe"])
def test_a_file_is_known_by_what_its_name_looks_like(name):
    assert fits("attachment", "exe", with_file(name))
    assert not fits("attachment", "js", with_file(name))


def test_files_within_an_attached_message_and_in_the_text_count():
    from email import message_from_bytes
    from email.message import EmailMessage

    inner = EmailMessage()
    inner["From"], inner["Subject"] = "halina@example.org", "W środku"
    inner.set_content("Plik.")
    inner.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="virus.exe")
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "halina@example.org", "Przekazuję"
    outer.set_content("Proszę.")
    outer.add_attachment(message_from_bytes(inner.as_bytes(), policy=inner.policy))

    assert fits("attachment", "exe", parse(outer.as_bytes()))
    assert fits("attachment", "eml", parse(outer.as_bytes()))
    assert not fits("attachment", "js", parse(outer.as_bytes()))
    assert fits("attachment", "exe", a_post(text="begin 644 virus.exe\n#0V%T\n`\nend\n"))
    assert not fits("attachment", "exe", a_post(text="We begin 644 virus.exe\n"))
