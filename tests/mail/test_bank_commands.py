"""What is asked of a bank of materials, in plain words."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail.bankcommands import Kind, read, sending, used

SENT = {
    "PRZYŚLIJ 12": (12,),
    "przyslij 12": (12,),
    "Przyślij nr 12.": (12,),
    "proszę przysłać 12": (12,),
    "Dzień dobry,\nbardzo proszę o przesłanie materiału nr 12.\nPozdrawiam\nAnna Nowa": (12,),
    "prześlij 12 i 14": (12, 14),
    "poproszę materiał nr 12": (12,),
    "Poproszę materiały 12, 14 i 15. Dziękuję!": (12, 14, 15),
    "Czy mogę prosić o przesłanie 12?": (12,),
    "Czy mogłabym dostać materiał nr 7?": (7,),
    "wyślij mi 3, proszę": (3,),
    "Proszę o 12 oraz 13": (12, 13),
    "podeślij mi proszę scenariusz nr 4": (4,),
    "Chciałabym otrzymać prezentację numer 9.": (9,),
    "SEND 12": (12,),
    "please send 12": (12,),
    "Please send me item 12 and 14, thanks": (12, 14),
    "Could you send me the materials no. 3, 4 and 5?": (3, 4, 5),
    "I would like to have number 12, please": (12,),
    "Hi, can I have 12?": (12,),
    "12": (12,),
    "nr 12": (12,),
    "12, 14": (12, 14),
    "12 proszę": (12,),
    "#12": (12,),
    "Proszę o 12. Pozdrawiam, Anna": (12,),
    "Proszę o materiał nr 12. Z góry dziękuję. Anna Nowa": (12,),
    "PRZYŚLIJ 12\n\n-- \nAnna Nowa\ntel. 22 123 45 67": (12,),
    "przyślij 12, 12 i 12": (12,),
    "> PRZYŚLIJ 3\n\nprzyślij 12": (12,),
}
NOT_SENT = [
    "nie przysyłajcie 12",
    "Proszę nie wysyłać 12",
    "Mam 12 uczniów",
    "Proszę o 12 egzemplarzy książki",
    "Spotkanie o 12",
    "wyślij do 12.03",
    "Please send 12 copies to the school",
    "Please send it by 12 March",
    "Zajęcia są 12.04.2026",
    "Scenariusz dla 12-latków",
    "godz. 12.30",
    "",
    "> PRZYŚLIJ 12",
    "Kasia napisała „przyślij 12”, a ja nie wiem o co chodzi",
]
WAS_USED = {
    "skorzystałam z 12": (12,),
    "Skorzystałem z materiału 12.": (12,),
    "wykorzystałam 12 na lekcji": (12,),
    "Dzień dobry, wczoraj na zajęciach wykorzystałam scenariusz nr 12, dziękuję autorce!": (12,),
    "Skorzystaliśmy z materiałów nr 12 i 14 na warsztatach": (12, 14),
    "użyłam materiału 7 w klasie 3b": (7,),
    "Materiał nr 12 wykorzystałam na lekcji": (12,),
    "Z materiału 12 skorzystałam dwa razy": (12,),
    "I used 12": (12,),
    "I have used material no. 12 in class": (12,),
    "We used items 3 and 4 with our readers.": (3, 4),
    "We've made use of 5 at the library": (5,),
    "USED 12": (12,),
    "Skorzystałam z 12. Dzieci były zachwycone.": (12,),
    "Bardzo dziękuję, skorzystałam z nr 12. Pozdrawiam": (12,),
    "Dzień dobry, skorzystałyśmy z 3 i 4. Polecam!": (3, 4),
    "WYKORZYSTANE 12": (12,),
    "Użyte: 12, 14": (12, 14),
    "Skorzystano z 12": (12,),
}
NOT_USED = [
    "nie skorzystałam z 12",
    "Czy skorzystałam z 12?",
    "skorzystałabym z 12",
    "Skorzystałam z 12 scenariuszy",
    "wykorzystałam 12 egzemplarzy",
    "I used 12 pages",
    "I have not used 12",
    "I haven't used 12",
    "czy ktoś skorzystał z 12?",
    "Jeśli skorzystałam z 12, to dam znać",
    "skorzystałam z 12.03",
    "> skorzystałam z 12",
    "I would have used 12",
    "Skorzystaliśmy 12 marca",
    "Używane 12 lat",
    "used 12 times",
    "Skorzystałam z 12. numeru czasopisma",
]


@pytest.mark.parametrize(("text", "numbers"), SENT.items())
def test_materials_are_asked_for_in_plain_words(text, numbers):
    assert (read(text).kind, read(text).numbers) == (Kind.SEND, numbers)


@pytest.mark.parametrize("text", [text for text in SENT if "\n" not in text])
def test_the_subject_may_ask_too(text):
    assert read("", text).kind is Kind.SEND
    assert read("Pozdrawiam\nAnna", text).numbers == SENT[text]


@pytest.mark.parametrize("text", NOT_SENT)
def test_what_only_names_a_number_asks_for_nothing(text):
    assert sending(text) == ()


@pytest.mark.parametrize(("text", "numbers"), WAS_USED.items())
def test_who_has_used_a_material_says_so_in_plain_words(text, numbers):
    assert (read(text).kind, read(text).numbers) == (Kind.USED, numbers)


@pytest.mark.parametrize("text", NOT_USED)
def test_what_was_not_used_is_not_counted(text):
    assert used(text, loosely=True) == ()


@pytest.mark.parametrize(
    ("text", "numbers"),
    {
        "Skorzystałam z materiału nr 12": (12,),
        "Skorzystałam z 12": (),
        "I used 12": (),
        "Wczoraj wykorzystałam scenariusz nr 12 na lekcji": (12,),
        "I used material no. 12 yesterday": (12,),
        "Skorzystałam z nr 12 autobusu": (),
    }.items(),
)
def test_in_a_post_the_thing_must_be_named(text, numbers):
    assert used(text) == numbers


@pytest.mark.parametrize(
    ("reply", "subject", "words"),
    [
        ("", "czytniki", "czytniki"),
        ("", "gry bez prądu", "gry bez prądu"),
        ("czytniki e-booków", "", "czytniki e-booków"),
        ("Szukam scenariuszy o prawie autorskim. Pozdrawiam, Anna", "", "scenariuszy o prawie autorskim"),
        ("Dzień dobry, czy mają Państwo coś na temat kodowania?", "prośba", "kodowania"),
        ("Proszę o materiały o grach", "", "grach"),
        ("Pozdrawiam\nAnna", "Szukam: bibliografia Lem", "bibliografia Lem"),
        ("I am looking for anything about coding", "question", "coding"),
        ("kodowanie", "Odp: Bank materiałów: lista", "kodowanie"),
        ("Dzień dobry,\npotrzebuję tego na jutro.\nPozdrawiam", "czytniki", "czytniki"),
    ],
)
def test_a_keyword_is_looked_for(reply, subject, words):
    asked = read(reply, subject)

    assert (asked.kind, asked.words) == (Kind.SEARCH, words)


@pytest.mark.parametrize(
    ("reply", "subject"),
    [("", ""), ("", "LISTA"), ("lista", ""), ("wszystko", "Odp: x"), ("Proszę o listę materiałów", ""), ("", "co nowego"), ("LIST", ""), ("Please send the list of all materials", ""), ("Pozdrawiam\nAnna", "materiały")],
)
def test_a_list_is_asked_for(reply, subject):
    assert read(reply, subject).kind is Kind.LIST


@pytest.mark.parametrize(("reply", "subject"), [("", "pomoc"), ("help", ""), ("Jak to działa?", "")])
def test_help_is_asked_for(reply, subject):
    assert read(reply, subject).kind is Kind.HELP


def test_a_letter_to_people_is_no_query():
    said = "Dzień dobry. Piszę, bo nasza szkoła zmienia adres. Od września będziemy przy ulicy Szkolnej. Proszę to zapisać. Telefon bez zmian."

    assert read(said, "").kind is Kind.HELP


@given(st.text(max_size=400), st.text(max_size=100))
def test_any_words_are_understood_somehow(reply, subject):
    assert read(reply, subject).kind in Kind


@pytest.mark.parametrize("piece", ["przyślij ", "12 ", "12, ", "proszę o ", "nr ", "materiał ", "skorzystałam z ", "send me the ", "- ", "z ", "i 12 "])
def test_no_letter_keeps_us_busy(piece):
    started = time.process_time()
    read(piece * 3000, (piece * 100)[:900])
    used(piece * 3000)

    assert time.process_time() - started < 2
