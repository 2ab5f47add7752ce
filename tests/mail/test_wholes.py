import pytest

from listserv.mail.wholes import asked


@pytest.mark.parametrize(
    ("words", "point", "place"),
    [
        ("CAŁA 1.2", 1, 2),
        ("whole 3", 3, 1),
        ("Dzień dobry, proszę o całość punktu 2.", 2, 1),
        ("Dzień dobry,\n\npoproszę o całą wiadomość nr 2.\n\nPozdrawiam\nIrena", 2, 1),
        ("Proszę przysłać CAŁĄ 2, dziękuję", 2, 1),
        ("Czy mogę prosić o całość punktu 2?", 2, 1),
        ("Could you send me the full message 2, please?", 2, 1),
        ("2: CAŁA", 2, 1),
        ("CAŁA", 0, 1),
        ("CAŁA 1.2 i 2.1", 0, 1),
        ("CAŁA 1-2", 0, 1),
    ],
)
def test_a_message_is_asked_for_whole(words, point, place):
    assert asked(words) == (point, place)


@pytest.mark.parametrize(
    "words",
    ["Cała klasa 2 przyjedzie.", "Całość mi pasuje.", "2: cała klasa", "2. Cała", "Cała 2 klasa", "CAŁA klasa 2 przyjdzie", "Proszę o salę 2", "Cała 2\n\nI jeszcze pytanie o salę."],
)
def test_what_says_something_else_is_an_answer(words):
    assert asked(words) is None
