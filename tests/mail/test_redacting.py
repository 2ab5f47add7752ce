"""Words and files taken out of a mail's bytes: what is left says nothing of them, and everything else."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail import parse, redactinghtml
from listserv.mail.redacting import Plan, redact, says
from tests.growth import takes


def mail(text="Nic.\n", *, cte="8bit", charset="utf-8", subject="Temat", html="", html_cte="quoted-printable", **headers):
    made = EmailMessage(policy=policy.SMTP)
    made["From"], made["Subject"], made["Message-ID"], made["Date"] = "Anna <anna@example.org>", subject, "<a@example.org>", "Tue, 03 Mar 2026 10:00:00 +0100"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text, cte=cte, charset=charset)
    if html:
        made.add_alternative(html, subtype="html", cte=html_cte)
    return made


def without(raw, *words):
    raw = raw if isinstance(raw, bytes) else raw.as_bytes()
    return parse.parse(redact(raw, Plan(words)))


@pytest.mark.parametrize(
    "cte, charset", [("8bit", "utf-8"), ("base64", "utf-8"), ("quoted-printable", "iso-8859-2"), ("base64", "cp1250"), ("quoted-printable", "utf-8")]
)
def test_words_are_found_in_every_encoding(cte, charset):
    made = without(mail("Pan Józef Gżegżółka dzwonił.\nPan JÓZEF GŻEGŻÓŁKA.\n", cte=cte, charset=charset), "Józef Gżegżółka")
    assert made.text == "Pan ███ dzwonił.\nPan ███.\n"


@pytest.mark.parametrize("text", ["Jan\nNowak", "> Jan\n> Nowak", "Jan \u00a0Nowak", "Jan\n>> Nowak", "jan NOWAK"])
def test_words_are_found_over_line_ends_and_in_quotations(text):
    assert "nowak" not in without(mail(f"Wczoraj {text} był.\n"), "Jan Nowak").text.lower()


def test_words_in_decomposed_letters_are_the_same_words():
    assert "███" in without(mail("To Zo\u0301\u0142w.\n"), "Zó\u0142w").text


def test_flowed_text_with_words_broken_in_the_middle_is_taken_out_whole():
    raw = mail("Jan Now \nak byl.\n", cte="8bit").as_bytes().replace(b'charset="utf-8"', b'charset="utf-8"; format=flowed; delsp=yes')
    assert parse.parse(raw).text == "Jan Nowak byl.\n"
    assert "Nowak" not in without(raw, "Nowak").text


@pytest.mark.parametrize(
    "html",
    [
        "<p>Jan <b>No</b>wak</p>",
        "<p>Jan&nbsp;Nowak</p>",
        "<p>J&#97;n Now&#x61;k</p>",
        "<p>Jan<br>Nowak</p>",
        '<p title="Jan Nowak">x</p>',
        "<p>Jan No&shy;wak</p>",
    ]
    + [
        '<a href="https://example.org/?q=Jan%20Nowak">x</a>',
        "<!-- Jan Nowak --><p>x</p>",
        "<p>Jan <!-- - -->Nowak</p>",
        "<style>.a{} /* Jan Nowak */</style><p>x</p>",
    ],
)
def test_words_are_found_in_html_as_it_is_read(html):
    raw = redact(mail("Nic.\n", html=html).as_bytes(), Plan(("Jan Nowak",)))
    source = message_from_bytes(raw, policy=policy.default).get_body(("html",)).get_content()
    assert not re.search("Nowak|No</b>wak|No&shy;wak|Now&#|%20N", source)
    assert "Nic." in parse.parse(raw).text


def test_subjects_files_names_and_other_fields_say_nothing_and_the_author_stays():
    made = mail(subject="Sprawa Jana Łąki", To="Jana Łąki <jan@example.org>", X_Topic="o Jana Łąki")
    made.add_attachment(b"PDF", maintype="application", subtype="pdf", filename="umowa Jana Łąki.pdf")
    raw = redact(made.as_bytes(), Plan(("Jana Łąki", "anna")))
    post = parse.parse(raw)
    assert (post.subject, post.attachments[0].name, post.attachments[0].size) == ("Sprawa ███", "umowa ███.pdf", 3)
    assert post.authors[0].address == "anna@example.org" and post.message_id == "a@example.org"
    assert "Łąki" not in str(message_from_bytes(raw, policy=policy.default)["X-Topic"])


def test_a_message_that_is_attached_is_read_too():
    made = mail("Przekazuję.\n")
    made.add_attachment(message_from_bytes(mail("Tajne hasło.\n", cte="base64").as_bytes(), policy=policy.SMTP))
    raw = redact(made.as_bytes(), Plan(("Tajne hasło",)))
    inner = list(message_from_bytes(raw, policy=policy.default).walk())[-1]
    assert inner.get_content().strip() == "███."


def test_nothing_is_changed_where_there_is_nothing():
    raw = mail("Dzień dobry.\n", html="<p>Dzień dobry</p>").as_bytes()
    assert redact(raw, Plan(("Nowak",))) == raw and not says(raw, ("Nowak",))
    assert says(raw, ("dobry",))


def test_what_is_not_touched_keeps_its_bytes():
    made = mail("Tajne.\n")
    made.add_attachment(bytes(range(256)) * 9, maintype="application", subtype="octet-stream", filename="a.bin")
    raw = made.as_bytes()
    new = redact(raw, Plan(("Tajne",)))
    tail = raw[raw.index(b"a.bin") :]
    assert new.endswith(tail) and parse.attachment(new, 1)[1] == bytes(range(256)) * 9


def test_an_attachment_becomes_a_note_in_its_place():
    made = mail()
    for name in ("a.pdf", "b.pdf"):
        made.add_attachment(name.encode(), maintype="application", subtype="pdf", filename=name)
    raw = redact(made.as_bytes(), Plan(attachments=frozenset([1]), note="Usunięte.", note_name="usunięto.txt"))
    assert parse.attachment(raw, 1)[1].decode().strip() == "Usunięte." and parse.attachment(raw, 1)[0].name == "usunięto.txt"
    assert parse.attachment(raw, 2)[1] == b"b.pdf" and b"a.pdf" not in raw


def test_a_mail_that_is_one_file_keeps_who_wrote_it():
    head = b"From: a@example.org\r\nMessage-ID: <x@y>\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nUERG\r\n"
    post = parse.parse(redact(head, Plan(attachments=frozenset([1]), note="Nie ma.")))
    assert (post.authors[0].address, post.message_id, post.attachments[0].type) == ("a@example.org", "x@y", "text/plain")


def test_a_body_goes_with_everything_that_told_of_it():
    made = mail("Tajne.\n", html="<p>Tajne</p>", References="<q@example.org>")
    made.add_attachment(b"tajne", maintype="application", subtype="pdf", filename="tajne.pdf")
    post = parse.parse(redact(made.as_bytes(), Plan(body=True, subject=True, note="[Usunięte.]")))
    assert (post.text.strip(), post.html, post.attachments, post.subject) == ("[Usunięte.]", None, (), "")
    assert (post.references, post.message_id) == (("q@example.org",), "a@example.org")


PARTS = st.lists(
    st.sampled_from(["Jan", " ", "\n", "Nowak", "<b>", "&nbsp;", "=4A", "--b", "--b--", "\n\n", "Content-Type: text/html", ">", "ą", ": "]), max_size=25
)
HEADS = st.sampled_from(
    [
        "",
        "Content-Type: multipart/mixed; boundary=b\n",
        "Content-Type: text/html\n",
        "Content-Transfer-Encoding: base64\n",
        "Content-Transfer-Encoding: quoted-printable\n",
    ]
    + ["Content-Type: message/rfc822\n", "Subject: Jan Nowak\n", "Content-Type: text/plain; format=flowed; delsp=yes\n"]
)


@given(HEADS, PARTS, st.binary(max_size=40))
def test_whatever_the_mail_afterwards_it_does_not_say_it(head, parts, tail):
    raw = f"From: a@example.org\nMessage-ID: <x@y>\n{head}\n{''.join(parts)}".encode() + tail
    made = redact(raw, Plan(("Jan Nowak",)))
    post = parse.parse(made)
    assert not re.search(r"jan[\s>|]+nowak", f"{post.subject}\n{post.text}\n{re.sub('<[^>]*>', '', post.html or '')}", re.I)
    assert post.message_id == parse.parse(raw).message_id or b"Message-ID" not in made
    assert not says(made, ("Jan Nowak",))


@pytest.mark.parametrize("part", ["<a", "<!--", '<a"', "<a '\"", "<a \"'<", "<p title='"])
def test_tags_that_never_end_are_read_in_time(part):
    assert takes(lambda: redactinghtml.in_html(part * (80_000 // len(part)), re.compile("secret")), 1) < 1


def test_words_behind_a_tag_that_never_ends_are_found_all_the_same():
    assert "secret" not in redactinghtml.in_html("<p>a <b secret <i>se</i>cret <!-- x <!-- y --> secret", re.compile("secret"))
