"""Who came, as moderators say it."""

import pytest

from listserv.mail import camewords


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("byli: wszyscy", {1, 2, 3, 4, 5}),
        ("Byli wszyscy.\n\nHalina", {1, 2, 3, 4, 5}),
        ("wszyscy", {1, 2, 3, 4, 5}),
        ("everybody came", {1, 2, 3, 4, 5}),
        ("byli: 1, 3, 5", {1, 3, 5}),
        ("Byli: 1-3 i 5", {1, 2, 3, 5}),
        ("1, 3", {1, 3}),
        ("came: 1, 3", {1, 3}),
        ("nie było: 2", {1, 3, 4, 5}),
        ("Nie było 2 i 4", {1, 3, 5}),
        ("absent: 2", {1, 3, 4, 5}),
        ("wszyscy oprócz 2", {1, 3, 4, 5}),
        ("byli wszyscy poza 2, 3", {1, 4, 5}),
        ("all but 2", {1, 3, 4, 5}),
        ("nikt", set()),
        ("nikt nie przyszedł", set()),
        ("nie było nikogo", set()),
        ("nobody came", set()),
        ("byli: 9", None),
        ("nie wiem", None),
        ("Było miło", None),
        ("", None),
        ("wszyscy chyba", None),
    ],
)
def test_who_came_is_read(said, numbers):
    found = camewords.came(said, 5)

    assert found == (None if numbers is None else frozenset(numbers))
