from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail.mbox import READ, entries, entry

AT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
MAIL = b"From: jan@example.org\nSubject: x\n\n"


def read(data, **more):
    return [one.raw for one in entries(BytesIO(data), **more)]


def written(*raws):
    return b"".join(entry(raw, "jan@example.org", AT) for raw in raws)


# What looks like a separator, or nearly: the hard cases, and any bytes at all.
PIECES = st.sampled_from(
    [b"From ", b">From ", b"\n", b"\r\n", b"\r", b"From x Tue Mar  3 09:00:00 2026\n", b"Subject: a\n", b"\0", b" open-end", b">>From ", b"\xc5", b"a"]
)
RAWS = st.lists(PIECES | st.binary(max_size=8), max_size=12).map(b"".join)


@given(st.lists(RAWS, min_size=1, max_size=5))
def test_what_is_written_is_read_back_byte_for_byte(raws):
    # A separator counts only before a header: mails begin with one.
    raws = [MAIL + raw for raw in raws]

    assert read(written(*raws)) == raws


@given(st.binary(max_size=200))
def test_any_bytes_give_an_answer(data):
    for one in entries(BytesIO(b"From x Tue Mar  3 09:00:00 2026\n" + data)):
        assert one.raw is not None


def test_sender_and_time_of_the_separator_are_read():
    (one,) = entries(BytesIO(written(MAIL)))

    assert (one.index, one.sender, one.at) == (1, "jan@example.org", AT)


SEPARATORS = [
    b"From jan@example.org Thu Jan  1 00:00:00 1970\n",
    b"From jan@example.org  Tue Mar  3 09:00:00 2026\n",
    b"From jan@example.org Tue Mar  3 09:00 2026\n",
    b"From jan@example.org Tue Mar  3 09:00:00 CET 2026\n",
    b"From jan@example.org Tue Mar  3 09:00:00 2026 +0100\n",
    b"From jan@example.org Tue Mar  3 09:00:00 2026 remote from uucp\n",
    b"From jan@example.org Tue, 3 Mar 2026 09:00:00 +0100\n",
    b"From jan at example.org Tue Mar  3 09:00:00 2026\n",
    b'From "Jan Regal"@example.org Tue Mar  3 09:00:00 2026\n',
    b"From  Tue Mar  3 09:00:00 2026\n",
    b"From jan@example.org Tue Mar  3 09:00:00 102\n",
    b"From MAILER-DAEMON\n",
    b"From jan@example.org Thu Jan  1 00:00:00 1970\r\n",
]


@pytest.mark.parametrize("line", SEPARATORS)
def test_separators_of_many_programs_are_known(line):
    assert read(line + MAIL + b"one\n\n" + line + MAIL + b"two\n") == [MAIL + b"one\n", MAIL + b"two\n"]


BODIES = [
    b"From the beginning I said so.\nSubject: to doubt\n",
    b"\nFrom here on it is easy.\n\nFrom: jan\n",
    b"\nFrom Monday on: nothing\n",
    b"\nFrom jan@example.org Tue Mar  3 09:00:00 2026\nHe wrote this to me:\n",
    b"\nFrom jan@example.org Tue Mar  3 09:00:00 2026\n\nx\n",
    b"\nFrom Jan at home\nto: market\n",
    b"\n From jan@example.org Tue Mar  3 09:00:00 2026\nSubject: x\n",
]


@pytest.mark.parametrize("body", BODIES)
def test_a_body_may_say_from(body):
    data = b"From x Tue Mar  3 09:00:00 2026\n" + MAIL + body + b"\nFrom x Tue Mar  3 09:00:00 2026\n" + MAIL + b"\n"

    assert read(data) == [MAIL + body, MAIL]


def test_one_quote_before_from_is_taken_away_and_no_more():
    data = b"From x Tue Mar  3 09:00:00 2026\n" + MAIL + b">From me\n>>From you\n> From him\n>from her\n"

    assert read(data) == [MAIL + b"From me\n>From you\n> From him\n>from her\n"]


def test_a_separator_needs_no_empty_line_before_it():
    line = b"From x Tue Mar  3 09:00:00 2026\n"

    assert read(line + MAIL + b"one\n" + line + MAIL + b"two") == [MAIL + b"one\n", MAIL + b"two"]


def test_files_with_crlf_are_split_alike():
    line = b"From x Tue Mar  3 09:00:00 2026\r\n"
    mail = MAIL.replace(b"\n", b"\r\n")

    assert read(line + mail + b"one\r\n\r\n" + line + mail + b"two\r\n\r\n") == [mail + b"one\r\n", mail + b"two\r\n"]


def test_a_mail_that_is_too_large_is_counted_and_the_next_is_read():
    raws = [MAIL + b"a" * 100, MAIL + b"b" * 5000 + b"\n", MAIL]

    assert read(written(*raws), longest=1000) == [raws[0], None, raws[2]]


@pytest.mark.parametrize("size", [READ - 1, READ, READ + 1, READ - 4000, READ - 3999, 3 * READ + 17])
def test_the_pieces_that_a_file_is_read_in_make_no_difference(size):
    raws = [MAIL + b"x" * size + b"\n", MAIL + b"\nFrom here\n", MAIL + b"y" * size]

    assert read(written(*raws)) == raws


def test_a_file_that_does_not_begin_with_a_separator_holds_nothing():
    assert read(MAIL) == []
    assert read(b"") == []
