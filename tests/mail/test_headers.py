from hypothesis import given
from hypothesis import strategies as st

from listserv.mail import headers


def test_fields_keep_their_bytes_and_continuation_lines():
    fields, body = headers.split(b"Subject: one\r\n two\r\nX-A:b\r\n\r\nbody\r\n")

    assert [(field.name, field.raw) for field in fields] == [("subject", b"Subject: one\r\n two\r\n"), ("x-a", b"X-A:b\r\n")]
    assert fields[0].value == b"one two"
    assert body == b"body\r\n"


def test_bare_line_ends_are_understood():
    fields, body = headers.split(b"From mbox line\nA: 1\rB: 2\n\nbody")

    assert [field.raw for field in fields] == [b"A: 1\r\n", b"B: 2\r\n"]
    assert body == b"body"


def test_a_line_that_is_no_header_begins_the_body():
    assert headers.split(b"A: 1\r\nhello there\r\nB: 2\r\n")[1] == b"hello there\r\nB: 2\r\n"


@given(st.binary(max_size=300))
def test_any_bytes_give_fields_and_a_body(raw):
    fields, body = headers.split(raw)

    assert body in raw or body == b""
    assert all(field.raw.endswith(b"\r\n") and b":" in field.raw for field in fields)


@given(st.binary(max_size=200))
def test_after_normalising_there_is_no_bare_line_end(raw):
    rest = headers.crlf(raw).replace(b"\r\n", b"")

    assert b"\r" not in rest
    assert b"\n" not in rest


@given(st.text())
def test_nothing_can_be_injected_through_a_value(text):
    raw = headers.make("X-Name", text).raw

    assert raw.count(b"\n") == 1
    assert raw.endswith(b"\r\n")


@given(st.text(max_size=60))
def test_a_phrase_is_ascii_and_one_line(text):
    phrase = headers.phrase(text)

    assert phrase.isascii()
    assert "\n" not in phrase
    # RFC 2047 section 2.
    assert all(len(word) <= 75 for word in phrase.split() if word.startswith("=?"))


def test_a_field_of_a_hundred_thousand_lines_is_read_in_linear_time():
    fields, body = headers.split(b"A: 1\r\n" + b" x\r\n" * 100_000 + b"\r\nbody")

    assert len(fields) == 1
    assert len(fields[0].raw) == 6 + 4 * 100_000
    assert body == b"body"
