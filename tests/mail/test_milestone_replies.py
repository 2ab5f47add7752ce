"""„DODAJ”, „DODAJ 2”, „NIE”: what is more than that puts nothing anywhere."""

import pytest

from listserv.mail.milestonereplies import wanted

ALL, NONE = {1: True, 2: True, 3: True}, {1: False, 2: False, 3: False}


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("DODAJ", ALL),
        ("Dzień dobry,\n\ndodaj proszę 2\n\nPozdrawiam\nAnna", {2: True}),
        ("Dodaj 1 i 3, nie 2.", {1: True, 3: True, 2: False}),
        ("add 2 and 3", {2: True, 3: True}),
        ("DODAJ wszystkie", ALL),
        ("Tak", ALL),
        ("NIE", NONE),
        ("nie 1", {1: False}),
        ("no, thank you", NONE),
    ],
)
def test_a_word_and_numbers_are_understood(reply, said):
    assert dict(wanted(reply, 3)) == said


@pytest.mark.parametrize(
    "reply",
    [
        *("", "1", "2 dodaj", "nie wiem", "dodaj 9", "dodaj 0", "dodaj 2 nie 2", "dodaj nie", "nie dodaj", "nie 1, dodaj", "nie dodawaj"),
        *("Dodaj 2, ale zmień tytuł", "Dodaję kolegę 2", "dodaj 1?", "dodaj ostatni", "tak, ale później", "DODAJ\nanna@example.org"),
    ],
)
def test_whatever_is_more_or_less_than_that_is_not(reply):
    assert wanted(reply, 3) == {}
