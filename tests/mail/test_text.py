"""Bytes to text: charsets that lie, format=flowed, strings that can be kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail.text import clean, codec, decode, one_line, unflow

POLISH = "Zażółć gęślą jaźń, ŁÓDŹ"


@pytest.mark.parametrize(
    ("declared", "meant"),
    [
        ("UTF-8", "utf-8"),
        ("utf8mb4", "utf-8"),
        ("us-ascii", "utf-8"),
        ("cp-1250", "cp1250"),
        ("Windows-1250", "cp1250"),
        ("iso-8859-2;format=flowed", "iso8859-2"),
        ('"iso-8859-2"', "iso8859-2"),
        ("ISO-8859-1", "cp1252"),
        ("gb2312", "gb18030"),
        ("", ""),
        ("x-unknown", ""),
        ("rot13", ""),
        ("idna", ""),
        ("hex", ""),
        ("unicode_escape", ""),
        ("a\0b", ""),
        ("../../etc/passwd", ""),
    ],
)
def test_a_declared_charset_names_a_text_codec_or_none(declared, meant):
    assert codec(declared) == meant


@pytest.mark.parametrize("wire", ["utf-8", "cp1250", "iso8859-2"])
@pytest.mark.parametrize("declared", ["", "utf-8", "us-ascii", "unknown-8bit", "utf8mb4", "rot13"])
def test_polish_text_is_read_whatever_is_declared(wire, declared):
    assert decode(POLISH.encode(wire), declared) == POLISH


@pytest.mark.parametrize("declared", ["iso-8859-2", "windows-1250", "iso-8859-1"])
def test_valid_utf_8_is_utf_8_though_a_single_byte_set_is_declared(declared):
    assert decode(POLISH.encode(), declared) == POLISH


def test_windows_1250_declared_as_latin_2_is_seen_by_its_letters_among_the_controls():
    assert decode("wśród źródeł".encode("cp1250"), "iso-8859-2") == "wśród źródeł"


def test_polish_declared_as_west_european_is_read_as_polish():
    assert decode("było, jaźń".encode("iso8859-2"), "iso-8859-1") == "było, jaźń"


def test_west_european_text_stays_what_it_is():
    assert decode("déjà vu, señor; 20 m³".encode("cp1252"), "iso-8859-1") == "déjà vu, señor; 20 m³"


def test_czech_in_latin_2_is_not_taken_for_polish():
    assert decode("Příliš žluťoučký kůň".encode("iso8859-2"), "iso-8859-2") == "Příliš žluťoučký kůň"


def test_one_bad_byte_does_not_turn_utf_8_into_something_else():
    assert decode(POLISH.encode() + b"\xc4", "utf-8") == POLISH + "\ufffd"


def test_utf_16_that_is_none_is_read_as_it_is():
    assert decode(b"plain words\n", "utf-16") == "plain words\n"


@given(st.binary(max_size=200), st.one_of(st.text(max_size=20), st.sampled_from(["utf-7", "utf-16", "iso-2022-jp", "iso-2022-jp-2", "hz", "gb2312"])))
def test_any_bytes_under_any_charset_give_text_that_can_be_written(data, charset):
    decode(data, charset).encode()


def test_kept_text_has_line_feeds_and_no_controls():
    assert clean("\ufeffa\r\nb\rc\x00\x1b[1m\td\x85") == "a\nb\nc[1m\td"


def test_half_of_a_surrogate_pair_cannot_be_kept():
    assert clean("a\ud800b") == "a\ufffdb"


@pytest.mark.parametrize(("text", "line"), [("a\r\nBcc: x", "a Bcc: x"), (" a\t\x00 b\u2028c ", "a b c"), ("invoice\u202efdp.exe", "invoicefdp.exe"), ("", "")])
def test_one_line_is_one_line(text, line):
    assert one_line(text) == line


def test_flowed_paragraphs_are_put_together():
    assert unflow("Pierwszy wiersz \ni dalszy ciąg.\n\nDrugi.\n") == "Pierwszy wiersz i dalszy ciąg.\n\nDrugi.\n"


def test_flowed_quotes_keep_their_depth():
    assert unflow(">> a \n>> b\n> c \nmine\n>\n") == ">> a b\n> c \nmine\n>\n"


def test_the_signature_mark_does_not_flow():
    assert unflow("Hello \n-- \nJan\n") == "Hello \n-- \nJan\n"


def test_stuffed_spaces_are_taken_out_and_delsp_joins_without_a_space():
    assert unflow(" From here\n  indented\n") == "From here\n indented\n"
    assert unflow("日本 \n語\n", delsp=True) == "日本語\n"


@pytest.mark.parametrize(("sent", "declared"), [("cp1250", "iso-8859-1"), ("cp1250", "windows-1252"), ("iso8859-2", "iso-8859-1")])
@pytest.mark.parametrize("words", ["Zażółć gęślą jaźń", "Nowe książki", "Proszę o kształt"])
def test_polish_letters_side_by_side_are_no_french_whatever_was_declared(sent, declared, words):
    assert decode(words.encode(sent), declared) == words


def test_a_spanish_question_and_a_footnote_stay_what_they_are():
    assert decode("notatka¹ z m²: ¿Qué tal? ½ naïve".encode("cp1252"), "iso-8859-1") == "notatka¹ z m²: ¿Qué tal? ½ naïve"
