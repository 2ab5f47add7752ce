"""Mails for relays that know ASCII alone: they say the same, and what was ASCII stays as it was."""

import email
from email import policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail.asciifields import ascii_field, ascii_fields
from listserv.mail.headers import Field
from listserv.mail.sevenbit import seven_bit


def crlf(text):
    return text.replace("\n", "\r\n").encode()


MIXED = crlf("""From: Łukasz Żółw <lukasz@example.org>, "Żółć, Jan" <jan@zażółć.example.org>
Subject: Re: [x] Zażółć gęślą jaźń i jeszcze coś bardzo długiego, żeby było co zawijać, naprawdę długo
DKIM-Signature: v=1; a=rsa-sha256; h=from:date; b=xx
Content-Type: multipart/mixed; boundary="ążb"; x=y
MIME-Version: 1.0

pręambuła
--ążb
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Dzień dobry
.kropka
--ążb
Content-Type: image/png; name="żółw.png"
Content-Disposition: attachment; filename="żółw.png"

\u0089PNGąąąąąąąąąą
--ążb
Content-Type: message/rfc822

Subject: Żółw
Content-Type: text/plain; charset=utf-8

wewnątrz
--ążb
Content-Type: text/plain

ascii only\x20\x20\x20
--ążb--
""")  # fmt: skip


def test_every_part_says_the_same():
    made = seven_bit(MIXED)
    mail = email.message_from_bytes(made, policy=policy.default)

    assert made.isascii() and mail["From"].addresses[0].display_name == "Łukasz Żółw"
    assert mail["From"].addresses[1].addr_spec == f"jan@{'zażółć'.encode('idna').decode()}.example.org"
    assert "gęślą jaźń i jeszcze coś bardzo długiego, żeby było" in mail["Subject"]
    text, picture, message, plain = mail.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == "Dzień dobry\n.kropka"
    assert picture.get_filename() == "żółw.png" and picture.get_payload(decode=True).decode() == "\u0089PNGąąąąąąąąąą"
    assert message.get_content()["Subject"] == "Żółw" and message.get_content().get_content().strip() == "wewnątrz"
    assert made.count(b"Content-Type: text/plain\r\n\r\nascii only   \r\n") == 1 and plain.get_content().startswith("ascii only   ")
    assert "DKIM-Signature" not in mail


def test_what_is_ascii_stays_byte_for_byte():
    plain = crlf("From: a@example.org\nSubject:  odd   spaces\nDKIM-Signature: h=from; b=x\n\nHello \n")

    assert seven_bit(plain) is plain and ascii_fields(plain) is plain


def test_a_signature_stays_where_it_can_survive():
    raw = crlf("From: a@example.org\nX-Note: Żółw\nDKIM-Signature: v=1; h=from; b=x\nDKIM-Signature: v=1; h=from:x-note; b=y\n\nHello\n")

    made = ascii_fields(raw)

    assert made.isascii() and b"b=x" in made and b"b=y" not in made and made.endswith(b"\r\n\r\nHello\r\n")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("To", "Żółw <z@example.org>, plain@example.org", "=?utf-8?q?=C5=BB=C3=B3=C5=82w?= <z@example.org>, plain@example.org"),
        ("To", "łukasz@example.org", "=?utf-8?q?=C5=82ukasz=40example=2Eorg?= :;"),
        ("Message-ID", "<żółw@example.org>", "<???w@example.org>"),
        ("Subject", "Zażółć raz i dwa", "=?utf-8?q?Za=C5=BC=C3=B3=C5=82=C4=87?= raz i dwa"),
    ],
)
def test_fields_by_their_kind(name, value, expected):
    assert ascii_field(Field(name.lower(), f"{name}: {value}\r\n".encode())).value.decode() == expected


@given(st.lists(st.sampled_from([b"Content-Type: multipart/mixed; boundary=b\r\n", b"\r\n", b"--b\r\n", b"--b--\r\n", b"\xc5\xbc", b"x" * 80, b"=\r\n",
                                 b"Content-Type: message/rfc822\r\n", b"Content-Transfer-Encoding: base64\r\n", b"Subject: \xff\xfe\r\n", b"From: \"\xc5\r\n"]), max_size=30))  # fmt: skip
def test_whatever_comes_is_ascii_in_the_end_and_has_no_bare_line_ends(pieces):
    made = seven_bit(b"From: a@example.org\r\n" + b"".join(pieces))

    assert made.isascii() and made.count(b"\n") == made.count(b"\r\n") == made.count(b"\r")
