"""Which point of a digest is meant by what is quoted."""

import pytest

from digests.answers import Told, by_quotes
from listserv.mail.quotes import split

TOLD = (
    Told(1, "Scenariusze", ("Szukam scenariuszy lekcji o mapach.\nMoże ktoś ma.", "Mam trzy.")),
    Told(2, "Spotkanie", ("Kiedy spotkanie?",)),
    Told(3, "Zakupy w tym roku szkolnym", ("Kto kupuje e-booki i gdzie?", "Mam trzy.")),
)
SAID = "W dniu 4.03.2026 o 07:00, Sieć BP pisze:\n"


def meant(text, **more):
    return [(part.number, part.text) for part in by_quotes(split(text), TOLD, **more)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (f"Tak.\n\n{SAID}> 2. Spotkanie (1 nowa)\n> Kiedy spotkanie?\n", [(2, "Tak.")]),
        (f"Tak.\n\n{SAID}> Szukam scenariuszy\n> lekcji o mapach. Może\n> ktoś ma.\n", [(1, "Tak.")]),
        (f"{SAID}> Kto kupuje e-booki i gdzie?\n\nMy.\n\nPozdrawiam\nOla\n", [(3, "My.\n\nPozdrawiam\nOla")]),
        (f"Dzień dobry,\n\n{SAID}> Kiedy spotkanie?\n\nW maju.\n\n> Kto kupuje e-booki i gdzie?\n\nMy.\n", [(2, "W maju."), (3, "My.")]),
        (f"{SAID}> Kiedy spotkanie?\n\nW maju.\n\n> 2. Spotkanie\n\nAlbo w czerwcu.\n", [(2, "W maju.\n\nAlbo w czerwcu.")]),
        (f"{SAID}> Zakupy w tym roku szkolnym\n\nMy.\n", [(3, "My.")]),
        # Said in two threads alike: nobody knows.
        (f"Ja też.\n\n{SAID}> Mam trzy.\n", []),
        (f"Tak.\n\n{SAID}> Kiedy spotkanie?\n> Kto kupuje e-booki i gdzie?\n", []),
        (f"{SAID}> Kiedy spotkanie?\n> Kto kupuje e-booki i gdzie?\n\nTak.\n", []),
        (f"{SAID}> 1. Scenariusze\n> 2. Spotkanie\n\nTak.\n", []),
        (f"{SAID}> Kiedy spotkanie?\n> raz\n> dwa\n> trzy\n> cztery\n> pięć\n> sześć\n\nTak.\n", []),
        ("Kiedy spotkanie?\n", []),
        ("", []),
    ],
)
def test_what_is_quoted_beside_the_words_says_which_point_is_meant(text, parts):
    assert meant(text) == parts


def test_a_reply_address_of_ours_says_it_without_words():
    address = "r+daaaaaaabaaaaaaab72dhooba32n7qb3n@lists.example.org"

    assert meant(f"Tak.\n\n{SAID}> cokolwiek {address}\n", item_of={"daaaaaaabaaaaaaab72dhooba32n7qb3n": 2}.get) == [(2, "Tak.")]
    assert meant(f"Tak.\n\n{SAID}> cokolwiek {address}\n") == []
