"""From bytes to a Post: structure, bodies, attachments, limits, and any bytes at all."""

import time
from base64 import b64encode
from dataclasses import fields, is_dataclass
from hashlib import sha256

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from listserv.mail import headers, mime
from listserv.mail.address import Mailbox
from listserv.mail.mailboxes import mailboxes
from listserv.mail.parse import attachment, message_hash, parse

HEAD = (
    "From: Jan Kowalski <jan@example.org>",
    "To: siecibp@lists.example.org",
    "Subject: =?utf-8?Q?Odp=3A_Za=C5=BC=C3=B3=C5=82=C4=87?=",
    "Date: Tue, 3 Mar 2026 10:15:00 +0100",
    "Message-ID: <2@example.org>",
)


def mail(*lines, head=HEAD):
    return "\r\n".join((*head, *lines, "")).encode("utf-8", "surrogateescape")


def multipart(kind, *parts, boundary="b"):
    """The lines of a multipart, each part given as its own lines."""
    inner = [line for part in parts for line in (f"--{boundary}", *part)]
    return (f'Content-Type: multipart/{kind}; boundary="{boundary}"', "", *inner, f"--{boundary}--")


def part(kind, *content, **more):
    extra = [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return (f"Content-Type: {kind}", *extra, "", *content)


def strings(value):
    """Every string in a Post, with the name of the field it is in."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from strings(each)
    elif is_dataclass(value):
        for each in fields(value):
            yield from strings(getattr(value, each.name))


PLAIN = part("text/plain; charset=utf-8", "Zażółć")
HTML = part("text/html; charset=utf-8", '<p>Zażółć <img src="cid:logo@x" alt="logo"></p>')
LOGO = part("image/png; name=logo.png", "aGVsbG8=", Content_Transfer_Encoding="base64", Content_ID="<logo@x>")
PDF = part("application/pdf", "aGVsbG8=", Content_Transfer_Encoding="base64", Content_Disposition='attachment; filename="plan.pdf"')


def test_a_plain_mail_is_read_whole():
    post = parse(mail("In-Reply-To: <1@example.org>", "References: <0@example.org>", "Content-Type: text/plain; charset=utf-8", "", "Zażółć", "gęślą"))

    assert post.message_id == "2@example.org"
    assert not post.made_id
    assert post.authors == (Mailbox("Jan Kowalski", "jan@example.org"),)
    assert post.to == (Mailbox("", "siecibp@lists.example.org"),)
    assert (post.subject, post.base_subject) == ("Odp: Zażółć", "Zażółć")
    assert post.date.isoformat() == "2026-03-03T10:15:00+01:00"
    assert post.in_reply_to == "1@example.org"
    assert post.references == ("0@example.org", "1@example.org")
    assert post.text == "Zażółć\ngęślą\n"
    assert post.html is None
    assert post.attachments == ()
    assert post.automatic is None
    assert post.problems == ()


def test_a_mail_without_an_id_gets_one_made_from_its_bytes():
    raw = b"From: jan@example.org\r\n\r\nhello\r\n"
    post = parse(raw)

    assert post.made_id
    assert post.message_id == f"{sha256(raw).hexdigest()[:32]}@made.invalid"
    assert {"no-message-id", "no-date"} <= set(post.problems)


def test_a_mail_without_an_address_in_from_has_no_author_but_a_name():
    post = parse(b"From: Jan Kowalski\r\n\r\n")
    assert post.authors == ()
    assert post.author_name == "Jan Kowalski"
    assert "no-author" in post.problems


def test_two_from_fields_are_two_authors():
    post = parse(b"From: a@example.org\r\nFrom: b@example.org\r\n\r\n")
    assert len(post.authors) == 2
    assert "several-authors" in post.problems


def test_of_two_forms_of_a_letter_each_is_kept_in_its_place():
    post = parse(mail(*multipart("alternative", PLAIN, HTML)))
    assert post.text.strip() == "Zażółć"
    assert "<p>Zażółć" in post.html
    assert post.attachments == ()


def test_html_alone_is_read_as_text_too():
    post = parse(mail(*part("text/html; charset=utf-8", "<p>Zażółć</p><blockquote>gęślą</blockquote>")))
    assert "Zażółć" in post.text
    assert "> gęślą" in post.text
    assert "<p>Zażółć</p>" in post.html


def test_an_empty_plain_part_gives_way_to_the_html():
    post = parse(mail(*multipart("alternative", part("text/plain", "", "  "), HTML)))
    assert "Zażółć" in post.text


def test_a_footer_put_behind_the_letter_is_part_of_it():
    post = parse(mail(*multipart("mixed", multipart("alternative", PLAIN, HTML, boundary="c"), part("text/plain", "-- ", "list footer <x>"))))
    assert post.text == "Zażółć\n\n-- \nlist footer <x>"
    assert "Zażółć" in post.html
    assert "list footer &lt;x&gt;" in post.html


def test_attachments_are_numbered_named_and_hashed_by_what_they_hold():
    raw = mail(*multipart("mixed", PLAIN, PDF, part("image/jpeg", "aGVsbG8=", Content_Transfer_Encoding="base64")))
    first, second = parse(raw).attachments

    assert (first.number, first.name, first.type, first.size) == (1, "plan.pdf", "application/pdf", 5)
    assert first.sha256 == sha256(b"hello").hexdigest()
    assert (second.number, second.name) == (2, "part-2.jpg")
    assert attachment(raw, 1) == (first, b"hello")
    assert attachment(raw, 2) == (second, b"hello")


@pytest.mark.parametrize("number", [0, -1, 3, 10**9])
def test_there_is_no_attachment_of_another_number(number):
    assert attachment(mail(*multipart("mixed", PLAIN, PDF, PDF)), number) is None


def test_an_image_that_the_html_names_is_inline():
    raw = mail(*multipart("related", HTML, LOGO, part("image/png", "aGVsbG8=", Content_Transfer_Encoding="base64", Content_ID="<other@x>")))
    logo, other = parse(raw).attachments
    assert (logo.inline, logo.content_id) == (True, "logo@x")
    assert not other.inline
    assert attachment(raw, 1)[0] == logo


def test_a_forwarded_message_is_an_attachment_named_after_its_subject():
    inner = b"Subject: =?utf-8?Q?Plan_na_=C5=9Brod=C4=99/czwartek?=\r\nFrom: ola@example.org\r\n\r\n--b--\r\nbody\r\n"
    encoded = b64encode(inner).decode()
    plain = inner.decode().replace("--b--\r\n", "").split("\r\n")[:-1]
    for content, more in ((plain, {}), ([encoded], {"Content_Transfer_Encoding": "base64"})):
        raw = mail(*multipart("mixed", PLAIN, part("message/rfc822", *content, **more)))
        (message,) = parse(raw).attachments
        assert message.name == "Plan na środę-czwartek.eml"
        assert message.type == "message/rfc822"
        assert attachment(raw, 1)[1].startswith(b"Subject: =?utf-8?Q?Plan")
    assert attachment(raw, 1)[1] == inner


def test_the_parts_of_a_digest_are_messages():
    raw = mail(*multipart("digest", ("", "Subject: one", "", "a"), ("", "Subject: two", "", "b")))
    assert [each.name for each in parse(raw).attachments] == ["one.eml", "two.eml"]


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ('"../../etc/passwd"', "passwd"),
        ('"C:\\\\Users\\\\x\\\\plan.pdf"', "plan.pdf"),
        ('".."', "part-1.pdf"),
        ('"a\u202efdp.exe"', "afdp.exe"),
        (f'"{"x" * 300}.pdf"', f"{'x' * 196}.pdf"),
        ('"=?utf-8?Q?Plan=0Alekcji.pdf?="', "Plan lekcji.pdf"),
    ],
)
def test_a_file_name_is_one_that_can_be_kept(given_name, name):
    raw = mail(*part("application/pdf", "x", Content_Disposition=f"attachment; filename={given_name}"))
    assert parse(raw).attachments[0].name == name


def test_a_signature_does_not_hide_the_letter():
    signed = multipart("signed", PLAIN, part("application/pgp-signature", "-----BEGIN"))
    post = parse(mail(*signed))
    assert post.text.strip() == "Zażółć"
    assert [each.name for each in post.attachments] == ["part-1.asc"]


def test_flowed_text_is_put_together():
    post = parse(mail(*part("text/plain; charset=utf-8; format=flowed", "Pierwszy wiersz ", "i drugi.")))
    assert post.text == "Pierwszy wiersz i drugi.\n"


@pytest.mark.parametrize(
    ("encoding", "content", "text"),
    [
        ("base64", "WmHFvMOzxYLEhw", "Zażółć"),
        ("BASE64 ", "WmHF\r\n!vMOz xYLEhw==", "Zażółć"),
        ("base64", "It is not base64, it only says so.", "It is not base64, it only says so."),
        ("quoted-printable", "Za=C5=BC=\r\n=C3=B3=C5=82=C4=87", "Zażółć"),
        ("quoted-printable", "100 = 100=", "100 = 100"),
        ("8bit", "Zażółć", "Zażółć"),
        ("x-nonsense", "Zażółć", "Zażółć"),
    ],
)
def test_transfer_encodings_are_undone_as_far_as_they_go(encoding, content, text):
    raw = mail(*part("text/plain; charset=utf-8", content, Content_Transfer_Encoding=encoding))
    assert parse(raw).text.strip() == text


def test_the_charset_of_html_may_stand_in_the_html():
    source = "<html><head><meta http-equiv=Content-Type content='text/html; charset=iso-8859-2'></head><p>łódź"
    raw = "\r\n".join((*HEAD, "Content-Type: text/html", "", source)).encode("iso8859-2")
    assert "łódź" in parse(raw).text


def test_no_header_can_smuggle_a_line():
    injected = "=?utf-8?Q?a=0D=0ABcc=3A_victim=40example.org?="
    post = parse(
        mail(
            *part("application/x", "x", Content_Disposition=f'attachment; filename="{injected}"'),
            head=(f"Subject: {injected}", f"From: {injected} <a@example.org>", f"List-Id: {injected}"),
        )
    )
    bodies = {post.text, post.reply, post.html}
    assert not [text for text in strings(post) if text not in bodies and not text.isprintable()]


def test_white_space_before_a_colon_is_let_pass():
    assert parse(b"From : jan@example.org\r\nSubject\t: Plan\r\n\r\nx").subject == "Plan"


def test_what_is_no_header_field_begins_the_body():
    post = parse(b"From: jan@example.org\r\nnot a field\r\nSubject: x\r\n\r\ny\r\n")
    assert post.subject == ""
    assert post.text.startswith("not a field\nSubject: x")


def test_the_line_of_an_mbox_is_no_field():
    assert parse(b"From jan@example.org Tue Mar  3 10:15:00 2026\nFrom: jan@example.org\nSubject: x\n\ny").subject == "x"


@pytest.mark.parametrize(
    "raw",
    [
        b"From : a@example.org\nSubject: x\n\n",
        b"From a@example.org x\nFrom: a@example.org\n\n",
        b"From: a@example.org\nFrom b x\nFrom: b@example.org\n\n",
        b"\nFrom: a@example.org\n\n",
        b" x\nFrom: a@example.org\n\n",
        b"From: a@example.org\nbroken\nFrom: b@example.org\n\n",
        b"From: a@example.org\r\rFrom: b@example.org\r\r",
    ],
)
def test_the_author_is_read_where_the_header_block_is_cut(raw):
    cut = [field.value.decode() for field in headers.split(raw)[0] if field.name == "from"]
    assert list(parse(raw).authors) == list(mailboxes(cut))


def test_loop_marks_and_language_are_found():
    post = parse(mail("X-Loop: siecibp@lists.example.org", "List-Id: Sieć <siecibp.lists.example.org>", "Content-Language: pl-PL, en", "", "x"))
    assert post.loop_marks == ("siecibp@lists.example.org", "Sieć <siecibp.lists.example.org>")
    assert post.content_language == "pl-pl"


def test_the_hash_is_mailmans():
    assert message_hash("87myycy5eh.fsf@uwakimon.sk.tsukuba.ac.jp") == "JJIGKPKB6CVDX6B2CUG4IHAJRIQIOUTP"


def test_a_multipart_without_a_boundary_is_shown_as_it_came():
    post = parse(mail("Content-Type: multipart/mixed", "", "--x", "", "hello"))
    assert "hello" in post.text
    assert "no-boundary" in post.problems


def test_a_missing_end_loses_nothing():
    lines = multipart("mixed", PLAIN, multipart("mixed", PDF, boundary="c")[:-1])[:-1]
    post = parse(mail(*lines))
    assert post.text.strip() == "Zażółć"
    assert [each.name for each in post.attachments] == ["plan.pdf"]


def test_a_field_too_long_is_cut_and_too_many_are_dropped():
    post = parse(b"Subject: " + b"x" * 100_000 + b"\r\n" + b"X: y\r\n" * 1_500 + b"From: late@example.org\r\n\r\nbody")
    assert len(post.subject) == 1_000
    assert post.authors == ()
    assert {"long-header-field", "too-many-header-fields"} <= set(post.problems)
    assert post.text == "body"


def test_parts_nested_too_deep_stay_together():
    head = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(3_000))
    post = parse(b"From: a@example.org\n" + head + b"\nbottom\n")
    assert "too-deep" in post.problems
    assert b"bottom" in attachment(b"From: a@example.org\n" + head + b"\nbottom\n", 1)[1]


def test_of_too_many_parts_the_first_are_read():
    post = parse(b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: image/png\n\nx\n" * 5_000)
    assert "too-many-parts" in post.problems
    assert 900 < len(post.attachments) <= mime.MAX_PARTS


HOSTILE = [
    b"(",
    b")",
    b'"',
    b"<",
    b">",
    b";",
    b"=?a?q?",
    b"=?utf-8?b?YQ==?= ",
    b"?=",
    b" ",
    b';a="',
    b";a*0*=x",
    b"a@b.example,",
    b"a@b ",
    b"<a@b>",
    b":",
    b"\\",
    b"\xff",
    b"[Fwd: ",
    b"\r\n ",
]
FIELDS = [b"From", b"To", b"Subject", b"References", b"Content-Type", b"Content-Disposition"]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("field", FIELDS)
def test_no_field_keeps_the_parser_busy(field):
    start = time.process_time()
    for piece in HOSTILE:
        parse(b"From: a@example.org\r\n" + field + b": application/pdf" + piece * (64_000 // len(piece)) + b"\r\n\r\nx")
    assert time.process_time() - start < 2 * len(HOSTILE)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("line", [b"\n", b"a \n", b"> a\n", b"--b\n", b"From: x\n", b" \n"])
def test_no_body_keeps_the_parser_busy(line):
    raw = b"From: a@example.org\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n" + line * (2_000_000 // len(line))
    start = time.process_time()
    parse(raw)
    assert time.process_time() - start < 5


PIECES = st.sampled_from(
    [
        b"From: ",
        b"Subject: ",
        b"Content-Type: ",
        b"multipart/mixed; boundary=b",
        b"multipart/alternative; boundary=c",
        b"text/plain; charset=utf-7",
        b"text/html",
    ]
    + [
        b"message/rfc822",
        b"message/delivery-status",
        b"\r\n",
        b"\n",
        b"\r",
        b"\n\n",
        b"--b\n",
        b"--b--\n",
        b"--c\n",
        b"=?utf-8?b?",
        b"?=",
        b"<",
        b">",
        b'"',
        b";",
        b"name*0*=",
        b"\xff",
        b"\x00",
    ]
    + [
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Disposition: attachment; filename=",
        b"format=flowed",
        b"a@example.org",
        b"+2AA-",
        b"&#xD800;",
        b"<b>",
        b"> ",
    ]
)


@given(st.one_of(st.binary(max_size=400), st.lists(PIECES, max_size=40).map(b"".join)))
@example(b"")
@example(b"\n")
@example(b"Content-Type: text/plain; charset=utf-7\n\n+2AA-")
@example(b"Content-Type: text/html\n\n&#xD800;&#0;&#8;")
def test_any_bytes_give_a_post_that_can_be_kept(raw):
    post = parse(raw)

    assert "unreadable" not in post.problems
    assert post.size == len(raw)
    assert post.message_id
    assert "\0" not in post.text + (post.html or "")
    bodies = {post.text, post.reply, post.html}
    for text in strings(post):
        text.encode()
        assert text in bodies or not any(c in text for c in "\r\n\0\x1b")
    for each in post.attachments:
        assert attachment(raw, each.number)[0] == each


def test_a_fault_of_ours_keeps_the_mail(monkeypatch):
    raw = mail("", "hello")
    monkeypatch.setattr("listserv.mail.bodies.html.clean", lambda html: 1 / 0)
    assert parse(mail(*HTML)).html is None
    real = mime.read
    monkeypatch.setattr("listserv.mail.mime.read", lambda data: real(data) if not data else 1 / 0)
    post = parse(raw)
    assert (post.size, post.authors, post.problems) == (len(raw), (), ("unreadable",))
    assert attachment(raw, 1) is None
