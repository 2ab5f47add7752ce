import re
from datetime import UTC, datetime

import pytest

from listserv.mail import outgoing
from listserv.mail.outgoing import Dress
from listserv.mail.parse import parse

DRESS = Dress("siecibp", "Sieć BP", "lists.example.org", "https://lists.example.org/siecibp/", trust="mx.example.org")
MAIL = (
    b"Received: from a by b\r\nAuthentication-Results: mx.example.org; dmarc=pass header.from=example.org\r\n"
    b"Authentication-Results: other.example; spf=pass\r\nDKIM-Signature: v=1; a=rsa-sha256; d=example.org;\r\n b=abc\r\n"
    b"From: =?utf-8?q?Halina_Ok=C5=82adka?= <halina@example.org>\r\nTo: siecibp@lists.example.org\r\nSubject: =?utf-8?q?Za=C5=BC=C3=B3=C5=82=C4=87?=\r\n"
    b"Message-ID: <1@example.org>\r\nDate: Tue, 3 Mar 2026 10:00:00 +0100\r\nList-Id: <other.example>\r\nList-Unsubscribe: <mailto:x@other.example>\r\n"
    b"Disposition-Notification-To: halina@example.org\r\nReturn-Receipt-To: halina@example.org\r\nApproved: password\r\nReferences: <0@example.org>\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nDzie\xc5\x84 dobry,\r\n.\r\n"
)


def fields(copy):
    text = re.sub(r"\r\n[ \t]+", " ", copy.head.decode("utf-8"))
    return [tuple(line.split(": ", 1)) for line in text.split("\r\n") if line]


def values(copy, name):
    return [value for key, value in fields(copy) if key.lower() == name.lower()]


def dressed(raw=MAIL, munge=False, came=None, **more):
    dress = Dress(**{**{name: getattr(DRESS, name) for name in Dress.__slots__}, **more})
    return outgoing.copy_for_members(raw, parse(raw), dress, munge=munge, came=came)


def test_the_authors_own_fields_stay_byte_for_byte_and_so_does_the_body():
    copy = dressed()

    for line in (b"DKIM-Signature: v=1; a=rsa-sha256; d=example.org;\r\n b=abc\r\n", b"Subject: =?utf-8?q?Za=C5=BC=C3=B3=C5=82=C4=87?=\r\n"):
        assert line in copy.head
    assert copy.body is None
    assert values(copy, "References") == ["<0@example.org>"]
    assert values(copy, "Message-ID") == ["<1@example.org>"]


def test_the_lists_fields_are_put_on():
    copy = dressed()

    assert values(copy, "List-Id") == ["=?utf-8?q?Sie=C4=87_BP?= <siecibp.lists.example.org>"]
    assert values(copy, "List-Post") == ["<mailto:siecibp@lists.example.org>"]
    assert values(copy, "List-Help") == ["<mailto:siecibp-help@lists.example.org>"]
    assert values(copy, "List-Subscribe") == ["<mailto:siecibp-join@lists.example.org>"]
    assert values(copy, "List-Owner") == ["<mailto:siecibp-owner@lists.example.org>"]
    assert values(copy, "List-Archive") == ["<https://lists.example.org/siecibp/>"]
    assert values(copy, "Archived-At")[0].startswith("<https://lists.example.org/siecibp/message/")
    assert values(copy, "Precedence") == ["list"]
    assert values(copy, "X-Loop") == ["siecibp@lists.example.org"]
    assert values(copy, "Reply-To") == ["siecibp@lists.example.org"]


def test_what_is_another_lists_or_one_hops_is_dropped():
    names = {name.lower() for name, _ in fields(dressed())}

    assert not names & {"disposition-notification-to", "return-receipt-to", "approved", "list-unsubscribe"}
    assert values(dressed(), "Authentication-Results") == ["other.example; spf=pass"]


def test_the_authors_reply_to_stays_in_front_of_the_lists():
    raw = MAIL.replace(b"To: siecibp", b"Reply-To: Biuro <biuro@example.org>\r\nTo: siecibp", 1)

    assert values(dressed(raw), "Reply-To") == ['"Biuro" <biuro@example.org>, siecibp@lists.example.org']


def test_reply_to_author_leaves_the_field_alone():
    assert values(dressed(reply_to_list=False), "Reply-To") == []


def test_from_is_rewritten_only_when_told_to():
    assert values(dressed(), "From") == ["=?utf-8?q?Halina_Ok=C5=82adka?= <halina@example.org>"]
    munged = dressed(munge=True)
    assert values(munged, "From") == ["=?utf-8?q?Halina_Ok=C5=82adka_via_Sie=C4=87_BP?= <siecibp@lists.example.org>"]
    assert values(munged, "Reply-To") == ["=?utf-8?q?Halina_Ok=C5=82adka?= <halina@example.org>, siecibp@lists.example.org"]


def test_a_newsletter_says_that_nobody_posts_and_keeps_answers_with_the_author():
    copy = dressed(newsletter=True)

    assert values(copy, "List-Post") == ["NO"]
    assert values(copy, "Reply-To") == []


def test_a_subject_tag_is_put_in_front_once():
    tagged = dressed(subject_tag="[BP]")

    assert values(tagged, "Subject") == ["[BP] =?utf-8?q?Za=C5=BC=C3=B3=C5=82=C4=87?="]
    again = MAIL.replace(b"Subject: ", b"Subject: Re: [BP] ")
    assert values(dressed(again, subject_tag="[BP]"), "Subject")[0].count("[BP]") == 1


def test_a_footer_stands_under_the_text():
    copy = dressed(footer="Sieć BP – https://lists.example.org/siecibp/")

    assert copy.body.endswith("-- \r\nSieć BP – https://lists.example.org/siecibp/\r\n".encode())
    assert parse(copy.head + b"\r\n" + copy.body).text.startswith("Dzień dobry,")


@pytest.mark.parametrize("kind", [b"text/html; charset=iso-8859-2", b'multipart/alternative; boundary="x"'])
def test_under_anything_but_plain_text_the_footer_is_a_part_of_its_own(kind):
    body = b'--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x--\r\n' if b"multi" in kind else b"<p>hello</p>\r\n"
    raw = b"From: a@example.org\r\nMessage-ID: <1@x>\r\nMIME-Version: 1.0\r\nContent-Type: " + kind + b"\r\n\r\n" + body
    copy = dressed(raw, footer="Stopka")

    post = parse(copy.head + b"\r\n" + copy.body)
    assert "hello" in post.text
    assert "Stopka" in post.text
    assert body in copy.body


def test_a_signed_mail_gets_no_footer():
    raw = MAIL.replace(b"Content-Type: text/plain; charset=utf-8", b'Content-Type: multipart/signed; boundary="x"')

    assert dressed(raw, footer="Stopka").body is None


def test_what_is_missing_is_added():
    raw = b"From: a@example.org\r\n\r\nhello\r\n"
    copy = dressed(raw, came=datetime(2026, 3, 3, 9, 0, tzinfo=UTC))

    assert values(copy, "Message-ID") == [f"<{parse(raw).message_id}>"]
    assert values(copy, "Date") == ["Tue, 03 Mar 2026 09:00:00 +0000"]
    # One that is there stays, whatever it says.
    copy = dressed(b"Date: wczoraj\r\n" + raw, came=datetime(2026, 3, 3, 9, 0, tzinfo=UTC))
    assert values(copy, "Date") == ["wczoraj"]
