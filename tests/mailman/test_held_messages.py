"""Mails that Mailman kept as objects come out as the mails that came in."""

import pickle
from email import message_from_bytes
from email.header import Header
from email.message import EmailMessage, Message
from email.policy import default

import pytest

from listserv.mail.parse import parse
from listserv.mailman.messages import mail
from listserv.mailman.values import Unreadable
from tests.mailman.python2 import Old, dumps

PLAIN = "From: Obcy <obcy@example.com>\r\nTo: siecibp@lists.example.net\r\nSubject: =?utf-8?q?Za=C5=BC?=\r\n Dalszy\r\n\tciąg\r\nMessage-ID: <1@example.com>\r\n" \
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nZażółć gęślą jaźń\r\n\r\n-- \r\nObcy\r\n"  # fmt: skip
PARTS = "From: a@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary=\"-=b\"\r\n\r\nprzed\r\n---=b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" \
    "łąka\r\n---=b\r\nContent-Type: multipart/alternative; boundary=in\r\n\r\n--in\r\n\r\nx\r\n--in\r\nContent-Type: text/html\r\n\r\n<b>x</b>\r\n--in--\r\n\r\n---=b\r\n" \
    "Content-Type: message/rfc822\r\n\r\nFrom: b@example.com\r\nSubject: in\r\n\r\ninner\r\n---=b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" \
    "JVBERi0=\r\n---=b--\r\npo\r\n"  # fmt: skip
SAMPLES = [PLAIN.encode(), PARTS.encode(), PLAIN.encode("iso-8859-2", "replace"), b"Subject: no body\r\n\r\n", b"\r\nonly a body\r\n"]


@pytest.mark.parametrize("protocol", [1, 2, 4, 5])
@pytest.mark.parametrize("raw", SAMPLES)
def test_a_mail_of_mailman_3_comes_out_byte_for_byte(raw, protocol):
    kept = message_from_bytes(raw)

    assert mail(pickle.dumps(kept, protocol)) == raw


def test_a_mail_of_the_newer_kind_is_read_too():
    kept = message_from_bytes(PLAIN.encode(), _class=EmailMessage, policy=default)

    post = parse(mail(pickle.dumps(kept)))

    assert (post.authors[0].address, post.message_id, post.text.split("\n")[0]) == ("obcy@example.com", "1@example.com", "Zażółć gęślą jaźń")


def test_a_mail_of_mailman_2_comes_out_with_its_bytes():
    fields = [(b"From", b"obcy@example.com"), (b"Subject", b"a\n b"), (b"Content-Type", b"text/plain; charset=iso-8859-2")]
    kept = Old("Mailman.Message.Message", {b"_headers": fields, b"_payload": b"za\xbf\xf3\xb3\xe6\n", b"preamble": None, b"_unixfrom": None})

    assert mail(dumps(kept)) == b"From: obcy@example.com\r\nSubject: a\r\n b\r\nContent-Type: text/plain; charset=iso-8859-2\r\n\r\nza\xbf\xf3\xb3\xe6\r\n"


def test_parts_of_mailman_2_are_put_together():
    part = Old("email.message.Message", {b"_headers": [(b"Content-Type", b"text/plain")], b"_payload": b"x"})
    kept = Old("Mailman.Message.Message", {b"_headers": [(b"Content-Type", b'multipart/mixed; boundary="B"')], b"_payload": [part, part]})

    assert mail(dumps(kept)) == (
        b'Content-Type: multipart/mixed; boundary="B"\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\nx\r\n--B\r\nContent-Type: text/plain\r\n\r\nx\r\n--B--\r\n'
    )


def test_fields_that_were_kept_as_objects_are_written_as_encoded_words():
    kept = Message()
    kept["Subject"] = Header("żółw", "utf-8")
    charset = Old("email.charset.Charset", {b"input_charset": b"iso-8859-2"})
    old = Old("email.message.Message", {b"_headers": [(b"Subject", Old("email.header.Header", {b"_chunks": [(b"\xbf\xf3\xb3w", charset)]}))], b"_payload": b""})

    assert parse(mail(pickle.dumps(kept))).subject == "żółw"
    assert parse(mail(dumps(old))).subject == "żółw"


def test_a_mail_that_was_kept_as_it_came_is_taken_as_it_is():
    assert mail(PLAIN.replace("\r\n", "\n").encode()) == PLAIN.encode()


def test_a_field_cannot_begin_another():
    kept = Old("email.message.Message", {b"_headers": [(b"Subject", b"x\nBcc: victim@example.org\n\nbody")], b"_payload": b""})

    assert b"\r\nBcc" not in mail(dumps(kept))


@pytest.mark.parametrize("value", [7, [1], {"a": 1}, None, Old("email.message.Message", {b"_headers": b"x"}), Old("x.y", {})])
def test_what_is_no_mail_is_refused(value):
    with pytest.raises(Unreadable, match="holds no mail"):
        mail(b"\x80\x02" + dumps(value))


def test_a_mail_that_holds_the_same_part_for_ever_is_refused():
    """Ten parts, each ten times the next: a few hundred bytes that would be ten thousand million parts."""
    leaf, fields = Message(), {"_headers": [("Content-Type", "multipart/mixed; boundary=B")]}
    leaf.set_payload("x")
    for _ in range(10):
        leaf, inner = Message(), leaf
        leaf.__dict__.update(fields, _payload=[inner] * 10)
    raw = pickle.dumps(leaf)

    assert len(raw) < 2000
    with pytest.raises(Unreadable, match="too many parts"):
        mail(raw)


def test_a_mail_inside_itself_is_refused():
    kept = Message()
    kept["Content-Type"] = "multipart/mixed; boundary=B"
    kept._payload = [kept]

    with pytest.raises(Unreadable, match="too many parts"):
        mail(pickle.dumps(kept))


def test_a_large_part_said_again_and_again_is_refused(monkeypatch):
    monkeypatch.setattr("listserv.mailman.messages.LARGEST", 100_000)
    leaf, kept = Message(), Message()
    leaf.set_payload("x" * 10_000)
    kept["Content-Type"] = "multipart/mixed; boundary=B"
    kept._payload = [leaf] * 100

    with pytest.raises(Unreadable, match="larger than any"):
        mail(pickle.dumps(kept))


def test_whatever_is_said_again_and_again_is_counted_before_it_is_put_together(monkeypatch):
    monkeypatch.setattr("listserv.mailman.messages.LARGEST", 100_000)
    long = b"x" * 10_000
    header = Old("email.header.Header", {b"_chunks": [(long, None)] * 20})
    inner = Old("email.message.Message", {b"_headers": [], b"_payload": [], b"preamble": long})
    after = Old("email.message.Message", {b"_headers": [], b"_payload": [], b"epilogue": long})

    for fields, payload in (([(b"X", long)] * 20, b""), ([(long, b"x")] * 20, b""), ([(b"Subject", header)], b""), ([], [inner] * 20), ([], [after] * 20)):
        with pytest.raises(Unreadable, match="larger than any"):
            mail(dumps(Old("email.message.Message", {b"_headers": fields, b"_payload": payload})))


def test_a_charset_that_cannot_be_and_a_part_without_fields_break_nothing():
    header = Old("email.header.Header", {b"_chunks": [(b"a\xff", Old("email.charset.Charset", {b"input_charset": b"utf-8\0"}))]})
    part = Old("email.message.Message", {b"_headers": 7, b"_payload": b"inner"})
    kind = b"multipart/mixed; boundary=B"

    raw = mail(dumps(Old("email.message.Message", {b"_headers": [(b"Subject", header), (b"Content-Type", kind)], b"_payload": [part]})))

    assert b"--B\r\n\r\ninner\r\n--B--" in raw


@pytest.mark.parametrize("kind", [b"multipart/mixed; boundary*=utf-8%00'\0'x", b"multipart/mixed; boundary*0*=\0'\0'x", b"multipart/mixed; boundary*=\0'en'%41"])
def test_a_content_type_that_python_stumbles_over_is_read_or_refused(kind):
    try:
        mail(dumps(Old("email.message.Message", {b"_headers": [(b"Content-Type", kind)], b"_payload": []})))
    except Unreadable as wrong:
        assert "damaged mail" in str(wrong)
