"""winmail.dat: what Outlook hid in it is found again, and none of it can keep us busy."""

import struct
import time
from base64 import encodebytes
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail import rtf, tnef
from listserv.mail.parse import attachment, parse

HEAD = b"From: Jan <jan@example.org>\r\nSubject: Plan\r\nDate: Tue, 3 Mar 2026 10:15:00 +0100\r\nMessage-ID: <2@example.org>\r\n"


def attribute(name, value, level=1):
    return struct.pack("<BII", level, name, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def padded(value):
    return value + b"\0" * (-len(value) % 4)


def prop(kind, number, value):
    """A property with one value of variable length."""
    return struct.pack("<HHII", kind, number, 1, len(value)) + padded(value)


def text(number, value):
    return prop(0x1F, number, (value + "\0").encode("utf-16-le"))


def props(*each):
    return struct.pack("<I", len(each)) + b"".join(each)


def envelope(*attributes):
    return struct.pack("<IH", 0x223E9F78, 1) + attribute(0x69007, struct.pack("<II", 1250, 0)) + b"".join(attributes)


def message(*each):
    return attribute(0x69003, props(*each))


def file(content, *each, title=b"PLAN~1.PDF\0"):
    return (
        attribute(0x69002, b"\0" * 14, 2) + attribute(0x18010, title, 2) + attribute(0x6800F, content, 2) + attribute(0x69005, props(*each), 2)
        if each
        else attribute(0x69002, b"\0" * 14, 2) + attribute(0x18010, title, 2) + attribute(0x6800F, content, 2)
    )


def within(inner, *each):
    """A message within: an object, behind the 16 bytes of its interface."""
    return attribute(0x69002, b"\0" * 14, 2) + attribute(0x69005, props(prop(0x0D, 0x3701, b"\x07" * 16 + inner), *each), 2)


def mail(data, letter=b"", kind=b"application/ms-tnef; name=winmail.dat"):
    encoded = encodebytes(data).replace(b"\n", b"\r\n")
    part = b"Content-Type: " + kind + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded
    body = b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + letter + b"\r\n--b\r\n" + part + b"--b--\r\n"
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + body


def shown(post):
    return [(each.name, each.type, each.size) for each in post.attachments]


LONG = text(0x3707, "Plan lekcji – środa.pdf")
NAMED = struct.pack("<HH16sIII", 0x1E, 0x8001, b"g" * 16, 1, 8, 0)[:24] + struct.pack("<I", 8) + "abc\0".encode("utf-16-le")


def test_the_files_within_are_the_attachments():
    raw = mail(envelope(file(b"%PDF", LONG), file(b"zdjecie", text(0x370E, "image/png"), title=b"b\xb3\xb9d.png\0")), "Dzień dobry".encode())
    post = parse(raw)

    assert post.text == "Dzień dobry"
    assert shown(post) == [("Plan lekcji – środa.pdf", "application/pdf", 4), ("błąd.png", "image/png", 7)]
    assert attachment(raw, 1) == (post.attachments[0], b"%PDF")
    assert post.attachments[1].sha256 == sha256(b"zdjecie").hexdigest()
    assert post.problems == ()


@pytest.mark.parametrize(
    ("kind", "name"),
    [(b"application/vnd.ms-tnef", "x"), (b"application/octet-stream; name=WINMAIL.DAT", "x"), (b"application/octet-stream; name=win.dat", "win.dat")],
)
def test_it_is_known_by_its_type_or_its_name(kind, name):
    names = [each.name for each in parse(mail(envelope(file(b"x", title=b"x\0")), b"hi", kind)).attachments]
    assert names == [name]


def test_the_body_within_is_read_where_there_is_no_other():
    data = envelope(message(text(0x1000, "Zażółć gęślą"), text(0x0037, "Plan")))
    assert parse(mail(data)).text.strip() == "Zażółć gęślą"
    assert parse(mail(data, b"Written outside")).text.strip() == "Written outside"
    assert parse(mail(data)).attachments == ()


def test_a_body_in_the_old_attribute_has_the_sites_charset():
    data = envelope(attribute(0x2800C, "Zażółć\r\ngęślą\0".encode("cp1250")))
    assert parse(mail(data)).text.strip() == "Zażółć\ngęślą"


def test_a_body_in_html_is_shown_safe_with_its_pictures():
    html = '<p>Łódź <img src="cid:logo@x" alt="znak"></p><script>alert(1)</script>'
    logo = file(b"png", text(0x3712, "logo@x"), text(0x370E, "image/png"), title=b"logo.png\0")
    data = envelope(message(struct.pack("<HHI", 3, 0x3FDE, 65001), NAMED + struct.pack("<II", 1, 2) + b"x\0\0\0", prop(0x102, 0x1013, html.encode())), logo)
    post = parse(mail(data))

    assert "Łódź" in post.text
    assert "Łódź" in post.html and "script" not in post.html
    assert [(each.name, each.inline, each.content_id) for each in post.attachments] == [("logo.png", True, "logo@x")]


def packed(source):
    """RTF in the form of the property, nothing saved: every token is a letter."""
    body = b"".join(b"\0" + source[at : at + 8] for at in range(0, len(source), 8))
    return struct.pack("<IIII", len(body) + 12, len(source), 0x75465A4C, 0) + body


def test_a_body_in_rtf_is_read():
    source = rb"{\rtf1\ansi\ansicpg1250{\fonttbl{\f0 Arial;}}{\*\generator X;}\pard Za\'bf\'f3\'b3\'e6\par g\u281?\u347?l\u261? \{1\}\par}"
    assert parse(mail(envelope(message(prop(0x102, 0x1009, packed(source)))))).text.strip() == "Zażółć\ngęślą {1}"


def test_html_that_was_made_rtf_is_html_again():
    source = rb"{\rtf1\ansi\ansicpg1250\fromhtml1 {\*\htmltag64 <p>}\htmlrtf {\b\htmlrtf0 Tak\htmlrtf }\htmlrtf0 {\*\htmltag72 </p>}}"
    assert rtf.read(source) == ("text/html", "<p>Tak</p>")
    assert "<p>Tak</p>" in parse(mail(envelope(message(prop(0x102, 0x1009, packed(source)))))).html


def test_rtf_repeats_what_was_written_before():
    # "ab", then six bytes from two back: the copy overtakes its source.
    place = len(rtf.BEGINNING)
    data = struct.pack("<IIII", 0, 8, 0x75465A4C, 0) + bytes((0b100,)) + b"ab" + (place << 4 | 4).to_bytes(2, "big")
    assert rtf.decompressed(data) == b"abababab"
    assert rtf.decompressed(struct.pack("<IIII", 0, 3, 0x414C454D, 0) + b"abc") == b"abc"


def test_a_message_within_is_a_file_with_its_subject_as_name():
    inner = envelope(message(text(0x0037, "Protokół"), text(0x1000, "Treść")), file(b"doc", title=b"a.doc\0"))
    raw = mail(envelope(within(inner)), b"hi")
    assert shown(parse(raw)) == [("Protokół.txt", "text/plain", 7), ("a.doc", "application/msword", 3)]
    assert attachment(raw, 1)[1] == "Treść".encode()


def test_what_cannot_be_opened_stays_as_it_came():
    assert [each.name for each in parse(mail(b"no envelope", b"hi")).attachments] == ["winmail.dat"]
    assert [each.name for each in parse(mail(envelope(), b"hi")).attachments] == ["winmail.dat"]


def test_what_is_cut_off_gives_what_there_is():
    whole = envelope(file(b"first" * 10, LONG), file(b"second" * 10))
    sizes = [sum(each.size for each in parse(mail(whole[:end], b"hi")).attachments) for end in range(whole.index(b"first"), len(whole))]
    assert sizes[-1] == 110
    assert sizes[: sizes.index(110)] == sorted(sizes[: sizes.index(110)])


@pytest.mark.parametrize(
    "data",
    [
        envelope(*[attribute(0x69002, b"", 2) for _ in range(100_000)]),
        envelope(message(*[struct.pack("<HHI", 3, 1, 1) for _ in range(300_000)])),
        envelope(attribute(0x69003, props(struct.pack("<HHI", 0x101E, 1, 0xFFFFFFFF) + b"\0" * 4_000_000))),
        envelope(*[within(envelope(message(prop(0x102, 0x1009, packed(b"{" * 3_000))))) for _ in range(300)]),
        envelope(message(prop(0x102, 0x1009, struct.pack("<IIII", 0, 0xFFFFFFFF, 0x75465A4C, 0) + b"\xff\x00\x0f" * 2_000_000))),
        envelope(message(prop(0x102, 0x1009, struct.pack("<IIII", 0, 0xFFFFFFFF, 0x414C454D, 0) + b"{\\a" * 2_000_000))),
    ],
    ids=["files", "properties", "values", "messages", "compressed", "groups"],
)
def test_none_keeps_us_busy(data):
    start = time.process_time()
    tnef.read(data)
    post = parse(mail(data))
    assert time.process_time() - start < 4
    assert "unreadable" not in post.problems


def test_messages_within_messages_end_somewhere():
    data = b"deep"
    for _ in range(50):
        data = envelope(within(data))
    assert parse(mail(data, b"hi")).attachments


@given(st.binary(max_size=300), st.integers(0, 400), st.binary(max_size=6))
def test_any_bytes_can_be_opened(noise, at, change):
    whole = envelope(message(text(0x1000, "Treść"), prop(0x102, 0x1009, packed(b"{\\rtf1 x}"))), within(envelope(file(b"x", LONG)), LONG), file(noise, LONG))
    data = whole[:at] + change + whole[at + len(change) :]
    for each in (data, whole[:6] + noise, noise):
        opened = tnef.read(each)
        if opened:
            opened.body()
            assert sum(len(found.content) for found in opened.all_files()) <= 5 * len(each) + 1000
    assert isinstance(rtf.read(noise)[1].encode(), bytes)
