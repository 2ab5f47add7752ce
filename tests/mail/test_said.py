"""The few words that stand for a letter: what is said, without quotations, signatures and marks."""

import time

import pytest

from listserv.mail import said

OUTLOOK = """Tak, przyjdę.

--SPACE
Biblioteka

Od: Halina Okładka <halina@example.org>
Wysłane: wtorek, 3 marca 2026 10:10
Do: siecibp@example.org
Temat: Spotkanie

Kto przyjdzie?
""".replace("--SPACE", "-- ")


def test_quotations_and_signatures_are_not_said():
    assert " ".join(said.words(OUTLOOK).split()) == "Tak, przyjdę."


def test_of_a_letter_that_only_quotes_the_quotation_is_told_without_its_signs_and_heading():
    text = "W dniu 3.03.2026 o 10:10, Jan Przypis <jan@example.org> pisze:\n> Kto przyjdzie\n>> z książką?\n"

    assert " ".join(said.words(text).split()) == "Kto przyjdzie z książką?"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Będę **wczoraj**.", "Będę wczoraj."),
        ("*raz* i _dwa_, ~~trzy~~", "raz i dwa, trzy"),
        ("```python\nprint(1)\n```\ndalej", "\nprint(1)\n\ndalej"),
        ("# Zebranie\n- jutro\n- `sala`", "Zebranie\njutro\nsala"),
        ("[strona](https://example.org/a) jest", "strona jest"),
        ("2 * 3 * 4 i moja_dluga_nazwa", "2 * 3 * 4 i moja_dluga_nazwa"),
        ("bez niczego", "bez niczego"),
    ],
)
def test_marks_are_taken_off_and_sums_stay(text, plain):
    assert said.unmarked(text) == plain


@pytest.mark.parametrize("piece", ["*", "_", "~~a ", "**a _b ", "`", "[a", "# ", "- "])
def test_no_text_takes_long(piece):
    before = time.process_time()
    said.unmarked(piece * 40_000)
    assert time.process_time() - before < 1
