import pytest

from listserv.mail.language import guess


@pytest.mark.parametrize(
    "text",
    [
        "Dzień dobry, pracuję w bibliotece w Przykładowie i chciałabym dołączyć do sieci.",
        "Dzien dobry, pracuje w bibliotece i prosze o zapisanie mnie na liste.",
        "Proszę o wypisanie",
        "Cześć",
        "Nie wiem, zapytam w pracy.",
        "Dear all, dziękuję bardzo za wszystkie odpowiedzi, to jest dla nas ważne.",
        "Źródło",
    ],
)
def test_polish_is_known_with_and_without_its_letters(text):
    assert guess(text) == "pl"


@pytest.mark.parametrize(
    "text",
    [
        "Hello, I work in a library and would like to join the list.",
        "Please unsubscribe me",
        "Thanks for the help",
        "Dear Łukasz, thank you for the invitation to Łódź. We will be there with Małgorzata.",
        "I’m a librarian and I’d like to read the archive.",
    ],
)
def test_english_is_known(text):
    assert guess(text) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "12345",
        "👍",
        "OK",
        "Anna Nowa",
        "Guten Tag, ich möchte bitte in die Liste aufgenommen werden, vielen Dank und schöne Grüße aus der Bücherei",
        "Добрый день, запишите меня в список",
    ],
)
def test_what_cannot_be_told_is_not_guessed(text):
    assert guess(text) == ""
