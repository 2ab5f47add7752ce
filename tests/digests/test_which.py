"""What people answer to the question which item they mean."""

import pytest

from digests.which import lets_go, read, without_number
from listserv.mail.subjectmarks import is_like_a_digests, without_marks
from listserv.usecases.whichpoint import as_title


@pytest.mark.parametrize("words", [
    "2", "2.", "2:", "#2", "(2)", "Dzień dobry,\n\nna drugi.", "Dzień dobry,\nna punkt 2", "Chodzi mi o wątek nr 2", "To była odpowiedź na punkt 2.",
    "Odpowiedź na punkt: 2", "drugi", "ten drugi", "Drugiego.", "2\n\nDziękuję", "2, dziękuję", "Punkt 2. Dziękuję bardzo!", "Przepraszam. Chodzi o punkt 2.",
    "Pani Zofio,\n2", "the second one, please", "Item 2",
])  # fmt: skip
def test_one_number_or_ordinal_names_an_item(words):
    assert (read(words).number, read(words).rest) == (2, "")


@pytest.mark.parametrize("words", [
    "1 i 3", "1 albo 3", "żaden", "Przyjadą 2 osoby", "2 osoby przyjadą", "w piątek 12", "12.03", "To nie 2, tylko 3", "Nie na 2", "2?", "ten", "", "Chętnie.",
    "Drugi raz piszę, proszę o pomoc.",
])  # fmt: skip
def test_anything_else_asks_again(words):
    assert read(words).number is None


def test_an_answer_for_none_of_them_is_let_go_and_a_doubt_is_not():
    for words in ("Żaden.", "Proszę tego nie publikować.", "Nie publikujcie tego", "Dzień dobry,\n\nto już nieaktualne", "none of them", "Never mind."):
        assert lets_go(words), words
    for words in ("2", "Nie 2, tylko 3", "Nie wysyłać do 3?", "Nie wiem.", "Chętnie.", "tak"):
        assert not lets_go(words), words


def test_words_behind_the_number_are_kept():
    assert read("2. I jeszcze dodam: przywiozę rzutnik.").rest == "I jeszcze dodam: przywiozę rzutnik."
    assert read("Dzień dobry,\n\nna 2\nprzywiozę rzutnik").rest == "przywiozę rzutnik"
    assert read("2 – w maju").rest == "w maju"


def test_a_number_in_front_goes_and_an_ordinal_or_an_hour_stays():
    assert without_number("7: Chętnie.") == "Chętnie."
    assert without_number("Dzień dobry,\n\n2: w maju.").split() == ["Dzień", "dobry,", "w", "maju."]
    for words in ("3. klasa u nas rysuje mapy.", "7:30 mi pasuje", "Chętnie.", "2 osoby"):
        assert without_number(words) == words


OWN = "Sieć BP, wtorek: 3\N{NO-BREAK SPACE}wątki, 4\N{NO-BREAK SPACE}wiadomości"


@pytest.mark.parametrize("shape", ["Re: {}", "***SPAM*** Re: {}", "Dot.: {}", "Odp. {}", "Re: (1) {}", "(2) Odp: {}", "[SPAM] Re: [siecibp] {}", "{}"])
def test_marks_around_a_subject_are_found(shape):
    assert as_title(without_marks(shape.format(OWN))) == as_title(OWN)


def test_only_what_is_worded_like_a_digests_subject_is_taken_for_one():
    title = as_title("Sieć BP")
    for subject in (OWN, f"{OWN} – moje uwagi", OWN[:30], OWN[:25] + "…", "Sieć BP, wt", "Sieć BP, 3 marca: 2 wątki, 5 wiadomości", "Sieć BP, Tuesday: 1 thread, 1 message"):
        assert is_like_a_digests(as_title(subject), title), subject
    for subject in ("Scenariusze", "Sieć BP", "Sieć BP, wtorek wieczorem spotkanie", "3 wątki o mapach", "Sieć BP, wiosenny zjazd", ""):
        assert not is_like_a_digests(as_title(subject), title), subject


def test_any_number_of_courtesies_ends():
    assert read("tak. " * 800).number is None and read("ok\n\n" * 800).number is None
