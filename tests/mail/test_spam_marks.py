"""Marks of the mail server's own filter, and which marks are not its own."""

import pytest

from listserv.mail.spam import Spam, found

TRUST = "mx.example.org"
OURS = "Received: from relay.example.com by mx.example.org with ESMTPS\r\n"
THEIRS = "Received: from home by relay.example.com with ESMTP\r\n"


def marks(head, trust=TRUST):
    return found(f"{head}\r\nX-Spam-Flag: YES\r\n".encode(), trust)


@pytest.mark.parametrize(
    ("field", "spam"),
    [
        ("X-Spam-Flag: YES", Spam.YES),
        ("x-spam-flag: yes", Spam.YES),
        ("X-Spam: Yes", Spam.YES),
        ("X-Spam-Status: Yes, score=7.1 required=5.0 tests=A,B", Spam.YES),
        ("X-Spam-Status: Yes, score=12.3\r\n\trequired=5.0 tests=A", Spam.CERTAIN),
        ("X-Spam-Status: Yes", Spam.YES),
        ("X-Spam-Status: Yes, score=9 required=0", Spam.YES),
        ("X-Rspamd-Action: add header", Spam.YES),
        ("X-Rspamd-Action: rewrite subject", Spam.YES),
        ("X-Rspamd-Action: reject", Spam.CERTAIN),
        ("X-Spamd-Result: default: False [18.20 / 15.00]", Spam.CERTAIN),
        ("X-Spamd-Result: default: False [7.20 / 15.00]", Spam.NO),
        ("X-Rspamd-Action: no action", Spam.NO),
        ("X-Rspamd-Action: greylist", Spam.NO),
        ("X-Spam-Flag: NO", Spam.NO),
        ("X-Spam-Status: No, score=-1.0 required=5.0", Spam.NO),
        ("X-Spam: ???", Spam.NO),
        ("Subject: X-Spam-Flag: YES", Spam.NO),
    ],
)
def test_what_a_mark_says(field, spam):
    assert found(f"{field}\r\nFrom: a@example.org\r\n\r\nX-Spam-Flag: YES\r\n".encode(), TRUST) is spam


def test_the_gravest_of_several_counts_and_a_no_hides_nothing():
    assert marks("X-Spam-Flag: NO\r\nX-Spam: Yes\r\n") is Spam.YES


def test_marks_below_a_foreign_server_are_not_ours():
    assert marks(f"{OURS}Subject: x\r\nX-Spam-Flag: YES\r\n") is Spam.YES
    assert marks(f"X-Spam-Flag: YES\r\n{OURS}{THEIRS}") is Spam.YES
    assert marks(f"{OURS}X-Spam-Flag: YES\r\n{THEIRS}") is Spam.YES
    assert marks(f"{OURS}{THEIRS}X-Spam-Flag: YES\r\n") is Spam.NO
    assert marks(f"{OURS}Received: from localhost by mx.example.org (filter)\r\nX-Spam-Flag: YES\r\n{THEIRS}") is Spam.YES


def test_a_filter_that_names_itself_by_our_name_may_stand_anywhere():
    checker = "X-Spam-Checker-Version: SpamAssassin 4.0.0 (2022-12-14) on {}\r\n"
    assert marks(f"{OURS}{THEIRS}{checker.format('mx.example.org')}X-Spam-Flag: YES\r\n") is Spam.YES
    assert marks(f"{OURS}{THEIRS}{checker.format('relay.example.com')}X-Spam-Flag: YES\r\n") is Spam.NO


def test_without_a_server_in_front_nothing_is_believed():
    assert marks("X-Spam-Flag: YES\r\n", trust="") is Spam.NO


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b"X-Spam-Status: Yes, score=" + b"9" * 5000, b"X-Spam-Flag", b"X-Spamd-Result: [1e9 / ]", b":\r\n" * 1000])
def test_any_bytes_are_read(raw):
    assert found(raw, TRUST) in Spam
