"""Commands that name something, and words meant for the list's machine in answer to a post: true friends and false ones."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listserv.mail import asides, commandlines
from listserv.mail.commands import Command, Kind, commands
from listserv.mail.parse import parse
from tests.sampling import often

K = Kind
# In Polish, with and without diacritics, as it is typed; then in English.
TRUE = [
    ("SZUKAJ czytniki", K.SEARCH, "czytniki"),
    ("szukaj: „Lekcje TIK” from:anna before:2026-01-01", K.SEARCH, "„Lekcje TIK” from:anna before:2026-01-01"),
    ("Wyszukaj scenariusze lekcji", K.SEARCH, "scenariusze lekcji"),
    ("proszę znajdź w archiwum e-booki", K.SEARCH, "e-booki"),
    ("Dzień dobry, szukaj czytniki", K.SEARCH, "czytniki"),
    ("PRZYŚLIJ WĄTEK", K.THREAD, ""),
    ("przyslij watek", K.THREAD, ""),
    ("Proszę przysłać mi cały wątek", K.THREAD, ""),
    ("Poproszę o przesłanie wątku", K.THREAD, ""),
    ("Wyślij mi ten wątek proszę", K.THREAD, ""),
    ("przyślij wątek 2", K.THREAD, "2"),
    ("Wątek 3", K.THREAD, "3"),
    ("Przyślij wątek pt. „Spotkanie w czerwcu”", K.THREAD, "Spotkanie w czerwcu"),
    ("przyślij wątek https://lists.example.org/siecibp/thread/12", K.THREAD, "https://lists.example.org/siecibp/thread/12"),
    ("ŚLEDŹ", K.FOLLOW, ""),
    ("sledz ten watek", K.FOLLOW, ""),
    ("OBSERWUJ", K.FOLLOW, ""),
    ("Obserwuj 2", K.FOLLOW, "2"),
    ("WYCISZ", K.MUTE, ""),
    ("proszę wycisz ten wątek", K.MUTE, ""),
    ("ODCISZ", K.UNMUTE, ""),
    ("Nie obserwuj", K.UNMUTE, ""),
    ("przestań śledzić ten wątek", K.UNMUTE, ""),
    ("TYLKO OBSZAR tik", K.ONLY_TOPICS, "tik"),
    ("tylko obszary Lekcje TIK, biblioteki", K.ONLY_TOPICS, "Lekcje TIK, biblioteki"),
    ("Obserwuj obszar tik", K.TOPICS, "tik"),
    ("BEZ OBSZARU tik", K.NO_TOPICS, "tik"),
    ("wycisz obszar Lekcje TIK", K.NO_TOPICS, "Lekcje TIK"),
    ("WSZYSTKIE OBSZARY", K.ALL_TOPICS, ""),
    ("poproszę wszystkie obszary", K.ALL_TOPICS, ""),
    ("MOJE DANE", K.DATA, ""),
    ("dane", K.DATA, ""),
    ("Proszę o kopię moich danych", K.DATA, ""),
    ("USUŃ MOJE DANE", K.ERASE, ""),
    ("usun moje dane i wiadomosci", K.ERASE, "posts"),
    ("Zapomnijcie o mnie", K.ERASE, ""),
    ("ZACHOWAJ MOJE DANE", K.KEEP, ""),
    ("Po angielsku", K.LANGUAGE, "en"),
    ("język: polski", K.LANGUAGE, "pl"),
    ("NAZWISKO Anna Nowa-Regał", K.NAME, "Anna Nowa-Regał"),
    ("Imię i nazwisko: Łucja Żak", K.NAME, "Łucja Żak"),
    ("Proszę o zmianę nazwiska na Anna Nowa", K.NAME, "Anna Nowa"),
    ("ADRES anna@szkola.example.org", K.ADDRESS, "anna@szkola.example.org"),
    ("Proszę o zmianę adresu na anna@szkola.example.org.", K.ADDRESS, "anna@szkola.example.org"),
    ("Dzień dobry, proszę zmienić mój adres na anna@szkola.example.org. Pozdrawiam, Anna", K.ADDRESS, "anna@szkola.example.org"),
    ("Zmieniam adres na anna@szkola.example.org", K.ADDRESS, "anna@szkola.example.org"),
    ("Tygodniowo we wtorki i czwartki o 18", K.WEEKLY, "weekly tue,thu 18:00"),
    ("przegląd tygodniowy w piątek", K.WEEKLY, "weekly fri 07:00"),
    ("teraz nazywam się Wanda Nowak-Katalog", K.NAME, "Wanda Nowak-Katalog"),
    ("My name is now Wanda Nowak", K.NAME, "Wanda Nowak"),
    ("proszę o ten wątek: Scenariusze lekcji TIK", K.THREAD, "Scenariusze lekcji TIK"),
    ("interesują mnie tylko lekcje TIK", K.ONLY_TOPICS, "lekcje TIK"),
    ("I am not interested in e-books", K.NO_TOPICS, "e-books"),
    ("Please delete my account", K.ERASE, ""),
    ("CODZIENNIE O 7.30", K.DAILY, "daily 07:30"),
    ("dziennie 18:00", K.DAILY, "daily 18:00"),
    ("Miesięcznie 15 dnia o 8", K.MONTHLY, "monthly 15 08:00"),
    ("SEARCH e-books", K.SEARCH, "e-books"),
    ("please search for reading lists", K.SEARCH, "reading lists"),
    ("Find in the archive digital readers", K.SEARCH, "digital readers"),
    ("SEND THREAD", K.THREAD, ""),
    ("Send me the whole thread, please", K.THREAD, ""),
    ("send thread: Lesson plans", K.THREAD, "Lesson plans"),
    ("send me the thread about e-books", K.THREAD, "e-books"),
    ("Follow", K.FOLLOW, ""),
    ("follow this thread", K.FOLLOW, ""),
    ("MUTE", K.MUTE, ""),
    ("please mute this thread", K.MUTE, ""),
    ("unmute", K.UNMUTE, ""),
    ("Stop following this thread", K.UNMUTE, ""),
    ("ONLY TOPIC tik", K.ONLY_TOPICS, "tik"),
    ("follow topic e-books", K.TOPICS, "e-books"),
    ("leave topic tik", K.NO_TOPICS, "tik"),
    ("without topic tik", K.NO_TOPICS, "tik"),
    ("ALL TOPICS", K.ALL_TOPICS, ""),
    ("MY DATA", K.DATA, ""),
    ("Send me all my data", K.DATA, ""),
    ("ERASE ME", K.ERASE, ""),
    ("forget me and my posts", K.ERASE, "posts"),
    ("delete my account", K.ERASE, ""),
    ("keep my data", K.KEEP, ""),
    ("in English please", K.LANGUAGE, "en"),
    ("language polish", K.LANGUAGE, "pl"),
    ("NAME Anna Nowa", K.NAME, "Anna Nowa"),
    ("change my name to Anna van der Berg", K.NAME, "Anna van der Berg"),
    ("ADDRESS anna@school.example.org", K.ADDRESS, "anna@school.example.org"),
    ("Change my address to anna@school.example.org, please", K.ADDRESS, "anna@school.example.org"),
    ("weekly on Tuesday and Friday at 6 pm", K.WEEKLY, "weekly tue,fri 18:00"),
    ("daily at 8am", K.DAILY, "daily 08:00"),
    ("monthly on the 3rd", K.MONTHLY, "monthly 3 07:00"),
]
# Sentences to people, questions, stories, lines of signatures: none is a command.
FALSE = [
    *("Szukam scenariusza o lekturach.", "Szukajcie, a znajdziecie? Nie wiem.\nSzukaj", "Szukaliśmy czytników.", "Poszukuję kontaktu do biblioteki", "znajdź"),
    *("Wątek był ciekawy.", "Przyślij mi proszę scenariusz", "Wyślij to do Anny", "Czy ktoś może przysłać wątek o czytnikach?", "Nie przysyłaj mi tego wątku"),
    *("Śledź w oleju", "Śledzę ten temat z uwagą od lat", "Obserwuję spadek czytelnictwa", "Wycisz telefon", "Wyciszyłam dzwonek", "wyciszenie grupy"),
    *("Obszar działania biblioteki jest duży, co robić?", "Nasz obszar tik", "w obszarze tik", "bez obszarów chronionych nie da się?", "tematy lekcji: tik"),
    *("Dane kontaktowe są na stronie", "Moje dane są nieaktualne", "Usuń moje dane?", "Czy można usunąć moje dane z formularza warsztatów?", "Usunęliśmy moje dane z tabeli"),
    *("usuń moje dane z listy gości", "Nie usuwaj wiadomości Anny", "Zapomniałam hasła", "zapomnij o tym", "Zachowaj tę wiadomość"),
    *("Po polsku piszemy tu wszyscy", "Angielski jest w środy", "książki po angielsku", "język polski w klasie 8"),
    *("Nazwisko panieńskie matki", "Imię psa: burek", "nazwisko nowa", "Adres: ul. Długa 5", "Mój adres to anna@szkola.example.org", "adres biblioteki anna@szkola.example.org"),
    *("Spotykamy się tygodniowo we wtorki o 18 w czytelni", "codziennie o 25", "tygodniowo w maju", "dziennie 3 wizyty", "Czynne codziennie o 8?"),
    *("Search me!", "I searched for it", "Could you find out?", "Looking for a librarian", "The search is over", "search"),
    *("This thread is long", "Send it to me", "I sent the thread to Anna", "Can anybody send the thread?", "Do not send me threads"),
    *("Follow up", "follow the white rabbit", "I follow you", "Mute your microphone", "on mute", "the mute button"),
    *("Topic of the day", "the topic is closed", "no topic", "off topic", "The only topic here"),
    *("My data plan is small", "data", "Delete my account?", "Forget it", "Forget me not, said the flower", "Don't erase the board"),
    *("English lessons", "the English language", "Polish your shoes", "name of the library is long", "Name: the new one", "Address the issue", "E-mail: anna@school.example.org"),
    *("nie interesują mnie te wiadomości", "Nie interesują mnie oferty", "not interested any more", "prosimy o ciszę", "teraz nazywam się inaczej", "ten wątek jest ciekawy"),
    *("We meet weekly on Tuesday at 6 pm in the hall", "daily bread", "monthly fee 15 zł"),
]


@pytest.mark.parametrize(("line", "kind", "words"), TRUE)
def test_a_line_says_what_it_names(line, kind, words):
    found = commandlines.read(line)
    assert found and found[:2] == (kind, words)
    assert commands(line) == (Command(kind, words=words),)


@pytest.mark.parametrize("line", FALSE)
def test_what_is_said_to_people_is_no_command(line):
    assert [commandlines.read(one) for one in line.split("\n")] == [None] * len(line.split("\n"))


def test_there_are_many_of_each():
    assert len(TRUE) >= 60 and len(FALSE) >= 60


def test_several_lines_are_several_commands_and_topics_are_gathered():
    wanted = commands("Dzień dobry,\nDZIENNIE\nTylko obszar tik\ntylko obszar e-booki\nSZUKAJ czytnik\n\nPozdrawiam\nAnna")

    assert {(one.kind, one.words) for one in wanted} == {(K.ONLY_TOPICS, "tik, e-booki"), (K.SEARCH, "czytnik"), (K.DAILY, "")}


@pytest.mark.parametrize("words", ["FOLLOW\nMUTE", "Wszystkie obszary\nTylko obszar tik", "ERASE ME\nKEEP MY DATA", "ARCHIVE ONLY\nDAILY"])
def test_what_contradicts_itself_is_asked_back(words):
    assert commands(words) == ()


def test_who_leaves_and_gives_an_address_wants_no_other():
    assert commands("Proszę o wypisanie.\nAdres: anna@szkola.example.org") == (Command(K.LEAVE),)


@pytest.mark.parametrize("words", ["DAILY\n\nAnna Nowa\nAddress: anna@school.example.org", "TYGODNIOWO\nJan Przypis\nNazwisko: Przypis"])
def test_a_signature_without_a_farewell_changes_neither_address_nor_name(words):
    assert {one.kind for one in commands(words)} <= {K.DAILY, K.WEEKLY}


@pytest.mark.parametrize("words", ["Pozdrawiam\nNAME Anna Nowa", "> SZUKAJ czytniki", "I looked for it everywhere on the server and could not\nfind the package on the server"])
def test_below_the_farewell_in_a_quote_and_in_a_broken_line_nothing_is_asked(words):
    assert commands(words) == ()


@settings(max_examples=often(150))
@given(st.text(max_size=200))
def test_any_line_gives_an_answer(line):
    found = commandlines.read(line)

    assert found is None or found.kind in Kind


# ---- in answer to a post ------------------------------------------------------------------------------------

ASIDES = [
    *((words, K.MUTE) for words in ("WYCISZ", "wycisz", "Wycisz.", "Wycisz ten wątek", "proszę wyciszam", "mute", "MUTE!", "Mute this thread", "wycisz\n\nPozdrawiam\nAnna")),
    *((words, K.FOLLOW) for words in ("ŚLEDŹ", "SLEDZ", "Śledź ten wątek", "obserwuj", "OBSERWUJ", "follow", "Follow this thread, please", "*FOLLOW*")),
    *((words, K.UNMUTE) for words in ("ODCISZ", "unmute", "Nie śledź", "unfollow")),
    *((words, K.THREAD) for words in ("PRZYŚLIJ WĄTEK", "send thread", "Proszę przysłać cały wątek", "Send me this thread please")),
    *((words, K.LEAVE) for words in ("WYPISZ", "wypisz mnie", "Proszę wypisz mnie z listy", "unsubscribe", "Unsubscribe me, please", "UNSUBSCRIBE\n\nThanks\nAnna")),
]
POSTS = [
    *("", "👍", "TAK", "Dziękuję!", "Śledź", "śledź.", "Śledź!", "Rezygnuję.", "Codziennie", "raz w tygodniu", "Stop", "pomoc", "Szukaj w katalogu BN", "SZUKAJ czytniki", "moje dane"),
    *("WYCISZ?", "Wycisz telefon", "Mute your phone", "Wycisz\nmam trzy scenariusze", "WYCISZ\n\nPozdrawiam, a scenariusze są tu: https://example.org", "wątek 2", "przyślij wątek 2"),
    *("Follow the link", "I follow", "Follow up", "Follow\n\nAnna, can you send it?", "Proszę mnie wypisać z warsztatów", "Wypisz czek", "Wypisuję się", "unsubscribe from their newsletter first"),
    *("Unsubscribe?", "How do I unsubscribe", "leave", "Opuszczam listę gości", "join", "TYLKO OBSZAR tik", "WSZYSTKIE OBSZARY", "Usuń moje dane", "ERASE ME", "Po angielsku", "NAZWISKO Anna Nowa"),
    *("przerwa do 15.08", "Wracam", "digest", "Nie obserwuj ich profilu", "Obserwujcie niebo", "Mute.\n\nPS. Przyniosę książki w środę", "send it", "wyślij", "SEND"),
]


@pytest.mark.parametrize(("reply", "kind"), ASIDES)
def test_a_lone_word_is_meant_for_us(reply, kind):
    assert asides.aside(reply) == Command(kind)


@pytest.mark.parametrize("reply", POSTS)
def test_everything_else_is_a_post(reply):
    assert asides.aside(reply) is None


def test_a_picture_in_a_signature_is_no_file():
    raw = (
        b'From: a@x\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>MUTE</p><img src="cid:1">\r\n'
        b"--b\r\nContent-Type: image/png\r\nContent-ID: <1>\r\nContent-Disposition: inline\r\n\r\nx\r\n--b--\r\n"
    )
    assert asides.of(parse(raw)) == Command(K.MUTE)


@pytest.mark.parametrize(
    "text",
    ["Czerwone światło. Stop. I wtedy nikt już nie wiedział, co zrobić z papierami.", "Mam długie pytanie o lekcje w naszej bibliotece. Stop.\nCo Państwo na to?", "We went on with it for years. Stop."],
)
def test_a_stop_within_a_letter_is_no_wish(text):
    from listserv.mail.commands import commands

    assert commands(text) == ()


@pytest.mark.parametrize("text", ["Stop.", "STOP\n\nJan Nowak", "Dzień dobry. Stop!", "Stop.\n\nPozdrawiam\nZofia Lektura, Biblioteka w Wymyślnej i wszystkich filiach"])
def test_a_stop_that_is_all_that_is_written_is_one(text):
    from listserv.mail.commands import Kind, commands

    assert [one.kind for one in commands(text)] == [Kind.LEAVE]
