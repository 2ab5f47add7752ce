"""Parts are told apart as the standard parser tells them, in a time that does not depend on the lines of an attachment."""

import email
import re
import time
from email.message import Message

import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from listserv.mail import mime

LINES = some.sampled_from(
    [
        b"--a", b"--a--", b"--b", b"--b--", b"--b \t", b"--ab", b"--a--x", b"so --a", b"--", b"text", b"", b"",
        b'Content-Type: multipart/mixed; boundary="b"', b'Content-Type: multipart/digest; boundary="b"', b"Content-Type: text/html",
        b"Content-Type: message/rfc822", b"X-Field: value",
    ]
)  # fmt: skip
ENDS = some.sampled_from([b"\n", b"\r\n", b"\r"])


def theirs(part: Message) -> object:
    """The standard parser's tree; a leaf is its bytes. Messages within stay closed for us, and a multipart that holds none keeps all its lines."""
    payload = part.get_payload()
    if part.get_content_maintype() == "multipart":
        return [theirs(child) for child in payload] if isinstance(payload, list) else "no parts"
    if isinstance(payload, list):
        return "message"
    return payload.encode("ascii", "surrogateescape").strip(b"\r\n")


def ours(part: mime.Part) -> object:
    if part.children:
        return [ours(child) for child in part.children]
    if part.type.startswith("multipart/"):
        return "no parts"
    return "message" if part.type == "message/rfc822" else part.body.strip(b"\r\n")


@given(some.lists(some.tuples(LINES, ENDS), max_size=30))
def test_any_heap_of_boundaries_is_split_as_the_standard_parser_does(lines):
    raw = b'Content-Type: multipart/mixed; boundary="a"\n\n' + b"".join(line + end for line, end in lines)
    # The standard parser takes such an end for a beginning.
    assume(not re.search(rb"--(a|b)[ \t]*(?:\r\n|\r|\n)--\1--", raw))
    whole = email.message_from_bytes(raw)
    if whole.is_multipart():
        assert ours(mime.read(raw)) == theirs(whole)
    else:
        assert mime.read(raw).body == raw.partition(b"\n\n")[2]


def test_the_line_end_before_a_delimiter_belongs_to_it():
    raw = b"Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n\n--a\n\ntwo\r\n--a--\n"
    assert [part.body for part in mime.read(raw).children] == [b"one\n", b"two"]


def test_a_part_without_a_blank_line_has_its_fields_and_nothing_else():
    (part,) = mime.read(b"Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: text/html\n--a--\n").children
    assert (part.type, part.body) == ("text/html", b"")


def test_a_boundary_may_hold_letters_that_are_not_ascii():
    raw = 'Content-Type: multipart/mixed; boundary="część"\n\n--część\n\nDzień dobry\n--część--\n'.encode()
    assert [part.text for part in mime.read(raw).children] == ["Dzień dobry"]


@pytest.mark.parametrize(
    "line",
    [b"--a x\n", b"--a-\n", b"--a\r", b"-" * 50 + b"\n", b" --a\n", b"--a"],
    ids=["alike", "nearly", "parts", "dashes", "indented", "one line"],
)
def test_25_mb_of_what_looks_like_a_delimiter_takes_no_longer_than_any_other_25_mb(line):
    raw = b"Content-Type: multipart/mixed; boundary=a\n\n--a\n\n" + line * (25_000_000 // len(line))
    begin = time.process_time()
    mime.read(raw)
    assert time.process_time() - begin < 2


def test_a_mail_that_hides_in_fifty_layers_is_looked_through_only_so_far():
    inner = b"x\n" * 6_000_000
    for number in range(49):
        inner = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number) + inner
    begin = time.process_time()
    root = mime.read(inner)
    assert time.process_time() - begin < 2
    assert "too-many-lines" in root.problems
