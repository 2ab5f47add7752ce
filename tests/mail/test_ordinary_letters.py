"""„To nie zgłoszenie”: what a moderator writes, and what only sounds like it."""

import pytest

from listserv.mail.decisions import Answer, decision
from listserv.mail.inquiries import inquiry


@pytest.mark.parametrize(
    "words",
    [
        "to nie zgłoszenie",
        "To nie zgloszenie.",
        "To nie jest zgłoszenie.",
        "Nie jest to zgłoszenie.",
        "To nie było zgłoszenie",
        "To żadne zgłoszenie",
        "Nie, to nie zgłoszenie",
        "NIE – to nie jest zgłoszenie, odpiszę sama",
        "TO NIE ZGŁOSZENIE",
        "„To nie zgłoszenie”",
        "*to nie zgłoszenie*",
        "to zwykły list",
        "To tylko zwykłe pytanie.",
        "To pytanie, nie zgłoszenie.",
        "To tylko pytanie, a nie zgłoszenie",
        "To nie jest prośba o dopisanie.",
        "Dzień dobry,\nto nie jest zgłoszenie\n\nPozdrawiam\nZofia",
        "not an application",
        "This is not an application, I will answer.",
        "That's not an application",
        "it isn't an application",
        "No, this is no application.",
        "Just a question, not an application.",
        "It is an ordinary letter.",
    ],
)
def test_it_is_said_in_many_ways(words):
    assert decision(words).answer is Answer.LETTER


@pytest.mark.parametrize(
    "words",
    [
        "Czy to nie zgłoszenie?",
        "To nie zgłoszenie?",
        "To chyba nie zgłoszenie",
        "To nie wygląda na zgłoszenie",
        "To nie zgłoszenie, tylko spam",
        "To nie zgłoszenie. Zablokuj.",
        "Tak, to nie zgłoszenie",
        "NIE, to nie zgłoszenie dla nas",
        "To nie jest zgłoszenie, które możemy przyjąć",
        "not an application for us",
        "It's not an application to our list",
        "Is this not an application?",
    ],
)
def test_what_only_sounds_like_it_decides_nothing_and_is_not_passed_on(words):
    assert decision(words).answer is Answer.OTHER
    assert not inquiry(words)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("Tak, to dobre zgłoszenie", Answer.YES),
        ("NIE, zgłoszenie jest niepełne", Answer.NO),
        ("Czy to zgłoszenie, czy pytanie?", Answer.OTHER),
        ("Zgłoszenie przyszło do nas z innej listy, skąd Pani o nas wie?", Answer.OTHER),
        ("TAK", Answer.YES),
    ],
)
def test_other_words_about_applications_mean_what_they_meant(words, answer):
    assert decision(words).answer is answer
    assert answer is not Answer.OTHER or inquiry(words)


def test_quoted_and_signed_below_it_changes_nothing():
    assert decision("To nie zgłoszenie.\n\n-- \nZofia Lektura\nmoderatorka").answer is Answer.LETTER
