"""First lines that say something of the post itself; and words without the person who wrote them."""

import pytest

from listserv.mail import doors, nameless, unnaming
from listserv.mail.commands import Kind, commands
from listserv.mail.parse import parse
from tests.growth import takes
from tests.office import mail


def post(text, subject="Scenariusze", **more):
    return parse(mail("Halina Okładka <halina@example.org>", "siecibp@lists.example.org", subject, text, **more))


@pytest.mark.parametrize("line", ["PODGLĄD", "podglad", "Podgląd proszę", "Najpierw podgląd", "Chcę zobaczyć przed wysłaniem", "PREVIEW", "preview first", "Please show me first"])
def test_a_preview_is_asked_for(line):
    asked = doors.wants_preview(post(f"{line}\n\nDzień dobry,\nmam pytanie.\n"))
    assert asked and asked.words.strip() == "Dzień dobry,\nmam pytanie."


@pytest.mark.parametrize("text", ["Podgląd katalogu działa od wczoraj.\nMiłego dnia.\n", "PODGLĄD\n", "Podgląd?\nNie widzę go.\n", "Dzień dobry,\nPODGLĄD\n", "> PODGLĄD\n\nTak.\n"])
def test_and_here_it_is_not(text):
    assert doors.wants_preview(post(text)) is None


@pytest.mark.parametrize(
    "text", ["Anonimowe ankiety są najlepsze.\nPolecam.\n", "Bez nazwiska autora katalog jest niepełny.\nPoprawimy.\n", "No name products are fine.\nTry.\n", "Anonimowo?\nNie wiem.\n", "ANONIMOWO\n", "Czytelnik pisał anonimowo.\nCo robić?\n"]
)
def test_talk_about_names_is_a_post(text):
    assert doors.wants_no_name(post(text), to_list=True) is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ja, Halina Okładka, pytam.", "Ja, […], pytam."),
        ("Pani Haliny Okładki nie było.", "Pani […] nie było."),
        ("Piszcie: HALINA@EXAMPLE.ORG", "Piszcie: […]"),
        ("Mój drugi adres to halina@szkola.example.com.", "Mój drugi adres to […]."),
        # A gap where a sentence begins with an everyday word would tell the name.
        ("Okładka książki, okładki zeszytów.", "Okładka książki, okładki zeszytów."),
        ("Co myślicie?\nOkładka książki się odkleja.", "Co myślicie?\nOkładka książki się odkleja."),
        ("Czy ktoś wie?\n\nhalina", "Czy ktoś wie?"),
        ("Czy ktoś wie?\nhalina okładka, Wymyślno", "Czy ktoś wie?"),
        ("Czy ktoś wie?\nH. Okładka\nGBP w Wymyślnie", "Czy ktoś wie?"),
        ("Czy ktoś wie?\nDyrektor GBP w Wymyślnie\nul. Polna 1", "Czy ktoś wie?"),
        ("Co sądzicie o https://example.com/~halina_okladka/x tutaj?", "Co sądzicie o […] tutaj?"),
        ("Piszcie: halina.okladka@inna.example.com", "Piszcie: […]"),
        ("Czy można?\nU nas szkoła nie pozwala", "Czy można?\nU nas szkoła nie pozwala"),
        ("Co robić?\nHalina Okładka\nBiblioteka nr 7", "Co robić?"),
        ("Hala sportowa i halibut.", "Hala sportowa i halibut."),
    ],
)
def test_whoever_wrote_it_is_taken_out(text, left):
    assert unnaming.without(text, ["halina@example.org"], ["Halina Okładka"]) == left


@pytest.mark.parametrize(
    "text",
    [
        "Dzień dobry,\n\nanonimowo:\nczy ktoś wie?",
        "Dzień dobry,\nchciałabym zapytać anonimowo.\nCzy ktoś wie?",
        "Proszę o anonimowe zadanie pytania:\nCzy ktoś wie?",
        "Pytanie anonimowo\nCzy ktoś wie?",
        "ANONIMOWO, czy ktoś wie?",
        "ANONIMOWO czy ktoś prowadzi ankietę?",
        "(anonimowo) czy ktoś wie?",
        "anonimowo-czy ktoś wie",
        "Proszę nie podawać mojego nazwiska\nCzy ktoś wie?",
        "Proszę nie ujawniać, kto pyta\nCzy ktoś wie?",
        "Proszę zapytać w moim imieniu anonimowo\nCzy ktoś wie?",
        "Czy mogę zapytać anonimowo?\nCzy ktoś wie?",
        "Wolałabym anonimowo.\nCzy ktoś wie?",
        "Pytanie (anonimowe):\nCzy ktoś wie?",
        "Annonimowo\nCzy ktoś wie?",
        "anominowo\nCzy ktoś wie?",
        "Czy ktoś wie?\n\nDrugie\nTrzecie\nCzwarte\nPiąte\nSzóste\nAnonimowo proszę",
        "Chcę pozostać anonimowa.\nCzy ktoś wie?",
        "Proszę zachować anonimowość\nCzy ktoś wie?",
        "Nie podpisujcie mnie proszę\nCzy ktoś wie?",
        "Nie chcę, żeby ktoś wiedział, kto pyta.\nCzy ktoś wie?",
        "Nie chciałabym, by podano moje nazwisko.\nCzy ktoś wie?",
        "Nazwisko do wiadomości redakcji\nCzy ktoś wie?",
        "Anonimowo\n\nU nas dyrektorka...",
        "*Anonimowo*\n\nU nas",
        "bez nazwiska: U nas",
        "Anonymous\n\nWe have",
        "Please don't mention my name.\nDoes anybody know?",
        "I'd rather stay anonymous.\nDoes anybody know?",
    ],
)
def test_who_may_want_no_name_is_asked(text):
    assert nameless.may_be_wished(post(f"{text}\n\nPozdrawiam\nHalina\n", references="<1@example.org>"), own_subject=False)


@pytest.mark.parametrize("subject", ["[anonimowo] bajki", "bajki (anonimowo)", "anonimowo, bajki", "Re: Anonimowo", "Odp: bajki - anonimowo", "Anonimowe pytanie o bajki"])
def test_also_for_a_subject(subject):
    assert nameless.may_be_wished(post("Czy ktoś wie?\n", subject=subject), own_subject=True)
    assert not nameless.may_be_wished(post("Czy ktoś wie?\n", subject=subject), own_subject=False)


@pytest.mark.parametrize(
    "text",
    [
        "Anonimowe ankiety są najlepsze.\nPolecam.",
        "Ankieta była anonimowa.",
        "Czytelnik pisał anonimowo.\nCo robić?",
        "Czy biblioteka może przyjąć książki od anonimowego darczyńcy?",
        "Anonymous functions are fine here.",
        "The anonymous ftp server is down.",
        "Nie podaję jeszcze godziny spotkania.",
    ],
)
def test_nobody_is_asked_about_talk(text):
    assert not nameless.may_be_wished(post(text), own_subject=True)


@pytest.mark.parametrize("words", ["ANONIMOWO", "anonimowo", "Anonimowo proszę", "Tak, anonimowo", "bez nazwiska", "Wyślij anonimowo", "anonymously", "Dzień dobry,\nanonimowo.\nHalina"])
def test_without_a_name(words):
    assert nameless.says_without(words) and not nameless.says_with(words)


@pytest.mark.parametrize("words", ["WYŚLIJ", "wyslij", "Wyślij z nazwiskiem", "z moim nazwiskiem", "SEND", "Send it, with my name", "Proszę wysłać z podpisem"])
def test_with_a_name(words):
    assert nameless.says_with(words) and not nameless.says_without(words)


@pytest.mark.parametrize("words", ["TAK", "NIE", "OK", "Wyślij?", "Anonimowo?", "Wyślij, ale bez nazwiska i jutro", "Nie wysyłaj", "Wyślij nie podając mojego nazwiska", "Nie anonimowo", ""])
def test_anything_else_is_neither(words):
    assert not nameless.says_with(words) and not nameless.says_without(words)


@pytest.mark.parametrize("words", ["PODGLĄD", "podgląd włącz", "PREVIEW ON", "preview", "Z podglądem", "Chcę widzieć swoje wiadomości przed wysłaniem"])
def test_previews_are_switched_on(words):
    assert [command.kind for command in commands(words)] == [Kind.PREVIEW]


@pytest.mark.parametrize("words", ["PODGLĄD NIE", "bez podglądu", "wyłącz podgląd", "preview off", "No previews, please", "Proszę wyłączyć podgląd"])
def test_and_off(words):
    assert [command.kind for command in commands(words)] == [Kind.NO_PREVIEW]


@pytest.mark.parametrize("words", ["Gdzie jest podgląd katalogu?", "Podgląd wydruku nie działa.", "I saw the preview of the film.", "Nie chcę widzieć reklam przed wysłaniem."])
def test_other_previews_switch_nothing(words):
    assert not {Kind.PREVIEW} & {command.kind for command in commands(words)}


@pytest.mark.parametrize("text", ["Halina. " * 3_000, "x" * 60_000, "a." * 30_000, "[…] " * 5_000 + "x", "H. […] - " * 3_000 + "x", "a@" * 20_000])
def test_no_words_however_long_keep_the_name_in_them_busy(text):
    assert takes(lambda: unnaming.without(text, ["halina@example.org"], ["Halina Okładka"]), 2) < 2
