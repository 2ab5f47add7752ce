from datetime import UTC, datetime

import pytest

from listserv.mail.address import Mailbox
from listserv.mail.history import read
from listserv.mail.mbox import Entry

JAN = (Mailbox("Jan Regał", "jan@example.org"),)


def read_raw(raw):
    return read(Entry(7, raw, "", None))


@pytest.mark.parametrize(
    "field",
    [
        "jan at example.org (Jan Regał)",
        "Jan Regał <jan(a)example.org>",
        "Jan Regał <jan (at) example.org>",
        "=?utf-8?q?jan_at_example=2Eorg?= (=?utf-8?q?Jan_Rega=C5=82?=)",
        "Jan Regał via Lista <lista@lists.example.com>\nReply-To: Jan <jan@example.org>",
        "'Jan Regał' via Lista <lista@lists.example.com>\nReply-To: lista@lists.example.com, jan@example.org",
        "'Jan Regał' via Grupa <grupa@groups.example.com>\nX-Original-From: Jan Regał <jan@example.org>\nReply-To: other@example.org",
    ],
)
def test_what_an_archiver_put_in_the_authors_place_is_undone(field):
    assert read_raw(f"From: {field}\nSubject: x\n\ny\n".encode()).post.authors == JAN


@pytest.mark.parametrize("field", ["Jan via Rome <jan@example.org>", "Jan <jan@example.org>"])
def test_an_author_who_is_one_stays(field):
    assert read_raw(f"From: {field}\nSubject: x\n\ny\n".encode()).post.authors[0].address == "jan@example.org"


def test_when_it_was_taken_in_is_read_from_the_topmost_received_field():
    raw = b"Received: from a by b; Tue, 3 Mar 2026 10:00:05 +0100\nReceived: from c by a; Tue, 3 Mar 2026 09:00:00 +0100\nFrom: jan@example.org\n\nx\n"

    assert read_raw(raw).claim.received == datetime(2026, 3, 3, 9, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(("raw", "why"), [(b"", "nothing in it"), (b" \n\n", "nothing in it"), (None, "larger than"), (b"\njust words\n", "no header field")])
def test_what_cannot_be_taken_says_why(raw, why):
    found = read_raw(raw)

    assert (found.index, found.post) == (7, None)
    assert why in found.why
