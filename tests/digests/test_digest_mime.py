"""The letter in which a digest travels."""

import email
from dataclasses import replace
from email import policy

import pytest

from digests import mime, rendering
from listserv.mail.address import Mailbox
from tests.digests.samples import URL, at, edition, own

ENVELOPE = mime.Envelope(
    list_name="siecibp",
    list_title="Sieć BP",
    domain="lists.example.org",
    to=Mailbox("Anna Żółć", "anna@example.org"),
    date=at(3, 7, 0),
    message_id="digest.7.1772517600@lists.example.org",
    reply_to="r+gabcdefghijklmnop@lists.example.org",
    unsubscribe_url="https://lists.example.org/unsubscribe/" + "u" * 40,
    unsubscribe_address="r+" + "u" * 40 + "@lists.example.org",
    archive_url=f"{URL}/",
)


def letter(envelope: mime.Envelope = ENVELOPE, language: str = "pl") -> bytes:
    return mime.compose(rendering.render(edition(language=language)).filled(own), envelope)


def test_it_has_the_fields_that_a_digest_needs():
    mail = email.message_from_bytes(letter(), policy=policy.default)

    assert mail["From"].addresses[0].addr_spec == "siecibp@lists.example.org"
    assert mail["From"].addresses[0].display_name == "Sieć BP"
    assert mail["To"].addresses[0].display_name == "Anna Żółć"
    assert mail["Reply-To"].addresses[0].addr_spec == ENVELOPE.reply_to
    assert mail["Subject"] == rendering.render(edition(language="pl")).subject
    assert mail["Date"].datetime == ENVELOPE.date
    assert mail["Message-ID"] == "<digest.7.1772517600@lists.example.org>"
    assert mail["List-Id"].endswith("<siecibp.lists.example.org>")
    assert mail["List-Unsubscribe"] == f"<{ENVELOPE.unsubscribe_url}>, <mailto:{ENVELOPE.unsubscribe_address}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Archive"] == f"<{URL}/>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Precedence"] == "bulk"
    # "Reply to list" would send an answer to the whole digest into no thread at all.
    assert mail["List-Post"] is None


def test_both_forms_come_through_whole_the_richer_last():
    digest = rendering.render(edition(language="pl")).filled(own)
    mail = email.message_from_bytes(letter(), policy=policy.default)

    assert mail.get_content_type() == "multipart/alternative"
    plain, page = mail.iter_parts()
    assert plain.get_content_type() == "text/plain"
    assert plain.get_content().replace("\r\n", "\n") == digest.text
    assert page.get_content_type() == "text/html"
    assert page.get_content().replace("\r\n", "\n").strip() == digest.html.strip()
    assert not mail.defects


def test_every_line_ends_in_crlf_and_is_short_enough_for_any_relay():
    raw = letter()

    assert raw.count(b"\n") == raw.count(b"\r") == raw.count(b"\r\n")
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert max(map(len, raw.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 78


@pytest.mark.parametrize("name", ["Ala\r\nBcc: victim@example.org", 'Ala "O\'Hara" \\', "", "\x00\ud800"])
def test_no_name_can_add_a_field(name):
    mail = email.message_from_bytes(letter(replace(ENVELOPE, to=Mailbox(name, "anna@example.org"), list_title=name or "X")))

    assert mail["Bcc"] is None
    assert "anna@example.org" in mail["To"]
    assert mail.is_multipart()


def test_a_long_subject_is_folded_into_encoded_words():
    digest = replace(rendering.render(edition()), subject="Żółw " * 60)
    mail = email.message_from_bytes(mime.compose(digest.filled(own), ENVELOPE), policy=policy.default)

    assert mail["Subject"].split() == ["Żółw"] * 60
    # RFC 2047 section 2.
    assert all(len(word) <= 75 for word in mime.compose(digest.filled(own), ENVELOPE).partition(b"\r\n\r\n")[0].split() if word.startswith(b"=?"))


def test_a_subject_that_looks_encoded_is_shown_as_it_was_typed():
    for subject in ("Re: =?utf-8?q?TAK?=", "👩‍👩‍👧 razem"):
        mail = email.message_from_bytes(mime.compose(replace(rendering.render(edition()), subject=subject).filled(own), ENVELOPE), policy=policy.default)
        assert mail["Subject"] == subject
