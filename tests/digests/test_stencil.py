"""One letter for many readers: cut once, filled for each, byte for byte what would have been composed for them alone."""

import binascii
import random

import pytest

from digests.stencil import Stencil, cut, is_one

TOKEN = "dabcdefghijklmnopqrstuvwxyz234567"


def value(reader):
    return lambda name, key: f"https://lists.example.org/{name}/{reader:08d}/{key}" if name == "leave" else f"r+{reader:08d}{TOKEN}{key}@lists.example.org"


def letter(own, words="", coding="quoted-printable"):
    text = f"{words}{own('reply', 7)} oraz <{own('reply', 8)}>.\n{'ą' * 30} {own('leave', 0)}\nJeszcze raz {own('reply', 7)}\n"
    body = binascii.b2a_qp(text.encode(), istext=True).replace(b"\n", b"\r\n") if coding == "quoted-printable" else binascii.b2a_base64(text.encode())
    return f"To: x@example.org\r\nReply-To: <{own('answer', 0)}>\r\nDate: now\r\nMessage-ID: <a@b>\r\nSubject: S\r\n\r\n".encode() + body


@pytest.mark.parametrize("lead", range(0, 80, 7))
def test_what_is_filled_is_what_would_have_been_composed_wherever_lines_are_broken(lead):
    words = "ż" * random.Random(lead).randrange(3) + "x" * lead
    shared = cut(lambda own: letter(own, words), value(0))
    assert is_one(shared) and b"\x02" in shared

    made = Stencil(shared).fill(b"To: ja@example.org\r\n", value(12_345_678))

    assert made == b"To: ja@example.org\r\n" + letter(value(12_345_678), words).replace(b"To: x@example.org\r\n", b"", 1).replace(
        b"Date: now\r\nMessage-ID: <a@b>\r\n", b""
    )
    assert max(map(len, made.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76
    assert b"\x02" not in made and b"00000000d" not in made


def test_a_letter_in_which_an_address_cannot_be_found_again_is_not_shared():
    assert cut(lambda own: letter(own, coding="base64"), value(0)) is None


def test_two_places_with_one_specimen_are_a_mistake():
    with pytest.raises(ValueError, match="one specimen"):
        cut(lambda own: (own("reply", 1) + own("reply", 2)).encode(), lambda name, key: "same")
