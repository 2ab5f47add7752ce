"""Has somebody who leaves said why? And which tokens does a letter quote?"""

import pytest

from listserv.mail import clues
from listserv.mail.parse import parse
from listserv.mail.reasons import reason

SAID = [
    "Proszę o wypisanie mnie z listy, bo odchodzę na emeryturę.",
    "Proszę o wypisanie mnie z listy. Nie pracuję już w bibliotece.",
    "WYPISZ\nZa dużo wiadomości, nie nadążam z czytaniem.",
    "Wypisz. Przechodzę do innej szkoły i tam są inne zadania.",
    "W związku z przejściem na emeryturę proszę o wypisanie mnie z listy.",
    "Please remove me from the list because I am retiring.",
    "Unsubscribe. Too many messages.",
    "LEAVE\nI am leaving the school in June.",
    "Tak. Lista jest świetna, ale brak mi czasu.",
]
NOT_SAID = [
    *("WYPISZ", "wypisz mnie proszę", "Proszę o wypisanie mnie z listy.", "Dzień dobry,\nproszę o wypisanie mnie z listy.\nZ góry dziękuję\nAnna", "Tak", "Tak, to ja"),
    *("Unsubscribe", "Please unsubscribe me. Thank you!", "Yes, please", "OK", "", "LEAVE\n\nPozdrawiam\nAnna Nowa, Biblioteka Pedagogiczna w Wymyślnej", "Bardzo proszę o wypisanie. Dziękuję."),
    "Wypisz\n\n> Za dużo wiadomości, nie nadążam.",
]


@pytest.mark.parametrize("words", SAID)
def test_a_reason_is_passed_on_word_for_word(words):
    assert reason(words) == words


@pytest.mark.parametrize("words", NOT_SAID)
def test_a_bare_wish_has_none(words):
    assert reason(words) == ""


def test_farewell_and_signature_do_not_go_along():
    assert reason("Wypisz, bo zmieniam pracę.\n\nPozdrawiam\nAnna") == "Wypisz, bo zmieniam pracę."


TOKEN = "uabcdefghijklmnopqrstuvwx"


@pytest.mark.parametrize(
    "text",
    [
        f"> https://lists.example.org/unsubscribe/{TOKEN}",
        f"Return-Path: <r+{TOKEN.upper()}@lists.example.org>",
        f"mailto:r-{TOKEN}@lists.example.org",
    ],
)
def test_a_quoted_token_is_found(text):
    assert clues.tokens_in(b"", parse(f"Subject: x\r\n\r\n{text}\r\n".encode())) == (TOKEN,)


def test_a_token_that_was_coded_for_the_way_and_broken_over_lines_is_found():
    attached = f"List-Unsubscribe: <https://lists.example.org/unsubscribe/{TOKEN[:9]}=\r\n{TOKEN[9:]}>\r\n\r\nx\r\n"
    raw = (
        'From: a@x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nwypisz\r\n'
        f"--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=a.eml\r\n\r\n{attached}\r\n--b--\r\n"
    ).encode()

    assert clues.tokens_in(raw, parse(raw)) == (TOKEN,)
