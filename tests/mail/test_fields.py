"""Header fields: encoded words, parameters, ids, dates."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail.fields import date, line, message_id, message_ids, parameters


def raw(data: bytes) -> str:
    """A value as the parser keeps it."""
    return data.decode("ascii", "surrogateescape")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("=?UTF-8?Q?Za=C5=BC=C3=B3=C5=82=C4=87?= dalej", "Zażółć dalej"),
        ("=?utf-8?B?WmHFvMOzxYLEhw==?=", "Zażółć"),
        ("=?iso-8859-2?Q?=B3=F3d=BC?=", "łódź"),
        ("=?utf-8?Q?a?= \r\n =?utf-8?Q?b?=", "ab"),
        ("=?utf-8?B?xQ==?=\t=?utf-8?B?vA?=", "ż"),  # a letter split between two words, and base64 without its end
        ("=?UTF-8*pl?Q?j=C4=99zyk?=", "język"),
        ("=?utf-8?Q?Czy dzia=C5=82a??=", "Czy działa?"),
        ("x=?utf-8?Q?=C4=85?=y", "xąy"),
        ("=?utf8mb4?Q?=C4=85?=", "ą"),
        ("=?rot13?Q?uryyb?=", "uryyb"),
        ("=?utf-8?Q?a=0D=0ABcc:_x?=", "a Bcc: x"),
        ("=?utf-8?X?a?=", "=?utf-8?X?a?="),
        ("=?utf-8?Q?open", "=?utf-8?Q?open"),
    ],
)
def test_encoded_words_are_read(value, text):
    assert line(value) == text


def test_raw_letters_are_read_in_any_charset():
    assert line(raw("Zażółć".encode())) == line(raw("Zażółć".encode("cp1250"))) == "Zażółć"


@pytest.mark.parametrize(
    ("value", "name", "given"),
    [
        ("text/plain; charset=utf-8", "charset", "utf-8"),
        ('text/plain; CHARSET="utf-8"', "charset", "utf-8"),
        ("text/plain charset=utf-8 format=flowed", "format", "flowed"),
        ('a/b; name="a \\"b\\" c.pdf"', "name", 'a "b" c.pdf'),
        ("attachment; filename=Plan lekcji.pdf", "filename", "Plan lekcji.pdf"),
        ('attachment; filename="Plan.pdf', "filename", "Plan.pdf"),
        ("attachment; filename*=UTF-8''%C5%BB%C3%B3%C5%82w.pdf", "filename", "Żółw.pdf"),
        ("attachment; filename*1*=%C3%B3%C5%82w.pdf; filename*0*=utf-8'pl'%C5%BB", "filename", "Żółw.pdf"),
        ('attachment; filename*0="long "; filename*1="name.txt"', "filename", "long name.txt"),
        ("attachment; filename=old.pdf; filename*=utf-8''new.pdf", "filename", "new.pdf"),
        ('attachment; filename="=?utf-8?Q?=C5=BB=C3=B3=C5=82w.pdf?="', "filename", "Żółw.pdf"),
    ],
)
def test_parameters_are_read(value, name, given):
    assert parameters(value)[name] == given


@pytest.mark.parametrize(
    ("value", "known"),
    [
        ("<a@example.org>", "a@example.org"),
        ("\r\n <a@example.org>", "a@example.org"),
        ("a@example.org", "a@example.org"),
        ("<a b@example.org>", "ab@example.org"),
        ("<<a@example.org>>", "a@example.org"),
        ("<msg1>", "msg1"),
        ("", ""),
        ("<>", ""),
        ("not an id", ""),
        (f"<{'x' * 901}>", ""),
    ],
)
def test_a_message_id_is_one_word_without_brackets(value, known):
    assert message_id(value) == known


def test_ids_are_taken_once_in_order_from_whatever_stands_around_them():
    assert message_ids(["Your message of Monday <a@x> <b@x>", "<a@x>\t<c@x>(comment)"]) == ("a@x", "b@x", "c@x")
    assert message_ids(["a@x b@x"]) == ("a@x", "b@x")
    assert message_ids(["=?us-ascii?Q?=3Ca=40x=3E?="]) == ("a@x",)
    assert message_ids(["your message"]) == ()


def test_of_very_many_ids_the_first_and_the_last_are_kept():
    found = message_ids([" ".join(f"<{i}@x>" for i in range(1000))])
    assert len(found) == 200
    assert (found[0], found[1], found[-1]) == ("0@x", "801@x", "999@x")


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("Tue, 3 Mar 2026 10:15:00 +0100", "2026-03-03T10:15:00+01:00"),
        ("3 Mar 2026 10:15", "2026-03-03T10:15:00+00:00"),
        ("Fri, 5 Jul 102 09:00:00 GMT", "2002-07-05T09:00:00+00:00"),
        ("Fri, 5 Jul 02 09:00:00 EST", "2002-07-05T09:00:00-05:00"),
        ("Tue, 30 Nov 1999 23:56:33 -3000 (CST)", "1999-11-30T23:56:33+00:00"),
        ("Sat, 31 Dec 2016 23:59:60 +0000", "2016-12-31T23:59:59+00:00"),
        ("2026-03-03T10:15:00Z", "2026-03-03T10:15:00+00:00"),
    ],
)
def test_dates_are_read_as_far_as_they_can_be(value, at):
    assert date(value) == datetime.fromisoformat(at)
    assert date(value).utcoffset() is not None


@pytest.mark.parametrize("value", ["", "yesterday", "32 Foo 2026", "Mon, 1 Jan 9999 23:59:59 -1200", "1 Jan 1961 00:00 +1400", "1 Jan 1 1:1:1:1:1", "9" * 5000])
def test_a_hopeless_date_is_none(value):
    assert date(value) is None


@given(st.text(max_size=60))
def test_any_date_is_none_or_can_be_told_in_utc(value):
    at = date(value)
    assert at is None or at.astimezone(UTC) - timedelta(days=1)


@given(st.binary(max_size=200))
def test_any_value_gives_strings_that_can_be_kept(data):
    value = raw(data)
    for text in (line(value), message_id(value), *message_ids([value]), *parameters(value).values()):
        text.encode()
        assert "\n" not in text
