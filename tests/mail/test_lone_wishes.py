"""A wish for the machine and nothing else; and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail.commands import commands
from listserv.mail.commandwords import Kind
from listserv.mail.confirming import Said, about_joining, about_leaving, comes_back, is_passed_on, wishes_to_join
from listserv.mail.lonepause import lone_pause, rest_alone
from listserv.mail.lonewish import MOST_WORDS, lone_wish
from listserv.mail.parse import parse
from listserv.mail.withdrawing import asks_to_withdraw
from tests.growth import takes

LEAVES = [
    "proszę mnie wypisać z tej listy",
    "Wypiszcie mnie, proszę. Pozdrawiam, Lena Rozdział",
    "WYPISZ\n\nHenryk Tomik",
    "WYPISZ\nLena",
    "Wypisz mnie proszę",
    "Prosze mnie wypisac",
    "Dzień dobry, proszę mnie wypisać z listy mailingowej. Dziękuję.",
    "Please unsubscribe me",
    "Take me off the list please",
    "Witam, proszę o wykreślenie mnie z listy",
    "Szanowni Państwo,\nproszę o usunięcie mojego adresu z listy.\nZ poważaniem\nJan Kowalski",
]
THREADS = {
    "proszę wyciszyć ten wątek, dziękuję": Kind.MUTE,
    "proszę o ten wątek": Kind.THREAD,
    "Could you send me this thread?": Kind.THREAD,
    "Dzień dobry,\nproszę o przesłanie całego wątku.\nAnna": Kind.THREAD,
}
OTHERS = """Proszę mnie wypisać z warsztatów.|Rezygnuję z udziału|rezygnuję|Proszę wypisać panią Annę z listy|Jak się wypisać z listy?|STOP|Dziękuję|Śledź|follow
Proszę mnie wypisać z listy i dopisać Jana|Kto przyjdzie?|Proszę o listę uczestników|Wypisz mi proszę listę książek|Proszę mnie wypisać z listy obecności
Nie wypisujcie mnie|Proszę o wątek o czytnikach|Proszę skreślić mnie z listy gości|Send me the file|Anna Nowa|Pozdrawiam, Anna|Marek prosi o wypisanie z listy"""
WITHDRAWN = """Jednak proszę wycofać tę wiadomość|proszę wycofać|wycofuję|Please withdraw it|take it back|nie wysyłajcie tej wiadomości|Chciałabym wycofać ten list
Dzień dobry, proszę o wycofanie, znalazłam błąd.|I would like to withdraw my message."""
NOT_WITHDRAWN = """Proszę o wycofanie podręczników, mamy nowe|Chcę wycofać lektury ze zbiorów|Proszę wycofać książkę z obiegu|take it back to the library|nieaktualne
Czy mogę wycofać?|Proszę wycofać, jeśli ktoś już odpowiedział|nie wysyłajcie"""


RESTS = [
    "Dzień dobry,\nproszę o wstrzymanie wiadomości, jadę na urlop.\nPozdrawiam\nEwa Fiszka",
    "proszę o wstrzymanie wiadomości do 15 lipca",
    "Jadę na urlop do 15 lipca, proszę o wstrzymanie wiadomości",
    "Proszę nie przysyłać mi wiadomości do końca lipca, jestem na urlopie",
    "Od 1 do 15 lipca jestem na urlopie. Proszę wstrzymać wysyłanie poczty.",
    "Szanowni Państwo,\njadę na urlop do 15 lipca, w związku z tym proszę o wstrzymanie wysyłania wiadomości.\nZ poważaniem\nJan Kowalski",
    "Please pause my mail until 15 August, I am on holiday",
    "Please suspend my subscription until 1 September.",
]
# Who says that they will be away speaks to people, and so does who asks for another thing beside, or about other letters.
NO_RESTS = """jadę na urlop do 15 lipca|Proszę o wstrzymanie prac nad statutem do 15 lipca, jadę na urlop|Proszę o wstrzymanie wysyłki książek do 15 lipca
proszę o przerwę w dyskusji do 15 lipca|Jadę na urlop do 15 lipca, proszę o wstrzymanie wiadomości i o numer do Zofii|Od 1 do 15 lipca jestem na urlopie.
Jadę na urlop, zastępuje mnie Anna. Proszę o wstrzymanie wiadomości.|Czy ktoś prosi o wstrzymanie wiadomości do 15 lipca?|PRZERWA DO 15.08
Proszę nie wysyłać maili do autorki do 15 lipca|Proszę o wstrzymanie wiadomości do prasy do 15 lipca|Proszę nie przysyłać wiadomości o konkursie do 15 lipca
Proszę nie wysyłać mi zgłoszeń do 15 lipca, jestem na urlopie|Proszę wstrzymać wysyłanie poczty do dyrektora do 15 lipca"""


def letter(words, more=""):
    return parse(f"From: ewa@example.org\nTo: l@example.org\nSubject: Urlop\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n{more}\n{words}\n".encode())


def each(text):
    return text.replace("\n", "|").split("|")


@pytest.mark.parametrize("words", LEAVES)
def test_a_lone_wish_to_leave(words):
    assert lone_wish(words).kind is Kind.LEAVE


@pytest.mark.parametrize("words", THREADS)
def test_a_lone_wish_about_a_thread(words):
    assert lone_wish(words).kind is THREADS[words]


@pytest.mark.parametrize("words", RESTS)
def test_a_lone_wish_for_a_rest_from_mail(words):
    assert lone_pause(letter(words)).kind is Kind.PAUSE


@pytest.mark.parametrize("words", each(NO_RESTS))
def test_who_is_away_or_asks_for_more_than_a_rest_from_mail_speaks_to_people(words):
    assert lone_pause(letter(words)) is None


def test_an_answer_to_somebody_is_no_lone_wish_for_a_rest():
    assert lone_pause(letter(RESTS[1], "In-Reply-To: <a@example.org>\n")) is None


@pytest.mark.parametrize("words", [*each(OTHERS), "Wypisz mnie\n\nA przy okazji: kiedy spotkanie?"])
def test_what_may_be_meant_for_people_is_none(words):
    assert lone_wish(words) is None


@given(st.sampled_from(LEAVES), st.lists(st.sampled_from(["spotkanie", "jutro", "książki", "mamy", "nowe", "czytniki"]), min_size=3, max_size=9))
def test_a_wish_beside_anything_else_is_a_post(wish, more):
    assert lone_wish(f"{wish}\n\n{' '.join(more)} w Bytowie, zapraszam.") is None
    assert lone_wish(" ".join([wish, *more * MOST_WORDS])) is None


@given(st.text(max_size=200))
def test_any_text_at_all_gets_an_answer(text):
    assert about_leaving(text) in Said and about_joining(text) in Said
    assert lone_wish(text) is None or len(text.split()) <= MOST_WORDS
    assert {comes_back(text), is_passed_on(text), asks_to_withdraw(text)} <= {True, False}


SOMETHING = st.lists(st.sampled_from(["biblioteka", "jest", "zamknięta", "do", "sierpnia", "zgłoszenie", "numer", "dziękujemy", "kto", "to", "adres", "nieczynny", "urlop", "Büro", "office", "vacances"]), min_size=1)


@given(SOMETHING)
def test_words_without_a_yes_and_without_a_wish_confirm_nothing(words):
    said = " ".join(words)
    assert about_leaving(said) is not Said.YES and about_joining(said) is not Said.YES and not comes_back(said)


@pytest.mark.parametrize("words", each(WITHDRAWN))
def test_a_message_is_taken_back(words):
    assert asks_to_withdraw(words)


@pytest.mark.parametrize("words", each(NOT_WITHDRAWN))
def test_what_speaks_of_other_things_takes_nothing_back(words):
    assert not asks_to_withdraw(words)


FORGET = """Proszę o usunięcie moich danych osobowych z Państwa bazy|Proszę usunąć moje dane|Na podstawie RODO proszę o usunięcie moich danych osobowych
Please delete my account|I want you to erase my data|Please delete my personal data"""
ARCHIVE = """Nie chcę już żadnych maili, ale chcę zaglądać do archiwum|I don't want any mails, but I would like to keep reading the archive
Proszę nie wysyłać mi wiadomości, będę zaglądać do archiwum"""


@pytest.mark.parametrize("words", each(FORGET))
def test_to_be_forgotten_is_more_than_to_leave(words):
    assert [one.kind for one in commands(words)] == [Kind.ERASE]


@pytest.mark.parametrize("words", each(ARCHIVE))
def test_no_mail_and_the_archive_all_the_same(words):
    assert [one.kind for one in commands(words)] == [Kind.ARCHIVE]


def test_off_a_list_is_no_more_than_that():
    assert [one.kind for one in commands("Proszę usunąć moje dane z listy mailingowej")] == [Kind.LEAVE]
    assert commands("Proszę mnie wypisać z listy i skasować archiwum") == ()


@pytest.mark.parametrize(
    "text",
    [
        "Dzień dobry, proszę o dopisanie mnie do sieci BP. Pracuję w bibliotece w Wymyślnej.",
        "Chciałabym dołączyć do Państwa sieci, pracuję w szkole",
        "I would like to join, I work at a public library",
        "Czy można dołączyć w trakcie roku?",
    ],
)
def test_a_first_letter_that_wishes_to_join_is_known(text):
    assert wishes_to_join(text)


@pytest.mark.parametrize("text", ["Kiedy jest spotkanie i czy można się zapisać?", "Proszę o informację, jak się zapisać na szkolenie", "Proszę mnie nie zapisywać", "Przesyłam plakat."])
def test_a_question_about_something_else_is_no_wish_to_join(text):
    assert not wishes_to_join(text)


@pytest.mark.parametrize("text", ["ok " * 3_000 + "hello?", "z powodu a " * 900 + "x?", "w zwiazku z a a a a a " * 400 + "x?", "proszę o mnie " * 600 + "x?", "dear a, " * 900])
def test_no_lead_however_long_keeps_the_reader_busy(text):
    assert takes(lambda: commands(text), 1) < 1


@pytest.mark.parametrize(
    "words",
    [
        "Proszę o przerwę do 15 marca, bo jestem na zwolnieniu",
        "Dzień dobry,\nproszę o przerwę do 15 marca, jestem na zwolnieniu lekarskim.\n\nPozdrawiam\nBarbara Kwiatkowska",
        "Proszę o zawieszenie prenumeraty do 30 marca, wyjeżdżam na urlop",
        "Please pause my mail until 10 April, I am away on holiday",
    ],
)
def test_a_rest_asked_for_with_its_reason_is_one_in_answer_to_a_digest(words):
    assert rest_alone(words).kind is Kind.PAUSE


@pytest.mark.parametrize(
    "words",
    [
        "Proszę o przerwę w rozmowie do 15 marca, bo jestem zła",
        "Proszę o przerwę do 15 marca, bo nie zdążę z tym scenariuszem, a Marek też nie",
        "Proszę o wstrzymanie zamówień do 15 marca",
        "Czy można prosić o przerwę do 15 marca?",
        "Jestem na urlopie do 5 maja",
        "",
    ],
)
def test_what_speaks_to_people_is_no_rest(words):
    assert rest_alone(words) is None


@pytest.mark.parametrize(
    "words",
    [
        "Sorry, I changed my mind. Could you put me back please?",
        "Przepraszam, zmieniłam zdanie",
        "Rozmyśliłem się.",
        "Proszę mnie z powrotem dopisać",
        "Czy można mnie przywrócić?",
    ],
)
def test_a_changed_mind_comes_back(words):
    assert comes_back(words)


@pytest.mark.parametrize("words", ["Przepraszam za kłopot", "Dziękuję za wszystko", "Nie zmieniłam zdania", "Proszę o dodanie mojej koleżanki", "Sorry for leaving"])
def test_manners_and_wishes_for_others_bring_nobody_back(words):
    assert not comes_back(words)
