"""Posts written in the browser, as mails."""

import email
import email.policy
from datetime import UTC, datetime

import pytest

from listserv.mail import compose, parse
from listserv.mail.address import Mailbox
from listserv.mail.compose import File, Writing

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)


def made(**more):
    fields = {
        "author": Mailbox("Łucja Żółw", "lucja@example.org"),
        "to": "siecibp@lists.example.org",
        "subject": "Zażółć",
        "text": "Tak.",
        "message_id": "1@lists.example.org",
        "date": NOW,
    }
    return compose.post(Writing(**fields | more))


def test_a_post_reads_back_as_it_was_written():
    post = parse.parse(
        made(text="Pierwsza\n\n> cytat\n**druga**", files=(File("łąka.pdf", "application/pdf", b"%PDF"),), references=("a@x", "b@y"), language="pl")
    )

    assert (post.authors, post.subject, post.date) == ((Mailbox("Łucja Żółw", "lucja@example.org"),), "Zażółć", NOW)
    assert (post.message_id, post.in_reply_to, post.references) == ("1@lists.example.org", "b@y", ("a@x", "b@y"))
    assert post.text == "Pierwsza\n\n> cytat\n**druga**\n" and "<strong>druga</strong>" in post.html
    assert [(file.name, file.type, file.size) for file in post.attachments] == [("łąka.pdf", "application/pdf", 4)]
    assert post.automatic is None and post.content_language == "pl" and post.problems == ()


@pytest.mark.parametrize("evil", ["x\r\nBcc: ofiara@example.net", "x\nX-Evil: 1", "x\r\n\r\nciało", "x\0y", "x\u2028Bcc: a@b"])
def test_no_field_can_be_smuggled_in(evil):
    raw = made(subject=evil, author=Mailbox(evil, "lucja@example.org"), language="pl", files=(File(evil, "text/plain", b"x"),))
    mail = email.message_from_bytes(raw, policy=email.policy.default)

    assert set(mail.keys()) == {"From", "To", "Subject", "Date", "Message-ID", "Content-Language", "MIME-Version", "Content-Type"}
    assert mail["Bcc"] is None and len(list(mail.iter_attachments())) == 1


def test_every_line_ends_in_crlf_and_none_is_too_long():
    raw = made(text="ą" * 5_000 + "\n.\n" + "x" * 5_000 + "\r\nFrom tu\rdalej")

    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_long_ids_are_never_encoded():
    long = f"{'x' * 200}@example.org"
    raw = made(references=(long,) * 3)

    assert f"In-Reply-To: <{long}>\r\n".encode() in raw
    assert raw.count(f"<{long}>".encode()) == 4


@pytest.mark.parametrize("subject", ['Mówił: "tak"', 'He said "yes" \\o/', "=?utf-8?q?nie?=", "Re: [siecibp] x", "😀"])
def test_a_subject_comes_through_as_it_is(subject):
    post = parse.parse(made(subject=subject))

    assert post.subject == subject


def test_an_address_with_letters_of_its_own_is_kept():
    assert parse.parse(made(author=Mailbox("", "łukasz@example.org"))).authors[0].address == "łukasz@example.org"


@pytest.mark.parametrize("kind", ["message/rfc822", "multipart/mixed", "text", "", "application/pdf"])
def test_a_file_of_any_kind_is_carried_as_bytes(kind):
    post = parse.parse(made(files=(File("a.bin", kind, b"\0\xff\r\n"),)))

    assert [file.size for file in post.attachments] == [4]
